import type { Clock } from '../kube/clock.ts';
import type { Requests } from '../kube/requests.ts';
import type { Resource } from '../kube/resource.ts';

/** The policy that places renders into targets when they are written (see config/admission). */
export const INJECT_POLICY = 'dependencygate-inject';

const POLICIES: Resource = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: 'mutatingadmissionpolicies',
  namespaced: false,
};

/** How often it is looked for: it is installed and removed by people, rarely. */
const LOOK_EVERY_MS = 60_000;

/** Knows whether the admission policies are there. They may come later, and go. */
export class AdmissionWatch {
  readonly #requests: Pick<Requests, 'get'>;
  readonly #clock: Clock;
  readonly #onChange: (isThere: boolean) => void;
  #isThere = false;
  #isStopped = false;
  #cancel = () => {};

  constructor(requests: Pick<Requests, 'get'>, clock: Clock, onChange: (isThere: boolean) => void) {
    this.#requests = requests;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  get isThere(): boolean {
    return this.#isThere;
  }

  /** Looks for the first time, and from then on every minute. */
  async start(): Promise<void> {
    const found = await this.#look();
    if (this.#isStopped) return;
    if (found !== this.#isThere) {
      this.#isThere = found;
      this.#onChange(found);
    }
    this.#cancel = this.#clock.after(LOOK_EVERY_MS, () => void this.start());
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  /** Whatever the answer, a cluster without the kind, without the policy or without the right to read it has none to count on. */
  async #look(): Promise<boolean> {
    try {
      await this.#requests.get(POLICIES, { name: INJECT_POLICY });
      return true;
    } catch {
      return false;
    }
  }
}
