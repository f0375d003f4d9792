import type { KubeObject } from '../cluster.ts';
import { at } from './json.ts';
import type { ResourceType } from './served-resources.ts';
import { badRequest } from './status-error.ts';

export type Selector = (object: KubeObject) => boolean;

/** `a=b,c!=d,e in (f,g),h notin (i),j,!k`: all must hold. As in Kubernetes, `!=` and `notin` hold without the label. */
export function labelSelector(expression: string): Selector {
  const requirements = split(expression).map(labelRequirement);
  return (object) => requirements.every((holds) => holds(object.metadata.labels ?? {}));
}

/** Splits at the commas outside parentheses. */
function split(expression: string): string[] {
  return expression
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

type Requirement = (labels: Readonly<Record<string, string>>) => boolean;

function labelRequirement(part: string): Requirement {
  const set = /^([^\s!=()]+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(part);
  if (set) {
    const [, key = '', operator, values = ''] = set;
    const wanted = values.split(',').map((value) => value.trim());
    return (labels) => wanted.includes(labels[key] ?? '\0') === (operator === 'in');
  }
  const equality = /^([^\s!=()]+)\s*(==|=|!=)\s*([^\s!=()]*)$/.exec(part);
  if (equality) {
    const [, key = '', operator, value = ''] = equality;
    return (labels) => (labels[key] === value) === (operator !== '!=');
  }
  const existence = /^(!?)\s*([^\s!=()]+)$/.exec(part);
  if (!existence) throw badRequest(`unable to parse requirement: ${part}`);
  const [, not, key = ''] = existence;
  return (labels) => key in labels === (not === '');
}

/** `metadata.name=a,status.phase!=Running`, for the fields that the kind can be selected by. */
export function fieldSelector(type: ResourceType, expression: string): Selector {
  const requirements = split(expression).map((part) => {
    const [, field = '', operator = '', value = ''] = /^([^=!]+)(==|=|!=)(.*)$/.exec(part) ?? [];
    const known = ['metadata.name', 'metadata.namespace', ...type.selectableFields];
    if (operator === '') throw badRequest(`invalid selector: '${expression}'; can't understand '${part}'`);
    if (!known.includes(field)) throw badRequest(`field label not supported: ${field}`);
    return (object: KubeObject) =>
      (String(at(object, ...field.split('.')) ?? '') === value) === (operator !== '!=');
  });
  return (object) => requirements.every((holds) => holds(object));
}

/** Both selectors of a request. */
export function selectorOf(type: ResourceType, query: URLSearchParams): Selector {
  const byLabel = labelSelector(query.get('labelSelector') ?? '');
  const byField = fieldSelector(type, query.get('fieldSelector') ?? '');
  return (object) => byLabel(object) && byField(object);
}
