/**
 * What a kubelet brings into the API of the answer of a check that has not ended, and at what price: on a real node
 * (Linux, root, Go).
 *
 *     node test/bench/answers.ts [minutes]
 *
 * Three ways: runs that end by themselves, with the answer as their termination message, in plain init containers and
 * with restart rules; probes of a native sidecar, whose output becomes Events; the message of a container that still
 * runs. All times are of one clock: the programs' own, and the API server's audit log. Prints what
 * docs/decisions/2026-11-24-answers-of-running-checks.md tells.
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { ROOT } from '../cluster/go-module.ts';
import { projectImage } from '../cluster/images.ts';
import { type ClusterNode, startNode } from '../cluster/node.ts';
import { Story } from '../cluster/story-namespace.ts';
import { CHECK, candidates } from './answers-candidates.ts';
import { audited, type Stored, storedIn } from './moments.ts';

const MINUTES = Number(process.argv[2] ?? 35);
/** When the probes begin to succeed, so that their Pods go on. */
const PROBES_PASS_AFTER_MINUTES = Math.min(15, MINUTES / 2);

const terminated = z.looseObject({
  terminated: z.looseObject({ message: z.string().default('') }).optional(),
});
const podStatus = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  status: z.looseObject({
    phase: z.string(),
    initContainerStatuses: z
      .array(
        z.looseObject({
          restartCount: z.int(),
          started: z.boolean().optional(),
          state: terminated.prefault({}),
          lastState: terminated.prefault({}),
        }),
      )
      .default([]),
  }),
});
const jobStatus = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  status: z.looseObject({
    conditions: z
      .array(
        z.looseObject({ type: z.string(), reason: z.string().default(''), message: z.string().default('') }),
      )
      .default([]),
  }),
});
const eventSchema = z.looseObject({
  reason: z.string(),
  message: z.string(),
  count: z.int().default(1),
  involvedObject: z.looseObject({ name: z.string() }),
});
const statsSchema = z.looseObject({
  pods: z.array(
    z.looseObject({
      podRef: z.looseObject({ name: z.string() }),
      containers: z
        .array(
          z.looseObject({
            name: z.string(),
            cpu: z.looseObject({ usageCoreNanoSeconds: z.number().default(0) }).prefault({}),
            memory: z.looseObject({ workingSetBytes: z.number().default(0) }).prefault({}),
          }),
        )
        .default([]),
    }),
  ),
});

const audit = audited([
  {
    level: 'RequestResponse',
    verbs: ['patch', 'update'],
    resources: [{ group: '', resources: ['pods/status'] }],
  },
  {
    level: 'RequestResponse',
    verbs: ['update'],
    resources: [{ group: 'batch', resources: ['jobs/status'] }],
  },
  { level: 'RequestResponse', verbs: ['create', 'patch'], resources: [{ group: '', resources: ['events'] }] },
]);
const cluster = await startNode({ flags: audit.flags });
try {
  await cluster.importImage(await projectImage(join(ROOT, 'dist')));
  const story = new Story(cluster);
  await story.begin();
  const shown = watchColumn(story);
  const began = Date.now();
  await story.apply(...candidates(PROBES_PASS_AFTER_MINUTES));
  await pause((PROBES_PASS_AFTER_MINUTES - 1) * 60_000);
  const minutes = (Date.now() - began) / 60_000;
  await printUsage(cluster, minutes);
  await pause(Math.max(0, began + MINUTES * 60_000 - Date.now()));
  const stored = storedIn(cluster.auditLog, story.namespace);
  printRuns(stored);
  printShown(shown, Date.now());
  printJobs(stored, began);
  printEvents(stored, began);
} finally {
  await cluster.stop();
  audit.remove();
}

interface Shown {
  readonly at: number;
  readonly status: string;
  readonly restarts: string;
}

/** What people see in `kubectl get pods`, and since when, by Pod. */
function watchColumn(story: Story): Map<string, Shown[]> {
  const seen = new Map<string, Shown[]>();
  const onLine = (line: string): void => {
    const [name = '', , status = '', restarts = ''] = line.split(/\s+/);
    const before = seen.get(name) ?? [];
    if (before.at(-1)?.status !== status) seen.set(name, [...before, { at: Date.now(), status, restarts }]);
  };
  const watch = ['get', 'pods', '--watch', '--no-headers', `--request-timeout=${MINUTES + 5}m`];
  story.kubectl(watch, { onLine, limitMs: (MINUTES + 5) * 60_000 }).catch(() => {
    // It ends with the cluster.
  });
  return seen;
}

