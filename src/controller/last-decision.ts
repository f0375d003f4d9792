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
  /** The gate as it is once its status is stored, and the version that it has then, once that is known. */
  #expected: { readonly gate: Gate; readonly version: string | undefined } | undefined;

  /** A reconcile begins: whatever comes until it has decided is news. */
  forget(): void {
    this.#expected = undefined;
  }

  /** To be called before the status is written: a watch may show it before the write is answered. */
  keep(world: World, plan: Omit<Plan, 'next'>): void {
    const { gate } = world;
    this.#expected =
      isLastStep(world, plan) && plan.status
        ? { gate: { ...gate, status: plan.status }, version: undefined }
        : undefined;
  }

  /** The write was answered; undefined where there was nothing to write, and so nothing is to come. */
  stored(version: string | undefined): void {
    this.#expected =
      version === undefined || !this.#expected ? undefined : { gate: this.#expected.gate, version };
  }

  /**
   * Whether a version of the gate brings what was decided, and nothing else. What comes after it was written by somebody,
   * who may only have touched the gate to have it looked at; where a watch begins anew, it may show both at once.
   */
  isBroughtBy({ uid, generation, deleting, finalizers, status, resourceVersion }: Gate): boolean {
    const { gate: expected, version = resourceVersion } = this.#expected ?? {};
    const isBrought =
      version === resourceVersion &&
      expected?.uid === uid &&
      expected.generation === generation &&
      expected.deleting === deleting &&
      isDeepStrictEqual(expected.finalizers, finalizers) &&
      isDeepStrictEqual(expected.status, status);
    if (isBrought) this.#expected = undefined;
    return isBrought;
  }
}
