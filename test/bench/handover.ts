import { cpus, loadavg } from 'node:os';
import process from 'node:process';
import { z } from 'zod';
import { GROUP, PLURAL } from '../../src/api/names.ts';
import { createRequests } from '../../src/kube/client/http-requests.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { Candidate } from '../cluster/candidate-process.ts';
import { eventually } from '../cluster/eventually.ts';
import { deployment, dns, gate } from '../scenarios/manifests.ts';
import { SERVICE_ACCOUNT, startRealCluster } from '../scenarios/real-cluster.ts';
import { resourceOf } from '../scenarios/resources.ts';
import { audited, printTable, type Stored, storedIn } from './moments.ts';

/**
 * How long nobody works when the operator that does is told to end: from SIGTERM to the first write of the other replica,
 * and to the first of its work, on a real API server:
 *
 *     node test/bench/handover.ts [times] [gates]
 *
 * So many gates are created right before the signal (0 by default: the leader is idle), and one right after it. All moments
 * are of one machine's clock: the signal's, and the API server's audit log. Prints a table for
 * docs/decisions/2026-11-27-two-replicas.md.
 */

const TIMES = Number(process.argv[2] ?? 20);
const BUSY_WITH = Number(process.argv[3] ?? 0);
const LIMIT_MS = 120_000;
const NAMESPACE = 'handover';

const leaseSchema = z.looseObject({ spec: z.looseObject({ holderIdentity: z.string().nullish() }) });

const audit = audited([
  {
    level: 'Request',
    verbs: ['patch'],
    resources: [{ group: 'coordination.k8s.io', resources: ['leases'] }],
  },
  {
    level: 'Metadata',
    verbs: ['patch'],
    resources: [{ group: GROUP, resources: [PLURAL, `${PLURAL}/status`] }],
  },
]);
const cluster = await startRealCluster(audit.flags);
const requests = createRequests({ connection: cluster.connection, clock: systemClock });
const { namespace, name } = SERVICE_ACCOUNT;
const { auditLog = '' } = cluster.controlPlane;
const kubeconfig = await cluster.controlPlane.serviceAccountKubeconfig(namespace, name);
const moments: Moments[] = [];
try {
  await cluster.controlPlane.kubectl(['create', 'namespace', NAMESPACE]);
  let leader = await candidate(0);
  await eventually('it leads', LIMIT_MS, async () => (await leader.leads()) || undefined);
  for (let turn = 1; turn <= TIMES; turn += 1) {
    const other = await candidate(turn);
    moments.push(await handOver(leader, turn));
    await eventually('the other leads', LIMIT_MS, async () => (await other.leads()) || undefined);
    leader = other;
  }
  await leader.end('SIGTERM');
} finally {
  await cluster.stop();
  audit.remove();
}
const load = loadavg()[0]?.toFixed(0);
console.log(`${TIMES} times, ${BUSY_WITH} gates right before; ${cpus().length} cores, load ${load}`);
printTable(
  [
    ['SIGTERM → the Lease is given back', moments.map(({ released }) => released)],
    ['SIGTERM → the first write of the other: the Lease is its own', moments.map(({ taken }) => taken)],
    ['SIGTERM → the first write of its work', moments.map(({ worked }) => worked)],
    ['SIGTERM → the process has ended', moments.map(({ ended }) => ended)],
  ],
  ['min', 'median', 'p95', 'max'],
);

/** ms after the signal. */
interface Moments {
  readonly released: number;
  readonly taken: number;
  readonly worked: number;
  readonly ended: number;
}

/** None begins as another. */
function podName(turn: number): string {
  return `pod-${turn}-`;
}

async function candidate(turn: number): Promise<Candidate> {
  const one = new Candidate(podName(turn), kubeconfig);
  await one.ready();
  return one;
}

async function handOver(leader: Candidate, turn: number): Promise<Moments> {
  const before = Array.from({ length: BUSY_WITH }, (_, index) => `before-${turn}-${index}`);
  await Promise.all(before.map(createGate));
  const signalled = performance.timeOrigin + performance.now();
  const ending = leader.end('SIGTERM').then(() => performance.timeOrigin + performance.now());
  const after = `after-${turn}`;
  await createGate(after);
  const worked = await untilWritten(signalled, NAMESPACE, ({ objectRef }) => objectRef.name === after);
  const released = await untilWritten(signalled, namespace, (one) => holderIn(one) === '');
  const taken = await untilWritten(signalled, namespace, (one) => holderIn(one).startsWith(podName(turn)));
  return { released, taken, worked, ended: (await ending) - signalled };
}

async function createGate(of: string): Promise<void> {
  await requests.create(resourceOf('Deployment'), NAMESPACE, deployment(of));
  await requests.create(resourceOf('DependencyGate'), NAMESPACE, gate(of, [of], [dns('nothing')]));
}

/** How long after a moment the first such patch was answered, ms. */
function untilWritten(moment: number, place: string, isWanted: (one: Stored) => boolean): Promise<number> {
  return eventually('it is written', LIMIT_MS, () => {
    const times = storedIn(auditLog, place)
      .filter(isWanted)
      .map(({ at }) => at - moment);
    return times.find((after) => after > 0);
  });
}

/** Who holds the Lease by this patch; empty where it gives it back. */
function holderIn({ requestObject }: Stored): string {
  return leaseSchema.parse(requestObject).spec.holderIdentity ?? '';
}
