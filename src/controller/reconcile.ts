import { KIND } from '../api/names.ts';
import type { Context } from './context.ts';
import { reconcileGate } from './reconcile-gate.ts';
import { reconcileWorkload } from './reconcile-workload.ts';
import type { Reconciled } from './reference.ts';

/**
 * One reconcile: observe, decide, act, report. Why it runs is unknown to it. That of a gate writes the gate and Pods,
 * that of a workload the workload, so no two of them ever write the same.
 *
 * @returns in how many ms to look again although nothing has changed; undefined when only a change matters.
 * @throws whatever a write threw, after the rest where it was one workload's or Pod's own; the caller backs off and reconciles again.
 */
export function reconcile(context: Context, reference: Reconciled): Promise<number | undefined> {
  return reference.kind === KIND ? reconcileGate(context, reference) : reconcileWorkload(context, reference);
}
