import { z } from 'zod';
import { isNotFound } from './api-error.ts';
import type { Requests } from './client/requests.ts';
import type { Resource } from './resource.ts';

const listSchema = z.object({
  resources: z
    .array(z.unknown())
    .nullish()
    .transform((resources) => resources ?? []),
});

const resourceSchema = z.object({
  name: z.string(),
  kind: z.string(),
  namespaced: z.boolean(),
  verbs: z
    .array(z.string())
    .nullish()
    .transform((verbs) => verbs ?? []),
});

/**
 * The resource that a kind is served as (`Job` of `batch/v1` as `jobs`), if it can be watched; undefined where the API
 * server knows no such kind.
 *
 * @throws ApiError
 */
export async function discover(
  requests: Pick<Requests, 'resources'>,
  apiVersion: string,
  kind: string,
  signal?: AbortSignal,
): Promise<Resource | undefined> {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const { resources } = listSchema.parse(await found(requests.resources(group, version, signal)));
  // One that cannot be read, as of an aggregated API server, is no reason to know none of them.
  const served = resources
    .flatMap((resource) => resourceSchema.safeParse(resource).data ?? [])
    .find(({ name, kind: one, verbs }) => one === kind && !name.includes('/') && verbs.includes('watch'));
  return served && { group, version, plural: served.name, namespaced: served.namespaced };
}

/** A group or version that is not served has no kinds. */
async function found(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (isNotFound(error)) return {};
    throw error;
  }
}
