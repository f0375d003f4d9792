import type { Logger } from 'pino';
import type { TargetKind } from '../../api/spec.ts';
import type { Cause, Diagnosis } from '../../core/admission/cause.ts';
import { placingOf } from '../../core/admission/placing.ts';
import {
  type FirstStarts,
  firstStartsBy,
  firstStartsInForce,
  foreignOf,
  isInstalled,
  lacking,
  POLICIES,
  type Policy,
  type PolicyViews,
  policyKind,
} from '../../core/admission/policies.ts';
import type { GateEvent, OthersFirst, Placing, Workload } from '../../core/model.ts';
import type { OlderCrd } from '../../core/status/older-crd.ts';
import type { Requests } from '../../kube/client/requests.ts';
import type { Clock } from '../../kube/clock.ts';
import type { Stores } from '../stores.ts';
import { AdmissionAudit, type Skipped } from './audit.ts';
import { AdmissionWatch } from './policy-watch.ts';

export interface AdmissionOptions {
  readonly requests: Pick<Requests, 'get'>;
  readonly stores: Stores;
  readonly clock: Clock;
  readonly log: Logger;
  /** The name of `dependencygate-first-start` in this cluster. Default: as it is shipped. */
  readonly policyName?: string | undefined;
  /** The custom resource, where it does not keep all that the policies go by. */
  readonly olderCrd: () => OlderCrd | undefined;
  /** How often the policies are looked for, ms. Default a minute. */
  readonly everyMs?: number | undefined;
  /** What is known of the init containers that admission puts first in a workload. */
  readonly othersFirstIn: (workload: Workload) => readonly OthersFirst[];
  /** Records an Event about a target. */
  readonly emit: (workload: Workload, event: GateEvent) => void;
  /** Counts a target that came without the containers. */
  readonly count: (cause: Cause) => void;
  /** What depends on admission may be decided otherwise now. */
  readonly onChange: () => void;
}

const FIRST_STARTS: Readonly<Record<FirstStarts, string>> = {
  placed:
    'first starts are gated when their workloads are written: the policies of config/admission are installed',
  refused:
    'first starts are refused until their templates carry the containers: the policies of config/first-starts are installed (config/default gates them when their workloads are written: Kubernetes 1.36 or newer)',
  patched:
    'no policies that gate first starts are installed: targets are patched after they are created, so their first Pods may run ungated (install config/default on Kubernetes 1.36 or newer, else config/without-admission)',
};

/** Where the policies that refuse are there, and have nothing to go by. */
const UNLATCHED =
  "first starts are not refused, although the policies of config/first-starts are installed: the CustomResourceDefinition is older than the operator and does not keep by what they refuse, so targets are patched after they are created, and their first Pods may run ungated (apply the one of the operator's release)";

/** Of which kind the policies are. */
const KINDS: Readonly<Record<FirstStarts, ReturnType<typeof policyKind> | undefined>> = {
  placed: 'MutatingAdmissionPolicy',
  refused: 'ValidatingAdmissionPolicy',
  patched: undefined,
};

