import { z } from 'zod';
import { KIND } from '../../api/names.ts';
import { type KubernetesObject, objectAt } from './kubernetes-objects.ts';
import type { RenderSettings } from './read-gates.ts';
import { InputError, placeOf, type YamlDocument } from './yaml/documents.ts';

/**
 * A kustomize function is given a ResourceList: `items` to change, and a `functionConfig`, here either a gate or a
 * ConfigMap with settings (https://github.com/kubernetes-sigs/kustomize, cmd/config/docs/api-conventions).
 */

const resourceListSchema = z.looseObject({ kind: z.literal('ResourceList'), functionConfig: z.unknown() });

/** The settings in `data`, spelt as on the command line. */
const settingsSchema = z.strictObject({
  'waiter-image': z.string().min(1).optional(),
  'waiter-image-pull-policy': z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
  'run-as-user': z
    .string()
    .regex(/^(\d{1,10}|none)$/)
    .optional(),
});

const configMapSchema = z.looseObject({ kind: z.literal('ConfigMap'), data: settingsSchema.default({}) });

export interface FunctionConfig {
  /** The gate that the configuration is, if it is one. */
  readonly gate: KubernetesObject | undefined;
  readonly settings: Partial<RenderSettings>;
}

/** The configuration in a document that is a ResourceList. @throws InputError for one that is neither gate nor settings */
export function functionConfigOf(document: YamlDocument): FunctionConfig | undefined {
  if (!document.body.includes('ResourceList')) return undefined;
  const config = resourceListSchema.safeParse(document.reading?.value).data?.functionConfig;
  if (config === undefined || config === null) return undefined;
  const path = ['functionConfig'];
  const object = objectAt(document, path, config);
  if (object?.kind === KIND) return { gate: object, settings: {} };
  const settings = configMapSchema.safeParse(config);
  if (settings.success) return { gate: undefined, settings: settingsOf(settings.data.data) };
  const [issue] = settings.error.issues;
  const field = issue && issue.path[0] === 'data' ? `${issue.path.join('.')}: ${issue.message}` : '';
  throw new InputError([
    `${placeOf(document, path)}: functionConfig is to be a ${KIND}, or a ConfigMap with settings${field && `: ${field}`}`,
  ]);
}

function settingsOf(data: z.infer<typeof settingsSchema>): Partial<RenderSettings> {
  const image = data['waiter-image'];
  const pullPolicy = data['waiter-image-pull-policy'];
  const user = data['run-as-user'];
  return {
    ...(image !== undefined && { waiterImage: image }),
    ...(pullPolicy !== undefined && { waiterImagePullPolicy: pullPolicy }),
    ...(user !== undefined && { runAsUser: user === 'none' ? undefined : Number(user) }),
  };
}
