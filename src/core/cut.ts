/**
 * The beginning of a text, in at most `max` UTF-16 units, and so in no more of the characters that the schema counts. It
 * never ends within a character: half of one comes back from the API server as another, so that the status would differ
 * at each reconcile.
 */
export function cut(text: string, max: number): string {
  return text.length <= max ? text : text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '');
}
