import type { Clock } from '../kube/clock.ts';

/** How often something is looked at where nothing else is said: what people install and remove changes rarely. */
const EVERY_MS = 60_000;
/** When to look again after no answer, or one that may soon be another. */
const AGAIN_MS = 5000;

/** What came of a look: no answer, one that may soon be another, or one that holds for a while. */
export type Look = 'none' | 'unsure' | 'sure';

export interface LookoutOptions {
  readonly clock: Clock;
  /** How often it looks, ms. Default a minute. */
  readonly everyMs?: number | undefined;
  /** Looks, and learns from the answer unless it is stopped meanwhile. Must not throw. */
  readonly look: () => Promise<Look>;
}

/** Looks at something of the installation until there is an answer, and from then on every so often. */
export class Lookout {
  readonly #options: LookoutOptions;
  readonly #settled = Promise.withResolvers<boolean>();
  #isStopped = false;
  #cancel = () => {};

  constructor(options: LookoutOptions) {
    this.#options = options;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Becomes true with the first answer, false when stopped before. */
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
    const { clock, look, everyMs = EVERY_MS } = this.#options;
    const found = await look();
    if (this.#isStopped) return;
    const pauseMs = found === 'sure' ? everyMs : Math.min(AGAIN_MS, everyMs);
    this.#cancel = clock.after(pauseMs, () => void this.#turn());
    if (found !== 'none') this.#settled.resolve(true);
  }
}
