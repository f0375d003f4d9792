import { FINALIZER } from '../../api/names.ts';
import { renderIdentity } from '../render/render.ts';
import type { World } from '../world.ts';
import type { Plan } from './plan.ts';

/**
 * Whether a plan's status is all that is left to do: once it is stored, and while nothing else changes, the same is decided
 * again. A new render and the finalizer are steps that others follow.
 */
export function isLastStep({ gate }: Pick<World, 'gate'>, { writes, status }: Omit<Plan, 'next'>): boolean {
  return (
    writes.length === 0 &&
    gate.finalizers.includes(FINALIZER) &&
    status?.render !== undefined &&
    renderIdentity(status.render) === renderIdentity(gate.status.render)
  );
}
