import { generate } from 'json-merge-patch';
import { FIELD_MANAGER } from '../api/names.ts';
import type { GateStatus } from '../api/status.ts';
import type { Gate } from '../core/model.ts';
import { isNotFound } from '../kube/api-error.ts';
import { keyOf } from '../kube/object.ts';
import { GATES } from '../projections/resources.ts';
import { type ActContext, expectToSee } from './act.ts';

/**
 * Writes the status, at most once and only where it differs from what is stored: a JSON merge patch of the difference.
 * The resource version is a precondition, since a status speaks of the spec that it was made from.
 *
 * @returns whether it was written; a gate that is gone has no status.
 */
export async function report(context: ActContext, gate: Gate, status: GateStatus): Promise<boolean> {
  const difference: unknown = generate(gate.status, status);
  if (difference === undefined) return false;
  const body = { metadata: { resourceVersion: gate.resourceVersion }, status: difference };
  const options = { type: 'merge', subresource: 'status', fieldManager: FIELD_MANAGER } as const;
  try {
    const answer = await context.requests.patch(GATES, gate, body, options);
    expectToSee(context, keyOf(gate), 'DependencyGate', answer);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
