import { z } from 'zod';
import type { TargetKind } from '../../src/api/spec.ts';
import { TARGET_RESOURCES } from '../../src/api/target-resources.ts';
import { type PodTemplate, podTemplateSchema, templatePath } from '../../src/core/render/template.ts';

export type Kind = TargetKind;

/** The workloads' name, in each kind. */
export const TARGET = 'app';

const SELECTED = { app: TARGET };

/** Whose API server gives a Job's Pods labels that no two Jobs share. */
const JOB_LABELS = /^(batch\.kubernetes\.io\/)?(controller-uid|job-name)$/;

/** Where workloads of a kind are. */
export function pathOf(kind: Kind, namespace: string, name?: string): string {
  const { group, version, plural } = TARGET_RESOURCES[kind];
  const collection = `/apis/${group}/${version}/namespaces/${namespace}/${plural}`;
  return name === undefined ? collection : `${collection}/${name}`;
}

/** A workload of a kind that has no Pods, with this template and what the kind wants to be there besides. */
export function manifestOf(kind: Kind, template: PodTemplate, name = TARGET): unknown {
  const { group, version } = TARGET_RESOURCES[kind];
  return {
    apiVersion: `${group}/${version}`,
    kind,
    metadata: { name },
    spec: specOf(kind, completed(kind, template)),
  };
}

/** The template of a workload as the API server has answered it, without what it made up for this one. */
export function templateIn(kind: Kind, workload: unknown): PodTemplate {
  const found = templatePath(kind).reduce<unknown>(
    (value, field) => z.record(z.string(), z.unknown()).parse(value)[field],
    workload,
  );
  const template = podTemplateSchema.parse(found);
  const labels = Object.entries(template.metadata?.labels ?? {}).filter(([key]) => !JOB_LABELS.test(key));
  return { ...template, metadata: { ...template.metadata, labels: Object.fromEntries(labels) } };
}

/** The template with what a kind cannot do without: labels that the selector finds, or a restart policy. */
export function completed(kind: Kind, template: PodTemplate): PodTemplate {
  if (isOfBatch(kind)) return { ...template, spec: { restartPolicy: 'Never', ...template.spec } };
  const labels = { ...template.metadata?.labels, ...SELECTED };
  return { ...template, metadata: { ...template.metadata, labels } };
}

function specOf(kind: Kind, template: PodTemplate): unknown {
  const selector = { matchLabels: SELECTED };
  switch (kind) {
    case 'Deployment':
      return { replicas: 0, selector, template };
    case 'StatefulSet':
      return { replicas: 0, serviceName: TARGET, selector, template };
    case 'DaemonSet':
      return { selector, template };
    case 'Job':
      return { suspend: true, template };
    case 'CronJob':
      return { suspend: true, schedule: '@yearly', jobTemplate: { spec: { template } } };
  }
}

function isOfBatch(kind: Kind): boolean {
  return TARGET_RESOURCES[kind].group === 'batch';
}
