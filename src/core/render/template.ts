import { z } from 'zod';
import {
  ANNOTATIONS_PATH,
  containerOwner,
  GATED_LABEL,
  GROUP,
  REQUIRE_LABEL,
  requiredGates,
  volumeOwner,
} from '../../api/names.ts';
import type { TargetKind } from '../../api/spec.ts';
import type { JsonObject, TemplateView, Workload } from '../model.ts';
import { viewContainer } from './contents.ts';
import { firmContainers, isGuaranteed } from './guaranteed.ts';
import { viewSurroundings } from './surroundings.ts';

const strings = z.record(z.string(), z.string()).nullish();

/** A volume, which is whatever somebody else wrote where it does not look like ours. */
const volumeSchema = z.looseObject({ name: z.string(), projected: z.unknown().optional() });

/** A gate's volume, as far as it is known by it. */
const gateVolumeSchema = z.looseObject({
  sources: z.array(
    z.looseObject({
      downwardAPI: z.looseObject({ items: z.array(z.looseObject({ path: z.string() })).nullish() }).nullish(),
    }),
  ),
});

/**
 * A Pod template, as far as gating reads it; everything else is kept as it is. Lists and maps may be `null`, as kubectl
 * sends them for what Git no longer holds.
 */
export const podTemplateSchema = z.looseObject({
  metadata: z.looseObject({ annotations: strings, labels: strings }).nullish(),
  spec: z.looseObject({
    initContainers: z.array(z.looseObject({ name: z.string() })).nullish(),
    volumes: z.array(volumeSchema).nullish(),
  }),
});

export type PodTemplate = z.infer<typeof podTemplateSchema>;

/** Where a kind of workload has its Pod template, from its root on. */
export function templatePath(kind: TargetKind): readonly string[] {
  return kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template'] : ['spec', 'template'];
}

/** A patch of a workload's Pod template, with the resource version that it was made for as precondition. */
export function patchOfTemplate(
  { kind, resourceVersion }: Pick<Workload, 'kind' | 'resourceVersion'>,
  patch: JsonObject,
): JsonObject {
  return { metadata: { resourceVersion }, ...nested(kind, patch) };
}

/** A patch of a kind's Pod template as one of the workload. */
export function nested(kind: TargetKind, patch: JsonObject): JsonObject {
  return templatePath(kind).reduceRight<JsonObject>((inner, field) => ({ [field]: inner }), patch);
}

/** Cuts a template down to what gating is about. */
export function viewTemplate(template: PodTemplate): TemplateView {
  const initContainers = template.spec.initContainers ?? [];
  const volumes = template.spec.volumes ?? [];
  const surroundings = viewSurroundings(template.spec);
  return {
    initContainers: initContainers.map(({ name }) => name),
    contents: initContainers.filter(({ name }) => containerOwner(name) !== undefined).map(viewContainer),
    ...surroundings,
    volumes: volumes.map(({ name }) => name),
    guaranteed: !surroundings.hasPodResources && isGuaranteed(template.spec),
    firm: firmContainers(initContainers),
    foreignVolumes: volumes.filter(isForeign).map(({ name }) => name),
    annotations: ofOurGroup(template.metadata?.annotations),
    gated: template.metadata?.labels?.[GATED_LABEL] === 'true',
    required: requiredGates(template.metadata?.labels?.[REQUIRE_LABEL]),
  };
}

/** Whether a volume has the name of a gate's, and has not the file of the Pod's annotations that each of those has. */
function isForeign({ name, projected }: z.infer<typeof volumeSchema>): boolean {
  if (volumeOwner(name) === undefined) return false;
  const sources = gateVolumeSchema.safeParse(projected).data?.sources ?? [];
  return !sources.some(({ downwardAPI }) =>
    downwardAPI?.items?.some(({ path }) => path === ANNOTATIONS_PATH),
  );
}

/** The entries whose key belongs to our group or a subdomain of it. */
export function ofOurGroup(
  entries: Readonly<Record<string, string>> | null | undefined,
): Record<string, string> {
  return Object.fromEntries(Object.entries(entries ?? {}).filter(([key]) => isOfOurGroup(key)));
}

function isOfOurGroup(key: string): boolean {
  const prefix = key.slice(0, key.indexOf('/'));
  return prefix === GROUP || prefix.endsWith(`.${GROUP}`);
}
