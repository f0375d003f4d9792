import { z } from 'zod';
import { OPERATOR_NAMESPACE } from '../../api/names.ts';
import type { Requests } from '../../kube/client/requests.ts';
import type { Resource } from '../../kube/resource.ts';

/** What the operator may do besides reading: `<verb> <group>/<resource>`, as config/rbac has it. */
export const WRITES: readonly string[] = [
  'patch dependencygate.dev/dependencygates',
  'patch dependencygate.dev/dependencygates/status',
  'patch apps/deployments',
  'patch apps/statefulsets',
  'patch apps/daemonsets',
  'patch apps/replicasets/scale',
  'patch batch/cronjobs',
  'patch /pods',
  'delete /pods',
  'create events.k8s.io/events',
  'patch events.k8s.io/events',
];

/** What whoever is authenticated may ask, about themselves. */
const ABOUT_ONESELF = [
  'create authorization.k8s.io/selfsubjectaccessreviews',
  'create authorization.k8s.io/selfsubjectrulesreviews',
  'create authentication.k8s.io/selfsubjectreviews',
];

const READS = ['get', 'list', 'watch'];

const REVIEWS: Resource = {
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'selfsubjectrulesreviews',
  namespaced: false,
};

const words = z.array(z.string()).default([]);

const reviewSchema = z.object({
  status: z.object({
    resourceRules: z.array(z.object({ verbs: words, apiGroups: words, resources: words })).default([]),
  }),
});

/**
 * The permissions that the operator has beyond those that it needs, sorted: whoever gets hold of its token has them too. Of
 * reading only that of Secrets counts, since what dependencies name is for somebody else to choose.
 *
 * @param namespace where it works, since the API server tells of one namespace at a time
 * @throws ApiError
 */
export async function rightsBeyond(
  requests: Pick<Requests, 'create'>,
  namespace: string = OPERATOR_NAMESPACE,
): Promise<string[]> {
  const answer = await requests.create(REVIEWS, undefined, { spec: { namespace } });
  const { resourceRules } = reviewSchema.parse(answer).status;
  const held = resourceRules.flatMap(({ verbs, apiGroups, resources }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => ({ verb, group, resource }))),
    ),
  );
  const beyond = held.filter(isBeyond).map(({ verb, group, resource }) => `${verb} ${group}/${resource}`);
  return [...new Set(beyond)].sort();
}

interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
}

function isBeyond({ verb, group, resource }: Right): boolean {
  if (READS.includes(verb)) return isOf(group, '') && isOf(resource, 'secrets');
  return ![...WRITES, ...ABOUT_ONESELF].includes(`${verb} ${group}/${resource}`);
}

function isOf(pattern: string, name: string): boolean {
  return pattern === '*' || pattern === name;
}
