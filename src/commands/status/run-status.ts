import type { Gate } from '../../core/model.ts';
import { systemClock } from '../../kube/clock.ts';
import { addressed, type ClusterAccess, withCluster } from '../cluster/cluster-access.ts';
import type { ClusterFlags } from '../cluster/cluster-options.ts';
import { readGate, readGates } from '../cluster/fetch-gates.ts';
import type { GateAddress } from '../cluster/gate-address.ts';
import { formatted } from '../cluster/output.ts';
import type { Format } from '../options/formats.ts';
import type { Terminal } from '../terminal.ts';
import { clusterOverview, overviewText } from './cluster-overview.ts';
import { gateOverview } from './gate-overview.ts';
import { isSandbox, readOperators } from './read-operators.ts';

/** The options of `dependency-gate status`. */
export interface StatusFlags extends ClusterFlags {
  readonly output: 'text' | Format;
}

/** Prints how a gate stands, or how all do. @throws Error, of one line, where it cannot be read */
export async function runStatus(
  address: GateAddress | undefined,
  flags: StatusFlags,
  { env, print }: Terminal,
): Promise<void> {
  await withCluster(flags, { env, command: 'status' }, async (access) => {
    await print(address ? await ofGate(address, access, flags) : await ofCluster(access, flags));
  });
}

async function ofGate(address: GateAddress, access: ClusterAccess, { output }: StatusFlags): Promise<string> {
  const gate = await readGate(access.requests, addressed(address, access));
  if (output === 'text') return gateOverview(gate, systemClock.now());
  return formatted(output, withoutRender(gate));
}

/** What is put into Pods is of no use to who asks how the gate stands; `kubectl get -o yaml` has it. */
function withoutRender({ namespace, name, status: { render: _, ...status } }: Gate) {
  return { namespace, name, ...status };
}

async function ofCluster(
  { requests }: Pick<ClusterAccess, 'requests'>,
  { namespace, output }: StatusFlags,
): Promise<string> {
  const [gates, operators] = await Promise.all([readGates(requests, namespace), readOperators(requests)]);
  const unread = 'unread' in operators ? operators : undefined;
  const overview = clusterOverview(gates, 'unread' in operators ? [] : operators);
  if (output !== 'text') return formatted(output, overview);
  const where = namespace === undefined ? 'all namespaces' : `namespace ${namespace}`;
  const inSandbox = overview.operators.length === 0 && (await isSandbox(requests));
  return overviewText(overview, { unread, where, inSandbox });
}
