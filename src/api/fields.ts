import { z } from 'zod';
import { ruledText, type TextRule } from './text-rule.ts';
import { TEXT_RULES } from './text-rules.ts';

/**
 * The kinds of field that the schemas are made of. Every string and list is bounded, since the API server refuses CEL
 * rules whose cost it cannot bound. `text-rules.ts` says what the texts are made of.
 */

/** Order is meaning, or the list is short: server-side apply replaces it as a whole. */
export const atomic = { 'x-kubernetes-list-type': 'atomic' };

export const label = (max: number) => ruledText(max, TEXT_RULES.label);

/** The name of a Kubernetes object. */
export const objectName = () => ruledText(253, TEXT_RULES.objectName);

/** A name or address. */
export const host = (rule: TextRule = TEXT_RULES.host) => ruledText(253, rule);

export const port = () => z.int().min(1).max(65535).describe('Port number.');

/** A key of a ConfigMap or Secret; none is `.`, or begins with `..`. */
export const dataKey = () => ruledText(253, TEXT_RULES.dataKey);

export const image = () => ruledText(512, TEXT_RULES.image);
export const pullPolicy = () => z.enum(['Always', 'IfNotPresent', 'Never']);

const quantity = (what: string) => ruledText(32, TEXT_RULES.quantity).optional().describe(what);

const amounts = z.strictObject({
  cpu: quantity('CPU time, for example 100m: a tenth of a core.'),
  memory: quantity('Memory, for example 64Mi.'),
  'ephemeral-storage': quantity('Scratch space on the node, for example 1Gi.'),
});

export const resourcesSchema = z
  .strictObject({
    requests: amounts.optional().describe('What is set aside for the container.'),
    limits: amounts.optional().describe('What the container may use at most.'),
  })
  .describe('Compute resources of the container.');

export type Resources = z.infer<typeof resourcesSchema>;
