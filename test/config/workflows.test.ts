import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { z } from 'zod';
import { TIERS } from '../tiers.ts';
import { ROOT, read } from './manifests.ts';

const permissions = z.record(z.string(), z.enum(['read', 'write', 'none']));
const step = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).default({}),
});
const workflow = z.looseObject({
  on: z.record(z.string(), z.unknown()),
  permissions: z.strictObject({}),
  concurrency: z.looseObject({ group: z.string() }),
  jobs: z.record(
    z.string(),
    z.looseObject({
      permissions,
      uses: z.string().optional(),
      'timeout-minutes': z.int().optional(),
      strategy: z.looseObject({ matrix: z.record(z.string(), z.array(z.string())) }).optional(),
      steps: z.array(step).default([]),
    }),
  ),
});

const FILES = globSync('.github/workflows/*', { cwd: ROOT });
const workflows = new Map(FILES.map((file) => [file, workflow.parse(parse(read(file)))]));
const jobs = [...workflows].flatMap(([file, { jobs }]) =>
  Object.entries(jobs).map(([name, job]) => ({ name: `${file} ${name}`, ...job })),
);
const steps = jobs.flatMap((job) => job.steps);

describe('.github/workflows', () => {
  it('are there', () => {
    expect(FILES).to.have.members(
      ['test', 'release', 'docs'].map((name) => `.github/workflows/${name}.yaml`),
    );
  });

  it('use actions by their full commit, and say which release that is', () => {
    const lines = FILES.flatMap((file) => read(file).split('\n')).filter((line) => line.includes('uses: '));
    const foreign = lines.filter((line) => !line.includes('uses: ./'));
    expect(foreign).to.not.be.empty;
    for (const line of foreign) expect(line).to.match(/uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('pin each action to one commit', () => {
    const pins = new Set(steps.flatMap(({ uses }) => uses ?? []));
    expect(new Set([...pins].map((uses) => uses.split('@')[0])).size).to.equal(pins.size);
  });

  it('let nothing but a release write, and the documentation to its own pages', () => {
    const writes = jobs.flatMap(({ name, permissions }) =>
      Object.keys(permissions)
        .filter((of) => permissions[of] === 'write')
        .map((of) => ({ name, of })),
    );
    const elsewhere = writes.filter(({ name }) => !name.startsWith('.github/workflows/release.yaml '));
    const publish = '.github/workflows/docs.yaml publish';
    expect(elsewhere).to.deep.equal([
      { name: publish, of: 'pages' },
      { name: publish, of: 'id-token' },
    ]);
    expect(writes.length).to.be.greaterThan(elsewhere.length);
  });

  it('run none of what npm brings where the documentation or a release is written', () => {
    const builders = jobs.filter(({ steps }) => steps.some(({ run = '' }) => run.includes('make docs')));
    expect(builders).to.have.length(3);
    for (const { name, permissions } of builders)
      expect(permissions, name).to.deep.equal({ contents: 'read' });
  });

  it('never run the code of a pull request with more than its own permissions', () => {
    for (const { on } of workflows.values()) {
      expect(on).to.not.have.any.keys('pull_request_target', 'workflow_run');
    }
  });

  it('put no text from outside into a script, but give it as a variable', () => {
    for (const { run = '' } of steps) expect(run).to.not.contain('${{');
  });

  it('hand on what is in hidden folders, which nothing does by itself', () => {
    const uploads = steps.filter(({ uses }) => uses?.startsWith('actions/upload-artifact@'));
    const hidden = uploads.filter(({ with: { path } }) => String(path).startsWith('.'));
    expect(hidden).to.not.be.empty;
    for (const { with: inputs } of hidden) expect(inputs).to.include({ 'include-hidden-files': true });
  });

  it('leave no token in the checked-out folder, and end in time', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts).to.not.be.empty;
    for (const { with: inputs } of checkouts) expect(inputs).to.include({ 'persist-credentials': false });
    for (const job of jobs.filter(({ uses }) => uses === undefined))
      expect(job['timeout-minutes'], job.name).to.be.a('number');
  });

  it('run every tier, and targets of the Makefile that there are', () => {
    const tiers = jobs.flatMap(({ strategy }) => strategy?.matrix.tier ?? []);
    expect(tiers).to.deep.equal(TIERS.filter(({ isPart }) => !isPart).map(({ name }) => name));
    const targets = steps.flatMap(({ run = '' }) =>
      [...run.matchAll(/\bmake ([a-z-]+)/g)].map(([, name]) => name),
    );
    expect(targets).to.not.be.empty;
    for (const target of targets) expect(read('Makefile')).to.match(new RegExp(`^${target}:`, 'm'));
  });
});

describe('.github/dependabot.yml', () => {
  const { updates } = z
    .looseObject({
      updates: z.array(
        z.looseObject({
          'package-ecosystem': z.enum(['npm', 'docker', 'gomod', 'github-actions']),
          directory: z.string().optional(),
          directories: z.array(z.string()).default([]),
        }),
      ),
    })
    .parse(parse(read('.github/dependabot.yml')));
  const foldersOf = (of: string) =>
    updates
      .filter((update) => update['package-ecosystem'] === of)
      .flatMap(({ directory, directories }) => [
        ...directories,
        ...(directory === undefined ? [] : [directory]),
      ]);

  it('looks after each kind of dependency where it is declared', () => {
    const declared = {
      npm: 'package.json',
      docker: 'Dockerfile',
      gomod: 'go.mod',
      'github-actions': '',
    } as const;
    for (const [kind, file] of Object.entries(declared)) {
      expect(foldersOf(kind), kind).to.not.be.empty;
      for (const folder of foldersOf(kind)) {
        expect(existsSync(join(ROOT, folder, file)), `${file} in ${folder}`).to.equal(true);
      }
    }
  });

  it('looks after every Go module and every package of ours', () => {
    const found = (file: string) =>
      globSync(`{.,.site,src,test,config}/**/${file}`, {
        cwd: ROOT,
        exclude: ['**/node_modules/**', '.site/node_modules/**', '.cache/**', 'dist/**'],
      });
    const folders = (files: readonly string[]) => [...new Set(files.map((file) => join('/', dirname(file))))];
    expect(foldersOf('gomod')).to.have.members(folders(found('go.mod')));
    expect(foldersOf('npm')).to.have.members(folders(found('package.json')));
  });
});
