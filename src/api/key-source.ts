import { z } from 'zod';
import { dataKey, objectName } from './fields.ts';

/** Values that stand in Secrets and ConfigMaps of the gate's namespace. The kubelet reads them, the operator never does. */

const key = (object: string, what: string) =>
  z
    .strictObject({
      name: objectName().describe(`${object} in the gate's namespace.`),
      key: dataKey().describe(`Key that holds the ${what}.`),
    })
    .optional()
    .describe(`Key of a ${object}.`);

/** Where a part of an address comes from. */
export const keySourceSchema = (what: string) =>
  z
    .strictObject({ secretKeyRef: key('Secret', what), configMapKeyRef: key('ConfigMap', what) })
    .describe(
      `Source of the ${what}: exactly one of secretKeyRef and configMapKeyRef. It reaches the container as an environment variable when that starts.`,
    );

export type KeySource = z.infer<ReturnType<typeof keySourceSchema>>;
