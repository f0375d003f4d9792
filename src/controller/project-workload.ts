import { z } from 'zod';
import type { TargetKind } from '../api/spec.ts';
import type { Workload } from '../core/model.ts';
import { podTemplateSchema, viewTemplate } from '../core/template.ts';
import { metadataSchema } from './metadata.ts';

const count = z.int().default(0);

const workloadSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({
    replicas: z.int().default(1),
    updateStrategy: z
      .object({
        type: z.string().default('RollingUpdate'),
        rollingUpdate: z.object({ partition: count }).optional(),
      })
      .optional(),
    template: podTemplateSchema,
  }),
  status: z
    .object({
      observedGeneration: count,
      replicas: count,
      desiredNumberScheduled: count,
      currentNumberScheduled: count,
      updateRevision: z.string().optional(),
    })
    .prefault({}),
});

/** Cuts a workload down, when it is decoded, to what decisions need. Throws where it is not one. */
export function projectWorkload(kind: TargetKind, raw: unknown): Workload {
  const { metadata, spec, status } = workloadSchema.parse(raw);
  const isDaemonSet = kind === 'DaemonSet';
  return {
    kind,
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    generation: metadata.generation,
    observedGeneration: status.observedGeneration,
    deleting: metadata.deletionTimestamp !== undefined,
    desired: isDaemonSet ? status.desiredNumberScheduled : spec.replicas,
    replicas: isDaemonSet ? status.currentNumberScheduled : status.replicas,
    updates: spec.updateStrategy?.type === 'OnDelete' ? 'OnDelete' : 'Rolling',
    partition: spec.updateStrategy?.rollingUpdate?.partition ?? 0,
    updateRevision: status.updateRevision,
    template: viewTemplate(spec.template),
  };
}
