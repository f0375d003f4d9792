import { hash } from 'node:crypto';
import { z } from 'zod';
import {
  FIELD_MANAGER,
  QUEUE_LABEL,
  START_ANNOTATION,
  START_RELEASED,
  START_SUSPENDED,
  START_WAITING,
} from '../api/names.ts';
import type { TargetKind } from '../api/spec.ts';
import type { Rest, Workload } from '../core/model.ts';
import {
  type PodTemplate,
  partialTemplateSchema,
  podTemplateSchema,
  templatePath,
  viewTemplate,
} from '../core/render/template.ts';
import {
  controllerOf,
  firstProblem,
  identityOf,
  lastWrite,
  metadataSchema,
  partialMetadataSchema,
} from './metadata.ts';

const count = z.int().default(0);
const text = z.string().default('');

const selectorSchema = z.object({
  matchLabels: z.record(z.string(), z.string()).default({}),
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).default([]) }))
    .default([]),
});

const specFields = {
  replicas: z.int().default(1),
  parallelism: z.int().default(1),
  suspend: z.boolean().default(false),
  managedBy: z.string().optional(),
  paused: z.boolean().default(false),
  strategy: z.object({ type: z.string().default('RollingUpdate') }).optional(),
  updateStrategy: z
    .object({
      type: z.string().default('RollingUpdate'),
      rollingUpdate: z.object({ partition: count }).optional(),
    })
    .optional(),
  selector: selectorSchema.optional(),
};

const statusSchema = z
  .object({
    observedGeneration: count,
    replicas: count,
    desiredNumberScheduled: count,
    currentNumberScheduled: count,
    updatedReplicas: count,
    updatedNumberScheduled: count,
    active: z.unknown().optional(),
    startTime: z.string().nullish().catch(undefined),
    conditions: z
      .array(z.object({ type: z.string(), status: z.string(), reason: text, message: text }))
      .default([]),
    updateRevision: z.string().optional(),
  })
  .prefault({});

/** Where the kinds have their Pod templates. */
const templateIn = <Template extends z.ZodType>(template: Template) => ({
  template: template.optional(),
  jobTemplate: z.object({ spec: z.object({ template }) }).optional(),
});

const workloadSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({ ...specFields, ...templateIn(podTemplateSchema) }),
  status: statusSchema,
});

type Raw = z.infer<typeof workloadSchema>;

const partialTemplates = templateIn(partialTemplateSchema);

/** The same workload, without the fields that cannot be read; only who it is must be. */
const partialSchema = z.object({
  metadata: partialMetadataSchema,
  spec: z
    .object({
      replicas: specFields.replicas.catch(1),
      parallelism: specFields.parallelism.catch(1),
      suspend: specFields.suspend.catch(false),
      managedBy: specFields.managedBy.catch(''),
      paused: specFields.paused.catch(false),
      strategy: specFields.strategy.catch(undefined),
      updateStrategy: specFields.updateStrategy.catch(undefined),
      selector: specFields.selector.catch(undefined),
      template: partialTemplates.template.catch(undefined),
      jobTemplate: partialTemplates.jobTemplate.catch(undefined),
    })
    .prefault({})
    .catch({ replicas: 1, parallelism: 1, suspend: false, paused: false }),
  status: statusSchema.catch(statusSchema.parse(undefined)),
});

const NO_TEMPLATE: PodTemplate = { spec: {} };

/**
 * Cuts a workload down, when it is decoded, to what decisions need. One that cannot be read in part is a workload all the
 * same: the gates that name it say so. Throws where it is none.
 */
export function projectWorkload(kind: TargetKind, raw: unknown): Workload {
  const whole = workloadSchema.safeParse(raw);
  const { metadata, spec, status } = whole.data ?? partialSchema.parse(raw);
  const found = spec.template ?? spec.jobTemplate?.spec.template;
  const missing = found ? undefined : `${templatePath(kind).join('.')}: there is none`;
  const template = found ?? NO_TEMPLATE;
  const view = viewTemplate(template);
  const isSuspended = kind === 'Job' && spec.suspend;
  return {
    kind,
    ...identityOf(metadata),
    ownerUid: controllerOf(metadata)?.uid ?? '',
    generation: metadata.generation,
    observedGeneration: TELLS_GENERATION[kind] ? status.observedGeneration : metadata.generation,
    rest: restOf(kind, spec, status),
    replicas: podsOf(kind, status),
    updated: updatedOf(kind, status),
    updates: updatesOf(spec),
    paused: spec.paused,
    lacksPods: status.conditions.some(({ type, status }) => type === 'ReplicaFailure' && status === 'True'),
    selector: kind === 'Deployment' && spec.selector ? queryOf(spec.selector) : '',
    // With the label off the template it is its user's to resume, whatever admission has left on it.
    resumedBy: isSuspended && view.required.length > 0 ? resumedBy(metadata, spec) : undefined,
    isReleased: whole.success && isSuspended && wasReleased(metadata) && !status.startTime,
    wasReleased: kind === 'Job' && wasReleased(metadata),
    partition: spec.updateStrategy?.rollingUpdate?.partition ?? 0,
    updateRevision: status.updateRevision,
    template: view,
    templateHash: hash('sha1', JSON.stringify(template), 'base64').slice(0, 16),
    ...writersOf(metadata.managedFields),
    unreadable: whole.error ? firstProblem(whole.error) : missing,
  };
}

