import { expect } from 'chai';
import { apply } from 'json-merge-patch';
import { z } from 'zod';
import { REQUIRE_LABEL, requireValue } from '../../../src/api/names.ts';
import { renderSources } from '../../../src/commands/render/sources.ts';
import { SANDBOX_SETTINGS } from '../../../src/commands/sandbox/start-sandbox.ts';
import type { KubeObject } from '../../../src/sandbox/cluster.ts';
import { APP_IMAGE, scripted } from '../../scenarios/manifests.ts';

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});

/** A check that passes at once. */
export const PASSING = scripted('schema', 'true');

/** The workload with the label on its Pod template that holds its Pods until these gates are in place. */
export function requiring(workload: KubeObject, ...gates: readonly string[]): KubeObject {
  const template = { metadata: { labels: { [REQUIRE_LABEL]: requireValue(gates) } } };
  const patch = workload.kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { template };
  return changed(workload, { spec: patch });
}

/** A workload as it is stored, to be created under another name with its Pods labelled so. */
export function copied(stored: unknown, name: string): KubeObject {
  const labels = { app: name };
  const spec = { template: { metadata: { labels } }, selector: { matchLabels: labels } };
  const own = { resourceVersion: null, uid: null, managedFields: null, generation: null };
  return changed(stored, { metadata: { name, ...own }, spec, status: null });
}

/** The object with a JSON merge patch applied. */
function changed(object: unknown, patch: unknown): KubeObject {
  return objectSchema.parse(apply(structuredClone(object), patch));
}

export function job(name: string): KubeObject {
  const template = {
    metadata: { labels: { app: name } },
    spec: { restartPolicy: 'Never', containers: [{ name: 'app', image: APP_IMAGE }] },
  };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { template } };
}

/** The workloads with the gate in them, as `dependency-gate render` prints them. */
export function gatedAtBuild(by: KubeObject, ...workloads: readonly KubeObject[]): string {
  const source = (object: KubeObject) => ({ name: `${object.kind}.json`, text: JSON.stringify(object) });
  const options = { settings: SANDBOX_SETTINGS, output: 'manifests' } as const;
  const { texts, warnings } = renderSources(workloads.map(source), [source(by)], options);
  expect(warnings).to.deep.equal([]);
  return texts.join('');
}
