import { containerName, GATED_LABEL, REQUIRE_LABEL } from '../../api/names.ts';
import { evaluatedCheckOf } from '../../api/settled.ts';
import type { Gate, Pod } from '../../core/model.ts';
import { isGated, isLive } from '../../core/progress/pod-progress.ts';
import { isHeldFor } from '../../core/render/hold.ts';
import type { ObjectName } from '../../kube/resource.ts';
import { projectPod } from '../../projections/project-pod.ts';
import { PODS } from '../../projections/resources.ts';
import { readGate } from '../cluster/fetch-gates.ts';
import { orUnread, type Reader } from '../cluster/reader.ts';
import {
  blockedBy,
  containerFor,
  dependenciesOf,
  type ExplainWorld,
  type LastLines,
} from './explain-world.ts';
import { type PodDetails, podDetails } from './pod-details.ts';
import { readSelectors, readTroubles } from './read-around.ts';
import { readOperator } from './read-operator.ts';

/** Enough to see what was answered before the last answer; the waiter writes a line only when its answer changes. */
const TAIL_LINES = 3;
/** Of a log in which the lines of several dependencies stand: those of one may be far behind the others'. */
const SHARED_TAIL_LINES = 200;

/**
 * Reads the world: one GET of the gate, one LIST of the Pods that carry gates (another of those that are held, where
 * there are any), and one log for each dependency that keeps a Pod. Besides, where it matters, a Service with too few
 * endpoints, a target that gets no Pods, and whom the guards take for the operator.
 *
 * @throws Error, of one line, where the gate cannot be read; what else cannot be read is told in the world.
 */
export async function readWorld(
  reader: Reader,
  target: Required<ObjectName>,
  { now, flags }: Pick<ExplainWorld, 'now' | 'flags'>,
): Promise<ExplainWorld> {
  const gate = await readGate(reader, target);
  const read = await orUnread(readPods(reader, gate));
  const pods = 'unread' in read ? read : read.map(({ pod }) => pod);
  const facts = new Map('unread' in read ? [] : read.map((one) => [one.pod.name, one.facts] as const));
  const none = { logs: new Map(), selectors: new Map(), troubles: new Map() };
  const world: ExplainWorld = { gate, pods, facts, ...none, now, flags };
  const [logs, selectors, troubles, operator] = await Promise.all([
    readLogs(reader, world),
    readSelectors(reader, gate),
    readTroubles(reader, gate),
    readOperator(reader, gate),
  ]);
  return { ...world, logs, selectors, troubles, operator };
}

/** A Pod, and what else is asked of it here. */
interface ReadPod {
  readonly pod: Pod;
  readonly facts: PodDetails;
}

async function readPods(reader: Reader, gate: Gate): Promise<ReadPod[]> {
  const list = async (labelSelector: string): Promise<ReadPod[]> =>
    (await reader.list(PODS, { namespace: gate.namespace, labelSelector })).items.map((raw) => ({
      pod: projectPod(raw),
      facts: podDetails(raw),
    }));
  const held = gate.status.pods?.held ?? 0;
  const pods = [
    ...(await list(`${GATED_LABEL}=true`)),
    ...(held > 0 ? await list(`${REQUIRE_LABEL},${GATED_LABEL}!=true`) : []),
  ];
  return pods
    .filter(({ pod }) => (isGated(pod, gate.name) && isLive(pod, gate.name)) || isHeldFor(pod, gate.name))
    .toSorted((a, b) => (a.pod.name < b.pod.name ? -1 : 1));
}

async function readLogs(reader: Reader, world: ExplainWorld): Promise<Map<string, LastLines>> {
  const found = await Promise.all(
    dependenciesOf(world).map(async (dependency) => {
      const { name } = dependency;
      // The log of one that the operator evaluates only says that it is to be told.
      const pod = evaluatedCheckOf(dependency) ? undefined : longestRunning(world, name);
      if (pod === undefined) return [];
      const lines = await orUnread(readLog(reader, world, { pod, dependency: name }));
      return [[name, { pod, lines }] as const];
    }),
  );
  return new Map(found.flat());
}

/** Of the Pods that a dependency keeps and whose container runs, the one that waits longest. */
function longestRunning(world: ExplainWorld, dependency: string): string | undefined {
  const container = containerFor(world, dependency);
  const running = blockedBy(world, dependency).filter(({ pod }) =>
    pod.statuses.some(({ name, state }) => name === container && state.is === 'running'),
  );
  return running.toSorted((a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : 0))[0]?.pod.name;
}

/** The last lines that are about a dependency. */
async function readLog(
  reader: Reader,
  world: ExplainWorld,
  { pod, dependency }: { readonly pod: string; readonly dependency: string },
): Promise<string[]> {
  const container = containerFor(world, dependency);
  const isShared = container !== containerName(world.gate.name, dependency);
  const text = await reader.log(
    { namespace: world.gate.namespace, name: pod },
    { container, tailLines: isShared ? SHARED_TAIL_LINES : TAIL_LINES },
  );
  const lines = text.split('\n').filter((line) => line !== '');
  if (!isShared) return lines;
  const named = new RegExp(`(?<![a-z0-9.-])${dependency}(?![a-z0-9.-])`);
  return lines.filter((line) => named.test(line)).slice(-TAIL_LINES);
}
