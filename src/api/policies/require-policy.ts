import { REQUIRE_LABEL } from '../names.ts';
import { IS_HELD, lackingGates } from './hold-policy.ts';
import { type Admission, onPods, validating } from './policy.ts';

/** Refuses Pods that `hold` would hold, where there is no such policy. */
export function requireGates(): Admission {
  const about = `Refuses a Pod that is born without the gates that the label ${REQUIRE_LABEL} of its template names,\nunless it is held (config/admission, Kubernetes 1.36 or newer): what made it tries again, with the gates in its template.`;
  return validating('require', about, {
    failurePolicy: 'Fail',
    matchConstraints: {
      resourceRules: [onPods('CREATE')],
      objectSelector: { matchExpressions: [{ key: REQUIRE_LABEL, operator: 'Exists' }] },
    },
    variables: [
      {
        name: 'lacking',
        expression: lackingGates(
          `object.metadata.labels['${REQUIRE_LABEL}']`,
          'object.metadata.?annotations.orValue({})',
        ),
      },
    ],
    validations: [
      {
        expression: `size(variables.lacking) == 0 || (${IS_HELD})`,
        messageExpression: `'the Pod requires gate ' + variables.lacking.join(', ') + ' (label ${REQUIRE_LABEL}), which is not in its template yet. Create the gate with the workload as a target, or take the label off'`,
      },
    ],
  });
}