/** From the end of a run to the start of the next, in the programs' own words. */
function printRuns(stored: readonly Stored[]): void {
  const runs = new Map<string, Set<string>>();
  const last = new Map<string, z.infer<typeof podStatus>>();
  for (const { objectRef, responseObject } of stored) {
    if (objectRef.resource !== 'pods') continue;
    const found = podStatus.parse(responseObject);
    last.set(found.metadata.name, found);
    const messages = found.status.initContainerStatuses.flatMap(({ state, lastState }) => [
      state.terminated?.message ?? '',
      lastState.terminated?.message ?? '',
    ]);
    const known = runs.get(found.metadata.name) ?? new Set();
    for (const message of messages.filter((one) => one !== '')) known.add(message);
    runs.set(found.metadata.name, known);
  }
  console.log(
    '\n| Pod | phase | restarts | answers | gaps between runs, ms |\n| --- | --- | ---: | ---: | --- |',
  );
  for (const [name, { status }] of [...last].toSorted(([a], [b]) => a.localeCompare(b))) {
    const times = [...(runs.get(name) ?? [])]
      .map((text) => text.split(' ').map(Number))
      .toSorted(([a = 0], [b = 0]) => a - b);
    const gaps = times.slice(1).map(([start = 0], index) => (start - (times[index]?.[1] ?? 0)).toFixed(0));
    const [init] = status.initContainerStatuses;
    console.log(
      `| ${name} | ${status.phase} | ${init?.restartCount} | ${times.length} | ${gaps.join(', ')} |`,
    );
  }
}

function printShown(shown: ReadonlyMap<string, readonly Shown[]>, end: number): void {
  console.log('\nSTATUS of kubectl get pods, and for how many s');
  for (const [name, changes] of [...shown].toSorted(([a], [b]) => a.localeCompare(b))) {
    const parts = changes.map(({ at, status }, index) => {
      const until = changes[index + 1]?.at ?? end;
      return `${status} ${((until - at) / 1000).toFixed(1)}`;
    });
    console.log(`${name}: ${parts.join(', ')}`);
  }
}

function printJobs(stored: readonly Stored[], began: number): void {
  console.log('\nJobs');
  const told = new Set<string>();
  for (const { objectRef, responseObject, at } of stored) {
    if (objectRef.resource !== 'jobs') continue;
    const { metadata, status } = jobStatus.parse(responseObject);
    for (const { type, reason, message } of status.conditions) {
      const line = `${metadata.name}: ${type} ${reason}: ${message}`;
      if (!told.has(line)) console.log(`${((at - began) / 1000).toFixed(0)} s ${line}`);
      told.add(line);
    }
  }
}

function printEvents(stored: readonly Stored[], began: number): void {
  console.log('\nEvents of the Pods with probes: each writing');
  for (const { objectRef, verb, responseObject, at } of stored) {
    if (objectRef.resource !== 'events') continue;
    const { involvedObject, reason, message, count } = eventSchema.parse(responseObject);
    if (!involvedObject.name.startsWith('probe-')) continue;
    const when = ((at - began) / 1000).toFixed(1);
    console.log(
      `${involvedObject.name} ${when} s ${verb} ${reason} ×${count}: ${message.trim().slice(0, 160)}`,
    );
  }
}

/** What the sidecars used so far, as the kubelet counts it. */
async function printUsage(cluster: ClusterNode, minutes: number): Promise<void> {
  const raw = await cluster.kubectl([
    'get',
    '--raw',
    '/api/v1/nodes/node0/proxy/stats/summary?only_cpu_and_memory=true',
  ]);
  console.log(`\nCPU and memory of the check after ${minutes.toFixed(1)} minutes`);
  for (const { podRef, containers } of statsSchema.parse(JSON.parse(raw)).pods) {
    const check = containers.find(({ name }) => name === CHECK);
    if (!podRef.name.startsWith('probe-') || !check) continue;
    const cpu = (check.cpu.usageCoreNanoSeconds / 1e9).toFixed(2);
    console.log(`${podRef.name}: ${cpu} s, ${(check.memory.workingSetBytes / 2 ** 20).toFixed(0)} MiB`);
  }
}
