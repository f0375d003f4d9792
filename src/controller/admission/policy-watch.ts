import {
  byPolicy,
  isInstalled,
  NO_POLICIES,
  NO_POLICY,
  POLICIES,
  type Policy,
  type PolicyView,
  type PolicyViews,
  policyKind,
  storedName,
} from '../../core/admission/policies.ts';
import { isForbidden, isNotFound } from '../../kube/api-error.ts';
import type { Requests } from '../../kube/client/requests.ts';
import type { Clock } from '../../kube/clock.ts';
import type { Resource } from '../../kube/resource.ts';
import { Denials } from '../denials.ts';
import { type Look, Lookout } from '../lookout.ts';
import { type PolicyAnswer, viewOf } from './policy-view.ts';

/** An API server that has just started denies everything until it has read the roles: for so long that is no answer. */
const STARTING_MS = 20_000;
/** For so long after the start what is denied is soon looked for again: the whole cluster may have started. */
const YOUNG_MS = 60_000;

export interface AdmissionWatchOptions {
  readonly requests: Pick<Requests, 'get'>;
  readonly clock: Clock;
  /** The name of `dependencygate-first-start` in this cluster. Default: as it is shipped. */
  readonly policyName?: string | undefined;
  /** How often the policies are looked for, ms. Default a minute. */
  readonly everyMs?: number | undefined;
  readonly onChange: (now: PolicyViews, before: PolicyViews) => void;
  /** Is told why there was no answer. */
  readonly onError: (error: unknown) => void;
}

/** Knows whether the admission policies are there. They may come later, and go. */
export class AdmissionWatch {
  readonly #options: AdmissionWatchOptions;
  readonly #lookout: Lookout;
  #views: PolicyViews | undefined;
  /** Of what was seen before. */
  readonly #denials = new Denials(STARTING_MS);
  #startedAt = 0;

  constructor(options: AdmissionWatchOptions) {
    this.#options = options;
    const { clock, everyMs } = options;
    this.#lookout = new Lookout({ clock, everyMs, look: () => this.#look() });
  }

  /** Whether the API server has answered once. It stays true. */
  get isKnown(): boolean {
    return this.#views !== undefined;
  }

  get views(): PolicyViews {
    return this.#views ?? NO_POLICIES;
  }

  /** Whether the policies are there and bound: CronJobs have one of their own, and are told of apart. */
  get isThere(): boolean {
    return areInstalled(this.views);
  }

  /** See {@link Lookout.start}. */
  start(): Promise<boolean> {
    this.#startedAt = this.#options.clock.now();
    return this.#lookout.start();
  }

  stop(): void {
    this.#lookout.stop();
  }

  /** Looks now. Whatever the answer is, what is known afterwards is as new as can be. */
  async look(): Promise<PolicyViews> {
    await this.#look();
    return this.views;
  }

  async #look(): Promise<Look> {
    const found = await this.#ask();
    if (found === undefined) return 'none';
    if (!this.#lookout.isStopped) this.#learn(found);
    return this.#mayChangeSoon(found) ? 'unsure' : 'sure';
  }

  #learn(found: PolicyViews): void {
    const before = this.views;
    this.#views = found;
    if (POLICIES.some((policy) => !isSame(before[policy], found[policy])))
      this.#options.onChange(found, before);
  }

  /** Undefined where there is no answer: what is known holds until there is one, or an outage would turn the status of gates. */
  async #ask(): Promise<PolicyViews | undefined> {
    try {
      const views = await Promise.all(POLICIES.map((policy) => this.#view(policy)));
      if (this.#isDenied(views)) return undefined;
      return byPolicy((policy) => views[POLICIES.indexOf(policy)] ?? NO_POLICY);
    } catch (error) {
      this.#options.onError(error);
      return undefined;
    }
  }

  /** Whether something that was seen may not be seen any more, and that not for long. */
  #isDenied(views: readonly PolicyView[]): boolean {
    const isLost = ({ isForbidden }: PolicyView, index: number) => {
      const policy = POLICIES[index];
      return isForbidden === true && policy !== undefined && this.views[policy].isThere;
    };
    if (views.some(isLost)) return !this.#denials.denied(this.#options.clock.now());
    this.#denials.ended();
    return false;
  }

  #mayChangeSoon(found: PolicyViews): boolean {
    const isDenied = POLICIES.some((policy) => found[policy].isForbidden === true);
    return isDenied && this.#options.clock.now() - this.#startedAt < YOUNG_MS;
  }

  async #view(policy: Policy): Promise<PolicyView> {
    const name = storedName(policy, this.#options.policyName);
    const { plurals, versions } = SERVED[policyKind(policy)];
    const [one, binding] = await Promise.all(plurals.map((plural) => this.#find(plural, name, versions)));
    return viewOf(policy, name, one ?? 'absent', binding ?? 'absent');
  }

  /** What is stored is served in each version that the API server has: the first that knows it will do. */
  async #find(plural: string, name: string, versions: readonly string[]): Promise<PolicyAnswer> {
    for (const version of versions) {
      const answer = await this.#get(
        { group: 'admissionregistration.k8s.io', version, plural, namespaced: false },
        name,
      );
      if (answer !== 'absent') return answer;
    }
    return 'absent';
  }

  async #get(resource: Resource, name: string): Promise<PolicyAnswer> {
    try {
      return { object: await this.#options.requests.get(resource, { name }) };
    } catch (error) {
      if (isNotFound(error)) return 'absent';
      if (isForbidden(error)) return 'forbidden';
      throw error;
    }
  }
}

/** Whether first starts are gated, except for those of CronJobs. */
export function areInstalled(views: PolicyViews): boolean {
  return isInstalled(views['dependencygate-inject']);
}

/** The resources of each kind of policy, and the versions in which API servers have them: `v1beta1` by flags, before 1.36. */
const SERVED = {
  MutatingAdmissionPolicy: {
    plurals: ['mutatingadmissionpolicies', 'mutatingadmissionpolicybindings'],
    versions: ['v1', 'v1beta1'],
  },
  ValidatingAdmissionPolicy: {
    plurals: ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'],
    versions: ['v1'],
  },
} as const;

function isSame(one: PolicyView, other: PolicyView): boolean {
  return one.isThere === other.isThere && one.isBound === other.isBound && one.revision === other.revision;
}
