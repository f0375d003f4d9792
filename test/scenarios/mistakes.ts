import { parse } from 'yaml';
import { type Rendered, renderSources } from '../../src/commands/render/sources.ts';
import { InputError } from '../../src/commands/render/yaml/documents.ts';
import type { KubeObject } from '../../src/sandbox/cluster.ts';
import { read } from '../config/manifests.ts';
import { SETTINGS } from '../core/builders.ts';

/** A section of docs/guide/mistakes.md. */
export interface UsualMistake {
  readonly title: string;
  /** The gate, as a file. */
  readonly gate: string;
  /** The Deployment that it targets, and what else the section shows. */
  readonly others: readonly string[];
  /** What is said of it, `apply …`, `render …`, `status …`. */
  readonly said: readonly string[];
}

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - {name: app, image: registry.example/app:1}
`;

/** What a gate has where a section says nothing of it. */
const GIVEN = {
  targets: '  targets: [{name: web}]\n',
  dependencies: '  dependencies: [{name: db, tcp: {host: db, port: 5432}}]\n',
};

/** The mistakes that the page shows. */
export function usualMistakes(): UsualMistake[] {
  const [, ...sections] = read('docs/guide/mistakes.md').split(/^## /m);
  return sections.map((section) => {
    const title = section.split('\n', 1).join();
    const [spec = '', ...others] = [...section.matchAll(/^```yaml\n(.*?)^```$/gms)].map(
      ([, text = '']) => text,
    );
    const [, said = ''] = /^```\n(.*?)^```$/ms.exec(section.replaceAll(/^```yaml\n.*?^```$/gms, '')) ?? [];
    const isShown = others.some((text) => kindOf(text) === 'Deployment');
    return {
      title,
      gate: gateOf(spec),
      others: [...(isShown ? [] : [DEPLOYMENT]), ...others],
      said: said.split('\n').filter((line) => line !== ''),
    };
  });
}

function gateOf(spec: string): string {
  const left = Object.entries(GIVEN).flatMap(([field, text]) => (spec.startsWith(`${field}:`) ? [] : text));
  const head =
    'apiVersion: dependencygate.dev/v1alpha1\nkind: DependencyGate\nmetadata: {name: web-first}\nspec:\n';
  return head + spec.replaceAll(/^/gm, '  ').trimEnd().concat('\n') + left.join('');
}

function kindOf(text: string): string {
  return objectOf(text).kind;
}

/** A manifest as an object. */
export function objectOf(text: string): KubeObject {
  const object: KubeObject = parse(text);
  return object;
}

/** What `dependency-gate render` says of a mistake, as the page has it. */
export function renderWords({ gate, others }: UsualMistake): string[] {
  const sources = [gate, ...others].map((text, index) => ({ name: `${index}.yaml`, text }));
  const { warnings } = rendered(() =>
    renderSources(sources, [], { settings: SETTINGS, output: 'manifests' }),
  );
  return warnings.map(
    (line) => `render ${line.replace(/\d\.yaml, document 1, line \d+: (DependencyGate web-first: )?/, '')}`,
  );
}

function rendered(render: () => Rendered): Pick<Rendered, 'warnings'> {
  try {
    const { warnings } = render();
    return { warnings: warnings.map((line) => `warning: ${line}`) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { warnings: error.problems };
  }
}
