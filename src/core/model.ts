import type { EventMeaning, EventReason } from '../api/event-catalog.ts';
import type { Render } from '../api/rendered.ts';
import type { GateSpec, TargetKind } from '../api/spec.ts';
import type { Condition, GateStatus } from '../api/status.ts';
import type { ContainerState, ContainerStatus } from './container-state.ts';
import type { Drift, OthersFirst, Refusal, Repair } from './patch-history.ts';
import type { PodFacts } from './pod-facts.ts';
import type { ContainerView, TemplateView } from './template-view.ts';

/**
 * What the decisions are made from and what they result in. Everything here is plain data: a `World` is read from the
 * stores, `decide` turns it into a `Plan`, and the same world always gives the same plan. So it is for a workload, with
 * `WorkloadWorld`, `decideWorkload` and `WorkloadPlan`.
 *
 * - *Gate*: the custom resource. *Target*: a workload that a gate names. *Carrier*: a workload whose template carries
 *   something of a gate, target or not.
 * - *Render*: a gate's init containers and volumes. *Current*: a template or Pod that carries the gate's stored render.
 */

/** A gate as the operator sees it. */
export interface Gate {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly createdAt: string;
  /** When it was last written, in whole or in part, by its managed fields; empty where they do not tell. */
  readonly writtenAt: string;
  readonly generation: number;
  readonly deleting: boolean;
  readonly finalizers: readonly string[];
  /** The validated spec, or why it is not valid: a CRD older or newer than the operator may let such a spec through. */
  readonly spec:
    | { readonly valid: true; readonly value: GateSpec }
    | { readonly valid: false; readonly message: string };
  readonly status: GateStatus;
}

/** A workload of one of the target kinds. */
export interface Workload {
  readonly kind: TargetKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** UID of what owns it: of a Job the CronJob that made it; empty where nothing does. */
  readonly ownerUid: string;
  readonly resourceVersion: string;
  readonly createdAt: string;
  readonly generation: number;
  /** Equal to `generation` for kinds whose controllers do not tell. */
  readonly observedGeneration: number;
  readonly deleting: boolean;
  /** Why it wants no Pods; undefined where it wants some. */
  readonly rest: Rest | undefined;
  /**
   * Pods that it has, neither terminating nor finished: `status.replicas`; for a DaemonSet
   * `status.currentNumberScheduled`; for a Job `status.active`; not told by a CronJob.
   */
  readonly replicas: number;
  /** Those of them that are of the template which `observedGeneration` had, as far as its status tells; of a Job all. */
  readonly updated: number;
  /**
   * How old Pods are replaced: by the workload, while others run (`Rolling`) or before it makes new ones (`Recreate`), or
   * only when somebody deletes them (`OnDelete`).
   */
  readonly updates: 'Rolling' | 'Recreate' | 'OnDelete';
  /** Deployment: it makes no new ReplicaSet, and goes on with no rollout, until it is resumed. */
  readonly paused: boolean;
  /** Deployment: one of its ReplicaSets cannot make the Pods that it wants (condition `ReplicaFailure`). */
  readonly lacksPods: boolean;
  /** Deployment: the label selector that finds its Pods and ReplicaSets, as a query has it; empty for other kinds. */
  readonly selector: string;
  /** Job: who is to resume it, once the gates are in force which it requires and was created without. */
  readonly resumedBy: 'operator' | 'others' | undefined;
  /** Job: it is suspended, still or again, though its gates came into force, and its template can be written. */
  readonly isReleased: boolean;
  /** Job: the gates that it requires came into force once, so that one which does not exist is gone, and not to come. */
  readonly wasReleased: boolean;
  /** StatefulSet: Pods below this ordinal keep the old template. 0 otherwise. */
  readonly partition: number;
  /** StatefulSet: `status.updateRevision`, the value of the label `controller-revision-hash` on up-to-date Pods. */
  readonly updateRevision: string | undefined;
  readonly template: TemplateView;
  /** Another one for any other Pod template. */
  readonly templateHash: string;
  /** Who else wrote it last, from its managed fields. */
  readonly otherManager: string | undefined;
  /** When that was, and when the operator wrote it last, RFC 3339; empty where the managed fields tell nothing of it. */
  readonly otherWroteAt: string;
  readonly operatorWroteAt: string;
  /** Why a part of it cannot be read: a newer Kubernetes wrote it. What can be is here. */
  readonly unreadable: string | undefined;
}

/**
 * Why a workload wants no Pods: `spec.replicas` (of a Job `spec.parallelism`) is 0; no node is for a DaemonSet; a Job or a
 * CronJob is suspended; a CronJob has Pods while its Jobs run; a Job has ended, one way or the other.
 */
export interface Rest {
  readonly is: 'scaled to zero' | 'without a node' | 'suspended' | 'between runs' | 'completed' | 'failed';
  /** Of a Job that failed the words of its condition, `DeadlineExceeded: …`; else empty. */
  readonly message: string;
}

/** The controller of an object. */
export interface Owner {
  readonly name: string;
  readonly uid: string;
}

