import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { GENERATED, generate, outdated } from '../../src/api/generate.ts';

const repository = join(import.meta.dirname, '../..');

describe('generate', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dependency-gate-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('writes every file, and nothing is outdated then', () => {
    expect(outdated(folder)).to.deep.equal(Object.keys(GENERATED));
    generate(folder);
    expect(outdated(folder)).to.deep.equal([]);
    for (const [path, format] of Object.entries(GENERATED)) {
      expect(readFileSync(join(folder, path), 'utf8')).to.equal(format());
    }
  });

  it('writes the custom resource, its reference and the policies', () => {
    expect(Object.keys(GENERATED)).to.include.members([
      'crds/dependencygates.yaml',
      'docs/reference/api.md',
      'config/admission/inject.yaml',
      'config/guards/guard.yaml',
    ]);
  });

  it('leaves a file that somebody edited outdated', () => {
    generate(folder);
    appendFileSync(join(folder, 'docs/reference/api.md'), 'More.\n');
    expect(outdated(folder)).to.deep.equal(['docs/reference/api.md']);
  });

  it('has been run: the committed files are what the schema makes of them', () => {
    expect(outdated(repository), 'run make generate').to.deep.equal([]);
  });
});

describe('node src/api/generate.ts', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(repository, 'src/api/generate.ts'), ...args], {
      encoding: 'utf8',
      timeout: 60_000,
    });

  it('exits 0 with --check where the committed files are up to date', () => {
    expect(run('--check')).to.include({ status: 0, stderr: '' });
  }).timeout(60_000);

  it('exits 2 for an option that it does not know, and writes nothing', () => {
    const { status, stderr } = run('--chekc');
    expect(status).to.equal(2);
    expect(stderr).to.equal('usage: node src/api/generate.ts [--check]\n');
  }).timeout(60_000);
});
