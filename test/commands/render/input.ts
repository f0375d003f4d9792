import { parseAllDocuments } from 'yaml';
import { validateGate } from '../../../src/api/gate.ts';
import type { TargetKind } from '../../../src/api/spec.ts';
import { type Rendered, type RenderOptions, renderSources } from '../../../src/commands/render/sources.ts';
import { valueAt } from '../../../src/commands/render/yaml/value-at.ts';
import type { Injection } from '../../../src/core/render/inject.ts';
import { render } from '../../../src/core/render/render.ts';
import { type PodTemplate, podTemplateSchema, templatePath } from '../../../src/core/render/template.ts';
import { SETTINGS } from '../../core/builders.ts';

/** Manifests as people write them, and what becomes of them. */

export const GATE = `apiVersion: dependencygate.dev/v1alpha1
kind: DependencyGate
metadata: {name: api-first, namespace: my-namespace}
spec:
  targets:
  - name: pinger
  dependencies:          # in order
  - name: api
    dns: {host: api}
  - name: redis
    tcp: {host: redis, port: 6379}
`;

export const DEPLOYMENT = `# Asks api.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: pinger     # what the gate names
  namespace: my-namespace
spec:
  replicas: 010
  template:
    metadata:
      labels: {app: pinger}
    spec:

      # Before the app:
      initContainers:
      # makes the tables
      - name: migrate
        image: "migrate:1"
      - {name: warm, image: warm:1}

      containers:
      - name: pinger
        image: 'pinger:1'   # pinned
        command:
        - sh
        - -c
        - |
          while :; do wget -q -O- http://api/ ; sleep 5; done
      volumes:
      - name: data
        emptyDir: {}
# the end
`;

/** A gate that says nothing unusual: `gateOf('b-first', ['pinger'])` waits for `api` by DNS. */
export function gateOf(
  name: string,
  targets: readonly (string | { kind: TargetKind; name: string })[],
  spec = {},
): string {
  return JSON.stringify({
    apiVersion: 'dependencygate.dev/v1alpha1',
    kind: 'DependencyGate',
    metadata: { name, namespace: 'my-namespace' },
    spec: {
      targets: targets.map((target) => (typeof target === 'string' ? { name: target } : target)),
      dependencies: [{ name: 'api', dns: { host: 'api' } }],
      ...spec,
    },
  });
}

/** Renders texts as if each were a file: 1.yaml, 2.yaml … */
export function renderTexts(
  texts: readonly string[],
  options: Partial<RenderOptions> = {},
  more: string[] = [],
): Rendered {
  const sources = texts.map((text, index) => ({ name: `${index + 1}.yaml`, text }));
  const gateSources = more.map((text, index) => ({ name: `gates-${index + 1}.yaml`, text }));
  return renderSources(sources, gateSources, { settings: SETTINGS, output: 'manifests', ...options });
}

/** What is printed for texts; a warning fails the test. */
export function printed(
  texts: readonly string[],
  options: Partial<RenderOptions> = {},
  more: string[] = [],
): string {
  const { texts: output, warnings } = renderTexts(texts, options, more);
  if (warnings.length > 0) throw new Error(warnings.join('\n'));
  return output.join('');
}

/** The documents of a YAML text, as kubectl reads them. */
export function objectsOf(text: string): unknown[] {
  return parseAllDocuments(text, { merge: true }).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS() as unknown;
  });
}

/** The Pod template of the only workload of a kind. */
export function templateIn(text: string, kind: TargetKind = 'Deployment'): PodTemplate {
  const found = objectsOf(text).filter((object) => valueAt(object, ['kind']) === kind);
  if (found.length !== 1) throw new Error(`${found.length} objects of kind ${kind}`);
  return podTemplateSchema.parse(valueAt(found[0], templatePath(kind)));
}

/** What the operator would inject for a gate. */
export function injectionOf(gate: string, target: string): Injection {
  const validation = validateGate(objectsOf(gate)[0]);
  if (!validation.valid) throw new Error(JSON.stringify(validation.causes));
  const { metadata, spec } = validation.gate;
  return { gate: metadata.name, render: render(metadata.name, spec, SETTINGS), target };
}
