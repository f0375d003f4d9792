import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { expect } from 'chai';
import { firstScreen } from '../../../src/commands/sandbox/first-screen.ts';
import { eventually } from '../../cluster/eventually.ts';
import { runCommand } from '../../cluster/run-command.ts';
import { ROOT } from '../../config/manifests.ts';
import { until } from '../../kube/until.ts';
import { useFolder, useProgram } from '../programs.ts';

const LAST_WORDS = 'Ctrl-C.';

describe('the first screen of the sandbox', function () {
  this.timeout(120_000);
  const folder = useFolder();
  const running: ChildProcess[] = [];
  afterEach(() => {
    for (const sandbox of running.splice(0)) sandbox.kill('SIGKILL');
  });

  /** Starts one from another folder, with a temporary folder of its own, and gives what it prints. */
  async function start(temporary: string): Promise<{ sandbox: ChildProcess; screen: string }> {
    mkdirSync(temporary);
    const sandbox = spawn(process.execPath, [join(ROOT, 'src/main.ts'), 'sandbox'], {
      cwd: folder.path,
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.push(sandbox);
    let screen = '';
    sandbox.stdout.on('data', (text) => {
      screen += String(text);
    });
    await until('the sandbox is up', () => screen.includes(LAST_WORDS));
    return { sandbox, screen };
  }

  describe('leads', () => {
    const kubectl = useProgram('kubectl');

    it('by its commands, as they stand, to a gate that waits and then opens', async () => {
      const { screen } = await start(join(folder.path, 'temporary'));
      const [configure = '', ...commands] = commandsOf(screen);
      const path = `${dirname(kubectl())}${delimiter}${process.env.PATH}`;
      const run = async (command: string) => {
        const script = `export HOME=${folder.path} PATH='${path}'\n${configure}\n${command}`;
        return (await runCommand(['sh', '-ec', script], { cwd: folder.path })).stdout;
      };
      const [apply = '', get = '', ...rest] = commands;
      expect(await run(apply)).to.contain('dependencygate.dependencygate.dev/api-first created');
      await eventually('the gate waits', 20_000, async () =>
        / 0\/2 +Init:0\/1 +False +api /.test(await run(get)) ? true : undefined,
      );
      const outputs: string[] = [];
      for (const command of rest) outputs.push(await run(command));
      expect(outputs).to.deep.equal([
        'service/api created\n',
        'dependencygate.dependencygate.dev/api-first condition met\n',
      ]);
    });
  });

  it('is followed by an end that leaves nothing in the temporary folder', async () => {
    const temporary = join(folder.path, 'temporary');
    const { sandbox } = await start(temporary);
    expect(readdirSync(temporary)).to.have.length(1);
    sandbox.kill('SIGHUP');
    expect(await once(sandbox, 'exit')).to.deep.equal([0, null]);
    expect(readdirSync(temporary)).to.deep.equal([]);
  });

  it('quotes paths that a shell would not take for one word', () => {
    const screen = firstScreen('http://127.0.0.1:1', '/tmp/my folder/kubeconfig', "/it's/story");
    expect(commandsOf(screen).slice(0, 2)).to.deep.equal([
      "export KUBECONFIG='/tmp/my folder/kubeconfig'",
      "kubectl apply -k '/it'\\''s/story'",
    ]);
  });
});

/** The indented lines. */
function commandsOf(screen: string): string[] {
  return [...screen.matchAll(/^ {2}(.+)$/gm)].map(([, command = '']) => command);
}