/** What the operator knows of admission: whether its policies are there, and whether they do what they are for. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #watch: AdmissionWatch;
  readonly #audit: AdmissionAudit;
  /** What was last said of first starts; nothing until all is known that decides it. */
  #said: FirstStarts | undefined;
  #isFilled = false;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    const { requests, stores, clock, everyMs, log, othersFirstIn, policyName } = options;
    this.#watch = new AdmissionWatch({
      requests,
      clock,
      policyName,
      everyMs,
      onChange: (now, before) => this.#policiesChanged(now, before),
      onError: (error) => log.warn({ err: error }, 'failed to look for the admission policies'),
    });
    this.#audit = new AdmissionAudit({
      requests,
      stores,
      clock,
      othersFirstIn,
      watch: this.#watch,
      onSkipped: (skipped) => this.#skipped(skipped),
      onTurn: (policy, idle) => this.#turned(policy, idle),
    });
  }

  /** Whether the policies were looked for. */
  get isKnown(): boolean {
    return this.#watch.isKnown;
  }

  /** Whether they are there. */
  get isThere(): boolean {
    return this.#watch.isThere;
  }

  /** What gates first starts, by which of the policies are there and can do what they are for. */
  get firstStarts(): FirstStarts {
    return firstStartsInForce(this.#watch.views, this.#options.olderCrd());
  }

  /** The policies that are there and are not those of this release: they act, and may do something else. */
  get foreignPolicies(): readonly Policy[] {
    return foreignOf(this.#watch.views);
  }

  /** Whether they are there and nothing is known of one that does nothing. */
  get isActing(): boolean {
    return this.isThere && this.idle.size === 0;
  }

  /** The kinds of workloads for which they are there and do nothing, and why in words. */
  get idle(): ReadonlyMap<TargetKind, string> {
    return this.#audit.idle;
  }

  /** Whether renders are placed into the Pods of workloads of a kind. */
  get placing(): ReadonlyMap<TargetKind, Placing> {
    return placingOf(this.#watch.views);
  }

  /** Looks for the policies. Becomes true with the first answer, false when stopped before. */
  start(): Promise<boolean> {
    return this.#watch.start();
  }

  /** Begins to look at what others write, and says what gates first starts: caches synced, and the custom resource known. */
  storesFilled(): void {
    this.#isFilled = true;
    this.#sayFirstStarts();
    this.#audit.start();
  }

  /** The custom resource keeps more than before, or less. */
  customResourceChanged(): void {
    this.#sayFirstStarts();
  }

  stop(): void {
    this.#watch.stop();
    this.#audit.stop();
  }

  #policiesChanged(now: PolicyViews, before: PolicyViews): void {
    const { log, onChange } = this.#options;
    const missing = this.#missing();
    if (!this.#sayFirstStarts() && this.#isFilled && missing.length > 0)
      log.warn({ missing }, 'some of the policies that gate first starts are gone');
    const foreign = foreignOf(now);
    if (foreign.length > 0)
      log.warn(
        { policies: foreign },
        "the policies are not those of this release: apply this release's config/admission and config/first-starts",
      );
    this.#audit.policiesChanged(now, before);
    const isOther = (policy: Policy) =>
      isInstalled(now[policy]) !== isInstalled(before[policy]) ||
      now[policy].isOurs !== before[policy].isOurs;
    if (POLICIES.some(isOther)) onChange();
  }

  /** Of the policies of the kind that is in force. */
  #missing(): string[] {
    const { views } = this.#watch;
    const kind = KINDS[this.firstStarts];
    return POLICIES.filter((policy) => policyKind(policy) === kind).flatMap((policy) =>
      lacking(policy, views[policy]),
    );
  }

  /** @returns whether there was something new to say */
  #sayFirstStarts(): boolean {
    const by = this.firstStarts;
    if (!this.#isFilled || by === this.#said) return false;
    this.#said = by;
    const missing = this.#missing();
    const fields = { firstStarts: by, ...(missing.length > 0 && { missing }) };
    const words = by === firstStartsBy(this.#watch.views) ? FIRST_STARTS[by] : UNLATCHED;
    this.#options.log[by === 'patched' ? 'warn' : 'info'](fields, words);
    return true;
  }

  #skipped({ workload, gates, diagnosis: { cause, words }, isNew }: Skipped): void {
    const { log, count, emit } = this.#options;
    count(cause);
    if (!isNew) return;
    const of = gates.length === 1 ? `gate ${gates[0]}` : `gates ${gates.join(', ')}`;
    const note = `it was written without the containers of ${of}, which the admission policies should have added: ${words}`;
    log.warn(
      { kind: workload.kind, namespace: workload.namespace, name: workload.name, gates, cause },
      `a target came without its containers: ${words}`,
    );
    emit(workload, { type: 'Warning', reason: 'AdmissionSkipped', action: 'Admit', note });
  }

  #turned(policy: Policy, idle: Diagnosis | undefined): void {
    const { log, onChange } = this.#options;
    if (idle) log.warn({ policy, cause: idle.cause }, `admission does not act: ${idle.words}`);
    else log.info({ policy }, 'admission acts again, or its policy was replaced');
    onChange();
  }
}
