import { z } from 'zod';
import { isOfAField } from '../api/causes.ts';
import { parseStatus, validateGate } from '../api/gate.ts';
import { API_VERSION, KIND } from '../api/names.ts';
import type { Gate } from '../core/model.ts';
import { identityOf, lastWrite, metadataSchema } from './metadata.ts';

const envelopeSchema = z.looseObject({ metadata: metadataSchema, status: z.unknown().optional() });

/**
 * Reads a gate. An invalid spec is told in the result: the gate is there, and its status must say what is wrong. The spec
 * is validated once a generation: most changes of a gate are those of its status, by the operator itself.
 *
 * @param known what was read of a version before
 */
export function projectGate(raw: unknown, known?: Gate): Gate {
  const envelope = envelopeSchema.parse(raw);
  const { metadata, status } = envelope;
  const isOfKnown = known?.uid === metadata.uid && known.generation === metadata.generation;
  return {
    ...identityOf(metadata),
    generation: metadata.generation,
    writtenAt: lastWrite(metadata.managedFields),
    finalizers: metadata.finalizers,
    spec: isOfKnown ? known.spec : readSpec(envelope),
    status: parseStatus(status, known?.status),
  };
}

function readSpec(envelope: z.infer<typeof envelopeSchema>): Gate['spec'] {
  // Items of lists come without the two.
  const verdict = validateGate({ apiVersion: API_VERSION, kind: KIND, ...envelope });
  if (verdict.valid) return { valid: true, value: verdict.gate.spec };
  const causes = verdict.causes.filter(isOfAField);
  return { valid: false, message: causes.map(({ field, message }) => `${field}: ${message}`).join('; ') };
}
