import { isForbidden, isNotFound } from '../kube/api-error.ts';
import type { Requests } from '../kube/client/requests.ts';
import type { Clock } from '../kube/clock.ts';
import type { Resource } from '../kube/resource.ts';

/** The policy that places renders into targets when they are written (see config/admission). */
export const INJECT_POLICY = 'dependencygate-inject';

const POLICIES: Resource = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: 'mutatingadmissionpolicies',
  namespaced: false,
};

/** How often it is looked for where nothing else is said: it is installed and removed by people, rarely. */
const LOOK_EVERY_MS = 60_000;
/** When to look again after no answer. */
const LOOK_AGAIN_MS = 5000;

export interface AdmissionWatchOptions {
  readonly requests: Pick<Requests, 'get'>;
  readonly clock: Clock;
  /** How often the policies are looked for, ms. Default a minute. */
  readonly everyMs?: number | undefined;
  readonly onChange: (isThere: boolean) => void;
  /** Is told why there was no answer. */
  readonly onError: (error: unknown) => void;
}

/** Knows whether the admission policies are there. They may come later, and go. */
export class AdmissionWatch {
  readonly #options: AdmissionWatchOptions;
  readonly #settled = Promise.withResolvers<boolean>();
  #isThere: boolean | undefined;
  #isStopped = false;
  #cancel = () => {};

  constructor(options: AdmissionWatchOptions) {
    this.#options = options;
  }

  /** Whether the API server has answered once. It stays true. */
  get isKnown(): boolean {
    return this.#isThere !== undefined;
  }

  get isThere(): boolean {
    return this.#isThere ?? false;
  }

  /** Looks until there is an answer, and from then on every so often. Becomes true with the first answer, false when stopped before. */
  start(): Promise<boolean> {
    void this.#turn();
    return this.#settled.promise;
  }

  stop(): void {
    this.#isStopped = true;
    this.#settled.resolve(false);
    this.#cancel();
  }

  async #turn(): Promise<void> {
    const found = await this.#look();
    if (this.#isStopped) return;
    const { clock, everyMs = LOOK_EVERY_MS } = this.#options;
    this.#cancel = clock.after(found === undefined ? LOOK_AGAIN_MS : everyMs, () => void this.#turn());
    if (found === undefined) return;
    const hasChanged = found !== this.isThere;
    this.#isThere = found;
    if (hasChanged) this.#options.onChange(found);
    this.#settled.resolve(true);
  }

  /**
   * A cluster without the kind, without the policy or without the right to read it has none to count on. Undefined where
   * that is not the answer: what is known holds until there is one, or a moment's outage would turn the status of gates.
   */
  async #look(): Promise<boolean | undefined> {
    try {
      await this.#options.requests.get(POLICIES, { name: INJECT_POLICY });
      return true;
    } catch (error) {
      if (isNotFound(error) || isForbidden(error)) return false;
      this.#options.onError(error);
      return undefined;
    }
  }
}
