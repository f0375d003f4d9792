import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { ROOT } from '../config/manifests.ts';
import { dns, gate } from '../scenarios/manifests.ts';
import { useFixture } from './fixture.ts';

const MAIN = join(ROOT, 'src/main.ts');

describe('completion', function () {
  this.timeout(120_000);
  const { cluster, here } = useFixture();
  let folder = '';
  before('make a folder', () => {
    folder = mkdtempSync(join(tmpdir(), 'completion-'));
  });
  after('remove it', () => rmSync(folder, { recursive: true }));

  const run = (...args: readonly string[]) =>
    promisify(execFile)(process.execPath, [MAIN, ...args], {
      env: { ...process.env, KUBECONFIG: join(folder, 'config') },
    });
  /** What may come last, without the descriptions. */
  const complete = async (...words: readonly string[]) => {
    const { stdout } = await run('complete', '--', ...words);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.pop(), 'no file names').to.equal(':4');
    return lines.map((line) => line.split('\t')[0]);
  };

  it('is of commands, options and their values', async () => {
    expect(await complete(''))
      .to.include.members(['list', 'explain', 'open', 'status'])
      .and.not.include('complete');
    expect(await complete('ex')).to.deep.equal(['explain']);
    expect(await complete('list', '--all')).to.deep.equal(['--all-namespaces']);
    expect(await complete('list', '--output', '')).to.deep.equal(['table', 'json', 'yaml']);
  });

  it('is of the gates of a cluster, and of no gates where none answers', async () => {
    writeFileSync(join(folder, 'config'), cluster().server.kubeconfig);
    await here().create(gate('first', ['pinger'], [dns('api')]), gate('second', ['pinger'], [dns('api')]));
    const { name } = here();
    expect(await complete('explain', '-n', name, '')).to.include.members(['first', 'second']);
    expect(await complete('explain', `--namespace=${name}`, 'sec')).to.deep.equal(['second']);
    expect(await complete('status', `${name}/f`)).to.deep.equal([`${name}/first`]);
    rmSync(join(folder, 'config'));
    expect(await complete('explain', '-n', name, 'f')).to.deep.equal([]);
  });

  for (const [shell, holds] of [
    ['bash', 'complete -F'],
    ['zsh', '#compdef dependency-gate'],
    ['fish', 'complete -c dependency-gate'],
    ['powershell', 'Register-ArgumentCompleter'],
  ] as const) {
    it(`has a script for ${shell}`, async () =>
      expect((await run('completion', shell)).stdout).to.contain(holds));
  }

  it('has a script that bash takes, and completes by', async () => {
    const { stdout } = await run('completion', 'bash');
    const script = join(folder, 'completion.sh');
    writeFileSync(script, stdout);
    await promisify(execFile)('bash', ['-n', script]);
  });
});
