import { generate } from 'json-merge-patch';
import { KIND } from '../api/names.ts';
import type { GateStatus } from '../api/status.ts';
import type { Gate } from '../core/model.ts';
import { GATES } from '../projections/resources.ts';
import { referenceTo } from './reference.ts';
import type { StatusRefusal } from './status-refusal.ts';
import { ifThere, patch, type Writing } from './write.ts';

export interface Reporting extends Writing {
  readonly statusRefusal: Pick<StatusRefusal, 'of'>;
}

/**
 * Writes the status, at most once and only where it differs from what is stored: a JSON merge patch of the difference.
 * The resource version is a precondition, since a status speaks of the spec that it was made from.
 *
 * @returns the version of the gate with it; undefined where nothing was written: a gate that is gone has no status.
 */
export async function report(
  writing: Reporting,
  gate: Gate,
  status: GateStatus,
): Promise<string | undefined> {
  const difference: unknown = generate(gate.status, status);
  if (difference === undefined) return undefined;
  const body = { metadata: { resourceVersion: gate.resourceVersion }, status: difference };
  const known = { resource: GATES, kind: KIND, object: gate };
  const stored: { version?: string } = {};
  const write = ifThere(patch(writing, known, body, { type: 'merge', subresource: 'status' }), (version) => {
    stored.version = version;
  });
  await writing.statusRefusal.of(referenceTo(gate), write);
  return stored.version;
}
