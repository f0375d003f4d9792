/**
 * How long it takes on a real, busy node (Linux, root, Go) from "the operator knows that a dependency is satisfied" to
 * "the waiting container has ended", for Pods that it opens by annotation, and what each part of that is.
 *
 *     node test/bench/opening.ts [way]
 *
 * 100 Pods, in runs of 1, 10 and 30 at once, each run in a namespace of its own. All times are of one clock: the API
 * server's audit log, and the lines of the containers' logs as the runtime stamps them. Prints tables for
 * docs/decisions/2026-11-24-performance.md.
 */
import { cpus, loadavg, release } from 'node:os';
import { OPERATOR_USER } from '../../src/api/names.ts';
import type { Dependency } from '../../src/api/spec.ts';
import { SERVICE_LABEL } from '../../src/core/evaluate/references.ts';
import { FIRST_RETRY_MS } from '../../src/core/plan/open.ts';
import { type ClusterNode, startNode } from '../cluster/node.ts';
import { running } from '../cluster/story-apps.ts';
import { Story } from '../cluster/story-namespace.ts';
import { installOperator } from '../cluster/story-operator.ts';
import { openBySpec, untilAllWait } from '../cluster/story-waiting.ts';
import { deployment, dns } from '../scenarios/manifests.ts';
import { hasPassed, type PodView, restarts, viewPod } from '../scenarios/views.ts';
import { audited, printTable, type Stored, stampOf, storedIn } from './moments.ts';

/** Pods at once, and how many such runs: 100 Pods. */
const RUNS = [
  { pods: 1, times: 10 },
  { pods: 10, times: 3 },
  { pods: 30, times: 2 },
] as const;

/** What is to be true of a run whatever its parts are. */
const GOAL_MS = { median: 2000, longest: 10_000 };

/** A way to satisfy a dependency that opens Pods by annotation. */
interface Way {
  readonly dependency: Dependency;
  /** Does it, all Pods at once, as a person or a controller would. */
  readonly satisfy: (story: Story) => Promise<void>;
  /** What the API server's audit log is to hold so that `isDue` finds it. */
  readonly audit: Readonly<Record<string, unknown>>;
  /** Whether it is the request with which the dependency became satisfied. The last such one counts. */
  readonly isDue: (request: Stored) => boolean;
}

/** A Service without a selector and its endpoint: ready with one request, and no controller's doing is measured. */
const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'api' },
  spec: { ports: [{ name: 'main', port: 80 }] },
};
const READY_ENDPOINT = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'api-1', labels: { [SERVICE_LABEL]: 'api' } },
  addressType: 'IPv4',
  ports: [{ name: 'main', port: 80, protocol: 'TCP' }],
  endpoints: [{ addresses: ['192.0.2.1'], conditions: { ready: true } }],
};

const WAYS: Readonly<Record<string, Way>> = {
  'spec.open': {
    dependency: dns('nowhere'),
    satisfy: openBySpec,
    audit: { verbs: ['patch'], resources: [{ group: 'dependencygate.dev', resources: ['dependencygates'] }] },
    isDue: ({ objectRef, user }) =>
      objectRef.resource === 'dependencygates' && user.username !== OPERATOR_USER,
  },
  service: {
    dependency: { name: 'api', service: { name: 'api' } },
    satisfy: (story) => story.apply(SERVICE, READY_ENDPOINT),
    audit: {
      verbs: ['patch'],
      resources: [{ group: 'discovery.k8s.io', resources: ['endpointslices'] }],
    },
    isDue: ({ objectRef }) => objectRef.resource === 'endpointslices',
  },
};

/** What happened to one Pod, in ms since 1970. */
interface Moments {
  /** The API server has stored what satisfies the dependency. */
  readonly due: number;
  /** The operator's annotation is stored for the first time. */
  readonly annotated: number;
  /** The waiter's last line. */
  readonly ended: number;
  /** The app's first line. */
  readonly started: number;
  /** The kubelet's report that the waiter has ended is stored. */
  readonly reported: number;
  /** How often the operator has written the annotation. */
  readonly writings: number;
}

const ROWS: readonly (readonly [string, (moments: Moments) => number])[] = [
  ['**satisfied → waiter ended**', ({ due, ended }) => ended - due],
  ['operator: until its annotation is stored', ({ due, annotated }) => annotated - due],
  ['kubelet: until the waiter has seen it and ended', ({ annotated, ended }) => ended - annotated],
  ['satisfied → app started', ({ due, started }) => started - due],
  ["satisfied → the Pod's status shows that the waiter has ended", ({ due, reported }) => reported - due],
];

