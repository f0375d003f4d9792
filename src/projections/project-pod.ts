import { z } from 'zod';
import {
  containerOwner,
  FIELD_MANAGER,
  GATE_ANNOTATION_PREFIX,
  gateAnnotation,
  HOLD_GATE,
  isGateName,
  MAX_GATES_OF_AN_OBJECT,
  OPEN_ANNOTATION_PREFIX,
  OPENED_AGAIN_ANNOTATION,
  openAnnotation,
  REQUIRE_LABEL,
  requiredGates,
  TARGET_ANNOTATION,
  TEMPLATE_HASH_LABEL,
  targetAnnotationValue,
} from '../api/names.ts';
import { kept } from '../core/cut.ts';
import type { Pod, ReplicaSetReference } from '../core/model.ts';
import { placesIn } from '../core/progress/dependency-place.ts';
import { containerStatusSchema, initContainerSchema, initContainers, text } from './init-containers.ts';
import { controllerOf, firstProblem, identityOf, metadataSchema, partialMetadataSchema } from './metadata.ts';
import { factFields, podFacts } from './project-pod-facts.ts';

/** Hashes, openings and names of workloads are shorter. */
const MAX_VALUE = 300;
const specFields = {
  restartPolicy: z.enum(['Always', 'OnFailure', 'Never']).default('Always'),
  initContainers: z.array(initContainerSchema).default([]),
  schedulingGates: z.array(z.object({ name: z.string() })).default([]),
  ...factFields,
};

const statusFields = {
  phase: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']).default('Pending'),
  initContainerStatuses: z.array(containerStatusSchema).default([]),
  conditions: z
    .array(z.object({ type: z.string(), status: z.string(), reason: text, message: text }))
    .default([]),
};

const podSchema = z.object({
  metadata: metadataSchema,
  spec: z.object(specFields),
  status: z.object(statusFields).prefault({}),
});

/** The same Pod, without the fields that cannot be read; only who it is must be. */
const partialSchema = z.object({
  metadata: partialMetadataSchema,
  spec: z
    .object({
      restartPolicy: specFields.restartPolicy.catch('Always'),
      initContainers: specFields.initContainers.catch([]),
      schedulingGates: specFields.schedulingGates.catch([]),
      containers: specFields.containers.catch([]),
      nodeName: specFields.nodeName.catch(''),
    })
    .prefault({})
    .catch({
      ...{ restartPolicy: 'Always' as const, initContainers: [], schedulingGates: [] },
      ...{ containers: [], nodeName: '' },
    }),
  status: z
    .object({
      phase: statusFields.phase.catch('Unknown'),
      initContainerStatuses: statusFields.initContainerStatuses.catch([]),
      conditions: statusFields.conditions.catch([]),
    })
    .prefault({})
    .catch({ phase: 'Unknown', initContainerStatuses: [], conditions: [] })
    .transform((status) => ({ ...status, phase: 'Unknown' as const })),
});

/** Label by which StatefulSets and DaemonSets tell the revisions of their Pods apart. */
const REVISION_LABEL = 'controller-revision-hash';

/**
 * Cuts a Pod down, when it is decoded, from some 26 KB of heap to the half that decisions need. One that cannot be read in
 * part is a Pod all the same: its gates say so. Throws where it is none.
 *
 * @param known what was read of a version before
 */
export function projectPod(raw: unknown, known?: Pod): Pod {
  const whole = podSchema.safeParse(raw);
  const { metadata, spec, status } = whole.data ?? partialSchema.parse(raw);
  const owner = controllerOf(metadata);
  const required = requiredGates(metadata.labels[REQUIRE_LABEL]);
  const before = known?.uid === metadata.uid ? known.contents : [];
  const concerned = initContainers(spec.initContainers, status.initContainerStatuses, before);
  const annotations = annotationsOf(metadata.annotations, required, concerned);
  return {
    ...identityOf(metadata),
    phase: status.phase,
    restartPolicy: spec.restartPolicy,
    target: kept(targetOf(metadata), MAX_VALUE),
    owner: { name: owner?.name ?? '', uid: owner?.uid ?? '' },
    annotations,
    writtenByOthers: writtenByOthers(metadata.managedFields, annotations),
    required,
    held: spec.schedulingGates.some(({ name }) => name === HOLD_GATE),
    replicaSet: required.length > 0 ? replicaSetOf(metadata) : undefined,
    revision: metadata.labels[REVISION_LABEL],
    ...concerned,
    facts: podFacts(metadata, spec),
    unscheduled: unscheduled(status.conditions),
    unreadable: whole.error && firstProblem(whole.error),
  };
}

