export interface Place {
  readonly id: string;
  readonly priority: number;
  /** Those of one share stand in one line; the lines take turns. */
  readonly share: string;
}

/** Of so many turns one goes to the lowest priority that waits, so that it is served although others never end. */
const TURNS = 4;

/** Share → id → what waits, each in the order of its turn. */
type Shares<P> = Map<string, Map<string, P>>;

/**
 * Who is next. Shares take turns, whatever number of places each has, so that one with thousands of them makes others wait
 * for a single turn of its own. What has the higher priority goes first, three times of four.
 */
export class FairLine<P extends Place> {
  readonly #waiting = new Map<number, Shares<P>>();
  /** All that wait, by id. */
  readonly #places = new Map<string, P>();
  #turn = 0;

  /** How many wait. */
  get size(): number {
    return this.#places.size;
  }

  /** Whether anything of a share waits. */
  has(share: string): boolean {
    return [...this.#waiting.values()].some((shares) => shares.has(share));
  }

  enqueue(place: P): void {
    this.#places.set(place.id, place);
    const shares = getOrMake(this.#waiting, place.priority, () => new Map<string, Map<string, P>>());
    getOrMake(shares, place.share, () => new Map<string, P>()).set(place.id, place);
  }

  /** The next of a share that may begin; undefined where none may. */
  dequeue(mayBegin: (share: string) => boolean): P | undefined {
    const turn = (this.#turn + 1) % TURNS;
    for (const priority of this.#order(turn === 0)) {
      const shares: Shares<P> = this.#waiting.get(priority) ?? new Map();
      const share = firstOf(shares.keys(), mayBegin);
      if (share === undefined) continue;
      this.#turn = turn;
      return this.#take(shares, share);
    }
    return undefined;
  }

  /** @throws ReferenceError where nothing waits by that id */
  reprioritize(id: string, priority: number): void {
    const place = this.#places.get(id);
    if (!place) throw new ReferenceError(`nothing waits that is called ${id}`);
    this.#remove(place);
    this.enqueue({ ...place, priority });
  }

  /**
   * Takes a place of the share that has most of them: whoever fills the line loses by it. It is the last of its lowest
   * priority.
   */
  dropLast(): P | undefined {
    const share = this.#longest();
    if (share === undefined) return undefined;
    const [lowest] = [...this.#waiting.keys()]
      .filter((priority) => this.#waiting.get(priority)?.has(share))
      .sort((a, b) => a - b);
    const line = lowest === undefined ? undefined : this.#waiting.get(lowest)?.get(share);
    const last = [...(line?.values() ?? [])].at(-1);
    if (last) this.#remove(last);
    return last;
  }

  /** Forgets all that waits. */
  clear(): void {
    this.#waiting.clear();
    this.#places.clear();
  }

  /** The share that has most places, of whatever priorities. */
  #longest(): string | undefined {
    const sizes = new Map<string, number>();
    for (const shares of this.#waiting.values())
      for (const [share, { size }] of shares) sizes.set(share, (sizes.get(share) ?? 0) + size);
    return [...sizes].sort(([, a], [, b]) => b - a)[0]?.[0];
  }

  /** The priorities that wait, in the order in which they are looked at. */
  #order(isLowestFirst: boolean): number[] {
    const all = [...this.#waiting.keys()].sort((a, b) => b - a);
    return isLowestFirst ? [...all.slice(-1), ...all.slice(0, -1)] : all;
  }

  #take(shares: Shares<P>, share: string): P | undefined {
    const line = shares.get(share);
    const place = line?.values().next().value;
    if (!line || !place) return undefined;
    this.#remove(place);
    // Behind the others, if there is more of it.
    if (shares.delete(share) && line.size > 0) shares.set(share, line);
    return place;
  }

  #remove({ id, priority, share }: P): void {
    this.#places.delete(id);
    const shares = this.#waiting.get(priority);
    const line = shares?.get(share);
    line?.delete(id);
    if (line?.size === 0) shares?.delete(share);
    if (shares?.size === 0) this.#waiting.delete(priority);
  }
}

/** Looks at no more of them than it must: there may be thousands. */
function firstOf<T>(all: Iterable<T>, isWanted: (one: T) => boolean): T | undefined {
  for (const one of all) if (isWanted(one)) return one;
  return undefined;
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
