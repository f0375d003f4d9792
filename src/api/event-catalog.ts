import type { StallReason } from './reasons.ts';

/** The Events that are recorded, by their reasons: closed lists. docs/reference/events.md is made from here. */

export interface EventMeaning {
  readonly type: 'Normal' | 'Warning';
  readonly when: string;
}

type Meanings<Reason extends string = string> = Readonly<Record<Reason, EventMeaning>>;

const STALLED = {
  type: 'Warning',
  when: '`Stalled` turned True for this reason, or its message changed',
} as const;
const NOT_OPEN = { type: 'Normal', when: '`Open` turned False for this reason' } as const;
const NOT_OPEN_BY_ITSELF = { type: 'Warning', when: NOT_OPEN.when } as const;

const STALL_EVENTS = {
  InvalidSpec: STALLED,
  InvalidExpression: STALLED,
  DependencyCycle: STALLED,
  InvalidRender: STALLED,
  TargetRefused: STALLED,
  AfterMissing: STALLED,
  Conflict: STALLED,
  NoAdmission: STALLED,
  CrdOutdated: STALLED,
} as const satisfies Meanings<StallReason>;

/** On a gate. Those of a stalled gate, and of one that is not open, are the condition's. */
export const GATE_EVENTS = {
  Gated: { type: 'Normal', when: 'a target was given the containers' },
  Ungated: { type: 'Normal', when: 'the containers were taken out of a target' },
  PodReplaced: { type: 'Normal', when: 'a Pod that waited with an old template was deleted' },
  PodOpened: {
    type: 'Normal',
    when: 'a dependency was opened for a Pod because a person asked for it, because its Pod template had passed before (`when: Rollout`), or because the gate is being deleted',
  },
  OpenedByHand: { type: 'Normal', when: 'somebody annotated Pods to open a dependency' },
  DependencySatisfied: { type: 'Normal', when: 'a dependency that the operator evaluates is there' },
  Opened: { type: 'Normal', when: '`Open` turned True: every current Pod has passed' },
  StartedUnchecked: {
    type: 'Normal',
    when: '`Open` is True, and Pods have started without waiting (`when: Rollout`)',
  },
  Waiting: NOT_OPEN,
  Held: NOT_OPEN,
  DependencyFailed: NOT_OPEN_BY_ITSELF,
  TargetFailed: NOT_OPEN_BY_ITSELF,
  PodFailed: NOT_OPEN_BY_ITSELF,
  Overdue: { type: 'Warning', when: 'a dependency became overdue' },
  OpenedEarly: {
    type: 'Warning',
    when: 'the Job of an earlier release let Pods through, as is known when the Job of their own has come; the message says how to compare the two',
  },
  FirstStartUngated: {
    type: 'Warning',
    when: 'the first Pods of a target run without the gate, which was there before it or came with it',
  },
  PatchFailed: { type: 'Warning', when: 'a target or a Pod could not be written; it is tried again' },
  ...STALL_EVENTS,
} as const satisfies Meanings;

/** On a workload. */
export const WORKLOAD_EVENTS = {
  Waiting: {
    type: 'Normal',
    when: 'Pods of it have waited for a dependency for 5 s, and why; again where the reason turns',
  },
  HeldWithoutGate: {
    type: 'Warning',
    when: 'its Pods have been held, or the Job has been suspended, for 10 s for a gate that does not exist',
  },
  HeldByOtherGate: { type: 'Warning', when: 'the same for a gate that does not name it' },
  HeldPodsReplaced: {
    type: 'Normal',
    when: 'an older ReplicaSet, all of whose Pods are held, was scaled to zero',
  },
  HeldPodReleased: {
    type: 'Normal',
    when: 'a Pod of a Job was let go that was held for a gate which has been deleted since the Job was started',
  },
  AdmissionSkipped: {
    type: 'Warning',
    when: 'it was written without the containers of a gate that was in force: the policies were to place them; once until it comes with them',
  },
  FirstStartUngated: {
    type: 'Warning',
    when: 'its first Pods run without a gate that was there before it, or came with it',
  },
  RemovalUndone: {
    type: 'Warning',
    when: 'somebody keeps putting back the containers of a gate that is gone or does not name it',
  },
  PatchFailed: {
    type: 'Warning',
    when: 'the containers of a gate that is gone could not be taken out; it is tried again',
  },
} as const satisfies Meanings;

/** On a Pod. */
export const POD_EVENTS = {
  Waiting: {
    type: 'Normal',
    when: 'it has waited for a dependency for 5 s: which, of which gate, and why that is not there or which log says so; again where the reason turns, but once for all that share a container',
  },
} as const satisfies Meanings;

/** The reasons of one of the lists that have the type. */
type ReasonsOf<Events extends Meanings, Type> = {
  [Reason in keyof Events]: Events[Reason]['type'] extends Type ? Reason : never;
}[keyof Events];

/** The reasons of all Events of a type. */
export type EventReason<Type extends EventMeaning['type'] = EventMeaning['type']> =
  | ReasonsOf<typeof GATE_EVENTS, Type>
  | ReasonsOf<typeof WORKLOAD_EVENTS, Type>
  | ReasonsOf<typeof POD_EVENTS, Type>;
