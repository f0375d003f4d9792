import { targetAnnotationValue } from '../../api/names.ts';
import { TARGET_KINDS, type TargetKind } from '../../api/spec.ts';
import { concernsPolicy, type Diagnosis, diagnose } from '../../core/admission/cause.ts';
import {
  firstStartsBy,
  isInstalled,
  lacking,
  POLICIES,
  type Policy,
  type PolicyViews,
  policyOf,
  refusingPolicyOf,
} from '../../core/admission/policies.ts';
import { extend, isIdle, type Streak, UNTRIED } from '../../core/admission/streak.ts';
import {
  type Finding,
  findingOf,
  isWellAfter,
  type Written,
  writtenAt,
} from '../../core/admission/written.ts';
import type { OthersFirst, Workload } from '../../core/model.ts';
import type { Requests } from '../../kube/client/requests.ts';
import type { Clock } from '../../kube/clock.ts';
import type { StoreChange } from '../../kube/watch/store.ts';
import type { Stores } from '../stores.ts';
import { readCrd } from './crd-view.ts';
import { type GateInForce, GatesInForce } from './in-force.ts';
import { type AdmissionWatch, areInstalled } from './policy-watch.ts';

/** Watches of gates and of workloads are not of one moment: what is found is looked at once more after this time. */
export const SETTLE_MS = 3000;

export interface AdmissionAuditOptions {
  readonly stores: Stores;
  readonly watch: Pick<AdmissionWatch, 'views' | 'look'>;
  readonly requests: Pick<Requests, 'get'>;
  readonly clock: Clock;
  /** What is known by now of the init containers that admission puts first in a workload. */
  readonly othersFirstIn: (workload: Workload) => readonly OthersFirst[];
  /** A target came without the containers that admission had to place. `isNew`: for the first time since it had them. */
  readonly onSkipped: (skipped: Skipped) => void;
  /** A policy was found to do nothing, with the reason in words, or to act again (undefined). */
  readonly onTurn: (policy: Policy, idle: Diagnosis | undefined) => void;
}

export interface Skipped {
  readonly workload: Workload;
  /** The gates whose containers it lacks. */
  readonly gates: readonly string[];
  readonly diagnosis: Diagnosis;
  readonly isNew: boolean;
}

/** A write of a target that tells something about admission. */
interface Found {
  readonly written: Written;
  readonly finding: Finding;
  readonly workload: Workload;
  readonly policy: Policy;
  /** When it was written: RFC 3339, and in ms since the epoch. */
  readonly at: string;
  readonly ms: number;
  /** The gates that it tells it of. */
  readonly gates: readonly GateInForce[];
}

/**
 * Sees from what others write whether admission acts. That the policies are there proves nothing: where one fails, the
 * API server stores the workload as it came and tells nobody.
 */
export class AdmissionAudit {
  readonly #options: AdmissionAuditOptions;
  readonly #gates: GatesInForce;
  readonly #streaks = new Map<Policy, Streak>();
  readonly #idle = new Map<Policy, Diagnosis>();
  /** The UIDs of targets that were told of. */
  readonly #told = new Set<string>();
  /** What was found and has not settled yet. */
  #found: Found[] = [];
  #cancel: (() => void) | undefined;
  #isStopped = false;

  constructor(options: AdmissionAuditOptions) {
    this.#options = options;
    this.#gates = new GatesInForce(options.stores.gates);
  }

