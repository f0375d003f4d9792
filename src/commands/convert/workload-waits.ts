import { z } from 'zod';
import { DEFAULT_TARGET_KIND } from '../../api/defaults.ts';
import { TARGET_KINDS, type Target } from '../../api/spec.ts';
import { TARGET_RESOURCES } from '../../api/target-resources.ts';
import type { KubernetesObject } from '../render/kubernetes-objects.ts';
import { initContainerSchema } from './init-container.ts';
import { type Recognized, recognize } from './recognize.ts';

/** An init container of a workload, and what a gate can do for it. */
export interface WorkloadWait {
  readonly container: string;
  readonly recognized: Recognized;
}

/** A workload of the input with init containers. */
export interface WorkloadWaits {
  readonly target: Target;
  readonly namespace: string | undefined;
  readonly waits: readonly WorkloadWait[];
}

const template = z.looseObject({
  spec: z.looseObject({
    initContainers: z.array(initContainerSchema).default([]),
    containers: z.array(initContainerSchema).catch([]).default([]),
  }),
});
const plainSchema = z.looseObject({ spec: z.looseObject({ template }) });
const cronJobSchema = z.looseObject({ spec: z.looseObject({ jobTemplate: plainSchema }) });

/** What the init containers of an object wait for; undefined where it is no workload that a gate may target, or has none. */
export function waitsOf({
  kind,
  group,
  name,
  namespace,
  value,
}: KubernetesObject): WorkloadWaits | undefined {
  const known = TARGET_KINDS.find((one) => one === kind && TARGET_RESOURCES[one].group === group);
  if (!known) return undefined;
  const read =
    known === 'CronJob'
      ? cronJobSchema.safeParse(value).data?.spec.jobTemplate
      : plainSchema.safeParse(value).data;
  const { initContainers = [], containers: apps = [] } = read?.spec.template.spec ?? {};
  if (initContainers.length === 0) return undefined;
  return {
    target: known === DEFAULT_TARGET_KIND ? { name } : { kind: known, name },
    namespace,
    waits: initContainers.map((container) => ({
      container: container.name,
      recognized: recognize(container, apps),
    })),
  };
}
