/** Something of a cluster that the sandbox does not have: how people come upon it, and what they are told then. */
export interface Lack {
  readonly met: string;
  readonly words: string;
}

/** All that the sandbox says it lacks; docs/debugging.md has the same list. */
export const LACKS = {
  programs: {
    met: '`kubectl exec`, `attach`, `cp`, `debug`',
    words:
      'the sandbox runs no images, so there is no program to reach: exec, attach, cp and debug need a real cluster',
  },
  connections: {
    met: '`kubectl port-forward`, a proxy to a Pod or Service',
    words:
      'the sandbox runs no images, so nothing listens in its Pods: port-forward and proxy need a real cluster',
  },
  logs: {
    met: '`kubectl logs` of an app',
    words: 'the sandbox runs no images: this container counts as running, and writes nothing',
  },
  node: {
    met: '`kubectl cordon`, `drain` or `taint`',
    words: 'the sandbox has one node, which stays as it is',
  },
  apply: {
    met: '`kubectl apply --server-side` of what is there, `helm upgrade`',
    words:
      'the sandbox has server-side apply for new objects only, since it does not keep who owns which field: use kubectl apply without --server-side, or helm with --server-side=false',
  },
  workloads: {
    met: 'a StatefulSet, DaemonSet, Job or CronJob is created',
    words: 'the sandbox keeps this object and makes no Pods of it: it plays Deployments only',
  },
  effects: {
    met: 'an Ingress, NetworkPolicy, PodDisruptionBudget or PersistentVolumeClaim is created',
    words: 'the sandbox keeps this object, and nothing comes of it',
  },
  rights: {
    met: '`kubectl auth can-i`, or a Role, ClusterRole or binding is created',
    words: 'the sandbox checks no rights: everybody may do everything',
  },
  tokens: {
    met: '`kubectl create token`',
    words: 'the sandbox makes no tokens, since it checks none: everybody may do everything',
  },
  definitions: {
    met: 'a CustomResourceDefinition is created, changed or deleted',
    words:
      'the sandbox serves the custom resource DependencyGate as it was built with it, and no other: that needs a real cluster',
  },
} as const satisfies Readonly<Record<string, Lack>>;

/** Of Kubernetes' subresources those that are missed. */
const SUBRESOURCES: Readonly<Record<string, Lack>> = {
  'pods/exec': LACKS.programs,
  'pods/attach': LACKS.programs,
  'pods/ephemeralcontainers': LACKS.programs,
  'pods/portforward': LACKS.connections,
  'pods/proxy': LACKS.connections,
  'services/proxy': LACKS.connections,
  'serviceaccounts/token': LACKS.tokens,
};

/** What is asked for in vain at a path; undefined for all others. */
export function lackAt(path: string): Lack | undefined {
  const [, resource, subresource] = /^\/api\/v1\/namespaces\/[^/]+\/(\w+)\/[^/]+\/(\w+)/.exec(path) ?? [];
  return SUBRESOURCES[`${resource}/${subresource}`];
}
