import { stringify } from 'yaml';
import { KIND, targetAnnotationValue } from '../../api/names.ts';
import type { Render } from '../../api/rendered.ts';
import { inject } from '../../core/render/inject.ts';
import type { PodTemplate } from '../../core/render/template.ts';
import { type GateOfInput, type RenderSettings, renderOf, targetsOf } from './read-gates.ts';
import { InputError } from './yaml/documents.ts';
import { WRITING } from './yaml/text.ts';

/** What one target is given, by gates that may be in several places. */
interface Part {
  /** Comments. */
  readonly heading: string;
  /** Where the gates are to stand, in comments. */
  readonly places: string;
  readonly template: PodTemplate;
}

/**
 * The init containers and volumes of each target that the gates name, as they go into its Pod template, before its own or where a comment says:
 * for templates that are written by hand. The targets need not be in the input.
 */
export function formatContainers(gates: readonly GateOfInput[], settings: RenderSettings): string {
  const parts = new Map<string, Part>();
  for (const gate of gates) {
    refuseInheriting(gate);
    for (const { kind, name } of targetsOf(gate)) {
      const heading = `# ${kind} ${name}${gate.namespace === undefined ? '' : ` in ${gate.namespace}`}\n`;
      const { template, places } = parts.get(heading) ?? { template: { spec: {} }, places: '' };
      const target = targetAnnotationValue(kind, name);
      const render = renderOf(gate, settings);
      const injection = { gate: gate.name, render, target };
      const place = placeOf(gate.name, render);
      parts.set(heading, { heading, places: places + place, template: inject(template, injection) });
    }
  }
  return [...parts.values()]
    .map(({ heading, places, template }) => heading + places + stringify(template.spec, WRITING))
    .join('---\n');
}

function placeOf(gate: string, { after }: Render): string {
  return after === undefined ? '' : `# gate ${gate}: right behind the init container ${after}\n`;
}

/** What a container is made from stands in the target, which is not looked at here. */
function refuseInheriting({ name, place, spec }: GateOfInput): void {
  const found = spec.dependencies.find(({ container }) => container?.from !== undefined);
  if (!found) return;
  const why = `its dependency ${found.name} is made from the container ${found.container?.from} of each target: render the targets themselves`;
  throw new InputError([`${place}: ${KIND} ${name}: ${why}`]);
}
