import { GateMemory } from './gate-memory.ts';
import { type GateReference, idOf, type Reference, type WorkloadReference } from './reference.ts';
import { StatusRefusal } from './status-refusal.ts';
import { WorkloadMemory } from './workload-memory.ts';

/**
 * What is remembered between two reconciles, by object: nothing that could not be found out again after a restart. Who
 * works on an object is given its part, and what is gone is forgotten.
 */
export class Memory {
  readonly statusRefusal = new StatusRefusal();
  readonly gates = new MemoryOf<GateReference, GateMemory>(() => new GateMemory());
  readonly workloads = new MemoryOf<WorkloadReference, WorkloadMemory>(() => new WorkloadMemory());
}

class MemoryOf<Of extends Reference, Part> {
  readonly #make: () => Part;
  readonly #parts = new Map<string, Part>();

  constructor(make: () => Part) {
    this.#make = make;
  }

  /** Objects of which something is remembered. */
  get size(): number {
    return this.#parts.size;
  }

  /** The part of an object that exists. */
  of(object: Of): Part {
    const id = idOf(object);
    const part = this.#parts.get(id) ?? this.#make();
    this.#parts.set(id, part);
    return part;
  }

  /** The same, where there is something. */
  peek(object: Of): Part | undefined {
    return this.#parts.get(idOf(object));
  }

  forget(object: Of): void {
    this.#parts.delete(idOf(object));
  }
}
