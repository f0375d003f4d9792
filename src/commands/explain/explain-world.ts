import type { Dependency } from '../../api/spec.ts';
import type { Condition, ConditionType, DependencyStatus } from '../../api/status.ts';
import type { Gate, Pod } from '../../core/model.ts';
import { placeOf } from '../../core/progress/dependency-place.ts';
import { carriesRender, type PodProgress, podProgress } from '../../core/progress/pod-progress.ts';
import { wantedContainers } from '../../core/render/contents.ts';
import { isHeld } from '../../core/render/hold.ts';
import { gateCondition } from '../../core/status/gate-state.ts';
import type { ObjectName } from '../../kube/resource.ts';
import type { Unread } from '../cluster/reader.ts';
import type { PodDetails } from './pod-details.ts';

/** What `explain` has read, with the permissions of whoever asks. All that it prints is a function of this. */
export interface ExplainWorld {
  readonly gate: Gate;
  /** Pods that carry the gate or are held for it, by name; why they could not be read. */
  readonly pods: readonly Pod[] | Unread;
  /** What else is known of these Pods, by name. */
  readonly facts: ReadonlyMap<string, PodDetails>;
  /** What the Services select that have too few endpoints, by the dependencies that keep Pods for them. */
  readonly selectors: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Why targets that want Pods have none, by `<Kind>/<name>`; as far as their controllers tell. */
  readonly troubles: ReadonlyMap<string, Trouble>;
  /** The ServiceAccount that the guards take for the operator, where that matters and could be read. */
  readonly operator?: Required<ObjectName> | undefined;
  /** Of one Pod for each dependency that keeps a Pod and whose container runs, by the dependency's name. */
  readonly logs: ReadonlyMap<string, LastLines>;
  /** ms since the epoch. */
  readonly now: number;
  /** Flags of kubectl that lead to this cluster, for the commands that are proposed: `--context=prod`. */
  readonly flags: string;
}

/** Why a workload has no Pods: nobody makes any, or they are refused, in the words of whoever refuses them. */
export type Trouble = { readonly is: 'paused' } | { readonly is: 'refused'; readonly message: string };

export interface LastLines {
  readonly pod: string;
  readonly lines: readonly string[] | Unread;
}

/** A Pod as it stands in the gate. */
export type PodState = PodProgress & {
  /** Whether it carries the present containers of the gate: only such Pods count. */
  readonly isCurrent: boolean;
};

/** The Pods that could be read; none where they could not. */
export function podStates({ gate, pods }: ExplainWorld): PodState[] {
  if ('unread' in pods) return [];
  const isCurrent = carriesRender(gate.name, gate.status.render);
  return pods.map((pod) => ({
    ...podProgress(pod, gate.name),
    isCurrent: isCurrent(pod) && !isHeld(pod),
  }));
}

/** The current Pods that a dependency keeps. */
export function blockedBy(world: ExplainWorld, dependency: string): PodState[] {
  return podStates(world).filter((state) => state.isCurrent && state.blockedBy.includes(dependency));
}

/** The container that waits for a dependency in the Pods of the present render: one of its own, or one that others share. */
export function containerFor({ gate }: Pick<ExplainWorld, 'gate'>, dependency: string): string {
  const contents = wantedContainers(gate.status.render?.initContainers ?? []);
  return placeOf({ contents }, gate.name, dependency).container;
}

/** The dependencies of the spec; none while it cannot be read. */
export function dependenciesOf({ gate }: ExplainWorld): readonly Dependency[] {
  return gate.spec.valid ? gate.spec.value.dependencies : [];
}

export function statusOf(
  { gate }: Pick<ExplainWorld, 'gate'>,
  dependency: string,
): DependencyStatus | undefined {
  return gate.status.dependencies?.find(({ name }) => name === dependency);
}

export function conditionOf({ gate }: ExplainWorld, type: ConditionType): Condition | undefined {
  return gateCondition(gate.status, type);
}
