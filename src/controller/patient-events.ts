import type { Clock } from '../kube/clock.ts';

/**
 * How long something has to wait until an Event tells of it, ms: the kubelet takes 0.4 to 2.4 s for a container whose
 * dependency is there (docs/decisions/2026-11-24-performance.md), and a Pod that passes them one by one is worth no Event.
 */
export const PATIENCE_MS = 5000;

/** Events that are worth telling only if what they tell lasts. */
export class PatientEvents {
  readonly #clock: Clock;
  #isStopped = false;
  readonly #pending = new Map<string, { tell: () => void; readonly cancel: () => void }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Those that are not told yet. */
  get size(): number {
    return this.#pending.size;
  }

  /**
   * Has it told once the time is over, if nothing else is told under its id by then.
   *
   * @param id what it is of: the newest is told, at the time of the first
   * @param tell looks by itself whether it still holds
   */
  add(id: string, tell: () => void): void {
    if (this.#isStopped) return;
    const known = this.#pending.get(id);
    if (known) {
      known.tell = tell;
      return;
    }
    const cancel = this.#clock.after(PATIENCE_MS, () => {
      const due = this.#pending.get(id);
      this.#pending.delete(id);
      due?.tell();
    });
    this.#pending.set(id, { tell, cancel });
  }

  /** Tells no more of what is not told yet, and takes no more: a timer would keep a process from its end. */
  stop(): void {
    this.#isStopped = true;
    for (const { cancel } of this.#pending.values()) cancel();
    this.#pending.clear();
  }
}
