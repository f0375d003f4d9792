import { stdout } from 'node:process';
import { styleText } from 'node:util';
import { systemClock } from '../../kube/clock.ts';
import type { ObjectName } from '../../kube/resource.ts';
import { addressed, withCluster } from '../cluster/cluster-access.ts';
import type { ClusterFlags } from '../cluster/cluster-options.ts';
import type { GateAddress } from '../cluster/gate-address.ts';
import type { Reader } from '../cluster/reader.ts';
import { print } from '../print.ts';
import type { Process } from '../process.ts';
import { type Line, layOut } from './layout.ts';
import { picture } from './picture.ts';
import { readWorld } from './read-world.ts';

/** Prints the picture of a gate. @throws Error, of one line, where the gate cannot be read */
export async function runExplain(
  address: GateAddress,
  flags: ClusterFlags,
  env: Process['env'],
): Promise<void> {
  await withCluster(flags, { env, command: 'explain' }, async (access) => {
    const lines = await explain(access.requests, addressed(address, access), access.flags);
    await print([layOut(lines, (words) => styleText('bold', words, { stream: stdout }))]);
  });
}

/** Reads a gate and all around it, and says how it stands. @throws as {@link runExplain} */
export async function explain(reader: Reader, target: Required<ObjectName>, flags = ''): Promise<Line[]> {
  return picture(await readWorld(reader, target, { now: systemClock.now(), flags }));
}
