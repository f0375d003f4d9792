import { isDeepStrictEqual } from 'node:util';
import type { Project } from './replica.ts';

/**
 * A projection whose objects share what is the same in them. Pods of one template differ in little, and what they have in
 * common is most of what is kept of one. A list tells of them one after the other, and a watch of those that are known.
 */
export function sharing<T extends object>(project: Project<T>): Project<T> {
  let last: T | undefined;
  return (raw, known) => {
    const object = project(raw, known);
    const like = known ?? last;
    if (object && like && object !== like) shareParts(object, like);
    last = object ?? last;
    return object;
  };
}

/** Puts parts of another object in the place of equal ones: what the object says stays the same. */
function shareParts(object: object, like: object): void {
  for (const [key, part] of Object.entries(object)) {
    const other: unknown = Reflect.get(like, key);
    if (isDeepStrictEqual(part, other)) Reflect.set(object, key, other);
    else if (isObject(part) && isObject(other)) shareParts(part, other);
  }
}

function isObject(part: unknown): part is object {
  return typeof part === 'object' && part !== null;
}
