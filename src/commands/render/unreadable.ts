import { KIND } from '../../api/names.ts';
import { isOfConcern } from './kubernetes-objects.ts';
import { type GateOfInput, targetsOf } from './read-gates.ts';
import { InputError, placeOf, type YamlDocument } from './yaml/documents.ts';

/**
 * A document that cannot be read is none of our business and passes, unless it looks like a gate or like the target of
 * one: that would then start without waiting.
 * @throws InputError with the first mistake of each document that does
 */
export function assertReadable(documents: readonly YamlDocument[], gates: readonly GateOfInput[]): void {
  const targets = gates.flatMap(targetsOf);
  const problems = documents.filter(isOfConcern).flatMap((document): string[] => {
    const { body, mistake } = document;
    if (mistake === undefined) return [];
    const kind = says(body, 'kind', KIND)
      ? `a ${KIND}`
      : targets
          .filter((target) => says(body, 'kind', target.kind) && says(body, 'name', target.name))
          .map((target) => `the target ${target.kind} ${target.name}`)[0];
    if (kind === undefined) return [];
    return [`${placeOf(document, [])}: ${mistake.message} (this looks like ${kind})`];
  });
  if (problems.length > 0) throw new InputError(problems);
}

/** Whether a text has a field with this value, as far as one can tell without reading it. */
function says(text: string, field: string, value: string): boolean {
  const quoted = value.replaceAll('.', '\\.');
  return new RegExp(`\\b${field}["']?\\s*:\\s*["']?${quoted}(?![-.\\w])`).test(text);
}
