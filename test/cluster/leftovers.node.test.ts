import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { expect } from 'chai';
import { hasCgroup } from './cgroups.ts';
import { eventually } from './eventually.ts';
import { removeLeftovers } from './leftovers.ts';
import { requireNode } from './node.ts';
import { processesOf, type StartedRun, startRun, untilNoneOf } from './started-run.ts';
import { useCluster } from './use.ts';

describe('run.ts node', function () {
  this.timeout(180_000);
  useCluster(requireNode, async () => ({ stop: async () => {} })); // skips where no node can run

  it('leaves no process, file or cgroup behind on Ctrl-C', async () => {
    const run = await startedRun();
    await run.end('SIGINT');
    await untilNoneOf(run.folder);
    expect(await traces(run)).to.deep.equal({ processes: [], folder: false, cgroup: false });
  });

  it('leaves no process behind when it is killed, and the next run removes the rest', async () => {
    const [killed, other] = await Promise.all([startedRun(), startedRun()]);
    try {
      await killed.end('SIGKILL');
      await untilNoneOf(killed.folder);
      await eventually('the kernel lets go of the cgroup', 60_000, async () => {
        removeLeftovers();
        return !hasCgroup(basename(killed.folder)) || undefined;
      });
      expect(await traces(killed)).to.deep.equal({ processes: [], folder: false, cgroup: false });
      expect(await traces(other), 'a cluster that runs').to.include({ folder: true, cgroup: true });
    } finally {
      await other.end('SIGTERM');
    }
  });

  async function startedRun(): Promise<StartedRun> {
    const run = await startRun('node');
    expect(await traces(run)).to.include({ folder: true, cgroup: true });
    expect(await processesOf(run.folder)).to.not.be.empty;
    return run;
  }

  async function traces({ folder }: StartedRun) {
    return {
      processes: await processesOf(folder),
      folder: existsSync(folder),
      cgroup: hasCgroup(basename(folder)),
    };
  }
});
