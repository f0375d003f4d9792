/** What the policies that change objects write: operations of JSON patches, in CEL. */

/** @param path and @param value expressions of CEL */
export function add(path: string, value: string): string {
  return `JSONPatch{op: 'add', path: ${path}, value: ${value}}`;
}

/** The path of a key of a map: keys of labels and annotations have slashes in them. */
export function keyIn(map: string, key: string): string {
  return `'${map}/' + jsonpatch.escapeKey('${key}')`;
}

/** Makes a map that is not there; a list of operations, to be followed by another one. */
export function mapUnless(condition: string, path: string): string {
  return `(${condition} ? [] : [${add(`'${path}'`, '{}')}]) +`;
}
