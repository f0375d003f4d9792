/** So many names stand in a sentence. */
const MAX_NAMED = 3;

/** Names in a sentence: `api`, `api and db`, `api, db and 2 more`. */
export function namesInWords(names: readonly string[]): string {
  const isShort = names.length <= MAX_NAMED;
  const shown = isShort ? names.slice(0, -1) : names.slice(0, MAX_NAMED - 1);
  const last = isShort ? names.slice(-1).join('') : `${names.length - shown.length} more`;
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}
