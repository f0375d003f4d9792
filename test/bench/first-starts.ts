import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { isAlreadyExists } from '../../src/kube/api-error.ts';
import { createRequests } from '../../src/kube/client/http-requests.ts';
import { systemClock } from '../../src/kube/clock.ts';
import type { KubeObject } from '../../src/sandbox/cluster.ts';
import { endingWithUs } from '../cluster/at-exit.ts';
import { eventually } from '../cluster/eventually.ts';
import { isUngated, startWatchedCluster } from '../cluster/first-starts/cluster.ts';
import { requiring } from '../cluster/first-starts/manifests.ts';
import { manifestFiles, ROOT, read } from '../config/manifests.ts';
import { deployment, dns, gate } from '../scenarios/manifests.ts';
import { SERVICE_ACCOUNT } from '../scenarios/real-cluster.ts';
import { resourceOf } from '../scenarios/resources.ts';
import { preciseTime, printTable } from './moments.ts';

/**
 * How many of N Deployments start ungated that are applied together with their gates, each right after its own, on a real
 * API server, and whether somebody is told of each:
 *
 *     node test/bench/first-starts.ts [pairs] [refused|placed|both] [plain|labelled]
 *
 * The gates wait for a name that there is not, so whatever starts is ungated. With the label on the templates none may.
 */

const PAIRS = Number(process.argv[2] ?? 100);
const WAY = process.argv[3] ?? 'refused';
const TEMPLATES = process.argv[4];
/** So many have a namespace, and come one after the other; within it so many are applied at a time. */
const A_BATCH = 100;
const AT_ONCE = 20;
/** Busy machines answer late, and that is no result. */
const PATIENCE_MS = 120_000;
const LIMIT_MS = 600_000;
/** What is told is told by then. */
const TOLD_LIMIT_MS = 60_000;

const WRITES: readonly string[] = ['create', 'patch', 'update', 'delete'];

const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  refused: ['config/first-starts'],
  placed: ['config/admission'],
  both: ['config/first-starts', 'config/admission'],
};

const gateSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  status: z
    .looseObject({ targets: z.array(z.looseObject({ reason: z.string().optional() })).optional() })
    .optional(),
});
const eventSchema = z.looseObject({
  type: z.string(),
  reason: z.string(),
  regarding: z.looseObject({ kind: z.string(), name: z.string() }),
});
const auditSchema = z.looseObject({
  verb: z.string(),
  userAgent: z.string().default(''),
  stageTimestamp: z.string(),
  objectRef: z.looseObject({
    resource: z.string(),
    name: z.string().default(''),
    subresource: z.string().default(''),
  }),
  responseStatus: z.looseObject({ code: z.int() }).optional(),
});

const cluster = await startWatchedCluster();
const requests = createRequests({
  connection: cluster.connection,
  clock: systemClock,
  deadlineMs: PATIENCE_MS,
});
try {
  for (const file of (FOLDERS[WAY] ?? []).flatMap(manifestFiles))
    await cluster.controlPlane.apply(read(file));
  const operator = await startOperator();
  // Policies act a second or two after they are stored, and some only when the API server asks again which kinds there are.
  await new Promise((resolve) => setTimeout(resolve, 35_000));
  for (const templates of ['plain', 'labelled'] as const) {
    if (TEMPLATES !== undefined && TEMPLATES !== templates) continue;
    for (let left = PAIRS; left > 0; left -= A_BATCH) await run(templates, Math.min(left, A_BATCH), left);
  }
  operator.kill();
  await once(operator, 'exit');
} finally {
  await cluster.stop();
}

/** A process of its own, as it is in a cluster; ready when it knows the policies. */
async function startOperator(): Promise<ChildProcess> {
  const { namespace, name } = SERVICE_ACCOUNT;
  const kubeconfig = await cluster.controlPlane.serviceAccountKubeconfig(namespace, name);
  const flags = ['--waiter-image=waiter:1', `--kubeconfig=${kubeconfig}`, '--health-port=0'];
  const args = [join(ROOT, 'src/main.ts'), 'operator', ...flags];
  const operator = endingWithUs(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }));
  let log = '';
  operator.stdout.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-10_000);
  });
  const isReady = () => log.includes('caches synced') || undefined;
  await eventually('the operator is ready', LIMIT_MS, isReady);
  return operator;
}

