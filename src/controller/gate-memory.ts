import { FINALIZER } from '../api/names.ts';
import type { Gate, KnownGate, Pod, Refusal } from '../core/model.ts';
import { GATHER_MS } from '../core/plan/gather.ts';
import { openingKey } from '../core/plan/open.ts';
import { KeptComparisons } from '../core/progress/kept-comparisons.ts';
import { renderIdentity } from '../core/render/render.ts';
import { Answers } from './answers.ts';
import { Denials } from './denials.ts';
import { Expectations } from './expectations.ts';
import { LastDecision } from './last-decision.ts';
import { Pace } from './pace.ts';

/** What is remembered of one gate. */
export class GateMemory {
  readonly expectations = new Expectations();
  readonly denials = new Denials();
  readonly answers = new Answers();
  readonly comparisons = new KeptComparisons();
  readonly lastDecision = new LastDecision();
  readonly pace = new Pace();
  /** Hash of the render that a dry-run was last accepted for. */
  #triedRender: string | undefined;
  /** Of its last dry-run. */
  #refusal: Refusal | undefined;
  #openings: ReadonlyMap<string, number> = new Map();
  #known:
    | { readonly version: string; readonly changedAt: number; readonly changingSince: number }
    | undefined;
  #counted: ReadonlyMap<string, { readonly text: string; readonly since: number }> = new Map();
  #inForce: { readonly version: string; readonly since: number } | undefined;

  get triedRender(): string | undefined {
    return this.#triedRender;
  }

  /** Of its render. */
  get refusals(): readonly Refusal[] {
    return this.#refusal ? [this.#refusal] : [];
  }

  /** When which opening was last written, by `openingKey`. */
  get openings(): ReadonlyMap<string, number> {
    return this.#openings;
  }

  renderAccepted(hash: string): void {
    this.#triedRender = hash;
    this.#refusal = undefined;
  }

  renderRefused(refusal: Refusal): void {
    this.#refusal = refusal;
  }

  /** A Pod's annotations were written. */
  opened(pod: Pick<Pod, 'uid'>, annotations: readonly string[], at: number): void {
    this.#openings = new Map([
      ...this.#openings,
      ...annotations.map((one) => [openingKey(pod, one), at] as const),
    ]);
  }

  /** Forgets what is known of Pods that are gone. */
  keepPods(pods: readonly Pick<Pod, 'uid'>[]): void {
    if (this.#openings.size === 0) return;
    const uids = new Set(pods.map(({ uid }) => uid));
    this.#openings = new Map([...this.#openings].filter(([key]) => uids.has(key.slice(0, key.indexOf(' ')))));
  }

  /** Since when the gate has been as it is, as far as that is known: what was there before is taken for new. */
  know(gate: Gate, now: number): KnownGate {
    const version = `${gate.uid} ${gate.generation} ${gate.deleting}`;
    const before = this.#known;
    if (before?.version !== version) {
      const isSeries = before !== undefined && now - before.changedAt < GATHER_MS;
      this.#known = { version, changedAt: now, changingSince: isSeries ? before.changingSince : now };
    }
    const { changedAt = now, changingSince = now } = this.#known ?? {};
    return { gate, changedAt, changingSince, inForceSince: this.#since(gate, now) };
  }

  /**
   * Since when each of its targets has been counted as it is. Of what is not among them nothing is remembered.
   *
   * @param texts by `<Kind>/<name>`, see `countedText`
   */
  count(texts: ReadonlyMap<string, string>, now: number): ReadonlyMap<string, number> {
    const before = this.#counted;
    const sinceOf = (target: string, text: string) => {
      const known = before.get(target);
      return known?.text === text ? known.since : now;
    };
    this.#counted = new Map(
      [...texts].map(([target, text]) => [target, { text, since: sinceOf(target, text) }]),
    );
    return new Map([...this.#counted].map(([target, { since }]) => [target, since]));
  }

  #since({ uid, generation, deleting, finalizers, status }: Gate, now: number): number {
    const isPlaced = finalizers.includes(FINALIZER);
    const version = `${uid} ${generation} ${deleting} ${isPlaced} ${renderIdentity(status.render)}`;
    if (this.#inForce?.version !== version) this.#inForce = { version, since: now };
    return this.#inForce.since;
  }
}
