import { GROUP, OPERATOR_USER, PLURAL } from '../names.ts';
import { type Admission, validating } from './policy.ts';

/** Whoever writes `status.render` puts containers into the targets, whatever their own permissions on these. */
export function guardStatus(): Admission {
  return validating(
    'guard-status',
    "Only the operator writes a gate's status: its render is placed into Pods.",
    {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [
          { apiGroups: [GROUP], apiVersions: ['*'], resources: [`${PLURAL}/status`], operations: ['UPDATE'] },
        ],
      },
      validations: [
        {
          expression: `request.userInfo.username == '${OPERATOR_USER}'`,
          message: `only ${OPERATOR_USER} writes the status of gates: its render is placed into Pods`,
          reason: 'Forbidden',
        },
      ],
    },
  );
}
