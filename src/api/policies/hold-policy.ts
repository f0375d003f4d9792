import { GATE_ANNOTATION_PREFIX, HOLD_GATE, REQUIRE_LABEL, REQUIRE_SEPARATOR } from '../names.ts';
import { type Admission, mutating, onPods } from './policy.ts';

/** CEL: of the gates that a label's value names those without an annotation, which says that they are in place. */
export function lackingGates(label: string, annotations: string): string {
  return `${label}.split('${REQUIRE_SEPARATOR}').filter(g, g != '' && !(('${GATE_ANNOTATION_PREFIX}' + g) in ${annotations}))`;
}

/** CEL: a Pod has our scheduling gate. */
export const IS_HELD = `has(object.spec.schedulingGates) && object.spec.schedulingGates.exists(g, g.name == '${HOLD_GATE}')`;

/**
 * Holds Pods, and never the workload's template: a template with a scheduling gate in it would need another rollout to
 * get rid of it, which StatefulSets and Jobs never make.
 */
export function hold(): Admission {
  const about = `Keeps a Pod from being scheduled that is born without the gates that the label ${REQUIRE_LABEL}\nof its template names. Its workload replaces it once the template carries the gates. Only one of a\nJob is let go, where the gate has been deleted since the Job was started.`;
  return mutating('hold', about, {
    failurePolicy: 'Fail',
    reinvocationPolicy: 'Never',
    matchConstraints: {
      resourceRules: [onPods('CREATE')],
      objectSelector: { matchExpressions: [{ key: REQUIRE_LABEL, operator: 'Exists' }] },
    },
    variables: [
      {
        name: 'annotations',
        expression: 'has(object.metadata.annotations) ? object.metadata.annotations : {}',
      },
      {
        name: 'lacking',
        expression: lackingGates(`object.metadata.labels['${REQUIRE_LABEL}']`, 'variables.annotations'),
      },
      {
        name: 'holds',
        expression:
          'has(object.spec.schedulingGates) ? object.spec.schedulingGates.map(h, string(h.name)) : []',
      },
    ],
    mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: PATCH } }],
  });
}

/** By position: no value is taken from the object, which the API server could not write from 1.37 on. */
const PATCH = [
  `size(variables.lacking) == 0 || '${HOLD_GATE}' in variables.holds ? [] :`,
  `(size(variables.holds) > 0 ? [] : [JSONPatch{op: 'add', path: '/spec/schedulingGates', value: []}]) +`,
  `[JSONPatch{op: 'add', path: '/spec/schedulingGates/-', value: {'name': '${HOLD_GATE}'}}]`,
].join('\n');
