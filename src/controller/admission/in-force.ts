import { placedHash } from '../../core/admission/written.ts';
import type { Gate } from '../../core/model.ts';
import type { Stores } from '../stores.ts';

/** A gate as it has been since a time. */
export interface GateInForce {
  readonly gate: Gate;
  /** When it became so, by the API server's clock (RFC 3339) and rather too late than too early. */
  readonly since: string;
}

interface KnownVersion {
  readonly uid: string;
  readonly generation: number;
  readonly hash: string | undefined;
  readonly since: string;
}

/**
 * Since when each gate has been what it is: its render, its targets, how they are updated. That is told by the version
 * that first showed it, whose last write is then the one that made it so; of a gate that was there before, the last write
 * of all is taken. Later writes of the status change nothing about it.
 */
export class GatesInForce {
  readonly #known = new Map<string, KnownVersion>();
  readonly #gates: Stores['gates'];

  constructor(gates: Stores['gates']) {
    this.#gates = gates;
  }

  /** Looks at all gates that there are, and from then on at each that changes. */
  start(): void {
    for (const gate of this.#gates.values()) this.#note(`${gate.namespace}/${gate.name}`, gate);
    this.#gates.subscribe(({ key, after }) => this.#note(key, after));
  }

  /** The gates that name a target (`<namespace>/<Kind>/<name>`). */
  naming(target: string): GateInForce[] {
    return this.#gates.byIndex('target', target).flatMap((gate) => {
      const known = this.#known.get(`${gate.namespace}/${gate.name}`);
      return known ? { gate, since: known.since } : [];
    });
  }

  /** Whether a gate is still the one that it was, as far as admission is concerned. */
  isStill({ gate }: GateInForce): boolean {
    const now = this.#gates.get(`${gate.namespace}/${gate.name}`);
    return (
      now?.uid === gate.uid &&
      now.generation === gate.generation &&
      now.deleting === gate.deleting &&
      placedHash(now) === placedHash(gate)
    );
  }

  #note(key: string, gate: Gate | undefined): void {
    if (!gate) {
      this.#known.delete(key);
      return;
    }
    const { uid, generation, writtenAt } = gate;
    const hash = placedHash(gate);
    const known = this.#known.get(key);
    if (known?.uid === uid && known.generation === generation && known.hash === hash) return;
    this.#known.set(key, { uid, generation, hash, since: writtenAt });
  }
}
