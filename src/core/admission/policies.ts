import type { TargetKind } from '../../api/spec.ts';
import { keepsLatch, type OlderCrd } from '../status/older-crd.ts';

/**
 * The policies that gate first starts: those of config/admission place renders into targets when they are written, and into Pods; those of
 * config/first-starts refuse what is born without.
 */
export const POLICIES = [
  'dependencygate-inject',
  'dependencygate-inject-cronjob',
  'dependencygate-place',
  'dependencygate-place-cronjob',
  'dependencygate-first-start',
  'dependencygate-first-start-cronjob',
] as const;

export type Policy = (typeof POLICIES)[number];

/** The one that every installation has. */
const EVERYWHERE = 'dependencygate-first-start';

/**
 * The name that a policy has in the cluster.
 *
 * @param one that of `dependencygate-first-start`, before and behind which an overlay may have put something
 */
export function storedName(policy: Policy, one: string = EVERYWHERE): string {
  return one.replace(EVERYWHERE, policy);
}

/** The policy that places renders into workloads of a kind. */
export function policyOf(kind: TargetKind): Policy {
  return kind === 'CronJob' ? 'dependencygate-inject-cronjob' : 'dependencygate-inject';
}

/** The policy that places renders into the Pods of workloads of a kind. */
export function placingPolicyOf(kind: TargetKind): Policy {
  return kind === 'CronJob' ? 'dependencygate-place-cronjob' : 'dependencygate-place';
}

/** Which kind of policy it is: its binding's kind is the same with `Binding`. */
export function policyKind(policy: Policy): 'MutatingAdmissionPolicy' | 'ValidatingAdmissionPolicy' {
  return policy.startsWith('dependencygate-first-start')
    ? 'ValidatingAdmissionPolicy'
    : 'MutatingAdmissionPolicy';
}

/** What the API server holds of a policy and of its binding, without which a policy does nothing. */
export interface PolicyView {
  readonly isThere: boolean;
  readonly isBound: boolean;
  /** The operator may not read the policy. */
  readonly isForbidden?: boolean;
  /** Whether the two are what this release ships: an older release's, or edited ones, may do something else. */
  readonly isOurs: boolean;
  /** When one of the two was last written, RFC 3339; empty where that is not known. */
  readonly writtenAt: string;
  /** Another one for any other policy or binding: what was seen of one says nothing about the next. */
  readonly revision: string;
}

export type PolicyViews = Readonly<Record<Policy, PolicyView>>;

/** One for each policy. */
export function byPolicy(of: (policy: Policy) => PolicyView): PolicyViews {
  return {
    'dependencygate-inject': of('dependencygate-inject'),
    'dependencygate-inject-cronjob': of('dependencygate-inject-cronjob'),
    'dependencygate-place': of('dependencygate-place'),
    'dependencygate-place-cronjob': of('dependencygate-place-cronjob'),
    'dependencygate-first-start': of('dependencygate-first-start'),
    'dependencygate-first-start-cronjob': of('dependencygate-first-start-cronjob'),
  };
}

export const NO_POLICY: PolicyView = {
  isThere: false,
  isBound: false,
  isOurs: true,
  writtenAt: '',
  revision: '',
};

/** Where none is there. */
export const NO_POLICIES: PolicyViews = byPolicy(() => NO_POLICY);

/** Whether a policy can act, as far as what is stored tells. */
export function isInstalled({ isThere, isBound }: PolicyView): boolean {
  return isThere && isBound;
}

/** Those that are stored, and are not what this release ships: of another release, or edited. They act all the same. */
export function foreignOf(views: PolicyViews): Policy[] {
  return POLICIES.filter((policy) => !views[policy].isOurs);
}

/** What is lacking of a policy, for people: kind and name of each object. */
export function lacking(policy: Policy, { isThere, isBound }: PolicyView): string[] {
  return [
    ...(isThere ? [] : [`${policyKind(policy)} ${policy}`]),
    ...(isBound ? [] : [`${policyKind(policy)}Binding ${policy}`]),
  ];
}

/**
 * What gates a first start: the containers are placed when the workload is written, its Pods are refused until its template
 * carries them, or the template is patched while the first Pods run.
 */
export type FirstStarts = 'placed' | 'refused' | 'patched';

/** The policy that refuses Pods of workloads of a kind, or the Jobs that make them. */
export function refusingPolicyOf(kind: TargetKind): Policy {
  return kind === 'CronJob' ? 'dependencygate-first-start-cronjob' : 'dependencygate-first-start';
}

/**
 * What gates first starts in this cluster, for all that tells of it. What refuses goes by a latch in the status of gates: on
 * a custom resource that does not keep it, no first start is refused.
 */
export function firstStartsInForce(views: PolicyViews, olderCrd: OlderCrd | undefined): FirstStarts {
  const by = firstStartsBy(views);
  return by === 'refused' && olderCrd && !keepsLatch(olderCrd) ? 'patched' : by;
}

/** The best that the policies in the cluster are for. */
export function firstStartsBy(views: PolicyViews): FirstStarts {
  if (isInstalled(views['dependencygate-inject'])) return 'placed';
  return isInstalled(views['dependencygate-first-start']) ? 'refused' : 'patched';
}
