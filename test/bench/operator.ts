/**
 * The operator against the same job with controller-runtime (test/bench/reference), by turns on one real API server whose
 * node is played here: cold start, changes of Pods, restart, memory.
 *
 *     node test/bench/operator.ts [rounds, default 5] [factor, default 1] [changes a second, default 50]
 *
 * The factor multiplies gates and Pods: 1 is 100 gates with ten Pods each, and 2,000 other Pods. Two cores that are the API
 * server, its watchers and the kubelet as well bear some 20 changes a second: beyond it one measures their queue.
 *
 * A round is a turn of each, in a namespace of its own that is gone before the next. Memory and CPU time are those that
 * /proc tells. Prints the medians over the rounds and their ratios, for docs/decisions/2026-11-24-performance.md.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { OPERATOR_USER } from '../../src/api/names.ts';
import { connect } from '../../src/kube/client/connection.ts';
import { kubeconfigCredentials } from '../../src/kube/client/kubeconfig.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { startControlPlane } from '../cluster/control-plane.ts';
import { install, SERVICE_ACCOUNT } from '../scenarios/real-cluster.ts';
import { audited, quantile, storedIn } from './moments.ts';
import { Changes } from './operator/changes.ts';
import { ours, type Rival, Running, reference } from './operator/rival.ts';
import { type Size, World } from './operator/world.ts';
import { cpuMs, processWith, residentMiB } from './usage.ts';

const ROUNDS = Number(process.argv[2] ?? 5);
const FACTOR = Number(process.argv[3] ?? 1);
const SIZE: Size = { gates: 100 * FACTOR, podsOfGate: 10, otherPods: 2000 * FACTOR };
const RATE = Number(process.argv[4] ?? 50);
const CHANGES = 1000;
/** What an operator does of its own accord after its start is over by then. */
const QUIET_MS = 3000;
/** So are the Events of the last changes, of which we tell after five seconds. */
const EVENTS_MS = 7000;

/** What one turn has shown. */
type Figures = Readonly<Record<string, number>>;

const folder = mkdtempSync(join(tmpdir(), 'bench-operator-'));
const audit = audited([
  { level: 'Metadata', users: [OPERATOR_USER], verbs: ['create', 'patch', 'update', 'delete'] },
]);
const cluster = await startControlPlane({ flags: audit.flags });
const connection = connect(kubeconfigCredentials({ kubeconfigPath: cluster.kubeconfig }), {
  clock: systemClock,
  userAgent: 'bench',
});
try {
  await install(cluster);
  const kubeconfig = await cluster.serviceAccountKubeconfig(SERVICE_ACCOUNT.namespace, SERVICE_ACCOUNT.name);
  const apiServer = processWith('kube-apiserver', dirname(cluster.kubeconfig));
  const rivals = [ours(), await reference(folder)];
  const results = new Map<string, Figures[]>(rivals.map(({ name }) => [name, []]));
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const [index, rival] of rivals.entries()) {
      const figures = await turn(rival, `round-${round}-${index}`, kubeconfig, apiServer);
      results.get(rival.name)?.push(figures);
      console.error(
        `round ${round}, ${rival.name}: ${JSON.stringify(figures)}, load ${loadavg()[0]?.toFixed(1)}`,
      );
    }
  }
  print(results);
} finally {
  await connection.close();
  await cluster.stop();
  audit.remove();
  rmSync(folder, { recursive: true });
}

async function turn(rival: Rival, name: string, kubeconfig: string, apiServer: number): Promise<Figures> {
  const idle = new Running(rival, kubeconfig);
  await pause(QUIET_MS);
  idle.assertRunning();
  const emptyMiB = residentMiB(idle.pid);
  await idle.stop();

  const world = new World(connection, name, SIZE);
  await world.make();
  let running = new Running(rival, kubeconfig);
  const began = performance.now();
  await world.untilEach('each gate is in force', ({ isReady }) => isReady);
  const coldStartS = (performance.now() - began) / 1000;
  await world.untilEach('each gate has its Pods', ({ pods }) => pods === SIZE.podsOfGate);
  await world.begin();
  await pause(EVENTS_MS);
  const writes = () => {
    const all = storedIn(cluster.auditLog ?? '', name);
    return { all: all.length, events: all.filter(({ objectRef }) => objectRef.resource === 'events').length };
  };
  const ofStart = writes();

  const before = { operator: cpuMs(running.pid), apiServer: cpuMs(apiServer) };
  const changes = new Changes(world);
  const latencies = await changes.run(CHANGES, RATE);
  await pause(EVENTS_MS);
  const after = { operator: cpuMs(running.pid), apiServer: cpuMs(apiServer) };
  const loadedMiB = residentMiB(running.pid);
  const ofChanges = writes();

  await running.stop();
  const [gate = ''] = world.gateNames;
  const told = changes.expect(gate);
  await changes.write(gate);
  running = new Running(rival, kubeconfig);
  const restarted = performance.now();
  const caughtUp = await told;
  const restartCpuMs = cpuMs(running.pid);
  await running.stop();
  await world.remove();
  return {
    'PATCH answered → status, p50, ms': quantile(latencies, 0.5),
    'p95, ms': quantile(latencies, 0.95),
    'p99, ms': quantile(latencies, 0.99),
    'CPU a change, ms': (after.operator - before.operator) / CHANGES,
    'CPU of the API server a change, ms': (after.apiServer - before.apiServer) / CHANGES,
    'RSS without gates and Pods, MiB': emptyMiB,
    'RSS after the changes, MiB': loadedMiB,
    'cold start until all are in force, s': coldStartS,
    'writes a gate until its Pods wait': ofStart.all / SIZE.gates,
    'Events among them': ofStart.events / SIZE.gates,
    'writes a change': (ofChanges.all - ofStart.all) / CHANGES,
    'Events among those': (ofChanges.events - ofStart.events) / CHANGES,
    'restart → caught up, s': (caughtUp - restarted) / 1000,
    'CPU until then, s': restartCpuMs / 1000,
  };
}

function print(results: ReadonlyMap<string, readonly Figures[]>): void {
  const [[ourName = '', of = []] = [], [theirName = '', others = []] = []] = [...results];
  console.log(
    `\n${ROUNDS} rounds, ${JSON.stringify(SIZE)}, ${CHANGES} changes, ${RATE} a second; ${cpus().length} cores`,
  );
  console.log(`| median | ${ourName} | ${theirName} | ratio |`);
  console.log('| --- | ---: | ---: | ---: |');
  for (const what of Object.keys(of[0] ?? {})) {
    const [a, b] = [of, others].map((all) =>
      quantile(
        all.map((one) => one[what] ?? Number.NaN),
        0.5,
      ),
    );
    if (a === undefined || b === undefined) continue;
    console.log(`| ${what} | ${a.toPrecision(3)} | ${b.toPrecision(3)} | ${(a / b).toFixed(2)} |`);
  }
}
