import { isDeepStrictEqual } from 'node:util';
import type { Gate } from '../core/model.ts';
import { isLastStep } from '../core/plan/last-step.ts';
import type { Plan } from '../core/plan/plan.ts';
import type { World } from '../core/world.ts';

/**
 * What the last reconcile of a gate decided. Most changes of a gate are those of its status, by the operator itself: where
 * these bring what was decided, and nothing was left to do, another reconcile would decide the same.
 */
export class LastDecision {
  /** The gate as it is once its status is stored. */
  #expected: Gate | undefined;

  /** A reconcile begins: whatever comes until it has decided is news. */
  forget(): void {
    this.#expected = undefined;
  }

  /** To be called before the status is written: a watch may show it before the write is answered. */
  keep(world: World, plan: Omit<Plan, 'next'>): void {
    const { gate } = world;
    this.#expected = isLastStep(world, plan) && plan.status ? { ...gate, status: plan.status } : undefined;
  }

  /**
   * Whether a version of the gate is what was decided about. What is not compared decides nothing about a gate, or comes with
   * another generation.
   */
  isShownBy({ uid, generation, deleting, finalizers, status }: Gate): boolean {
    const expected = this.#expected;
    return (
      expected?.uid === uid &&
      expected.generation === generation &&
      expected.deleting === deleting &&
      isDeepStrictEqual(expected.finalizers, finalizers) &&
      isDeepStrictEqual(expected.status, status)
    );
  }
}
