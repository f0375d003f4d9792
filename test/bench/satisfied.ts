/**
 * What a gate costs a Pod whose dependencies are there, on a real node (Linux, root, Go): with `order: Sequential` each is a
 * container, which the kubelet starts after the one before, and with `Parallel` all share one.
 *
 *     node test/bench/satisfied.ts
 *
 * Pods with 0, 1, 4 and 10 dependencies of both orders by turns, one at a time, gated at their birth. All times are of one clock: the API
 * server's audit log, and the apps' first lines as the runtime stamps them. Prints a table for
 * docs/decisions/2026-11-24-performance.md.
 */
import { loadavg } from 'node:os';
import { ALL_DEPENDENCIES, containerName } from '../../src/api/names.ts';
import { type ClusterNode, startNode } from '../cluster/node.ts';
import { IDLE, running } from '../cluster/story-apps.ts';
import { Story } from '../cluster/story-namespace.ts';
import { installOperator } from '../cluster/story-operator.ts';
import { deployment, gate, service } from '../scenarios/manifests.ts';
import { audited, printTable, stampOf, storedIn } from './moments.ts';

/** How many dependencies, in which order. */
type Case = readonly [count: number, order: 'Sequential' | 'Parallel'];

const CASES: readonly Case[] = [
  [0, 'Sequential'],
  [1, 'Sequential'],
  [4, 'Sequential'],
  [4, 'Parallel'],
  [10, 'Sequential'],
  [10, 'Parallel'],
];
const ROUNDS = 7;

const audit = audited([
  { level: 'Metadata', verbs: ['create'], resources: [{ group: '', resources: ['pods'] }] },
]);
const cluster = await startNode({ flags: audit.flags });
try {
  await installOperator(cluster);
  const took = new Map<Case, number[]>(CASES.map((one) => [one, []]));
  const stories = new Map<Case, Story>();
  for (const one of CASES) stories.set(one, await prepare(cluster, one));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [one, story] of stories) took.get(one)?.push(await startOne(story, `app-${round}`));
  printTable(
    [...took].map(([[count, order], all]) => [`Pod created → app started, ${count}, ${order}`, all] as const),
    ['min', 'median', 'max'],
  );
  console.log(`\n${ROUNDS} Pods each; load average over the last 5 minutes: ${loadavg()[1]?.toFixed(1)}`);
} finally {
  await cluster.stop();
  audit.remove();
}

/** A namespace where everything is there, and each new Deployment has so many containers in front of it. */
async function prepare(node: ClusterNode, [count, order]: Case): Promise<Story> {
  const story = new Story(node);
  await story.begin();
  await story.apply(service('api'));
  if (count === 0) return story;
  const names = Array.from({ length: count }, (_, index) => `d${index}`);
  const targets = Array.from({ length: ROUNDS }, (_, round) => `app-${round}`);
  const dependencies = names.map((name) => ({ name, dns: { host: 'api' } }));
  await story.apply(gate('first', targets, dependencies, { order }));
  const last = order === 'Parallel' ? ALL_DEPENDENCIES : `d${count - 1}`;
  await story.untilStoredWith(deployment('app-0', running(IDLE)), containerName('first', last));
  return story;
}

/** Starts an app of one Pod. Gives how long it took, ms. */
async function startOne(story: Story, name: string): Promise<number> {
  await story.apply(deployment(name, running(IDLE)));
  await story.rolledOut(`deployment/${name}`);
  const [pod] = await story.pods(name);
  if (pod === undefined) throw new Error(`${name} has no Pod`);
  const created = storedIn(cluster.auditLog, story.namespace).findLast(
    ({ objectRef }) => objectRef.resource === 'pods',
  );
  const started = stampOf(await story.stampedLog(pod, 'app'), 'started');
  await story.kubectl(['delete', `deployment/${name}`]);
  return started - (created?.at ?? Number.NaN);
}
