import { containerName } from '../../api/names.ts';
import type { Dependency } from '../../api/spec.ts';
import type { DependencyStatus, GateStatus } from '../../api/status.ts';
import type { GateEvent, Pod, Workload, World } from '../model.ts';
import { checkWords } from './check-words.ts';

/** What is told of a Pod that waits, or of a workload some of whose Pods do. */
export interface WaitingEvent {
  readonly about: Pod | Workload;
  readonly event: GateEvent;
}

/**
 * Events for whoever describes a Pod and has never heard of gates: what it waits for, and why that is not there. A Pod has
 * one as it begins to wait for a dependency, and another when the reason turns; its workload has one for all of them. They
 * follow from the old status and the new one, so a restart repeats none, and are of the Pods that the status names, so
 * they are few. A dependency that is there as far as the operator sees is not worth an Event: its Pods are about to pass.
 */
export function waitingEvents(world: World, after: GateStatus | undefined): WaitingEvent[] {
  const { spec, status } = world.gate;
  if (!spec.valid || after === undefined) return [];
  return spec.value.dependencies.flatMap((dependency) => {
    const of = ({ dependencies }: GateStatus) => dependencies?.find(({ name }) => name === dependency.name);
    const now = of(after);
    return now && !isThere(now) ? ofDependency(world, dependency, of(status), now) : [];
  });
}

function isThere({ satisfied, reason }: DependencyStatus): boolean {
  return satisfied ?? reason === 'EndpointsReady';
}

function ofDependency(
  world: World,
  dependency: Dependency,
  before: DependencyStatus | undefined,
  now: DependencyStatus,
): WaitingEvent[] {
  const told =
    before?.reason === now.reason && !(before && isThere(before)) ? (before?.blockedPods ?? []) : [];
  const waiting = named(world.pods, now.blockedPods ?? []);
  const news = waiting.filter(({ name }) => !told.includes(name));
  const toldOf = named(world.pods, told).map(({ target }) => target);
  const firstOf = new Map(news.toReversed().map((pod) => [pod.target, pod]));
  const what = `waiting for ${dependency.name} (${checkWords(dependency)}) of gate ${world.gate.name}`;
  return [
    ...news.map((pod) => ({ about: pod, event: waits(`${what}: ${why(world, pod, now)}`) })),
    ...[...firstOf].flatMap(([target, pod]) => {
      const workload = toldOf.includes(target) ? undefined : world.workloads.get(target);
      return workload ? [{ about: workload, event: waits(`Pods are ${what}: ${why(world, pod, now)}`) }] : [];
    }),
  ];
}

/** What a check that runs in a Pod sees stands in its log only. */
function why({ gate }: World, pod: Pod, { name, answer = '' }: DependencyStatus): string {
  const log = `kubectl logs ${pod.name} --namespace ${pod.namespace} --container ${containerName(gate.name, name)}`;
  return answer === '' ? `see ${log}` : answer;
}

function named(pods: readonly Pod[], names: readonly string[]): Pod[] {
  return pods.filter(({ name }) => names.includes(name));
}

function waits(note: string): GateEvent {
  return { type: 'Normal', reason: 'Waiting', action: 'Wait', note };
}
