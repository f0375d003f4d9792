import { z } from 'zod';
import { DEFAULT_CONDITION_STATUS, DEFAULT_MIN_READY } from './defaults.ts';
import { label, objectName, port } from './fields.ts';
import { podMatchSchema, selectorSchema } from './pod-match.ts';
import { ruledText } from './text-rule.ts';
import { TEXT_RULES } from './text-rules.ts';

/** The checks that the operator makes, once for a gate or for those of its Pods that are alike: it opens the Pods that wait. */

/** A group and version, as in manifests: `v1`, `apps/v1`. */
const apiVersion = () => ruledText(253, TEXT_RULES.apiVersion);

const kind = () => ruledText(63, TEXT_RULES.kind);

export const serviceCheckSchema = z
  .strictObject({
    name: ruledText(63, TEXT_RULES.serviceName).describe("Service in the gate's own namespace."),
    port: port().optional().describe('Port of the Service that must have the endpoints. Default: any.'),
    minReady: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe(`How many ready endpoints it takes. Default: ${DEFAULT_MIN_READY}.`),
  })
  .describe(
    'Satisfied when the Service has enough ready endpoints in its EndpointSlices. Evaluated by the operator: nothing is dialled.',
  );

const conditionCheckSchema = z
  .strictObject({
    type: ruledText(316, TEXT_RULES.conditionType).describe('Type of the condition.'),
    status: z
      .enum(['True', 'False', 'Unknown'])
      .optional()
      .describe(`Status that satisfies. Default: ${DEFAULT_CONDITION_STATUS}.`),
  })
  .describe('A condition in status.conditions. One that speaks of an older generation is not believed.');

export const resourceCheckSchema = z
  .strictObject({
    apiVersion: apiVersion().describe('Group and version of the object, for example batch/v1.'),
    kind: kind().describe(
      'Kind of the object, for example Job. Secrets are refused, and gates, which are waited for by gate.',
    ),
    name: objectName()
      .optional()
      .describe("Name of the object, in the gate's own namespace, or of an object of a kind that has none."),
    selector: selectorSchema.optional(),
    minReady: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe(
        'How many of the selected objects must be ready, of those that match the Pod. Default: all of them, and at least one.',
      ),
    matchPod: podMatchSchema.optional(),
    condition: conditionCheckSchema.optional(),
    expression: z
      .string()
      .min(1)
      .max(1024)
      .optional()
      .describe(
        'CEL expression over object that must be true, for example object.status.phase == "Ready". With pod in it (pod.labels, pod.annotations, pod.images, pod.nodeName) it is evaluated for each Pod that waits. Only for kinds with namespaces.',
      ),
  })
  .describe(
    "Satisfied when an object is ready, or those that a selector finds: by a condition, by an expression, or, where neither is given, by the kind's own idea of ready or complete. Evaluated by the operator, which needs the right to list and watch the kind. A Job that completed counts after it was deleted, until what this dependency asks of it changes, or a new Job of the name appears that matches the same Pods.",
  );

export const gateCheckSchema = z
  .strictObject({
    name: label(53).describe("Another gate of the gate's own namespace."),
  })
  .describe(
    'Satisfied when another gate is open: a Pod of its targets has passed with its present containers, and none waits now. Evaluated by the operator.',
  );

export type ServiceCheck = z.infer<typeof serviceCheckSchema>;
export type ConditionCheck = z.infer<typeof conditionCheckSchema>;
export type ResourceCheck = z.infer<typeof resourceCheckSchema>;
export type GateCheck = z.infer<typeof gateCheckSchema>;
