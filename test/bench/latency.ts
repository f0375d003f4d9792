/**
 * How long it takes on a real node (Linux, root, Go) from "the Service is created" to "the app's container starts", and
 * what each part of that is; and from "the Pod's status shows that the gate is passed" to "the gate's status says so".
 *
 *     node test/bench/latency.ts [runs]
 *
 * Two clusters, one after the other: their CoreDNS caches nothing of the cluster's own names, as kubeadm sets it up, or
 * caches them, as older set-ups do. All times are of one machine's clock: the API server's audit log, the lines of the
 * containers' logs as the runtime stamps them, and a Pod beside the app's that looks the name up every 10 ms.
 * Prints tables for docs/decisions/2026-11-24-performance.md.
 */
import { cpus, loadavg, release } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { IMAGE_NODE, PROJECT_IMAGE } from '../cluster/images.ts';
import { type ClusterNode, startNode } from '../cluster/node.ts';
import { IDLE, running, serviceOf } from '../cluster/story-apps.ts';
import { Story } from '../cluster/story-namespace.ts';
import { installOperator } from '../cluster/story-operator.ts';
import { deployment, dns, gate } from '../scenarios/manifests.ts';
import { hasPassed, type PodView, viewGate, viewPod } from '../scenarios/views.ts';
import { audited, printTable, stampOf, storedIn } from './moments.ts';

const RUNS = Number(process.argv[2] ?? 30);
const WAITER = 'dgate-first--api';
const LIMIT_MS = 120_000;
/** The waiter's default period. */
const PERIOD_MS = 2_000;

/** The Pods' and the gates' status as they were stored, and when Services were. */
const AUDIT_RULES = [
  {
    level: 'RequestResponse',
    verbs: ['patch'],
    resources: [
      { group: '', resources: ['pods/status'] },
      { group: 'dependencygate.dev', resources: ['dependencygates/status'] },
    ],
  },
  { level: 'Metadata', verbs: ['patch'], resources: [{ group: '', resources: ['services'] }] },
];

/** What happened in one run, in ms since 1970. */
interface Moments {
  /** The API server has answered that the Service is stored. */
  readonly created: number;
  /** CoreDNS gives its address. */
  readonly resolves: number;
  /** The waiter's last line. */
  readonly passed: number;
  /** The app's first line. */
  readonly started: number;
  /** The kubelet's report that the waiter has ended well is stored. */
  readonly podReported: number;
  /** The operator's report that the gate is open is stored. */
  readonly gateReported: number;
}

const ROWS: readonly (readonly [string, (moments: Moments) => number])[] = [
  ['**Service created → app started**', ({ created, started }) => started - created],
  ['DNS: until the name resolves', ({ created, resolves }) => resolves - created],
  ['poll: until the waiter has asked again and ended', ({ resolves, passed }) => passed - resolves],
  ['kubelet: until the next container has started', ({ passed, started }) => started - passed],
  [
    "**Pod's status shows it → gate's status says it**",
    ({ podReported, gateReported }) => gateReported - podReported,
  ],
  ['Service created → gate Open', ({ created, gateReported }) => gateReported - created],
];

console.log(`${RUNS} runs each, Linux ${release()}, ${cpus().length} × ${cpus()[0]?.model}`);
for (const dnsCacheSeconds of [0, 30]) {
  console.log(`\nCoreDNS ${dnsCacheSeconds === 0 ? 'without a cache' : `with cache ${dnsCacheSeconds}`}\n`);
  const moments = await measure(dnsCacheSeconds);
  printTable(
    ROWS.map(([name, of]) => [name, moments.map(of)]),
    ['min', 'median', 'p95'],
  );
  console.log(`\nload average over the last 5 minutes: ${loadavg()[1]?.toFixed(1)}`);
}

async function measure(dnsCacheSeconds: number): Promise<Moments[]> {
  const audit = audited(AUDIT_RULES);
  const cluster = await startNode({ dnsCacheSeconds, flags: audit.flags });
  try {
    await installOperator(cluster);
    // The Service is created at any moment of what repeats: the waiter's period, and the age of a cached answer.
    const spreadMs = Math.max(PERIOD_MS, dnsCacheSeconds * 1000);
    const moments: Moments[] = [];
    for (let run = 0; run < RUNS; run++) moments.push(await measureOne(cluster, spreadMs));
    return moments;
  } finally {
    await cluster.stop();
    audit.remove();
  }
}

/** In a namespace of its own: its names have never been asked for. While it is measured, no other command runs. */
async function measureOne(cluster: ClusterNode, spreadMs: number): Promise<Moments> {
  const story = new Story(cluster);
  await story.begin();
  try {
    await story.apply(gate('first', ['app'], [dns('api')]));
    await story.untilGate('first', { ready: 'True/InForce' });
    await story.apply(deployment('app', running(IDLE)), deployment('prober', prober(story.namespace)));
    const pod = await story.untilWaiting('app', WAITER);
    await story.untilLog(pod, WAITER, /NXDOMAIN/);
    const witness = await story.untilPod('prober', 'runs', ({ status }) => status.phase === 'Running');
    await story.untilLog(witness, 'app', /ENOTFOUND/);
    await pause(Math.random() * spreadMs);
    await story.apply(serviceOf('api', 80));
    const open = ['wait', '--for=condition=Open', 'dgate/first', `--timeout=${LIMIT_MS / 1000}s`];
    await story.kubectl(open, { limitMs: LIMIT_MS + 10_000 });
    await story.rolledOut('deployment/app');
    return {
      resolves: Number(/^address (\d+)$/m.exec(await story.log(witness, 'app'))?.[1]),
      passed: await lineTime(story, pod, WAITER, 'continuing ...'),
      started: await lineTime(story, pod, 'app', 'started'),
      ...stored(cluster, story.namespace),
    };
  } finally {
    await story.end();
  }
}

/** Asks for the name, by its full name, every 10 ms until there is an address, and says when that was. */
function prober(namespace: string) {
  const script = `
    const resolver = new (require('node:dns').Resolver)();
    let said;
    const ask = () => resolver.resolve4('api.${namespace}.svc.cluster.local', (error) => {
      const now = Date.now();
      const answer = error ? error.code : 'address';
      if (answer !== said) console.log(answer, now);
      said = answer;
      if (error) setTimeout(ask, 10);
    });
    ask();
    setInterval(() => {}, 60_000);
  `;
  return running([IMAGE_NODE, '--eval', script], { image: PROJECT_IMAGE });
}

/** When a container has written a line, as its runtime has it. */
async function lineTime(story: Story, pod: PodView, container: string, line: string): Promise<number> {
  return stampOf(await story.stampedLog(pod, container), line);
}

function stored(
  { auditLog }: ClusterNode,
  namespace: string,
): Pick<Moments, 'created' | 'podReported' | 'gateReported'> {
  const requests = storedIn(auditLog, namespace);
  const first = (resource: string, holds: (object: unknown) => boolean): number =>
    requests.find((one) => one.objectRef.resource === resource && holds(one.responseObject))?.at ??
    Number.NaN;
  return {
    created: first('services', () => true),
    podReported: first('pods', (object) => hasPassed(viewPod(object), WAITER)),
    gateReported: first('dependencygates', (object) =>
      (viewGate(object).status.conditions ?? []).some(
        ({ type, status, reason }) => type === 'Open' && status === 'True' && reason === 'AllPassed',
      ),
    ),
  };
}
