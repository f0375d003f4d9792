import type { Clock } from './clock.ts';

/** How soon a pass that failed (a conflict, an injected fault) is tried again. */
const RETRY_MS = 200;

/**
 * Runs `sync` for the keys that were woken: one pass per key at a time, again when the key was woken meanwhile, and
 * again after a while when it failed. A pass acts on what is there then, so a wake-up too many is harmless.
 */
export class Loop {
  readonly #sync: (key: string) => Promise<void>;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  /** The keys with a pass under way; true where another one is to follow. */
  readonly #passes = new Map<string, boolean>();
  /** How to call off the wake-up that a key has ahead. */
  readonly #alarms = new Map<string, AbortController>();

  constructor(
    sync: (key: string) => Promise<void>,
    { clock, signal }: { clock: Clock; signal: AbortSignal },
  ) {
    this.#sync = sync;
    this.#clock = clock;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#silence(), { once: true });
  }

  wake(key: string): void {
    if (this.#signal.aborted) return;
    const idle = !this.#passes.has(key);
    this.#passes.set(key, true);
    if (idle) void this.#run(key);
  }

  /** Wakes a key at a time (milliseconds since the epoch); undefined: not at all. A later call replaces an earlier one. */
  wakeAt(key: string, time: number | undefined): void {
    this.#alarms.get(key)?.abort();
    this.#alarms.delete(key);
    if (time === undefined || this.#signal.aborted) return;
    const alarm = new AbortController();
    this.#alarms.set(key, alarm);
    void this.#clock.sleep(time - this.#clock.now(), alarm.signal).then(() => {
      if (alarm.signal.aborted) return;
      this.#alarms.delete(key);
      this.wake(key);
    });
  }

  async #run(key: string): Promise<void> {
    while (this.#passes.get(key) && !this.#signal.aborted) {
      this.#passes.set(key, false);
      try {
        await this.#sync(key);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        // Whatever the API server had against a write, the next pass decides anew from what is there then.
        await this.#clock.sleep(RETRY_MS, this.#signal);
        this.#passes.set(key, true);
      }
    }
    this.#passes.delete(key);
  }

  #silence(): void {
    for (const alarm of this.#alarms.values()) alarm.abort();
    this.#alarms.clear();
  }
}

/** Anything but the API server's word on a write is a defect, which must not be hidden by trying again. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'status' in error && typeof error.status === 'number';
}
