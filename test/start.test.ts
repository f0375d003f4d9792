import { join } from 'node:path';
import { expect } from 'chai';
import { type Outcome, run } from './commands/programs.ts';
import { ROOT } from './config/manifests.ts';

/** Starts an entry point after some code that stands for a process where something is otherwise. */
function startAfter(code: string, entry: string, ...args: readonly string[]): Outcome {
  const preloaded = `data:text/javascript,${encodeURIComponent(code)}`;
  return run([process.execPath, '--import', preloaded, join(ROOT, 'src', entry), ...args]);
}

for (const entry of ['main.ts', 'executable.ts'])
  describe(`src/${entry}`, () => {
    it('ends with one line on a Node that is too old, whatever the command', () => {
      const old = `Object.defineProperty(process.versions, 'node', { value: '20.20.2' })`;
      for (const command of [['operator'], ['sandbox'], ['list'], ['render', '--help'], ['--version']]) {
        const { code, stdout, stderr } = startAfter(old, entry, ...command);
        expect(stderr).to.match(
          /^dependency-gate: this is Node 20\.20\.2, and Node 24 or newer is needed.*\n$/,
        );
        expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      }
    });

    it('does not end well where a wait stops without having ended', () => {
      // No timer keeps the process: it ends while the next attempt is still to come.
      const lost = 'const timer = setTimeout; globalThis.setTimeout = (...args) => timer(...args).unref()';
      const { code, stdout } = startAfter(lost, entry, 'wait', 'tcp', '127.0.0.1:1');
      expect(stdout).to.contain('connection refused');
      expect(code).to.equal(13);
    });
  });
