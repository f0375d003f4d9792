import { stringify } from 'yaml';
import { targetAnnotationValue } from '../../api/names.ts';
import { inject } from '../../core/render/inject.ts';
import type { PodTemplate } from '../../core/render/template.ts';
import { type GateOfInput, type RenderSettings, renderOf, targetsOf } from './read-gates.ts';
import { WRITING } from './yaml/text.ts';

/** What one target is given, by gates that may be in several places. */
interface Part {
  readonly heading: string;
  readonly template: PodTemplate;
}

/**
 * The init containers and volumes of each target that the gates name, as they go into its Pod template, before its own:
 * for templates that are written by hand. The targets need not be in the input.
 */
export function formatContainers(gates: readonly GateOfInput[], settings: RenderSettings): string {
  const parts = new Map<string, Part>();
  for (const gate of gates) {
    for (const { kind, name } of targetsOf(gate)) {
      const heading = `# ${kind} ${name}${gate.namespace === undefined ? '' : ` in ${gate.namespace}`}\n`;
      const template = parts.get(heading)?.template ?? { spec: {} };
      const target = targetAnnotationValue(kind, name);
      const injection = { gate: gate.name, render: renderOf(gate, settings), target };
      parts.set(heading, { heading, template: inject(template, injection) });
    }
  }
  return [...parts.values()]
    .map(({ heading, template }) => heading + stringify(template.spec, WRITING))
    .join('---\n');
}