async function run(templates: 'plain' | 'labelled', pairs: number, batch: number): Promise<void> {
  const namespace = `pairs-${templates}-${batch}`;
  await cluster.controlPlane.kubectl(['create', 'namespace', namespace]);
  const create = (object: KubeObject) =>
    eventually(`${object.kind} ${object.metadata.name} is stored`, PATIENCE_MS, () =>
      store(namespace, object),
    );
  const names = Array.from({ length: pairs }, (_, index) => `app-${index}`);
  const left = [...names];
  const applied = async () => {
    for (let name = left.pop(); name !== undefined; name = left.pop()) {
      await create(gate(name, [name], [dns('nothing')]));
      await create(templates === 'labelled' ? requiring(deployment(name), name) : deployment(name));
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, applied));
  const writtenMs = performance.now() - began;
  await eventually('each app has a Pod with its gate', LIMIT_MS, () => {
    const records = cluster.history.of(namespace);
    const gated = new Set(records.filter(({ app = '', gates: of }) => of.has(app)).map(({ app }) => app));
    return gated.size === pairs || undefined;
  });
  const gatedMs = performance.now() - began;
  const ungated = ungatedOf(namespace);
  const untold = await untoldOf(namespace, ungated);
  console.log(
    `${WAY}, ${templates}: ${pairs} pairs written in ${seconds(writtenMs)}, all gated after ${seconds(gatedMs)}; ${ungated.length} started ungated, of ${untold.length} not both a status and an Event tell, of ${untold.filter(({ isEvent }) => !isEvent).length} no Event; load ${loadavg()[0]?.toFixed(0)}`,
  );
  for (const { app } of untold.slice(0, 3))
    console.log(await cluster.controlPlane.kubectl(['get', 'dgate,deploy', app, '-n', namespace, '-o=json']));
  await untilQuiet(namespace);
  printMoments(namespace, pairs);
}

/** Until the operator writes nothing more. */
async function untilQuiet(namespace: string): Promise<void> {
  for (let [before, now] = [-1, storedIn(namespace).length]; before !== now; ) {
    await new Promise((resolve) => setTimeout(resolve, 5000));
    [before, now] = [now, storedIn(namespace).length];
  }
}

type Answered = z.infer<typeof auditSchema> & { readonly at: number };

/** What was stored in a namespace, by the API server's audit log; of the operator, and of gates. */
function storedIn(namespace: string): Answered[] {
  const log = readFileSync(cluster.controlPlane.auditLog ?? '', 'utf8');
  return log
    .slice(0, log.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line.includes(`"${namespace}"`))
    .filter((line) => line.includes('"dependency-gate-operator') || line.includes('"dependencygates"'))
    .map((line) => auditSchema.parse(JSON.parse(line)))
    .filter(({ verb, responseStatus }) => WRITES.includes(verb) && (responseStatus?.code ?? 500) < 300)
    .map((one) => ({ ...one, at: preciseTime(one.stageTimestamp) }));
}

/** What was not answered in time may be stored all the same. */
async function store(namespace: string, object: KubeObject): Promise<true> {
  try {
    await requests.create(resourceOf(object.kind), namespace, object);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
  return true;
}

function ungatedOf(namespace: string): string[] {
  const records = cluster.history.of(namespace);
  const found = records.filter((one) => one.app !== undefined && isUngated(one, [one.app]));
  return [...new Set(found.flatMap(({ app }) => app ?? []))];
}

/** Those of which no status tells in the end, and whether an Event does. */
async function untoldOf(namespace: string, ungated: readonly string[]) {
  const look = async () => {
    const gates = await requests.list(resourceOf('DependencyGate'), { namespace });
    const told = gates.items
      .map((one) => gateSchema.parse(one))
      .filter(({ status }) => status?.targets?.some(({ reason }) => reason === 'FirstStartUngated'))
      .map(({ metadata }) => metadata.name);
    const events = (await requests.list(resourceOf('Event'), { namespace })).items
      .map((one) => eventSchema.parse(one))
      .filter(({ type, reason }) => type === 'Warning' && reason === 'FirstStartUngated')
      .map(({ regarding }) => regarding.name);
    const untold = ungated.filter((app) => !told.includes(app) || !events.includes(app));
    return untold.map((app) => ({ app, isEvent: events.includes(app) }));
  };
  const until = performance.now() + TOLD_LIMIT_MS;
  for (;;) {
    const untold = await eventually('gates and Events are listed', PATIENCE_MS, look);
    if (untold.length === 0 || performance.now() > until) return untold;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

/** What the operator wrote of a gate and its target, and when. */
function printMoments(namespace: string, pairs: number): void {
  const stored = storedIn(namespace);
  const first = (isWanted: (one: Answered) => boolean) =>
    new Map(
      stored
        .filter(({ objectRef }) => objectRef.resource === 'dependencygates')
        .filter(isWanted)
        .toReversed()
        .map(({ objectRef, at }) => [objectRef.name, at] as const),
    );
  const created = first(({ verb }) => verb === 'create');
  const after = (subresource: string) => {
    const found = first(({ verb, objectRef }) => verb === 'patch' && objectRef.subresource === subresource);
    return [...found].map(([name, at]) => at - (created.get(name) ?? Number.NaN));
  };
  printTable(
    [
      ['gate stored → first status', after('status')],
      ['gate stored → finalizer', after('')],
    ],
    ['min', 'median', 'p95', 'max'],
  );
  const writes = stored.filter(({ userAgent }) => userAgent.startsWith('dependency-gate-operator'));
  const counts = new Map<string, number>();
  for (const { verb, objectRef } of writes) {
    const what = `${verb} ${objectRef.resource}/${objectRef.subresource}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const each = [...counts].map(([what, count]) => `${what} ${(count / pairs).toFixed(2)}`);
  console.log(`writes a gate: ${(writes.length / pairs).toFixed(2)} (${each.join(', ')})\n`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
