import type { TargetKind } from '../api/spec.ts';
import type { FirstStarts } from './admission/policies.ts';
import type { Comparisons } from './comparisons.ts';
import type {
  Gate,
  KnownGate,
  Observation,
  OthersFirst,
  Placing,
  Pod,
  Refusal,
  Repair,
  Settings,
  Workload,
} from './model.ts';
import type { PodProgress } from './progress/pod-progress.ts';
import type { OlderCrd } from './status/older-crd.ts';

/** All that a decision about one gate depends on: its render, its status, its openings, its finalizer. */
export interface World {
  readonly gate: Gate;
  /** Workloads by `<Kind>/<name>`: targets as far as they exist, other carriers, and those that Pods of the gate are of. */
  readonly workloads: ReadonlyMap<string, Workload>;
  /** Pods of workloads, that carry this gate's annotation or are of one of its targets. */
  readonly pods: readonly Pod[];
  /** By the names of dependencies; of those that are evaluated by nothing outside of their Pods there is none. */
  readonly observations: ReadonlyMap<string, Observation>;
  /** Hash of the render that a dry-run was last accepted for. */
  readonly triedRender: string | undefined;
  /** Of its render, and of the patches by which its targets were to get it. */
  readonly refusals: readonly Refusal[];
  /** When which opening was last written, by {@link openingKey}; what is not known is written again. */
  readonly openings: ReadonlyMap<string, number>;
  /** Patches of its targets in the last half hour, the oldest first of each. */
  readonly repairs: readonly Repair[];
  /** Of its targets that were asked about. */
  readonly othersFirst: readonly OthersFirst[];
  /** What gates first starts; only where they are `placed`, rollouts of others are gated too. */
  readonly firstStarts: FirstStarts;
  /** The policies that are there and are not those of this release. */
  readonly foreignPolicies: readonly string[];
  /** The kinds of workloads for which they are there and do nothing, and why in words. */
  readonly idleAdmission: ReadonlyMap<TargetKind, string>;
  /** Whether renders are placed into the Pods of workloads of a kind. */
  readonly placing: ReadonlyMap<TargetKind, Placing>;
  /** The CustomResourceDefinition, where it does not keep all that this release writes. */
  readonly olderCrd: OlderCrd | undefined;
  /** Since when the gate has had its render and its spec, as far as that is known; ms since the epoch. */
  readonly inForceSince: number;
  /** By `<Kind>/<name>` of each target: since when its Pods have been counted as they are now; ms since the epoch. */
  readonly countedSince: ReadonlyMap<string, number>;
  readonly settings: Settings;
  readonly comparisons: Comparisons<Pod, PodProgress>;
}

/** All that a decision about one workload depends on: which gates its template is to carry. */
export interface WorkloadWorld {
  readonly workload: Workload;
  /** By name: the gates that name it, and those of which it or its Pods carry or require something, as far as they exist. */
  readonly gates: ReadonlyMap<string, KnownGate>;
  /** Its Pods that are gated or held. */
  readonly pods: readonly Pod[];
  /** Of its patches, and of the renders of its gates. */
  readonly refusals: readonly Refusal[];
  /** Patches of it in the last half hour, the oldest first. */
  readonly repairs: readonly Repair[];
  readonly othersFirst: readonly OthersFirst[];
  /** When which ReplicaSet of it, or the workload for all of them, was last looked at to be scaled down, by UID; ms since the epoch. */
  readonly scaledDown: ReadonlyMap<string, number>;
  /** Whether renders are placed into its Pods. */
  readonly placing: Placing;
}
