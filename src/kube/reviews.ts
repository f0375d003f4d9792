import { z } from 'zod';
import type { Requests } from './client/requests.ts';
import type { Resource } from './resource.ts';

const TOKEN_REVIEWS: Resource = {
  group: 'authentication.k8s.io',
  version: 'v1',
  plural: 'tokenreviews',
  namespaced: false,
};
const ACCESS_REVIEWS: Resource = {
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'subjectaccessreviews',
  namespaced: false,
};

const userSchema = z.object({
  username: z.string().default(''),
  uid: z.string().optional(),
  groups: z.array(z.string()).optional(),
  extra: z.record(z.string(), z.array(z.string())).optional(),
});

const tokenReviewSchema = z.object({
  status: z.object({ authenticated: z.boolean().default(false), user: userSchema.optional() }),
});

const accessReviewSchema = z.object({ status: z.object({ allowed: z.boolean() }) });

/** Somebody as the API server knows them. */
export type User = z.infer<typeof userSchema>;

type Asking = Pick<Requests, 'create'>;

/**
 * Whose token it is; undefined where the API server takes it for nobody's: garbage, expired, for another audience.
 *
 * @throws ApiError, or ZodError for an answer that is no review
 */
export async function reviewToken(requests: Asking, token: string): Promise<User | undefined> {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
  const { status } = tokenReviewSchema.parse(await requests.create(TOKEN_REVIEWS, undefined, review));
  return status.authenticated && status.user?.username ? status.user : undefined;
}

/**
 * Whether they may `get` a path that is no resource's, such as `/metrics`.
 *
 * @throws as {@link reviewToken}
 */
export async function reviewPath(requests: Asking, user: User, path: string): Promise<boolean> {
  const { username, ...rest } = user;
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user: username, ...rest, nonResourceAttributes: { path, verb: 'get' } },
  };
  const answer = await requests.create(ACCESS_REVIEWS, undefined, review);
  return accessReviewSchema.parse(answer).status.allowed;
}
