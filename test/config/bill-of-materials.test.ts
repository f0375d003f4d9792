import { expect } from 'chai';
import { z } from 'zod';
import { type Bill, billOf, installed, packagesOfProgram } from '../../.release/bill-of-materials.ts';
import { type BundledPackage, licencesText } from '../../.release/bundled-packages.ts';
import { read } from './manifests.ts';

const manifest = z
  .object({ version: z.string(), dependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read('package.json')));

describe('the bill of materials', function () {
  this.timeout(60_000);
  let packages: readonly BundledPackage[] = [];
  let all: Bill;
  before(async () => {
    packages = await packagesOfProgram();
    all = installed();
  });

  it('has every package of the program once, by its sum, and nothing that only develops it', () => {
    const { metadata, components, dependencies } = billOf(all, packages);
    expect(metadata.component).to.include({ name: 'dependency-gate', version: manifest.version });
    const names = components.map(({ name }) => name);
    expect(names).to.include.members(Object.keys(manifest.dependencies));
    expect(names).to.not.include.members(['typescript', 'mocha', 'esbuild', 'postject', '@types/node']);
    for (const component of components) {
      expect(component.purl, component.name).to.match(/^pkg:npm\//);
      expect(component.hashes, component.name).to.not.be.empty;
      expect(component.licenses, component.name).to.not.be.empty;
    }
    const refs = new Set([metadata.component, ...components].map((one) => one['bom-ref']));
    expect(refs.size).to.equal(components.length + 1);
    expect(dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn])).to.satisfy((all: string[]) =>
      all.every((ref) => refs.has(ref)),
    );
  });

  it('is of the same packages as the licences that come with the program', () => {
    const text = licencesText(packages);
    for (const { name, version, license } of packages)
      expect(text).to.contain(`\n${name} ${version}: ${license}\n`);
  });

  it('is not made where npm does not know a package', () => {
    const unknown = { name: 'unknown', version: '1.0.0', license: 'MIT', texts: [] };
    expect(() => billOf(all, [unknown])).to.throw('the bill lacks unknown 1.0.0');
  });
});
