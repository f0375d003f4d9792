import { gateAnnotation } from '../../src/api/names.ts';
import { POLICY_MANIFESTS } from '../../src/api/policies/manifests.ts';
import { app, MERGE_PATCH, PROBE } from '../cluster/admission-api.ts';
import { AdmissionCluster } from '../cluster/admission-cluster.ts';
import { pathOf, TARGET } from '../cluster/admission-workloads.ts';
import { eventually } from '../cluster/eventually.ts';
import { dns, type GateBuilder, gate } from '../core/builders.ts';

/**
 * What the admission policies add to the writing of a Deployment, on a real API server. The same writes are made with
 * the policies and without, in turn, so that a noisy machine troubles both alike; medians are compared.
 *
 * Two writes: a label on a Deployment that has the containers already, and the creation of one that is to get them (a
 * dry run, so that it can be repeated).
 */

const TURNS = Number(process.argv[2] ?? 3);
const WRITES_A_TURN = 15;
const LIMIT_MS = 120_000;

interface Scene {
  readonly what: string;
  readonly gates: readonly GateBuilder[];
}

/** Milliseconds. */
interface Samples {
  readonly label: number[];
  readonly create: number[];
}

interface Measured extends Scene {
  readonly namespace: string;
  readonly with: Samples;
  readonly without: Samples;
}

const SCENES: readonly Scene[] = [
  { what: 'no gates', gates: [] },
  ...[1, 4, 8, 16].map((count) => ({ what: `${count} × 16 on it`, gates: gatesOf(count, 16) })),
  { what: '16 × 4 on it', gates: gatesOf(16, 4) },
  ...[50, 200].map((count) => ({
    what: `${count} that do not match`,
    gates: gatesOf(count, 1).map((one) => one.targets('another')),
  })),
];

const cluster = await AdmissionCluster.start();
try {
  const scenes: Measured[] = [];
  await cluster.putPoliciesInForce();
  for (const scene of SCENES) scenes.push(await prepare(scene));
  for (let turn = 0; turn < TURNS; turn++) {
    for (const scene of scenes) await measure(scene, scene.with);
    await removePolicies(scenes);
    for (const scene of scenes) await measure(scene, scene.without);
    if (turn < TURNS - 1) await cluster.putPoliciesInForce();
  }
  printTable(scenes);
} finally {
  await cluster.stop();
}

function gatesOf(count: number, containers: number): GateBuilder[] {
  const dependencies = Array.from({ length: containers }, (_, index) => dns(`dependency-${index}`));
  return Array.from({ length: count }, (_, index) =>
    gate(`gate-${index}`)
      .dependsOn(...dependencies)
      .rendered(),
  );
}

/** A namespace with the gates and a Deployment that has what they put into it. */
async function prepare(scene: Scene): Promise<Measured> {
  const namespace = await cluster.namespace();
  for (const one of scene.gates) await cluster.storeGate(namespace, one);
  await eventually('admission knows the gates', LIMIT_MS, async () => {
    const template = await cluster.create(namespace, 'Deployment', app(), { dryRun: true, name: PROBE });
    const isPlaced = ({ gate }: GateBuilder) =>
      gateAnnotation(gate.name) in (template.metadata?.annotations ?? {});
    // Past 64 containers gates are left out; which, is chance.
    const placed = scene.gates.filter(isPlaced).length;
    return placed === scene.gates.length || placed * 16 >= 64 || !targetsIt(scene) || undefined;
  });
  await cluster.create(namespace, 'Deployment', app());
  const samples = (): Samples => ({ label: [], create: [] });
  return { ...scene, namespace, with: samples(), without: samples() };
}

function targetsIt({ gates }: Scene): boolean {
  return gates.every(({ spec }) => spec.targets.length === 0);
}

async function measure({ namespace }: Measured, { label, create }: Samples): Promise<void> {
  const path = pathOf('Deployment', namespace, TARGET);
  for (let index = 0; index < WRITES_A_TURN; index++) {
    const patch = { metadata: { labels: { written: `${performance.now()}` } } };
    label.push(await timed(() => cluster.send('PATCH', path, patch, { type: MERGE_PATCH })));
    create.push(
      await timed(() => cluster.create(namespace, 'Deployment', app(), { dryRun: true, name: PROBE })),
    );
  }
}

async function timed(write: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await write();
  return performance.now() - start;
}

/** Takes the policies away, and waits until they no longer act. */
async function removePolicies(scenes: readonly Measured[]): Promise<void> {
  for (const format of Object.values(POLICY_MANIFESTS))
    await cluster.kubectl(['delete', '-f', '-'], { input: format() });
  const gated = scenes.find((scene) => scene.gates.length > 0 && targetsIt(scene));
  await eventually('the policies are gone', LIMIT_MS, async () => {
    const namespace = gated?.namespace ?? '';
    const { spec } = await cluster.create(namespace, 'Deployment', app(), { dryRun: true, name: PROBE });
    return spec.initContainers === undefined || undefined;
  });
}

function printTable(scenes: readonly Measured[]): void {
  console.log(`medians of ${TURNS * WRITES_A_TURN} writes of a Deployment; n × containers\n`);
  console.log('gates                 label: with, without, ratio      create: with, without, ratio');
  for (const scene of scenes) {
    const columns = (['label', 'create'] as const).map((write) => {
      const [by, bare] = [median(scene.with[write]), median(scene.without[write])];
      return `${by.toFixed(1).padStart(8)} ms ${bare.toFixed(1).padStart(6)} ms ${(by / bare).toFixed(1).padStart(6)} ×`;
    });
    console.log(`${scene.what.padEnd(20)} ${columns.join('    ')}`);
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
