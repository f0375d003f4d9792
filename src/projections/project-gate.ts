import { z } from 'zod';
import { isOfAField } from '../api/causes.ts';
import { parseStatus, validateGate } from '../api/gate.ts';
import { API_VERSION, KIND } from '../api/names.ts';
import type { Gate } from '../core/model.ts';
import { identityOf, lastWrite, metadataSchema } from './metadata.ts';

const envelopeSchema = z.looseObject({ metadata: metadataSchema, status: z.unknown().optional() });

/** Reads a gate. An invalid spec is told in the result: the gate is there, and its status must say what is wrong. */
export function projectGate(raw: unknown): Gate {
  const envelope = envelopeSchema.parse(raw);
  const { metadata, status } = envelope;
  // Items of lists come without the two.
  const verdict = validateGate({ apiVersion: API_VERSION, kind: KIND, ...envelope });
  return {
    ...identityOf(metadata),
    generation: metadata.generation,
    writtenAt: lastWrite(metadata.managedFields),
    finalizers: metadata.finalizers,
    spec: verdict.valid
      ? { valid: true, value: verdict.gate.spec }
      : {
          valid: false,
          message: verdict.causes
            .filter(isOfAField)
            .map(({ field, message }) => `${field}: ${message}`)
            .join('; '),
        },
    status: parseStatus(status),
  };
}
