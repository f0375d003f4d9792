/**
 * What one gate with many Pods takes of the operator: heap of what is kept of them, and the time of a reconcile after the
 * change of one Pod, in which nothing else of the process has a turn. In this process, from objects as an API server sends
 * them; no cluster.
 *
 *     node --expose-gc test/bench/scale.ts
 *
 * Prints a table for docs/decisions/2026-11-28-ten-times-more.md.
 */
import { cpus, loadavg } from 'node:os';
import process from 'node:process';
import { GATED_LABEL, gateAnnotation, TARGET_ANNOTATION, TEMPLATE_HASH_LABEL } from '../../src/api/names.ts';
import type { Pod } from '../../src/core/model.ts';
import { sharing } from '../../src/kube/watch/sharing.ts';
import { projectPod } from '../../src/projections/project-pod.ts';
import { ReconcileRig } from '../controller/reconcile-rig.ts';
import { dns, gate, tcp, workload } from '../core/builders.ts';
import { quantile } from './moments.ts';

const PODS = [10, 100, 1000, 5000, 10_000, 100_000] as const;
/** Fewer of many Pods: each takes longer. */
const changesOf = (pods: number) => (pods > 10_000 ? 20 : 100);
const UNMEASURED = 20;
const AT = '2026-11-28T10:00:00Z';

const first = gate('first').targets('app').dependsOn(dns('db'), tcp('api', 8080)).rendered();
const app = workload('app').carrying(first);
const project = sharing<Pod>(projectPod);

console.log('| Pods of the gate | heap a Pod, bytes | reconcile, ms: median | p95 |');
console.log('| ---: | ---: | ---: | ---: |');
for (const pods of PODS) await measure(pods);
console.log(`\nNode ${process.version}; ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`);

async function measure(count: number): Promise<void> {
  const rig = new ReconcileRig(() => ({}));
  rig.see(first, app);
  const before = heap();
  for (let index = 0; index < count; index += 1) see(rig, index, 0);
  await rig.gate(first);
  const kept = (heap() - before) / count;
  const times: number[] = [];
  const changes = changesOf(count);
  for (let change = 0; change < UNMEASURED + changes; change += 1) {
    see(rig, change % count, change + 1);
    const began = performance.now();
    await rig.gate(first);
    if (change >= UNMEASURED) times.push(performance.now() - began);
  }
  const [median, late] = [quantile(times, 0.5), quantile(times, 0.95)];
  console.log(`| ${count} | ${kept.toFixed(0)} | ${median.toFixed(2)} | ${late.toFixed(2)} |`);
}

function heap(): number {
  if (!globalThis.gc) throw new Error('run it with --expose-gc');
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

/** As a watch tells of it. */
function see({ stores }: ReconcileRig, index: number, version: number): void {
  const raw = rawPod(index, version);
  const pod = project(
    JSON.parse(JSON.stringify(raw)),
    stores.pods.get(`${raw.metadata.namespace}/${raw.metadata.name}`),
  );
  if (pod) stores.pods.set(pod);
}

/** As it is read of JSON, so that no text is shared that would not be shared there; its first check runs, or has passed. */
function rawPod(index: number, version: number) {
  const { initContainers, hash } = first.render;
  const done = { terminated: { exitCode: 0, reason: 'Completed', startedAt: AT, finishedAt: AT } };
  const runs = { running: { startedAt: AT } };
  const states = version % 2 === 1 ? [done, runs] : [runs, { waiting: { reason: 'PodInitializing' } }];
  const raw = {
    metadata: {
      namespace: app.workload.namespace,
      name: `app-7d9f8b6c5d-${index}`,
      uid: `0d1e2f3a-0000-4000-8000-${String(index).padStart(12, '0')}`,
      resourceVersion: String(1_000_000 + index + version * 200_000),
      creationTimestamp: AT,
      labels: { app: 'app', [GATED_LABEL]: 'true', [TEMPLATE_HASH_LABEL]: '7d9f8b6c5d' },
      annotations: { [gateAnnotation('first')]: hash, [TARGET_ANNOTATION]: 'Deployment/app' },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: 'app-7d9f8b6c5d',
          uid: '0d1e2f3a-1111-4000-8000-000000000000',
          controller: true,
        },
      ],
    },
    spec: { nodeName: `node-${index % 500}`, initContainers, containers: [{ name: 'app', image: 'app:1' }] },
    status: {
      phase: 'Pending',
      initContainerStatuses: initContainers.map(({ name, image }, at) => ({
        ...{ name, image, imageID: image, ready: false, restartCount: 0 },
        state: states[at],
      })),
    },
  };
  return raw;
}
