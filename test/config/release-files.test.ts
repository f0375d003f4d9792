import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import { outputOf, useFolder, useProgram } from '../commands/programs.ts';
import { comparable } from './chart.ts';
import { parseManifests, read } from './manifests.ts';
import { operatorDeployment } from './operator-deployment.ts';

const { version } = z.object({ version: z.string() }).parse(JSON.parse(read('package.json')));
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const CHART = `dependency-gate-${version}.tgz`;

describe('make release-files', function () {
  this.timeout(60_000);
  const helm = useProgram('helm');
  useProgram('kubectl');
  const folder = useFolder();
  const make = (...variables: readonly string[]) =>
    outputOf(['make', 'release-files', `RELEASE=${folder.path}`, ...variables]);
  const manifests = (file: string) => parseManifests(readFileSync(join(folder.path, file), 'utf8'));
  const template = () =>
    parseManifests(
      outputOf([
        ...[helm(), 'template', 'dependency-gate', join(folder.path, CHART)],
        '--namespace=dependency-gate-system',
      ]),
    );

  it('writes manifests and a chart that install the same, with the image by its digest', () => {
    make('IMAGE=registry.example/dgate', `DIGEST=${DIGEST}`);
    const files = [CHART, 'dependencygates.yaml', 'install-without-admission.yaml', 'install.yaml'];
    expect(readdirSync(folder.path).toSorted()).to.deep.equal(files);
    for (const objects of [
      manifests('install.yaml'),
      manifests('install-without-admission.yaml'),
      template(),
    ])
      expect(operatorDeployment(objects).container.image).to.equal(`registry.example/dgate@${DIGEST}`);
    expect(comparable(template())).to.deep.equal(comparable(manifests('install.yaml')));
    expect(manifests('dependencygates.yaml').map(({ kind }) => kind)).to.deep.equal([
      'CustomResourceDefinition',
    ]);
  });

  it('names the image of this version where no digest is given', () => {
    make();
    const image = `ghcr.io/dependency-gate/dependency-gate:${version}`;
    for (const objects of [manifests('install.yaml'), template()])
      expect(operatorDeployment(objects).container.image).to.equal(image);
  });
});
