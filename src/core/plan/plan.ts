import type {
  Drift,
  Gate,
  GateEvent,
  GateStatus,
  JsonObject,
  Pod,
  Render,
  ReplicaSetReference,
  Workload,
} from '../model.ts';
import type { Injection } from '../render/inject.ts';

/** What is to be done, as it is decided: plain data, in the words of `model.ts`. */

/** A write to a Pod. */
export type PodWrite =
  | {
      readonly do: 'open-pod';
      readonly pod: Pod;
      readonly annotations: Readonly<Record<string, string>>;
      /** Which of the dependencies are opened by a person's will, and for the first time. */
      readonly told: readonly string[];
      /** Of those: by which way. */
      readonly why: string;
    }
  | { readonly do: 'delete-pod'; readonly pod: Pod; readonly why: string };

/** What the reconcile of a gate writes: its gate and Pods, never a workload. At most one write per object. */
export type GateWrite =
  /** It keeps a gate until it has left its workloads. The status of that plan is for the case that it is refused. */
  | { readonly do: 'add-finalizer'; readonly gate: Gate }
  | { readonly do: 'remove-finalizer'; readonly gate: Gate }
  | {
      /** A dry-run, which changes nothing. */
      readonly do: 'try-render';
      /** The name of the gate. */
      readonly gate: string;
      readonly workload: Workload;
      readonly hash: string;
      readonly patch: JsonObject;
    }
  | PodWrite;

/**
 * What the reconcile of a workload writes: the workload, once, its older ReplicaSets with nothing but held Pods, and Pods
 * that wait in gates which do not exist, or are held for them.
 */
export type WorkloadWrite =
  | WorkloadPatch
  | ScaleDown
  | ScaleDownEmpty
  | JobRelease
  | PodRelease
  | PodWrite
  | OrderQuestion;

/** Resumes a Job that admission has suspended until its gates are in force, or notes how that stands. */
export interface JobRelease {
  readonly do: 'release-job';
  readonly workload: Workload;
  readonly patch: JsonObject;
}

/** Lets a Pod of a Job go that is held for gates which are gone: neither its template can be written, nor itself be replaced. */
export interface PodRelease {
  readonly do: 'release-pod';
  readonly workload: Workload;
  readonly pod: Pod;
  /** The names of these gates. */
  readonly gates: readonly string[];
}

/** Takes the Pods off a ReplicaSet, all of which are held. */
export interface ScaleDown {
  readonly do: 'scale-down';
  readonly workload: Workload;
  readonly replicaSet: ReplicaSetReference;
}

/** Sets the older ReplicaSets of a Deployment to none that want Pods and have none, since these are refused. */
export interface ScaleDownEmpty {
  readonly do: 'scale-down-empty';
  readonly workload: Workload;
}

/** Dry-runs that find out which init containers admission puts before ours. */
export interface OrderQuestion {
  readonly do: 'ask-order';
  readonly workload: Workload;
  /** Of the gates whose order is in question. */
  readonly injections: readonly Injection[];
  /** Puts their containers in their places. */
  readonly patch: JsonObject;
}

/** One patch for all gates of a workload. */
export interface WorkloadPatch {
  readonly do: 'patch-workload';
  readonly workload: Workload;
  readonly additions: readonly Addition[];
  readonly removals: readonly Removal[];
  readonly patch: JsonObject;
}

/** A gate that a template is to carry, and does not, or not as it should. */
export interface Addition {
  readonly gate: string;
  readonly render: Render;
  readonly why: readonly Drift[];
  /** What it is remembered by. */
  readonly mark: string;
}

/** A gate that a template is to carry no longer. */
export interface Removal {
  readonly gate: string;
  /** It is placed into Pods from now on. */
  readonly isMove?: boolean;
  /** What it is remembered by. */
  readonly mark: string;
}

export type Write = GateWrite | WorkloadWrite;

/** Something that is told of a workload and is no one gate's to tell. */
export interface Unattended {
  readonly workload: Workload;
  /** The name of the gate that it is about. */
  readonly gate: string;
  readonly event: GateEvent;
}

export interface WorkloadPlan {
  /** In the order in which they are to be made. */
  readonly writes: readonly WorkloadWrite[];
  /** What holds now, each to be told once for as long as it holds. */
  readonly unattended: readonly Unattended[];
  /** When to look again although nothing has changed, in ms from now. */
  readonly next: number | undefined;
}

export interface Plan {
  /** In the order in which they are to be made. */
  readonly writes: readonly GateWrite[];
  /** The status as it should be; undefined leaves it as it is (a gate that is going away). */
  readonly status: GateStatus | undefined;
  /** When to look again although nothing has changed (something becomes overdue), in ms from now. */
  readonly next: number | undefined;
}
