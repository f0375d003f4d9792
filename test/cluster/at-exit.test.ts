import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { endingWithUs } from './at-exit.ts';
import { eventually } from './eventually.ts';

const LIMIT_MS = 20_000;
/** Starts a child that would run for long, and says its id. */
const PROGRAM = `
import { spawn } from 'node:child_process';
import { endingWithUs } from ${JSON.stringify(join(import.meta.dirname, 'at-exit.ts'))};
const child = endingWithUs(spawn('sleep', ['600'], { stdio: 'ignore' }));
console.log(child.pid);
process.stdin.resume().on('end', () => process.exit(3));
`;

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('endingWithUs', function () {
  this.timeout(60_000);

  for (const how of ['SIGTERM', 'SIGINT', 'SIGHUP', 'an exit by itself'] as const)
    it(`leaves nothing running after ${how}`, async () => {
      const args = ['--input-type=module-typescript', '--eval', PROGRAM];
      const parent = endingWithUs(spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] }));
      const ended = once(parent, 'exit');
      const [pid]: unknown[] = await once(createInterface(parent.stdout), 'line');
      expect(isRunning(Number(pid)), 'at first').to.equal(true);
      if (how === 'an exit by itself') parent.stdin.end();
      else parent.kill(how);
      expect((await ended).slice(0, 2)).to.deep.equal(how.startsWith('SIG') ? [null, how] : [3, null]);
      await eventually('the child is gone', LIMIT_MS, () => !isRunning(Number(pid)) || undefined);
    });

  it('forgets a child that has ended', async () => {
    const before = process.listenerCount('SIGTERM');
    const child = endingWithUs(spawn('true', { stdio: 'ignore' }));
    expect(process.listenerCount('SIGTERM')).to.equal(before + 1);
    await once(child, 'exit');
    expect(process.listenerCount('SIGTERM')).to.equal(before);
  });
});
