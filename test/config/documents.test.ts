import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { z } from 'zod';
import { validateGate } from '../../src/api/gate.ts';
import { API_VERSION, KIND } from '../../src/api/names.ts';
import { CHECKS } from '../../src/api/spec.ts';
import { ROOT, read, readManifests } from './manifests.ts';

const DOCUMENTS = [
  'CONTRIBUTING.md',
  'README.md',
  'docs/answers.md',
  'docs/checks.md',
  'docs/dependencies.md',
  'docs/design.md',
  'docs/first-starts.md',
  'docs/performance.md',
  'docs/render.md',
  'docs/troubleshooting.md',
  'config/samples/story-container/README.md',
];

/** The YAML blocks of a document, parsed. */
function yamlBlocks(path: string): unknown[] {
  return [...read(path).matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => parse(text) as unknown);
}

/** Lines that are too long to be read beside something else; tables cannot be broken, nor what a program printed. */
function longLines(path: string): string[] {
  const prose = read(path).replaceAll(/^ *```.*?^ *```$/gms, '');
  return prose.split('\n').filter((line) => line.length > 120 && !line.startsWith('|'));
}

/** A heading's anchor, as GitHub makes it. */
function anchors(path: string): string[] {
  return [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

describe('the documents', () => {
  for (const path of DOCUMENTS) {
    it(`${path} links to what is there`, () => {
      for (const [, link = ''] of read(path).matchAll(/\]\(([^)]+)\)/g)) {
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? path : join(dirname(path), file);
        expect(existsSync(join(ROOT, target)), link).to.be.true;
        if (anchor !== undefined) expect(anchors(target), link).to.include(anchor);
      }
    });
  }

  for (const path of DOCUMENTS) {
    it(`${path} has lines of at most 120 columns`, () => {
      expect(longLines(path)).to.deep.equal([]);
    });
  }

  it('README.md shows the gate of the story, in 12 lines', () => {
    const [block = ''] = /apiVersion: .*?(?=^```$)/ms.exec(read('README.md')) ?? [];
    expect(block.trimEnd().split('\n')).to.have.length(12);
    expect(yamlBlocks('README.md')).to.deep.equal(readManifests('config/samples/story/gate-with-redis.yaml'));
  });

  it('docs/checks.md shows each check once, as a gate takes it', () => {
    const checks = yamlBlocks('docs/checks.md').map((block) =>
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
    const packages = z.record(z.string(), z.string());
    const { dependencies, devDependencies } = z
      .object({ dependencies: packages, devDependencies: packages })
      .parse(JSON.parse(read('package.json')));
    const [atRunTime = '', forDevelopment = ''] = read('docs/dependencies.md').split('## For development');
    const runTime = [...atRunTime.matchAll(/^\*\*(.+?)\*\* \(/gm)].map(([, name]) => name);
    const development = [...forDevelopment.matchAll(/\*\*(.+?)\*\*/g)].flatMap(
      ([, names]) => names?.split(', ') ?? [],
    );
    expect(runTime).to.have.members(Object.keys(dependencies));
    expect(development).to.have.members(Object.keys(devDependencies));
  });
});
