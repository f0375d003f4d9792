import type { OthersFirst, Pod, Refusal, Repair } from '../core/model.ts';
import { DISPUTE_WINDOW_MS } from '../core/progress/dispute.ts';
import { Denials } from './denials.ts';
import { Expectations } from './expectations.ts';

/** A patch that the API server has stored. */
export interface Accepted {
  /** The names of the gates that it was for. */
  readonly gates: readonly string[];
  readonly repairs: readonly Repair[];
  /** The workload's generation before the patch, and in its answer. */
  readonly before: number;
  readonly after: number;
}

/** What is remembered of one workload: who refuses its patches, who undoes them, and who is first whatever is written. */
export class WorkloadMemory {
  readonly expectations = new Expectations();
  readonly denials = new Denials();
  #refusals: readonly Refusal[] = [];
  #repairs: readonly Repair[] = [];
  #othersFirst: OthersFirst | undefined;
  #scaledDown: ReadonlyMap<string, number> = new Map();
  /** What has been told in an Event and still holds. */
  #told: ReadonlySet<string> = new Set();

  get refusals(): readonly Refusal[] {
    return this.#refusals;
  }

  get repairs(): readonly Repair[] {
    return this.#repairs;
  }

  /** Of the template that was last asked about; of no other one is anything kept. */
  get othersFirst(): readonly OthersFirst[] {
    return this.#othersFirst ? [this.#othersFirst] : [];
  }

  foundFirst(found: OthersFirst): void {
    this.#othersFirst = found;
  }

  /** When which of its ReplicaSets was last looked at to be scaled down, by UID. */
  get scaledDown(): ReadonlyMap<string, number> {
    return this.#scaledDown;
  }

  triedToScaleDown({ uid }: { readonly uid: string }, at: number): void {
    this.#scaledDown = new Map([...this.#scaledDown, [uid, at]]);
  }

  /** Forgets the ReplicaSets that have no Pods any more, and what was the workload before. */
  keepReplicaSets(pods: readonly Pick<Pod, 'replicaSet'>[], { uid }: { readonly uid: string }): void {
    if (this.#scaledDown.size === 0) return;
    const uids = new Set([uid, ...pods.map(({ replicaSet }) => replicaSet?.uid)]);
    this.#scaledDown = new Map([...this.#scaledDown].filter(([uid]) => uids.has(uid)));
  }

  refused(refusal: Refusal): void {
    this.#refusals = [...this.#refusals.filter(({ gate }) => gate !== refusal.gate), refusal];
  }

  /**
   * It was patched: what was refused of these gates is void, the repairs are counted, and what is refused of others is
   * refused of it as it is now.
   */
  accepted({ gates, repairs, before, after }: Accepted, now: number): void {
    this.#refusals = this.#refusals
      .filter(({ gate, generation }) => !gates.includes(gate) && generation === before)
      .map((refusal) => ({ ...refusal, generation: after }));
    this.#repairs = [...this.#recent(now), ...repairs];
  }

  /** Of what holds now, that which did not hold the last time. */
  emitOnce(now: ReadonlySet<string>): ReadonlySet<string> {
    const told = this.#told;
    this.#told = now;
    return new Set([...now].filter((one) => !told.has(one)));
  }

  /**
   * Drops what is past.
   *
   * @returns in how many ms the last repair is; undefined where none is left.
   */
  fade(now: number): number | undefined {
    this.#repairs = this.#recent(now);
    const last = this.#repairs.at(-1);
    return last && last.at + DISPUTE_WINDOW_MS - now;
  }

  #recent(now: number): Repair[] {
    return this.#repairs.filter(({ at }) => now - at < DISPUTE_WINDOW_MS);
  }
}
