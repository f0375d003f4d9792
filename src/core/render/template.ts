import { z } from 'zod';
import {
  containerOwner,
  GATED_LABEL,
  GROUP,
  REQUIRE_LABEL,
  requiredGates,
  VOLUME_NAME,
} from '../../api/names.ts';
import type { TargetKind } from '../../api/spec.ts';
import type { JsonObject, TemplateView, Workload } from '../model.ts';
import { viewContainer } from './contents.ts';

const strings = z.record(z.string(), z.string()).nullish();

/**
 * A Pod template, as far as gating reads it; everything else is kept as it is. Lists and maps may be `null`, as kubectl
 * sends them for what Git no longer holds.
 */
export const podTemplateSchema = z.looseObject({
  metadata: z.looseObject({ annotations: strings, labels: strings }).nullish(),
  spec: z.looseObject({
    initContainers: z.array(z.looseObject({ name: z.string() })).nullish(),
    volumes: z.array(z.looseObject({ name: z.string(), downwardAPI: z.unknown().optional() })).nullish(),
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
  const volume = template.spec.volumes?.find(({ name }) => name === VOLUME_NAME);
  return {
    initContainers: initContainers.map(({ name }) => name),
    contents: initContainers.filter(({ name }) => containerOwner(name) !== undefined).map(viewContainer),
    volume: volume === undefined ? 'absent' : volume.downwardAPI ? 'ours' : 'foreign',
    annotations: ofOurGroup(template.metadata?.annotations),
    gated: template.metadata?.labels?.[GATED_LABEL] === 'true',
    required: requiredGates(template.metadata?.labels?.[REQUIRE_LABEL]),
  };
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
