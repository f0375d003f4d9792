import { z } from 'zod';
import { createRequests } from '../../src/kube/client/http-requests.ts';
import { systemClock } from '../../src/kube/clock.ts';
import type { KubeObject } from '../../src/sandbox/cluster.ts';
import { eventually } from '../cluster/eventually.ts';
import { isUngated, startWatchedCluster } from '../cluster/first-starts/cluster.ts';
import { requiring } from '../cluster/first-starts/manifests.ts';
import { manifestFiles, read } from '../config/manifests.ts';
import { deployment, dns, gate } from '../scenarios/manifests.ts';
import { resourceOf } from '../scenarios/resources.ts';

/**
 * How many of N Deployments start ungated that are applied together with their gates, each right after its own, on a real
 * API server:
 *
 *     node test/bench/first-starts.ts [pairs] [refused|placed]
 *
 * The gates wait for a name that there is not, so whatever starts is ungated. With the label on the templates none may.
 */

const PAIRS = Number(process.argv[2] ?? 100);
const WAY = process.argv[3] ?? 'refused';
/** Pairs that are applied at a time. */
const AT_ONCE = 20;
const LIMIT_MS = 300_000;

const gateSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  status: z
    .looseObject({
      render: z.unknown().optional(),
      targets: z.array(z.looseObject({ message: z.string().optional() })).optional(),
    })
    .optional(),
});

const cluster = await startWatchedCluster();
try {
  const folders = ['config/first-starts', ...(WAY === 'placed' ? ['config/admission'] : [])];
  for (const file of folders.flatMap(manifestFiles)) await cluster.controlPlane.apply(read(file));
  await cluster.operator.start();
  await eventually('the policies are known', LIMIT_MS, async () => {
    const value = await cluster.operator.gauge(
      `dependency_gate_${WAY === 'placed' ? 'admission_installed' : 'first_starts_refused'}`,
    );
    return value === 1 || undefined;
  });
  // Policies act a second or two after they are stored.
  await new Promise((resolve) => setTimeout(resolve, 5000));
  for (const isRequired of [false, true]) await run(isRequired);
} finally {
  await cluster.stop();
}

async function run(isRequired: boolean): Promise<void> {
  const requests = createRequests({ connection: cluster.connection, clock: systemClock });
  const namespace = `pairs-${isRequired ? 'labelled' : 'plain'}`;
  await cluster.controlPlane.kubectl(['create', 'namespace', namespace]);
  const create = (object: KubeObject) => requests.create(resourceOf(object.kind), namespace, object);
  const gates = async () =>
    (await requests.list(resourceOf('DependencyGate'), { namespace })).items.map((one) =>
      gateSchema.parse(one),
    );
  const names = Array.from({ length: PAIRS }, (_, index) => `app-${index}`);
  const left = [...names];
  const applied = async () => {
    for (let name = left.pop(); name !== undefined; name = left.pop()) {
      await create(gate(name, [name], [dns('nothing')]));
      await create(isRequired ? requiring(deployment(name), name) : deployment(name));
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, applied));
  const writtenMs = performance.now() - began;
  await eventually('each app has a Pod with its gate', LIMIT_MS, () => {
    const records = cluster.history.of(namespace);
    const gated = new Set(records.filter(({ app = '', gates: of }) => of.has(app)).map(({ app }) => app));
    return gated.size === PAIRS || undefined;
  });
  const gatedMs = performance.now() - began;
  const ungated = new Set(
    cluster.history
      .of(namespace)
      .filter((record) => record.app !== undefined && isUngated(record, [record.app]))
      .map(({ app }) => app),
  );
  const told = (await gates()).filter(({ status }) =>
    status?.targets?.some(({ message = '' }) => message.startsWith('FirstStartUngated')),
  );
  const untold = [...ungated].filter((app) => !told.some(({ metadata }) => metadata.name === app));
  console.log(
    `${WAY}, ${isRequired ? 'with' : 'without'} the label: ${PAIRS} pairs written in ${seconds(writtenMs)}, all gated after ${seconds(gatedMs)}; ${ungated.size} started ungated, ${told.length} gates say so, of ${untold.length} nobody`,
  );
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
