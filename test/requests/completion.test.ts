import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { z } from 'zod';
import { useFolder } from '../commands/programs.ts';
import { ROOT } from '../config/manifests.ts';
import { dns, gate } from '../scenarios/manifests.ts';
import { useFixture } from './fixture.ts';

const MAIN = join(ROOT, 'src/main.ts');

describe('completion', function () {
  this.timeout(120_000);
  const { cluster, here } = useFixture();
  const folder = useFolder();

  const run = (...args: readonly string[]) =>
    promisify(execFile)(process.execPath, [MAIN, ...args], {
      env: { ...process.env, KUBECONFIG: join(folder.path, 'config') },
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
    folder.write({ config: cluster().server.kubeconfig });
    await here().create(gate('first', ['pinger'], [dns('api')]), gate('second', ['pinger'], [dns('api')]));
    const { name } = here();
    expect(await complete('explain', '-n', name, '')).to.include.members(['first', 'second']);
    expect(await complete('explain', `--namespace=${name}`, 'sec')).to.deep.equal(['second']);
    expect(await complete('status', `${name}/f`)).to.deep.equal([`${name}/first`]);
    rmSync(join(folder.path, 'config'));
    expect(await complete('explain', '-n', name, 'f')).to.deep.equal([]);
  });

  it('ends where a cluster does not answer, and leaves no connection open that would keep it', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = z.object({ port: z.number() }).parse(silent.address());
    const server = `http://127.0.0.1:${port}`;
    folder.write({ config: cluster().server.kubeconfig.replaceAll(/server: .*/g, `server: ${server}`) });
    try {
      await promisify(execFile)(process.execPath, [MAIN, 'complete', '--', 'explain', 'f'], {
        env: { ...process.env, KUBECONFIG: join(folder.path, 'config') },
        timeout: 12_000,
      });
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
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
    folder.write({ 'completion.sh': stdout });
    await promisify(execFile)('bash', ['-n', join(folder.path, 'completion.sh')]);
  });
});
