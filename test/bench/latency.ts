/**
 * How long it takes on a real node (Linux, root, Go) from "the Service is created" to "the app's container starts", and
 * what each part of that is; and from "the Pod's status shows that the gate is passed" to "the gate's status says so".
 *
 *     node test/bench/latency.ts [runs]
 *
 * Two clusters, one after the other: their CoreDNS caches nothing of the cluster's own names, as kubeadm sets it up, or
 * caches them, as older set-ups do. All times are of one machine's clock: the API server's audit log, the lines of the
 * containers' logs as the runtime stamps them, and a Pod beside the app's that looks the name up every 10 ms.
 * Prints tables for docs/performance.md.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { IMAGE_NODE, PROJECT_IMAGE } from '../cluster/images.ts';
import { type ClusterNode, startNode } from '../cluster/node.ts';
import { IDLE, running, serviceOf } from '../cluster/story-apps.ts';
import { Story } from '../cluster/story-namespace.ts';
import { installOperator } from '../cluster/story-operator.ts';
import { deployment, dns, gate } from '../scenarios/manifests.ts';
import { type PodView, viewGate, viewPod } from '../scenarios/views.ts';

const RUNS = Number(process.argv[2] ?? 30);
const WAITER = 'dgate-first--api';
const LIMIT_MS = 120_000;
/** The waiter's default period. */
const PERIOD_MS = 2_000;

/** The Pods' and the gates' status as they were stored, and when Services were; nothing else. */
const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    {
      level: 'RequestResponse',
      verbs: ['patch'],
      resources: [
        { group: '', resources: ['pods/status'] },
        { group: 'dependencygate.dev', resources: ['dependencygates/status'] },
      ],
    },
    { level: 'Metadata', verbs: ['patch'], resources: [{ group: '', resources: ['services'] }] },
    { level: 'None' },
  ],
};

const auditSchema = z.looseObject({
  stageTimestamp: z.string(),
  objectRef: z.looseObject({
    resource: z.string(),
    namespace: z.string().default(''),
    name: z.string().default(''),
  }),
  responseStatus: z.looseObject({ code: z.int() }),
  responseObject: z.unknown().optional(),
});

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
  printTable(await measure(dnsCacheSeconds));
  console.log(`\nload average over the last 5 minutes: ${loadavg()[1]?.toFixed(1)}`);
}

async function measure(dnsCacheSeconds: number): Promise<Moments[]> {
  const folder = mkdtempSync(join(tmpdir(), 'latency-bench-'));
  const policy = join(folder, 'audit-policy.json');
  writeFileSync(policy, JSON.stringify(AUDIT_POLICY));
  const flags = { 'kube-apiserver': [`--audit-policy-file=${policy}`] };
  const cluster = await startNode({ dnsCacheSeconds, flags });
  try {
    await installOperator(cluster);
    // The Service is created at any moment of what repeats: the waiter's period, and the age of a cached answer.
    const spreadMs = Math.max(PERIOD_MS, dnsCacheSeconds * 1000);
    const moments: Moments[] = [];
    for (let run = 0; run < RUNS; run++) moments.push(await measureOne(cluster, spreadMs));
    return moments;
  } finally {
    await cluster.stop();
    rmSync(folder, { recursive: true });
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
      ...audited(cluster, story.namespace),
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
  const args = ['logs', '--timestamps', pod.metadata.name, `--container=${container}`];
  const found = (await story.kubectl(args)).split('\n').find((one) => one.endsWith(` ${line}`));
  return preciseTime(found?.split(' ')[0] ?? '');
}

/** ms with fractions: Date reads only the first three digits behind the second. */
function preciseTime(text: string): number {
  const [, seconds, fraction = '0'] = /^(.*:\d\d)(?:\.(\d+))?Z$/.exec(text) ?? [];
  return Date.parse(`${seconds}Z`) + Number(`0.${fraction}`) * 1000;
}

function audited(
  { auditLog }: ClusterNode,
  namespace: string,
): Pick<Moments, 'created' | 'podReported' | 'gateReported'> {
  const lines = readFileSync(auditLog, 'utf8').trimEnd().split('\n');
  const events = lines
    .filter((line) => line.includes(`"${namespace}"`))
    .map((line) => auditSchema.parse(JSON.parse(line)))
    .filter(
      ({ objectRef, responseStatus }) => objectRef.namespace === namespace && responseStatus.code < 300,
    );
  const first = (resource: string, holds: (object: unknown) => boolean): number => {
    const found = events.find((one) => one.objectRef.resource === resource && holds(one.responseObject));
    return preciseTime(found?.stageTimestamp ?? '');
  };
  return {
    created: first('services', () => true),
    podReported: first('pods', (object) =>
      viewPod(object).status.initContainerStatuses.some(
        ({ name, state }) => name === WAITER && state.terminated?.exitCode === 0,
      ),
    ),
    gateReported: first('dependencygates', (object) =>
      (viewGate(object).status.conditions ?? []).some(
        ({ type, status, reason }) => type === 'Open' && status === 'True' && reason === 'AllPassed',
      ),
    ),
  };
}

function printTable(moments: readonly Moments[]): void {
  console.log('| ms | min | median | p95 |');
  console.log('| --- | ---: | ---: | ---: |');
  for (const [name, of] of ROWS) {
    const values = moments.map(of).toSorted((a, b) => a - b);
    if (values.some(Number.isNaN)) throw new Error(`a moment of "${name}" was not found`);
    const cells = [0, 0.5, 0.95].map((part) => quantile(values, part).toFixed(0));
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
}

/** By the nearest rank: a value that was measured. */
function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}
