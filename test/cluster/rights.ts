/** A rule of a Role. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** A Role with these rules, and its binding to a user of the same name: all that the user may do there. */
export function rightsOf(user: string, namespace: string, ...rules: readonly Rule[]): object[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const apiGroup = 'rbac.authorization.k8s.io';
  const metadata = { name: user, namespace };
  return [
    { apiVersion, kind: 'Role', metadata, rules },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup, kind: 'Role', name: user },
      subjects: [{ apiGroup, kind: 'User', name: user }],
    },
  ];
}

/** `patch` on workloads of group apps, by name. */
export function mayPatch(resource: string, ...names: readonly string[]): Rule {
  return { apiGroups: ['apps'], resources: [resource], resourceNames: names, verbs: ['patch'] };
}
