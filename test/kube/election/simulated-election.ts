import {
  holding,
  isHeld,
  type LeaseRecord,
  type Move,
  moveOf,
  NOTHING_SEEN,
  nextLook,
  type Standing,
  seeing,
  TIMINGS,
} from '../../../src/kube/election/lease-standing.ts';

/** How one request fares, ms of true time. */
export interface Trip {
  readonly out: number;
  readonly back: number;
  /** It arrives, and its answer does not. */
  readonly isAnswerLost: boolean;
}

export interface Candidate {
  /** How fast its clock goes. */
  readonly rate: number;
  /** What its clock says at first. */
  readonly offset: number;
  /** Of its requests, in turn and over again. */
  readonly trips: readonly Trip[];
  /** When it goes for good, ms of true time. */
  readonly diesAt: number;
}

/** What was seen of a simulated election: who led, each with when by true time it was known to. */
export interface Outcome {
  /** Instants at which two led. */
  readonly clashes: readonly number[];
  /** Names in the order in which they began to lead. */
  readonly leaders: readonly string[];
}

/** Several candidates, a store that compares versions, and requests that take their time. */
export function simulate(candidates: readonly Candidate[], untilMs: number): Outcome {
  const store = new LeaseStore();
  const events: { readonly at: number; readonly run: (at: number) => void }[] = [];
  const schedule = (at: number, run: (at: number) => void) => void events.push({ at, run });
  const clashes: number[] = [];
  const leaders: string[] = [];
  const players = candidates.map((one, index) => new Player(`c${index}`, one, store, schedule));
  for (const player of players) player.turn(0);
  for (;;) {
    events.sort((a, b) => a.at - b.at);
    const next = events.shift();
    if (!next || next.at > untilMs) return { clashes, leaders };
    next.run(next.at);
    const leading = players.filter((player) => player.isLeader(next.at));
    if (leading.length > 1) clashes.push(next.at);
    for (const { name } of leading) if (leaders.at(-1) !== name) leaders.push(name);
  }
}

class LeaseStore {
  record: LeaseRecord | undefined;
  #version = 0;

  /** What is stored then; undefined where it is another by now. */
  write(move: Exclude<Move, { do: 'wait' }>, holder: string): LeaseRecord | undefined {
    const expected = move.do === 'create' ? undefined : move.from.resourceVersion;
    if (expected !== this.record?.resourceVersion) return undefined;
    this.#version += 1;
    const { leaseMs: durationMs } = TIMINGS;
    const resourceVersion = String(this.#version);
    this.record = { holder, durationMs, transitions: 0, acquireTime: undefined, resourceVersion };
    return this.record;
  }
}

type Schedule = (at: number, run: (at: number) => void) => void;

/** One candidate: it does what Election does, one request after another. */
class Player {
  readonly name: string;
  readonly #is: Candidate;
  readonly #store: LeaseStore;
  readonly #schedule: Schedule;
  #standing: Standing = NOTHING_SEEN;
  #requests = 0;

  constructor(name: string, is: Candidate, store: LeaseStore, schedule: Schedule) {
    this.name = name;
    this.#is = is;
    this.#store = store;
    this.#schedule = schedule;
  }

  isLeader(at: number): boolean {
    return at < this.#is.diesAt && isHeld(this.#standing, this.#now(at), TIMINGS);
  }

  turn(at: number): void {
    if (at >= this.#is.diesAt) return;
    if (this.isLeader(at)) this.#write(at);
    else
      this.#ask(
        at,
        () => this.#store.record,
        (record, then) => {
          this.#standing = seeing(this.#standing, record, this.name, this.#now(then));
          this.#write(then);
        },
      );
  }

  #write(at: number): void {
    const move = moveOf(this.#standing, this.name, this.#now(at), TIMINGS);
    if (move.do === 'wait') return void this.#again(at);
    const sent = this.#now(at);
    this.#ask(
      at,
      () => this.#store.write(move, this.name),
      (stored, then) => {
        if (stored) this.#standing = holding(stored, sent, this.#now(then));
        else this.#standing = { ...this.#standing, heldSince: undefined };
        this.#again(then);
      },
    );
  }

  #ask<T>(at: number, arrive: () => T, answer: (result: T, at: number) => void): void {
    const { trips } = this.#is;
    const trip = trips[this.#requests % trips.length] ?? { out: 1, back: 1, isAnswerLost: false };
    this.#requests += 1;
    this.#schedule(at + trip.out, (there) => {
      const result = arrive();
      if (trip.isAnswerLost) this.#again(there);
      else this.#schedule(there + trip.back, (back) => answer(result, back));
    });
  }

  #again(at: number): void {
    const ms = nextLook(this.#standing, this.name, this.#now(at), TIMINGS);
    this.#schedule(at + ms / this.#is.rate, (then) => this.turn(then));
  }

  #now(at: number): number {
    return this.#is.offset + at * this.#is.rate;
  }
}
