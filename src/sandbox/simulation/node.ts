import { keyOf } from './collection.ts';
import { startLoop } from './loop.ts';
import { NODE_NAME } from './node-place.ts';
import type { Pod } from './objects.ts';
import { podStatus } from './pod-status.ts';
import { type Machine, PodWorker } from './pod-worker.ts';
import { timestamp } from './simulated-clock.ts';

/** How long the containers of a deleted Pod take to end. */
const TERMINATION_MS = 200;

/** Scheduler and kubelet of the one node: binds every Pod that is for it, lets a worker walk it, and writes down how far it is. */
export function startNode(machine: Machine): void {
  const { pods, clock, signal } = machine;
  const workers = new Map<string, PodWorker>();
  const nextAddress = podAddresses();
  const loop = startLoop(sync, machine);
  pods.listen((pod) => loop.add(keyOf(pod)));

  async function sync(key: string): Promise<void> {
    const pod = pods.get(key);
    const deleted = pod?.metadata.deletionTimestamp !== undefined;
    if (deleted || !workers.get(key)?.isOf(pod)) dismiss(key);
    if (!pod) return;
    if (deleted) {
      await clock.sleep(TERMINATION_MS, signal);
      return pods.delete(pod);
    }
    if (pod.spec.schedulingGates.length > 0 || isForAnother(pod)) return;
    if (pod.spec.nodeName === undefined) return pods.patch(pod, { spec: { nodeName: NODE_NAME } });
    if (pod.spec.nodeName !== NODE_NAME || (pod.status.phase === 'Failed' && !workers.has(key))) return;
    const worker = workers.get(key) ?? engage(key, pod);
    await pods.setStatus(pod, podStatus(pod, worker, timestamp(clock)));
  }

  function engage(key: string, pod: Pod): PodWorker {
    const worker = new PodWorker(pod, nextAddress(), machine, () => loop.add(key));
    workers.set(key, worker);
    return worker;
  }

  function dismiss(key: string): void {
    workers.get(key)?.stop();
    workers.delete(key);
  }
}

/** By the one field of a node that affinity knows, its name. Of several terms one is enough. */
function isForAnother({ spec: { affinity } }: Pod): boolean {
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const terms = required?.nodeSelectorTerms ?? [];
  const isOfAnother = ({ operator, values }: { readonly operator: string; readonly values: string[] }) =>
    operator === 'In' && !values.includes(NODE_NAME);
  return terms.length > 0 && terms.every(({ matchFields }) => matchFields.some(isOfAnother));
}

/** 10.244.0.1 and on, as many as a /16 has. */
function podAddresses(): () => string {
  let given = 0;
  return () => {
    given++;
    return `10.244.${(given >> 8) & 255}.${given & 255}`;
  };
}
