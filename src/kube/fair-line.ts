import type { Queue as Line, QueueAddOptions } from 'p-queue';

type Run = () => Promise<unknown>;

export interface Place extends QueueAddOptions {
  /** Those of one share stand in one line; the lines take turns. */
  readonly share?: string;
}

/** Of so many turns one goes to the lowest priority that waits, so that it is served although others never end. */
const TURNS = 4;

/** Share → id → what waits, each in the order of its turn. */
type Shares = Map<string, Map<string, Run>>;

/**
 * Who is next: shares take turns, whatever number of keys each has, so that one with thousands of them makes others wait
 * for a single turn of its own. What has the higher priority goes first, three times of four.
 */
export class FairLine implements Line<Run, Place> {
  readonly #waiting = new Map<number, Shares>();
  /** Where everybody stands, by id. */
  readonly #places = new Map<string, { readonly priority: number; readonly share: string }>();
  #turn = 0;

  get size(): number {
    return this.#places.size;
  }

  enqueue(run: Run, { id = '', priority = 0, share = '' }: Partial<Place> = {}): void {
    this.#places.set(id, { priority, share });
    const shares = getOrMake(this.#waiting, priority, () => new Map<string, Map<string, Run>>());
    getOrMake(shares, share, () => new Map<string, Run>()).set(id, run);
  }

  dequeue(): Run | undefined {
    const priorities = [...this.#waiting.keys()].sort((a, b) => b - a);
    this.#turn = (this.#turn + 1) % TURNS;
    const priority = this.#turn === 0 ? priorities.at(-1) : priorities[0];
    const shares = priority === undefined ? undefined : this.#waiting.get(priority);
    const [share, line] = first(shares) ?? [];
    const [id, run] = first(line) ?? [];
    if (share === undefined || line === undefined || id === undefined) return undefined;
    this.remove(id);
    // Behind the others, if there is more of it.
    if (shares?.delete(share) && line.size > 0) shares.set(share, line);
    return run;
  }

  setPriority(id: string, priority: number): void {
    const place = this.#places.get(id);
    const run = place && this.#waiting.get(place.priority)?.get(place.share)?.get(id);
    if (!run) throw new ReferenceError(`nothing waits that is called ${id}`);
    this.remove(id);
    this.enqueue(run, { id, priority, share: place.share });
  }

  remove(id: string): void {
    const place = this.#places.get(id);
    if (!place) return;
    this.#places.delete(id);
    const shares = this.#waiting.get(place.priority);
    const line = shares?.get(place.share);
    line?.delete(id);
    if (line?.size === 0) shares?.delete(place.share);
    if (shares?.size === 0) this.#waiting.delete(place.priority);
  }

  filter({ priority = 0 }: Readonly<Partial<Place>>): Run[] {
    return [...(this.#waiting.get(priority)?.values() ?? [])].flatMap((line) => [...line.values()]);
  }
}

function first<Key, Value>(map: ReadonlyMap<Key, Value> | undefined): readonly [Key, Value] | undefined {
  return map?.entries().next().value;
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
