import type { TargetKind } from '../../api/spec.ts';

/** The policies that place renders into targets when they are written, and into Pods (see config/admission). */
export const POLICIES = [
  'dependencygate-inject',
  'dependencygate-inject-cronjob',
  'dependencygate-place',
  'dependencygate-place-cronjob',
] as const;

export type Policy = (typeof POLICIES)[number];

/** The policy that places renders into workloads of a kind. */
export function policyOf(kind: TargetKind): Policy {
  return kind === 'CronJob' ? 'dependencygate-inject-cronjob' : 'dependencygate-inject';
}

/** The policy that places renders into the Pods of workloads of a kind. */
export function placingPolicyOf(kind: TargetKind): Policy {
  return kind === 'CronJob' ? 'dependencygate-place-cronjob' : 'dependencygate-place';
}

/** What the API server holds of a policy and of its binding, without which a policy does nothing. */
export interface PolicyView {
  readonly isThere: boolean;
  readonly isBound: boolean;
  /** Whether the two are what this release ships: an older release's, or edited ones, may do something else. */
  readonly isOurs: boolean;
  /** When one of the two was last written, RFC 3339; empty where that is not known. */
  readonly writtenAt: string;
  /** Another one for any other policy or binding: what was seen of one says nothing about the next. */
  readonly revision: string;
}

export type PolicyViews = Readonly<Record<Policy, PolicyView>>;

export const NO_POLICY: PolicyView = {
  isThere: false,
  isBound: false,
  isOurs: true,
  writtenAt: '',
  revision: '',
};

/** Whether a policy can act, as far as what is stored tells. */
export function isInstalled({ isThere, isBound }: PolicyView): boolean {
  return isThere && isBound;
}

/** What is lacking of a policy, for people: kind and name of each object. */
export function lacking(policy: Policy, { isThere, isBound }: PolicyView): string[] {
  return [
    ...(isThere ? [] : [`MutatingAdmissionPolicy ${policy}`]),
    ...(isBound ? [] : [`MutatingAdmissionPolicyBinding ${policy}`]),
  ];
}
