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
  'patch batch/jobs',
  'patch /pods',
  'delete /pods',
  'create events.k8s.io/events',
  'patch events.k8s.io/events',
  'create coordination.k8s.io/leases',
  'patch coordination.k8s.io/leases',
];

/** What it asks the API server of whoever reads its metrics, as config/metrics-access has it. */
export const REVIEWS_OF_OTHERS: readonly string[] = [
  'create authentication.k8s.io/tokenreviews',
  'create authorization.k8s.io/subjectaccessreviews',
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

export interface Needs {
  /** Where it works, since the API server tells of one namespace at a time. Default: its own. */
  readonly namespace?: string | undefined;
  /** Whether it asks who reads its metrics. */
  readonly reviews: boolean;
}

/**
 * The permissions that the operator has beyond those that it needs, sorted: whoever gets hold of its token has them too. Of
 * reading only that of Secrets counts, since what dependencies name is for somebody else to choose.
 *
 * @throws ApiError
 */
export async function rightsBeyond(
  requests: Pick<Requests, 'create'>,
  { namespace = OPERATOR_NAMESPACE, reviews }: Needs,
): Promise<string[]> {
  const needed = [...WRITES, ...ABOUT_ONESELF, ...(reviews ? REVIEWS_OF_OTHERS : [])];
  const answer = await requests.create(REVIEWS, undefined, { spec: { namespace } });
  const { resourceRules } = reviewSchema.parse(answer).status;
  const held = resourceRules.flatMap(({ verbs, apiGroups, resources }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => ({ verb, group, resource }))),
    ),
  );
  const beyond = held
    .filter((right) => isBeyond(right, needed))
    .map(({ verb, group, resource }) => `${verb} ${group}/${resource}`);
  return [...new Set(beyond)].sort();
}

interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
}

function isBeyond({ verb, group, resource }: Right, needed: readonly string[]): boolean {
  if (READS.includes(verb)) return isOf(group, '') && isOf(resource, 'secrets');
  return !needed.includes(`${verb} ${group}/${resource}`);
}

function isOf(pattern: string, name: string): boolean {
  return pattern === '*' || pattern === name;
}
