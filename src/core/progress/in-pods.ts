import { isPlacedInPods } from '../../api/settled.ts';
import type { GateSpec } from '../../api/spec.ts';
import type { Placing, Workload } from '../model.ts';
import { lacksRequired } from '../render/hold.ts';

/**
 * Whether a gate comes into the Pods of a target at their birth: by its placement, and into those of a Job that requires it
 * and was created without it.
 */
export function comesIntoPods(
  { gate, spec }: { readonly gate: string; readonly spec: GateSpec },
  workload: Workload,
  placing: ReadonlyMap<Workload['kind'], Placing>,
): boolean {
  if (isPlacedInPods(spec, workload.kind)) return true;
  return (
    workload.kind === 'Job' && lacksRequired(workload.template, gate) && placing.get('Job')?.isThere === true
  );
}
