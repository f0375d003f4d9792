import { z } from 'zod';
import type { KubeObject } from '../cluster.ts';
import type { Fields } from './json.ts';
import type { Store } from './object-store.ts';
import { selectorOf } from './selectors.ts';
import type { ResourceType } from './served-resources.ts';
import { badRequest, expired } from './status-error.ts';

export interface Listing {
  readonly objects: readonly KubeObject[];
  /** ListMeta. */
  readonly metadata: Fields;
}

const tokenSchema = z.object({ revision: z.int(), after: z.string() });

/**
 * Lists what the selectors match, in pages where `limit` is given. Later pages are of now, but bear the version of the
 * first: a watch from there tells what changed between them.
 */
export function listing(
  store: Store,
  type: ResourceType,
  namespace: string | undefined,
  query: URLSearchParams,
): Listing {
  const token = readToken(query.get('continue') ?? '');
  const revision = token?.revision ?? store.revision;
  if (store.since(revision) === undefined)
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
    );
  const matching = store.list(type, namespace).filter(selectorOf(type, query));
  const rest = token ? matching.filter((object) => keyOf(object) > token.after) : matching;
  const limit = Number(query.get('limit') ?? 0) || Number.POSITIVE_INFINITY;
  const objects = rest.slice(0, limit);
  const last = objects.at(-1);
  const metadata = { resourceVersion: String(revision) };
  if (rest.length <= objects.length || !last) return { objects, metadata };
  const next = Buffer.from(JSON.stringify({ revision, after: keyOf(last) })).toString('base64url');
  return {
    objects,
    metadata: { ...metadata, continue: next, remainingItemCount: rest.length - objects.length },
  };
}

/** The order of `Store.list`. */
function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function readToken(token: string): z.infer<typeof tokenSchema> | undefined {
  if (token === '') return undefined;
  try {
    return tokenSchema.parse(JSON.parse(Buffer.from(token, 'base64url').toString()));
  } catch {
    throw badRequest('continue key is not valid');
  }
}
