import mergePatch from 'json-merge-patch';
import { applyPatch, type Operation } from 'rfc6902';
import { parse } from 'yaml';
import type { KubeObject } from '../cluster.ts';
import { type Fields, isFields } from './json.ts';
import { LACKS } from './lacks.ts';
import { mergeSchemaOf } from './merge-keys.ts';
import { parseObject } from './parse-object.ts';
import type { ResourceType } from './served-resources.ts';
import { badRequest, unpatchable, unprocessable, unsupportedMediaType } from './status-error.ts';
import { strategicMergePatch } from './strategic-merge-patch.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_MERGE_PATCH = 'application/strategic-merge-patch+json';
export const APPLY_PATCH = 'application/apply-patch+yaml';

/**
 * The object that server-side apply makes of nothing. To change what is there it would need the ownership of every field,
 * which nothing in the sandbox asks for.
 */
export function appliedObject(type: ResourceType, body: unknown): KubeObject {
  return parseObject(typeof body === 'string' ? parse(body) : body, { custom: type.custom !== undefined });
}

/** The object that a patch of this media type makes of the current one. */
export function patched(
  type: ResourceType,
  current: KubeObject,
  mediaType: string,
  patch: unknown,
): KubeObject {
  const custom = type.custom !== undefined;
  const accepted = [JSON_PATCH, MERGE_PATCH, ...(custom ? [] : [STRATEGIC_MERGE_PATCH])];
  if (!accepted.includes(mediaType))
    throw unsupportedMediaType(
      mediaType === APPLY_PATCH
        ? LACKS.apply.words
        : `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
    );
  const refused = (problem: string) => unpatchable(patch, problem);
  return parseObject(apply(type, current, mediaType, patch), { custom, refused });
}

function apply(type: ResourceType, current: Fields, mediaType: string, patch: unknown): unknown {
  if (mediaType === JSON_PATCH) return jsonPatched(type, current, patch);
  if (!isFields(patch)) throw badRequest('the patch is not a JSON object');
  if (mediaType === MERGE_PATCH) return mergePatch.apply(structuredClone(current), patch);
  return strategicMergePatch(current, patch, mergeSchemaOf(type.kind));
}

/** All of the operations, or 422. */
function jsonPatched(type: ResourceType, current: Fields, patch: unknown): unknown {
  if (!isOperations(patch)) throw badRequest('the patch is not a list of operations');
  // A copy: the operations before one that fails have been done to it.
  const copy = structuredClone(current);
  if (applyPatch(copy, patch).some((failure) => failure !== null)) throw unprocessable(type, '');
  return copy;
}

function isOperations(patch: unknown): patch is Operation[] {
  return Array.isArray(patch) && patch.every((step) => isFields(step) && /^(\/|$)/.test(String(step.path)));
}