/** Who resumes a suspended Job: a queue, or whoever manages it, even where it is said to be the operator. */
function resumedBy(
  { annotations, labels }: { readonly annotations: Strings; readonly labels: Strings },
  { managedBy }: { readonly managedBy?: string | undefined },
): Workload['resumedBy'] {
  const start = annotations[START_ANNOTATION];
  if (start !== START_SUSPENDED && start !== START_WAITING) return undefined;
  const isOurs = start === START_SUSPENDED && managedBy === undefined && !(QUEUE_LABEL in labels);
  return isOurs ? 'operator' : 'others';
}

/** Whether its gates came into force once. Its template can be written while it is suspended, when its controller has taken the start time away. */
function wasReleased({ annotations }: { readonly annotations: Strings }): boolean {
  return annotations[START_ANNOTATION] === START_RELEASED;
}

type Strings = Readonly<Record<string, string>>;

/** As a query has it: `app=web,tier in (a,b),!old`. */
function queryOf({ matchLabels, matchExpressions }: z.infer<typeof selectorSchema>): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const expressions = matchExpressions.map(({ key, operator, values }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
  });
  return [...labels, ...expressions].join(',');
}

function updatesOf({ strategy, updateStrategy }: Raw['spec']): Workload['updates'] {
  if (strategy?.type === 'Recreate') return 'Recreate';
  return updateStrategy?.type === 'OnDelete' ? 'OnDelete' : 'Rolling';
}

const TELLS_GENERATION: Readonly<Record<TargetKind, boolean>> = {
  Deployment: true,
  StatefulSet: true,
  DaemonSet: true,
  Job: false,
  CronJob: false,
};

/** Who wrote the object last, and when, and not only its status or its scale. */
function writersOf(
  managedFields: Raw['metadata']['managedFields'],
): Pick<Workload, 'otherManager' | 'otherWroteAt' | 'operatorWroteAt'> {
  const whole = managedFields.filter(({ subresource }) => subresource === '');
  const others = whole.filter(({ manager }) => manager !== FIELD_MANAGER);
  return {
    otherManager: others.toSorted((a, b) => (a.time < b.time ? -1 : 1)).at(-1)?.manager,
    otherWroteAt: lastWrite(others),
    operatorWroteAt: lastWrite(whole.filter(({ manager }) => manager === FIELD_MANAGER)),
  };
}

/** How many Pods a workload has. */
function podsOf(kind: TargetKind, { replicas, currentNumberScheduled, active }: Raw['status']): number {
  switch (kind) {
    case 'Deployment':
    case 'StatefulSet':
      return replicas;
    case 'DaemonSet':
      return currentNumberScheduled;
    case 'Job':
      return typeof active === 'number' ? active : 0;
    case 'CronJob':
      return 0;
  }
}

/** How many of them are of its template. The one of a Job never changes while it has Pods. */
function updatedOf(kind: TargetKind, status: Raw['status']): number {
  if (kind === 'Job') return podsOf(kind, status);
  return kind === 'DaemonSet' ? status.updatedNumberScheduled : status.updatedReplicas;
}

/** Why a workload wants no Pods. What is finished matters more than what its spec says. */
function restOf(kind: TargetKind, spec: Raw['spec'], status: Raw['status']): Rest | undefined {
  switch (kind) {
    case 'Deployment':
    case 'StatefulSet':
      return spec.replicas === 0 ? rest('scaled to zero') : undefined;
    case 'DaemonSet':
      return status.desiredNumberScheduled === 0 ? rest('without a node') : undefined;
    case 'Job':
      return endOf(status.conditions) ?? restOfJob(spec);
    case 'CronJob':
      return rest(spec.suspend ? 'suspended' : 'between runs');
  }
}

function endOf(conditions: Raw['status']['conditions']): Rest | undefined {
  const end = conditions.find(
    ({ type, status }) => status === 'True' && (type === 'Complete' || type === 'Failed'),
  );
  if (!end) return undefined;
  const { type, reason, message } = end;
  return type === 'Complete'
    ? rest('completed')
    : rest('failed', [reason, message].filter(Boolean).join(': '));
}

function restOfJob({ suspend, parallelism }: Raw['spec']): Rest | undefined {
  if (suspend) return rest('suspended');
  return parallelism === 0 ? rest('scaled to zero') : undefined;
}

function rest(is: Rest['is'], message = ''): Rest {
  return { is, message };
}
