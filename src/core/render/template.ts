import { z } from 'zod';
import {
  ANNOTATIONS_PATH,
  containerOwner,
  GATE_ANNOTATION_PREFIX,
  GATED_LABEL,
  GROUP,
  gateAnnotation,
  isGateName,
  MAX_GATE_CONTAINERS,
  MAX_GATES_OF_AN_OBJECT,
  pullSecretsAnnotation,
  REQUIRE_LABEL,
  requiredGates,
  TARGET_ANNOTATION,
  volumeOwner,
} from '../../api/names.ts';
import type { TargetKind } from '../../api/spec.ts';
import { kept } from '../cut.ts';
import type { JsonObject, TemplateView, Workload } from '../model.ts';
import { viewContainer } from './contents.ts';
import { firmContainers, isGuaranteed } from './guaranteed.ts';
import { viewSources } from './inherit.ts';
import { viewSurroundings } from './surroundings.ts';

/** No target may carry so many, and what others write in their form is no more than names beyond. */
const MAX_VIEWED_CONTAINERS = 4 * MAX_GATE_CONTAINERS;
/** Hashes, names of workloads and those of a gate's Secrets are shorter. */
const MAX_VALUE = 1100;

const strings = z.record(z.string(), z.string()).nullish();

/** A volume, which is whatever somebody else wrote where it does not look like ours. */
const volumeSchema = z.looseObject({
  name: z.string(),
  projected: z.unknown().optional(),
  hostPath: z.unknown().optional(),
});

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
    imagePullSecrets: z.array(z.looseObject({ name: z.string().optional() })).nullish(),
  }),
});

/** Of a list only the items that have a name. */
const namedItems = z
  .array(z.unknown())
  .catch([])
  .transform((items) => items.flatMap((item) => volumeSchema.safeParse(item).data ?? []));

/** The same, without what cannot be read: what it has of gates is taken out by name. */
export const partialTemplateSchema = z.looseObject({
  metadata: z
    .looseObject({ annotations: strings.catch({}), labels: strings.catch({}) })
    .nullish()
    .catch(undefined),
  spec: z
    .looseObject({ initContainers: namedItems, volumes: namedItems })
    .catch({ initContainers: [], volumes: [] }),
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
export function viewTemplate({ metadata, spec }: PodTemplate): TemplateView {
  const initContainers = spec.initContainers ?? [];
  const volumes = spec.volumes ?? [];
  const ours = initContainers.filter(({ name }) => containerOwner(name) !== undefined);
  const surroundings = viewSurroundings(spec);
  const required = requiredGates(metadata?.labels?.[REQUIRE_LABEL]);
  const there = [
    ...required,
    ...ours.flatMap(({ name }) => containerOwner(name)?.gate ?? []),
    ...volumes.flatMap(({ name }) => volumeOwner(name) ?? []),
  ];
  return {
    initContainers: initContainers.map(({ name }) => name),
    contents: ours.slice(0, MAX_VIEWED_CONTAINERS).map(viewContainer),
    ...surroundings,
    sources: viewSources(spec),
    pullSecrets: (spec.imagePullSecrets ?? []).map(({ name = '' }) => name),
    volumes: volumes.map(({ name }) => name),
    guaranteed: !surroundings.hasPodResources && isGuaranteed(spec),
    firm: firmContainers(initContainers),
    nodeVolumes: volumes.filter(isOfNode).map(({ name }) => name),
    foreignVolumes: volumes.filter(isForeign).map(({ name }) => name),
    annotations: followedUp(metadata?.annotations ?? {}, there),
    gated: metadata?.labels?.[GATED_LABEL] === 'true',
    required,
  };
}

/**
 * The annotations that matter: which workload it is, and the gates that it carries. Others may write thousands of names, so
 * few are taken, and none that no gate can have. The gates of which something else is there come first; those that have
 * nothing but an annotation are taken where all of them fit, and else none is: they hold up nobody, and to take them out
 * some at a time would be one rollout after another.
 */
function followedUp(
  annotations: Readonly<Record<string, string>>,
  there: readonly string[],
): Record<string, string> {
  const carried = Object.keys(annotations)
    .filter((key) => key.startsWith(GATE_ANNOTATION_PREFIX))
    .map((key) => key.slice(GATE_ANNOTATION_PREFIX.length));
  const first = new Set(there.filter(isGateName));
  const all = new Set([...first, ...carried.filter(isGateName)]);
  const taken = [...(all.size <= MAX_GATES_OF_AN_OBJECT ? all : first)].slice(0, MAX_GATES_OF_AN_OBJECT);
  return Object.fromEntries(
    [TARGET_ANNOTATION, ...taken.map(gateAnnotation), ...taken.map(pullSecretsAnnotation)].flatMap((key) => {
      const value = annotations[key];
      return value === undefined ? [] : [[key, kept(value, MAX_VALUE)] as const];
    }),
  );
}

function isOfNode({ hostPath }: z.infer<typeof volumeSchema>): boolean {
  return hostPath !== undefined && hostPath !== null;
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