/** As many as there are cores, they keep all of them busy, and the kernel with new processes. */
const BUSY = ['sh', '-c', 'while :; do true; sleep 0; done'];

const name = process.argv[2] ?? 'spec.open';
const way = WAYS[name];
if (!way) throw new Error(`no such way: ${name}; there are ${Object.keys(WAYS).join(', ')}`);
await measure(way);

async function measure(way: Way): Promise<void> {
  const audit = audited([
    { level: 'RequestResponse', verbs: ['patch'], resources: [{ group: '', resources: ['pods/status'] }] },
    { level: 'Metadata', verbs: ['patch'], resources: [{ group: '', resources: ['pods'] }] },
    { level: 'Metadata', ...way.audit },
  ]);
  const cluster = await startNode({ flags: audit.flags });
  try {
    await installOperator(cluster);
    await occupy(cluster);
    console.log(`${name}, Linux ${release()}, ${cpus().length} × ${cpus()[0]?.model}`);
    for (const { pods, times } of RUNS) {
      const moments: Moments[] = [];
      for (let run = 0; run < times; run++) moments.push(...(await measureOne(cluster, way, pods)));
      print(pods, times, moments);
    }
    console.log(`\nload average over the last 5 minutes: ${loadavg()[1]?.toFixed(1)}`);
  } finally {
    await cluster.stop();
    audit.remove();
  }
}

/** Gives the node's cores something to do all the time. */
async function occupy(cluster: ClusterNode): Promise<void> {
  const story = new Story(cluster);
  await story.begin();
  await story.apply(deployment('busy', { ...running(BUSY), replicas: cpus().length }));
  await story.rolledOut('deployment/busy');
}

/** While it is measured, no other command runs but the one that satisfies, and one that waits. */
async function measureOne(cluster: ClusterNode, way: Way, replicas: number): Promise<Moments[]> {
  const story = new Story(cluster);
  const waiter = `dgate-first--${way.dependency.name}`;
  await story.begin();
  try {
    const pods = await untilAllWait(story, way.dependency, replicas);
    await way.satisfy(story);
    await story.rolledOut('deployment/app');
    const requests = storedIn(cluster.auditLog, story.namespace);
    const moments: Moments[] = [];
    for (const pod of pods) moments.push(await momentsOf(story, way, pod, waiter, requests));
    return moments;
  } finally {
    await story.end();
  }
}

async function momentsOf(
  story: Story,
  way: Way,
  pod: PodView,
  waiter: string,
  requests: readonly Stored[],
): Promise<Moments> {
  const ofPod = requests.filter(
    ({ objectRef }) => objectRef.resource === 'pods' && objectRef.name === pod.metadata.name,
  );
  const annotations = ofPod.filter(
    ({ objectRef, user }) => objectRef.subresource === '' && user.username === OPERATOR_USER,
  );
  const reported = ofPod.find(
    ({ objectRef, responseObject }) =>
      objectRef.subresource === 'status' && hasPassed(viewPod(responseObject), waiter),
  );
  if (restarts(viewPod(reported?.responseObject)) > 0) throw new Error(`${pod.metadata.name} was restarted`);
  return {
    due: requests.findLast(way.isDue)?.at ?? Number.NaN,
    annotated: annotations[0]?.at ?? Number.NaN,
    ended: stampOf(await story.stampedLog(pod, waiter), 'continuing ...'),
    started: stampOf(await story.stampedLog(pod, 'app'), 'started'),
    reported: reported?.at ?? Number.NaN,
    writings: annotations.length,
  };
}

function print(pods: number, times: number, moments: readonly Moments[]): void {
  console.log(`\n${times} runs of ${pods} at once\n`);
  printTable(
    ROWS.map(([row, of]) => [row, moments.map(of)]),
    ['min', 'median', 'p95', 'max'],
  );
  const again = moments.filter(({ writings }) => writings > 1).length;
  const missed = moments.filter(({ annotated, ended }) => ended - annotated > FIRST_RETRY_MS).length;
  const late = moments.filter(({ due, ended }) => ended - due > GOAL_MS.longest).length;
  const sum = (of: (one: Moments) => number): number => moments.reduce((total, one) => total + of(one), 0);
  const operator = sum(({ due, annotated }) => annotated - due) / sum(({ due, ended }) => ended - due);
  console.log(
    `\nwritten more than once: ${again} of ${moments.length} Pods; missed by the kubelet: ${missed}`,
  );
  console.log(`above ${GOAL_MS.longest / 1000} s: ${late}; the goal for the median: ${GOAL_MS.median} ms`);
  console.log(`of the whole the operator is ${(operator * 100).toFixed(0)} %, the kubelet the rest`);
}
