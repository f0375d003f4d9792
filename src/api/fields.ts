import { z } from 'zod';

/**
 * The kinds of field that the schemas are made of. Every string and list is bounded, since the API server refuses CEL
 * rules whose cost it cannot bound, and every pattern means the same to JavaScript and to RE2: ASCII classes are
 * spelt out, and there is no lookaround and no back-reference.
 */

/** Order is meaning, or the list is short: server-side apply replaces it as a whole. */
export const atomic = { 'x-kubernetes-list-type': 'atomic' };

/** A DNS label (RFC 1123): what container names, gates and dependencies are made of. */
export const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** A DNS subdomain (RFC 1123): the names of Kubernetes objects. */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** Printable ASCII without spaces. */
const WORD = /^[!-~]+$/;

export const label = (max: number) => z.string().min(1).max(max).regex(LABEL);

/** The name of a Kubernetes object. */
export const objectName = () => z.string().min(1).max(253).regex(SUBDOMAIN);

/** A name or address; `address-rules.ts` says what it is made of. */
export const host = () => z.string().min(1).max(253);

export const port = () => z.int().min(1).max(65535).describe('Port number.');

/** A key of a ConfigMap or Secret; none is `.`, or begins with `..`. */
export const dataKey = () =>
  z
    .string()
    .min(1)
    .max(253)
    .regex(/^\.?[-_a-zA-Z0-9][-._a-zA-Z0-9]*$/);

export const image = () => z.string().min(1).max(512).regex(WORD);
export const pullPolicy = () => z.enum(['Always', 'IfNotPresent', 'Never']);

const quantity = (what: string) =>
  z
    .string()
    .min(1)
    .max(32)
    .regex(/^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti|P|Pi|E|Ei)?$/)
    .optional()
    .describe(what);

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
