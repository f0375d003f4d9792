import { hash } from 'node:crypto';
import { z } from 'zod';
import { FIELD_MANAGER } from '../api/names.ts';
import type { TargetKind } from '../api/spec.ts';
import type { Workload } from '../core/model.ts';
import { podTemplateSchema, viewTemplate } from '../core/render/template.ts';
import { identityOf, lastWrite, metadataSchema } from './metadata.ts';

const count = z.int().default(0);

const workloadSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({
    replicas: z.int().default(1),
    parallelism: z.int().default(1),
    suspend: z.boolean().default(false),
    updateStrategy: z
      .object({
        type: z.string().default('RollingUpdate'),
        rollingUpdate: z.object({ partition: count }).optional(),
      })
      .optional(),
    template: podTemplateSchema.optional(),
    jobTemplate: z.object({ spec: z.object({ template: podTemplateSchema }) }).optional(),
  }),
  status: z
    .object({
      observedGeneration: count,
      replicas: count,
      desiredNumberScheduled: count,
      currentNumberScheduled: count,
      active: z.unknown().optional(),
      conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
      updateRevision: z.string().optional(),
    })
    .prefault({}),
});

type Raw = z.infer<typeof workloadSchema>;

/** Cuts a workload down, when it is decoded, to what decisions need. Throws where it is not one. */
export function projectWorkload(kind: TargetKind, raw: unknown): Workload {
  const { metadata, spec, status } = workloadSchema.parse(raw);
  const template = spec.template ?? spec.jobTemplate?.spec.template;
  if (!template) throw new TypeError(`${kind} ${metadata.name} has no Pod template`);
  return {
    kind,
    ...identityOf(metadata),
    generation: metadata.generation,
    observedGeneration: TELLS_GENERATION[kind] ? status.observedGeneration : metadata.generation,
    ...podsOf(kind, spec, status),
    updates: spec.updateStrategy?.type === 'OnDelete' ? 'OnDelete' : 'Rolling',
    partition: spec.updateStrategy?.rollingUpdate?.partition ?? 0,
    updateRevision: status.updateRevision,
    template: viewTemplate(template),
    templateHash: hash('sha1', JSON.stringify(template), 'base64').slice(0, 16),
    ...writersOf(metadata.managedFields),
  };
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

/** How many Pods a workload wants and has. */
function podsOf(
  kind: TargetKind,
  spec: Raw['spec'],
  status: Raw['status'],
): Pick<Workload, 'desired' | 'replicas'> {
  switch (kind) {
    case 'Deployment':
    case 'StatefulSet':
      return { desired: spec.replicas, replicas: status.replicas };
    case 'DaemonSet':
      return { desired: status.desiredNumberScheduled, replicas: status.currentNumberScheduled };
    case 'Job': {
      const isAtRest = spec.suspend || status.conditions.some(isFinished);
      return {
        desired: isAtRest ? 0 : spec.parallelism,
        replicas: typeof status.active === 'number' ? status.active : 0,
      };
    }
    case 'CronJob':
      return { desired: 0, replicas: 0 };
  }
}

function isFinished({ type, status }: { readonly type: string; readonly status: string }): boolean {
  return status === 'True' && (type === 'Complete' || type === 'Failed');
}
