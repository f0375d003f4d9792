type Run = () => Promise<unknown>;

export interface Place {
  readonly id: string;
  readonly priority: number;
  /** Those of one share stand in one line; the lines take turns. */
  readonly share: string;
}

/** Of so many turns one goes to the lowest priority that waits, so that it is served although others never end. */
const TURNS = 4;

/** Share → id → what waits, each in the order of its turn. */
type Shares = Map<string, Map<string, Run>>;

/**
 * Who is next, and who may begin. Shares take turns, whatever number of keys each has, so that one with thousands of them
 * makes others wait for a single turn of its own. What has the higher priority goes first, three times of four.
 *
 * A share whose runs take long, as where the API server is slow for one namespace, does not keep the others from theirs: it
 * may have all workers while nobody else waits, and what it has beyond half of them is not counted when somebody comes. So
 * others find half of the workers free, and at most one and a half times their number are at work, rounded down.
 */
export class FairLine {
  readonly #workers: number;
  readonly #half: number;
  readonly #waiting = new Map<number, Shares>();
  /** Where everybody stands, by id. */
  readonly #places = new Map<string, Place>();
  /** Runs that have begun and not ended, by share. */
  readonly #running = new Map<string, number>();
  #turn = 0;

  constructor(workers: number) {
    this.#workers = workers;
    this.#half = Math.ceil(workers / 2);
  }

  /** How many wait. */
  get size(): number {
    return this.#places.size;
  }

  /** How many have begun and not ended. */
  get running(): number {
    return [...this.#running.values()].reduce((sum, count) => sum + count, 0);
  }

  enqueue(run: Run, place: Place): void {
    this.#places.set(place.id, place);
    const shares = getOrMake(this.#waiting, place.priority, () => new Map<string, Map<string, Run>>());
    getOrMake(shares, place.share, () => new Map<string, Run>()).set(place.id, run);
  }

  /** The next that may begin, as what counts as at work until it ends; undefined where none may. */
  dequeue(): Run | undefined {
    if (this.#counted() >= this.#workers) return undefined;
    const turn = (this.#turn + 1) % TURNS;
    for (const priority of this.#order(turn === 0)) {
      const shares: Shares = this.#waiting.get(priority) ?? new Map();
      const share = [...shares.keys()].find((one) => this.#mayBegin(one));
      if (share === undefined) continue;
      this.#turn = turn;
      return this.#take(shares, share);
    }
    return undefined;
  }

  setPriority(id: string, priority: number): void {
    const place = this.#places.get(id);
    const run = place && this.#waiting.get(place.priority)?.get(place.share)?.get(id);
    if (!run) throw new ReferenceError(`nothing waits that is called ${id}`);
    this.#remove(id);
    this.enqueue(run, { ...place, priority });
  }

  /** Forgets all that waits. */
  clear(): void {
    this.#waiting.clear();
    this.#places.clear();
  }

  /** The priorities that wait, in the order in which they are looked at. */
  #order(isLowestFirst: boolean): number[] {
    const all = [...this.#waiting.keys()].sort((a, b) => b - a);
    return isLowestFirst ? [...all.slice(-1), ...all.slice(0, -1)] : all;
  }

  #mayBegin(share: string): boolean {
    if ((this.#running.get(share) ?? 0) < this.#half) return true;
    const isAlone = [...this.#waiting.values()].every((shares) => shares.size === 1 && shares.has(share));
    return isAlone && this.running < this.#workers;
  }

  /** How many workers are taken: by one share no more than half of them. */
  #counted(): number {
    return [...this.#running.values()].reduce((sum, count) => sum + Math.min(count, this.#half), 0);
  }

  #take(shares: Shares, share: string): Run | undefined {
    const line = shares.get(share);
    const [id, run] = line?.entries().next().value ?? [];
    if (line === undefined || id === undefined || run === undefined) return undefined;
    this.#remove(id);
    // Behind the others, if there is more of it.
    if (shares.delete(share) && line.size > 0) shares.set(share, line);
    this.#running.set(share, (this.#running.get(share) ?? 0) + 1);
    return () => run().finally(() => this.#ended(share));
  }

  #ended(share: string): void {
    const left = (this.#running.get(share) ?? 0) - 1;
    if (left > 0) this.#running.set(share, left);
    else this.#running.delete(share);
  }

  #remove(id: string): void {
    const place = this.#places.get(id);
    if (!place) return;
    this.#places.delete(id);
    const shares = this.#waiting.get(place.priority);
    const line = shares?.get(place.share);
    line?.delete(id);
    if (line?.size === 0) shares?.delete(place.share);
    if (shares?.size === 0) this.#waiting.delete(place.priority);
  }
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