/** A Pod that is gated or held, cut down to what gating needs. */
export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly createdAt: string;
  readonly deleting: boolean;
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  readonly restartPolicy: 'Always' | 'OnFailure' | 'Never';
  /**
   * `<Kind>/<name>` of the workload that owns it; empty where none does. What stands in its annotations is believed of the
   * Pods of Jobs only: their Job may be a CronJob's.
   */
  readonly target: string;
  /** What owns it directly: a ReplicaSet, or the workload itself. Both are empty where nothing does. */
  readonly owner: Owner;
  /** Annotations of our group: render hashes by gate, and what was opened. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Those of its openings that somebody else than the operator wrote last, and when. */
  readonly writtenByOthers: Readonly<Record<string, string>>;
  /** The gates that its label `dependencygate.dev/require` names. */
  readonly required: readonly string[];
  /** Whether it has our scheduling gate: it was made without a gate that it requires, and never started. */
  readonly held: boolean;
  /** What made it, where that is a ReplicaSet and the Pod requires gates. */
  readonly replicaSet: ReplicaSetReference | undefined;
  /** Label `controller-revision-hash`, which StatefulSets and DaemonSets put on their Pods. */
  readonly revision: string | undefined;
  /** Names of its gate containers, of all gates, and of its own init containers that stand before one of them, in their order. */
  readonly containers: readonly string[];
  /** What those of gates are. */
  readonly contents: readonly ContainerView[];
  /** Status of these containers, by name, as far as the kubelet has reported. A sidecar of its own has ended once it has started. */
  readonly statuses: readonly ContainerStatus[];
  /** What may be compared with what it waits for. */
  readonly facts: PodFacts;
  /** Why the Pod is not scheduled (condition PodScheduled=False), e.g. `Unschedulable: 0/3 nodes …`; undefined when it is. */
  readonly unscheduled: string | undefined;
  /** Why a part of it cannot be read: a newer Kubernetes wrote it. What can be is here; the phase is then `Unknown`. */
  readonly unreadable: string | undefined;
}

/** A ReplicaSet, as its Pods name it. */
export interface ReplicaSetReference {
  readonly name: string;
  readonly uid: string;
}

/**
 * What is seen of the object that a dependency is evaluated by.
 *
 * - `unseen`: it has not been looked at yet, since its watch has just begun. `absent`: there is none.
 * - `unknown kind`, `forbidden`, `undiscoverable`: the API server does not serve the kind, or not to the operator, or the
 *   operator may not ask whether; `message` says which, and what to do.
 */
export type Observation =
  /** `problem`: why, where the API server has answered with a failure. */
  | { readonly is: 'unseen'; readonly problem?: string }
  /** `last`: what it was, where it has gone just now and nothing of it is remembered yet. */
  | { readonly is: 'absent'; readonly last?: JsonObject }
  | { readonly is: 'unknown kind' | 'forbidden' | 'undiscoverable'; readonly message: string }
  | { readonly is: 'object'; readonly object: JsonObject; readonly isNamespaced: boolean }
  /** By a selector. `gone`: those that have gone just now. `isTooMany`: there are more than are kept. */
  | {
      readonly is: 'objects';
      readonly objects: readonly JsonObject[];
      readonly gone: readonly JsonObject[];
      readonly isTooMany: boolean;
      readonly isNamespaced: boolean;
    }
  | {
      readonly is: 'service';
      readonly service: JsonObject | undefined;
      readonly slices: readonly JsonObject[];
    }
  /** `cycle`: the names of gates that wait for each other, from this one to itself; empty where they do not. */
  | { readonly is: 'gate'; readonly gate: Gate; readonly cycle: readonly string[] };

/** Whether the policy is there that places renders into Pods, and is that of this release. Times are ms since the epoch. */
export type Placing =
  | { readonly isThere: true; readonly since: number }
  /** In words, and what to do. */
  | { readonly isThere: false; readonly why: string };

/** A gate as a workload is concerned with it. */
export interface KnownGate {
  readonly gate: Gate;
  /** Since when it has been known as it is now: its generation, or that it is being deleted; ms since the epoch. */
  readonly changedAt: number;
  /** When the series of changes began of which that is the last. */
  readonly changingSince: number;
  /** Since when it has been known with this render and this spec. */
  readonly inForceSince: number;
}

/** The operator's settings that renders are made with. */
export interface Settings {
  readonly waiterImage: string;
  readonly waiterImagePullPolicy: 'Always' | 'IfNotPresent' | 'Never' | undefined;
  /** User id of waiting containers; undefined leaves it to the cluster (OpenShift assigns its own). */
  readonly runAsUser: number | undefined;
}

/** An Event with the type that its reason has. */
export type GateEvent = EventOf<'Normal'> | EventOf<'Warning'>;

interface EventOf<Type extends EventMeaning['type']> {
  readonly type: Type;
  readonly reason: EventReason<Type>;
  /** What was done or is going on, one verb in CamelCase: the Event's action. */
  readonly action: string;
  readonly note: string;
}

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export type {
  Condition,
  ContainerState,
  ContainerStatus,
  ContainerView,
  Drift,
  GateStatus,
  OthersFirst,
  Refusal,
  Render,
  Repair,
  TemplateView,
};
