import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { z } from 'zod';
import { anchorOf } from '../../.site/links.ts';
import { validateGate } from '../../src/api/gate.ts';
import { API_VERSION, KIND, PLURAL } from '../../src/api/names.ts';
import { CHECKS } from '../../src/api/spec.ts';
import { VERSIONS } from '../cluster/versions.ts';
import { readClusterRoles } from './cluster-roles.ts';
import { ROOT, read, readManifests } from './manifests.ts';
import { DOCUMENTS } from './told-commands.ts';

/** The YAML blocks of a document, parsed. */
function yamlBlocks(path: string): unknown[] {
  return [...read(path).matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => parse(text) as unknown);
}

/** Lines that are too long to be read beside something else; tables cannot be broken, nor what a program printed. */
function longLines(path: string): string[] {
  const prose = read(path).replaceAll(/^ *```.*?^ *```$/gms, '');
  return prose.split('\n').filter((line) => line.length > 120 && !line.startsWith('|'));
}

/** The documents that a document links to, without their anchors. */
function linkedDocuments(path: string): string[] {
  return [...read(path).matchAll(/\]\((?!https:)([^)#]+\.md)(?:#[^)]*)?\)/g)].map(([, link = '']) =>
    join(dirname(path), link),
  );
}

function anchors(path: string): string[] {
  return [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

const packages = z.record(z.string(), z.string());
const packageSchema = z.object({ dependencies: packages.default({}), devDependencies: packages });

function packageIn(path: string): z.infer<typeof packageSchema> {
  return packageSchema.parse(JSON.parse(read(path)));
}

describe('the documents', () => {
  it('are found', () => {
    expect(DOCUMENTS).to.include.members(['README.md', 'docs/design.md', 'docs/guide/checks.md']);
  });

  for (const path of DOCUMENTS) {
    it(`${path} links to what is there`, () => {
      for (const [, link = ''] of read(path).matchAll(/\]\((?!https:)([^)]+)\)/g)) {
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? path : join(dirname(path), file);
        expect(existsSync(join(ROOT, target)), link).to.be.true;
        if (anchor !== undefined) expect(anchors(target), link).to.include(anchor);
      }
    });
  }

  it('of docs/ are all found from docs/README.md', () => {
    const seen = new Set(['docs/README.md']);
    for (const path of seen) for (const linked of linkedDocuments(path)) seen.add(linked);
    expect([...seen]).to.include.members(globSync('docs/**/*.md', { cwd: ROOT }));
  });

  for (const path of DOCUMENTS.filter((path) => !path.startsWith('docs/decisions/'))) {
    it(`${path} names files that are there`, () => {
      const named = [...read(path).matchAll(/`((?:src|test|config|docs|crds)\/[\w./-]+)`/g)].map(
        ([, file = '']) => file,
      );
      expect(named.filter((file) => !existsSync(join(ROOT, file)))).to.deep.equal([]);
    });
  }

  it('name only targets of make that there are', () => {
    const told = DOCUMENTS.flatMap((path) => [
      ...read(path).matchAll(/(?:^|`|sudo )make ([a-z][a-z0-9-]*)/gm),
    ]);
    const targets = [...read('Makefile').matchAll(/^([a-z0-9-]+):/gm)].map(([, target]) => target);
    expect(told).to.not.be.empty;
    expect(targets).to.include.members(told.map(([, target]) => target));
  });

  for (const path of DOCUMENTS) {
    it(`${path} has lines of at most 120 columns`, () => {
      expect(longLines(path)).to.deep.equal([]);
    });
  }

  it('CONTRIBUTING.md says of each folder of src what is in it, down to two levels', () => {
    const named = [...read('CONTRIBUTING.md').matchAll(/^\| `(src\/[^`]+)` \|/gm)].map(
      ([, folder]) => folder,
    );
    const folders = globSync(['src/*/', 'src/*/*/'], { cwd: ROOT }).filter((path) => !path.endsWith('.ts'));
    expect(named).to.have.members(folders.map((folder) => folder.replace(/\/$/, '')));
  });

  it('README.md names each release of Kubernetes that the tests run on, before anything else', () => {
    const [introduction = ''] = read('README.md').split('\n## ');
    const named = introduction.match(/\b1\.\d+\.\d+\b/g) ?? [];
    expect(named.toSorted()).to.deep.equal(VERSIONS.map(({ version }) => version).toSorted());
  });

  it('README.md shows the gate of the story, in 12 lines', () => {
    const [block = ''] = /apiVersion: .*?(?=^```$)/ms.exec(read('README.md')) ?? [];
    expect(block.trimEnd().split('\n')).to.have.length(12);
    expect(yamlBlocks('README.md')).to.deep.equal(readManifests('config/samples/story/gate-with-redis.yaml'));
  });

  it('docs/guide/checks.md shows each check once, as a gate takes it', () => {
    const checks = yamlBlocks('docs/guide/checks.md').map((block) =>
      z.record(z.string(), z.unknown()).parse(block),
    );
    expect(checks.flatMap(Object.keys)).to.deep.equal(CHECKS);
    for (const check of checks) {
      const spec = { targets: [{ name: 'pinger' }], dependencies: [{ name: 'api', ...check }] };
      const gate = { apiVersion: API_VERSION, kind: KIND, metadata: { name: 'api-first' }, spec };
      expect(validateGate(gate), JSON.stringify(check)).to.deep.include({ valid: true });
    }
  });

  it('docs/dependencies.md gives a reason for every dependency, and for no other', () => {
    const [atRunTime = '', elsewhere = ''] = read('docs/dependencies.md').split('## For development');
    const [forDevelopment = '', forTheSite = ''] = elsewhere.split("## For the documentation's site");
    const runTime = [...atRunTime.matchAll(/^\*\*(.+?)\*\* \(/gm)].map(([, name]) => name);
    const listed = (text: string) =>
      [...text.matchAll(/\*\*(.+?)\*\*/g)].flatMap(([, names]) => names?.split(', ') ?? []);
    const { dependencies, devDependencies } = packageIn('package.json');
    expect(runTime).to.have.members(Object.keys(dependencies));
    expect(listed(forDevelopment)).to.have.members(Object.keys(devDependencies));
    expect(listed(forTheSite)).to.have.members(Object.keys(packageIn('.site/package.json').devDependencies));
  });

  it('docs/SECURITY.md names tests that are there', () => {
    const named = [...read('docs/SECURITY.md').matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path);
    expect(named).to.not.be.empty;
    for (const path of named) expect(existsSync(join(ROOT, path)), path).to.be.true;
  });

  it('docs/SECURITY.md gives the reason of each permission of the operator', () => {
    const files = ['rbac/operator', 'rbac/referenced', 'metrics-access/reviewer'];
    const roles = files.flatMap((name) => readClusterRoles(`config/${name}.yaml`));
    const rights = roles.flatMap(({ rules }) =>
      rules.flatMap(({ resources, verbs }) => resources.flatMap((of) => verbs.map((verb) => [verb, of]))),
    );
    const rows = read('docs/SECURITY.md')
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    const stem = (resource: string) => resource.replace(/(ie)?s$/, '');
    for (const [verb, resource = ''] of rights) {
      const of = resource === PLURAL ? 'gates' : stem(resource);
      const isNamed = (row: string) => row.includes(`\`${verb}\``) && row.toLowerCase().includes(of);
      expect(rows.some(isNamed), `${verb} ${resource}`).to.be.true;
    }
  });
});