  /** The kinds of workloads whose policy does nothing, and why in words. */
  get idle(): ReadonlyMap<TargetKind, string> {
    return new Map(TARGET_KINDS.flatMap((kind) => this.#idleOf(kind)));
  }

  /** Begins with what is in the stores, which have to be filled. */
  start(): void {
    const { workloads } = this.#options.stores;
    this.#gates.start();
    for (const kind of TARGET_KINDS) {
      for (const after of workloads[kind].values()) {
        if (!this.#isJobOfBefore(after)) this.#look(undefined, after);
      }
      workloads[kind].subscribe((change) => this.#changed(change));
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  /** What was seen of a policy says nothing about another one in its place. */
  policiesChanged(now: PolicyViews, before: PolicyViews): void {
    for (const policy of POLICIES) {
      if (now[policy].revision === before[policy].revision) continue;
      this.#streaks.delete(policy);
      this.#turn(policy, undefined);
    }
  }

  /** A Job stays as it came: one that the status has as such was told of by the operator before this one. */
  #isJobOfBefore({ kind, namespace, name }: Workload): boolean {
    if (kind !== 'Job') return false;
    const gates = this.#gates.naming(`${namespace}/${targetAnnotationValue(kind, name)}`);
    return gates.some(({ gate }) =>
      gate.status.targets?.some((one) => one.kind === kind && one.name === name && one.state === 'Immutable'),
    );
  }

  #changed({ before, after }: StoreChange<Workload>): void {
    if (before && before.uid !== after?.uid) this.#told.delete(before.uid);
    if (after) this.#look(before, after);
  }

  #look(before: Workload | undefined, after: Workload): void {
    if (this.#isStopped) return;
    const { clock, watch } = this.#options;
    const written = { before, after, seenAt: clock.now() };
    // Who put others first is found out meanwhile.
    const { uid, templateHash } = after;
    const found = this.#find(written, [{ uid, templateHash, names: [] }]);
    if (!found || !isInstalled(watch.views[found.policy])) return;
    this.#found.push(found);
    this.#cancel ??= clock.after(SETTLE_MS, () => void this.#settle());
  }

  #find(written: Written, othersFirst: readonly OthersFirst[]): Found | undefined {
    const { kind, namespace, name } = written.after;
    const at = writtenAt(written);
    const named = this.#gates.naming(`${namespace}/${targetAnnotationValue(kind, name)}`);
    const findings = named.map((one) => [findingOf(written, one.gate, one.since, othersFirst), one] as const);
    const of = (wanted: Finding) => findings.flatMap(([finding, one]) => (finding === wanted ? one : []));
    const finding = of('skipped').length > 0 ? 'skipped' : 'placed';
    const gates = of(finding);
    if (gates.length === 0) return undefined;
    return {
      written,
      finding,
      workload: written.after,
      policy: policyOf(kind),
      at,
      ms: Date.parse(at),
      gates,
    };
  }

  async #settle(): Promise<void> {
    this.#cancel = undefined;
    const { watch, requests, othersFirstIn } = this.#options;
    const found = this.#found
      .filter(({ gates }) => gates.every((one) => this.#gates.isStill(one)))
      .flatMap(({ written }) => this.#find(written, othersFirstIn(written.after)) ?? []);
    this.#found = [];
    if (found.length === 0) return;
    const [views, crd] = await Promise.all([watch.look(), readCrd(requests)]);
    if (this.#isStopped) return;
    for (const one of found.toSorted((a, b) => a.ms - b.ms)) {
      const view = views[one.policy];
      if (isInstalled(view) && !isWellAfter(one.at, view.writtenAt)) continue;
      if (one.finding === 'placed') this.#placed(one);
      else this.#skipped(one, diagnose(one.policy, view, crd, one.ms));
    }
  }

  #placed({ policy, workload, ms }: Found): void {
    this.#told.delete(workload.uid);
    this.#extend(policy, 'placed', ms);
    if (!isIdle(this.#streakOf(policy))) this.#turn(policy, undefined);
  }

  #skipped({ policy, workload, gates, ms }: Found, diagnosis: Diagnosis): void {
    const isNew = !this.#told.has(workload.uid);
    this.#told.add(workload.uid);
    this.#options.onSkipped({ workload, gates: gates.map(({ gate }) => gate.name), diagnosis, isNew });
    if (!concernsPolicy(diagnosis)) return;
    this.#extend(policy, 'skipped', ms);
    if (isIdle(this.#streakOf(policy))) this.#turn(policy, diagnosis);
  }

  /** What it was found idle for stays the reason as long as it is: the status of gates has it. */
  #turn(policy: Policy, idle: Diagnosis | undefined): void {
    if ((idle === undefined) !== this.#idle.has(policy)) return;
    if (idle) this.#idle.set(policy, idle);
    else this.#idle.delete(policy);
    this.#options.onTurn(policy, idle);
  }

  /** That the policy of CronJobs alone is not there, of those that place or refuse, is nothing that `firstStarts` would say. */
  #idleOf(kind: TargetKind): (readonly [TargetKind, string])[] {
    const policy = policyOf(kind);
    const views = this.#options.watch.views;
    const why = this.#idle.get(policy);
    if (why) return [[kind, why.words]];
    const refusing = refusingPolicyOf(kind);
    if (firstStartsBy(views) === 'refused' && !isInstalled(views[refusing]))
      return [
        [kind, `${lacking(refusing, views[refusing]).join(' and ')} is not there: apply config/first-starts`],
      ];
    if (isInstalled(views[policy]) || !areInstalled(views)) return [];
    return [[kind, diagnose(policy, views[policy], undefined, 0).words]];
  }

  #extend(policy: Policy, finding: Finding, at: number): void {
    this.#streaks.set(policy, extend(this.#streakOf(policy), finding, at));
  }

  #streakOf(policy: Policy): Streak {
    return this.#streaks.get(policy) ?? UNTRIED;
  }
}