/**
 * What decisions read: which renders the Pod carries, those of gates that it requires or has containers of first, and what
 * its containers are opened by. Others may write thousands of names, so few are taken, and none that no gate can have.
 */
function annotationsOf(
  annotations: Readonly<Record<string, string>>,
  required: readonly string[],
  { containers, contents }: Pick<Pod, 'containers' | 'contents'>,
): Record<string, string> {
  const owners = containers.flatMap((name) => containerOwner(name) ?? []);
  const carried = Object.keys(annotations)
    .filter((key) => key.startsWith(GATE_ANNOTATION_PREFIX))
    .map((key) => key.slice(GATE_ANNOTATION_PREFIX.length));
  const gates = [...new Set([...required, ...owners.map(({ gate }) => gate), ...carried])].filter(isGateName);
  const keys = [
    OPENED_AGAIN_ANNOTATION,
    ...gates.slice(0, MAX_GATES_OF_AN_OBJECT).map(gateAnnotation),
    ...owners.map(({ gate, dependency }) => openAnnotation(gate, dependency)),
    ...contents.flatMap(({ name }) => placesIn({ contents }, name).flatMap((place) => place.keys)),
  ];
  return picked(annotations, keys);
}

function picked(entries: Readonly<Record<string, string>>, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = entries[key];
      return value === undefined ? [] : [[key, kept(value, MAX_VALUE)]];
    }),
  );
}

/** The fields that a manager owns, as far as annotations go: `f:<key>` (FieldsV1). */
const ownedSchema = z.object({
  'f:metadata': z.object({ 'f:annotations': z.record(z.string(), z.unknown()).default({}) }).optional(),
});

/**
 * Of these annotations the openings that somebody else wrote, and when: what a manager wrote last is its own. Most Pods have
 * none, and of them nobody's fields are looked at.
 */
function writtenByOthers(
  managedFields: z.infer<typeof metadataSchema>['managedFields'],
  annotations: Readonly<Record<string, string>>,
): Record<string, string> {
  const openings = Object.keys(annotations).filter((key) => key.startsWith(OPEN_ANNOTATION_PREFIX));
  if (openings.length === 0) return {};
  const written = managedFields
    .filter(({ manager }) => manager !== FIELD_MANAGER)
    .flatMap(({ fieldsV1, time: at }) => {
      const owned = ownedSchema.safeParse(jsonOf(fieldsV1)).data?.['f:metadata']?.['f:annotations'] ?? {};
      return Object.keys(owned).map((field) => [field.slice('f:'.length), at] as const);
    });
  return picked(Object.fromEntries(written), openings);
}

/** The fields of a manager, which in protobuf are the bytes of their JSON. */
function jsonOf(fieldsV1: unknown): unknown {
  if (!(fieldsV1 instanceof Uint8Array)) return fieldsV1;
  try {
    return JSON.parse(new TextDecoder().decode(fieldsV1));
  } catch {
    return undefined;
  }
}

function replicaSetOf({ ownerReferences }: z.infer<typeof metadataSchema>): ReplicaSetReference | undefined {
  const owner = ownerReferences.find(({ controller }) => controller);
  return owner?.kind === 'ReplicaSet' ? { name: owner.name, uid: owner.uid } : undefined;
}

/**
 * The workload that owns a Pod. A look-alike has the same annotations; who owns it is another's to say. A Deployment's
 * ReplicaSets are known by their names, and a CronJob's Jobs by what its template says, which `workloadOf` verifies.
 */
function targetOf(metadata: z.infer<typeof metadataSchema>): string {
  const { labels, annotations } = metadata;
  const owner = controllerOf(metadata);
  switch (owner?.kind) {
    case 'ReplicaSet': {
      const suffix = `-${labels[TEMPLATE_HASH_LABEL]}`;
      return owner.name.endsWith(suffix)
        ? targetAnnotationValue('Deployment', owner.name.slice(0, -suffix.length))
        : '';
    }
    case 'Job': {
      const marked = annotations[TARGET_ANNOTATION] ?? '';
      return marked.startsWith(targetAnnotationValue('CronJob', ''))
        ? marked
        : targetAnnotationValue('Job', owner.name);
    }
    case 'StatefulSet':
    case 'DaemonSet':
      return targetAnnotationValue(owner.kind, owner.name);
    default:
      return '';
  }
}

function unscheduled(conditions: z.infer<typeof podSchema>['status']['conditions']): string | undefined {
  const scheduled = conditions.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status !== 'False') return undefined;
  return scheduled.message === '' ? scheduled.reason : `${scheduled.reason}: ${scheduled.message}`;
}
