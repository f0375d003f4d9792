import { join } from 'node:path';
import { z } from 'zod';
import { type Outcome, run } from '../commands/programs.ts';
import { type Manifest, parseManifests, ROOT } from './manifests.ts';

/** The chart, as it is in the repository. */
export const CHART = join(ROOT, 'config/chart');

/** What whoever installs the chart decides. */
export interface Release {
  /** Default: that whose objects have the names of config/default. */
  readonly name?: string;
  readonly namespace?: string;
  readonly values?: object;
  /** Which release of Kubernetes Helm is to take for granted. */
  readonly kubeVersion?: string;
  readonly apiVersions?: readonly string[];
}

/** `helm template`. */
export function renderChart(
  helm: string,
  { name = 'dependency-gate', namespace = 'dependency-gate-system', ...rest }: Release = {},
): Outcome {
  const { values = {}, kubeVersion, apiVersions = [] } = rest;
  const given = [
    ...(kubeVersion === undefined ? [] : [`--kube-version=${kubeVersion}`]),
    ...apiVersions.map((one) => `--api-versions=${one}`),
  ];
  return run([helm, 'template', name, CHART, `--namespace=${namespace}`, '--values=-', ...given], {
    input: JSON.stringify(values),
  });
}

/** What the chart makes of it; it must be accepted. */
export function chartObjects(helm: string, release?: Release): Manifest[] {
  const { code, stdout, stderr } = renderChart(helm, release);
  if (code !== 0) throw new Error(stderr);
  return parseManifests(stdout);
}

/** Labels that only a release of Helm has. */
const OF_HELM = ['helm.sh/chart', 'app.kubernetes.io/version', 'app.kubernetes.io/managed-by'];
const LABELS = new Set([...OF_HELM, 'app.kubernetes.io/instance']);

const record = z.record(z.string(), z.unknown());

/**
 * Objects as Helm and kustomize must make them alike, by kind and name: without the namespace of the operator, which Helm
 * makes by itself, that of objects which have none, and what Helm says of its release.
 */
export function comparable(objects: readonly Manifest[]): Record<string, unknown> {
  const compared = objects
    .filter(({ kind }) => kind !== 'Namespace')
    .map((object) => {
      const { namespace, ...metadata } = object.metadata;
      const place = object.kind.includes('AdmissionPolicy') || namespace === undefined ? {} : { namespace };
      return [
        `${object.kind} ${place.namespace ?? ''}/${metadata.name}`,
        withoutHelm({ ...object, metadata: { ...metadata, ...place } }),
      ] as const;
    });
  if (new Set(compared.map(([name]) => name)).size < compared.length) throw new Error('two of one name');
  return Object.fromEntries(compared.toSorted(([a], [b]) => a.localeCompare(b)));
}

function withoutHelm(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutHelm);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(record.parse(value))
    .filter(([key, one]) => !LABELS.has(key) && !(key === 'annotations' && isToKeep(one)))
    .map(([key, one]) => [key, withoutHelm(one)] as const);
  return Object.fromEntries(entries);
}

function isToKeep(annotations: unknown): boolean {
  return JSON.stringify(annotations) === JSON.stringify({ 'helm.sh/resource-policy': 'keep' });
}
