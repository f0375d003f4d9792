import { z } from 'zod';
import { gateSchema } from './gate.ts';
import { KIND, VERSION } from './names.ts';

/** Where it is, by the name that kubeconform makes of a kind and its version. */
export const EDITOR_SCHEMA = `crds/${KIND.toLowerCase()}_${VERSION}.json`;

/**
 * The JSON schema of a gate, for editors and for linters that ask no cluster. It says which fields there are, of which
 * type and how many; the rules about values and between fields are the API server's, and `dependency-gate render`'s.
 */
export function formatEditorSchema(): string {
  const written = gateSchema.extend({ status: z.looseObject({}).optional() });
  const schema = z.toJSONSchema(written, {
    target: 'draft-07',
    io: 'input',
    override: ({ jsonSchema: node }) => {
      for (const key of Object.keys(node)) if (key.startsWith('x-kubernetes-')) delete node[key];
    },
  });
  const $comment = 'Made from src/api/spec.ts by `make generate`.';
  return `${JSON.stringify({ $comment, ...schema }, undefined, 2)}\n`;
}
