import { GROUP, PLURAL } from '../names.ts';
import { type Admission, knowsOperator, OPERATOR, validating } from './policy.ts';

/** Whoever writes `status.render` puts containers into the targets, whatever their own permissions on these. */
export function guardStatus(): Admission {
  const policy = validating(
    'guard-status',
    "Only the operator writes a gate's status: its render is placed into Pods.",
    {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [
          { apiGroups: [GROUP], apiVersions: ['*'], resources: [`${PLURAL}/status`], operations: ['UPDATE'] },
        ],
      },
      variables: [{ name: 'operator', expression: OPERATOR }],
      validations: [
        {
          expression: 'request.userInfo.username == variables.operator',
          messageExpression:
            "'only ' + variables.operator + ' writes the status of gates, since its render is placed into Pods, and this is ' + request.userInfo.username",
          reason: 'Forbidden',
        },
      ],
    },
  );
  // Where there is no operator, there is nobody who may.
  return knowsOperator('Deny', policy);
}
