import { AGGREGATE_LABEL } from '../names.ts';
import { type Admission, validating } from './policy.ts';

/** The operator has the rules of every ClusterRole with a label: to read by, and nothing else. */
export function guardRoles(): Admission {
  const isReading = `r.verbs.all(v, v in ['get', 'list', 'watch'])`;
  const has = (field: string, ...words: readonly string[]) =>
    words.map((word) => `'${word}' in r.?${field}.orValue([])`).join(' || ');
  const reason = 'Forbidden' as const;
  return validating(
    'guard-roles',
    `A ClusterRole whose rules the operator gets, by the label ${AGGREGATE_LABEL}, may be about reading\nonly, and not about Secrets.`,
    {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ['rbac.authorization.k8s.io'],
            apiVersions: ['v1'],
            resources: ['clusterroles'],
            operations: ['CREATE', 'UPDATE'],
          },
        ],
        objectSelector: { matchExpressions: [{ key: AGGREGATE_LABEL, operator: 'Exists' }] },
      },
      variables: [
        // None are `null`.
        { name: 'given', expression: 'dyn(object.?rules.orValue([]))' },
        { name: 'rules', expression: 'variables.given == null ? [] : variables.given' },
      ],
      validations: [
        {
          expression: `variables.rules.all(r, ${isReading})`,
          message: `a ClusterRole with the label ${AGGREGATE_LABEL} may hold get, list and watch only: its rules are the operator's`,
          reason,
        },
        {
          expression: `!variables.rules.exists(r, (${has('apiGroups', '', '*')}) && (${has('resources', 'secrets', '*')}))`,
          message: `a ClusterRole with the label ${AGGREGATE_LABEL} may not hold Secrets, which no dependency may name: name its resources`,
          reason,
        },
      ],
    },
  );
}
