import { setTimeout as pause } from 'node:timers/promises';
import type { World } from './world.ts';

/** What has not been told by then is never told. */
const TOLD_LIMIT_MS = 60_000;

/** Changes of Pods, one of a gate at a time: each makes the number of those that have passed another one. */
export class Changes {
  readonly #world: World;
  /** How many changes each gate has had. */
  readonly #made = new Map<string, number>();
  /** Who waits for a gate's number. */
  readonly #waiting = new Map<string, { readonly passed: number; readonly hear: (at: number) => void }>();

  constructor(world: World) {
    this.#world = world;
    world.onTold((name, { passed }) => {
      const waiting = this.#waiting.get(name);
      if (waiting?.passed !== passed) return;
      this.#waiting.delete(name);
      waiting.hear(performance.now());
    });
  }

  /**
   * Makes so many, so many a second, at one gate after the other; none of a gate before the last one was told.
   *
   * @returns ms from the answer to the Pod's PATCH until the gate's new status was heard, of each
   */
  async run(count: number, aSecond: number): Promise<number[]> {
    const names = this.#world.gateNames;
    const began = performance.now();
    const all: Promise<number>[] = [];
    for (let index = 0; index < count; index += 1) {
      const due = began + (index * 1000) / aSecond;
      await pause(Math.max(0, due - performance.now()));
      const name = names[index % names.length] ?? '';
      while (this.#waiting.has(name)) await pause(1);
      all.push(this.one(name));
    }
    return Promise.all(all);
  }

  /** Makes the next one of a gate. Resolves with how long after the answer it was told, ms; 0 where it was told before. */
  async one(name: string): Promise<number> {
    const heard = this.expect(name);
    const answered = await this.write(name);
    return Math.max(0, (await heard) - answered);
  }

  /** When the next change of a gate will have been told. */
  expect(name: string): Promise<number> {
    const next = this.#next(name);
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error(`${name} was not told to have ${next.passed} Pods that passed`));
      const limit = setTimeout(late, TOLD_LIMIT_MS);
      const hear = (at: number) => {
        clearTimeout(limit);
        resolve(at);
      };
      this.#waiting.set(name, { passed: next.passed, hear });
    });
  }

  /** Makes the next change of a gate. Resolves with when it was answered. */
  async write(name: string): Promise<number> {
    const { index, hasPassed } = this.#next(name);
    const pod = this.#world.podsOf(name)[index];
    if (pod === undefined) throw new Error(`${name} has no Pod ${index}`);
    this.#made.set(name, (this.#made.get(name) ?? 0) + 1);
    await this.#world.report(name, pod, hasPassed);
    return performance.now();
  }

  /** Its Pods pass one after the other; once all have, they are back at the check in the same order. */
  #next(name: string): { readonly index: number; readonly hasPassed: boolean; readonly passed: number } {
    const { podsOfGate } = this.#world.size;
    const made = this.#made.get(name) ?? 0;
    const index = made % podsOfGate;
    const hasPassed = Math.floor(made / podsOfGate) % 2 === 0;
    return { index, hasPassed, passed: hasPassed ? index + 1 : podsOfGate - index - 1 };
  }
}
