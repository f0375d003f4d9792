import { plain } from '../api/plain.ts';

/**
 * The beginning of a text that others may have written, as it may be shown ({@link plain}), in at most `max` UTF-16 units, and so in no more of the characters that the schema counts. It
 * never ends within a character: half of one comes back from the API server as another, so that the status would differ
 * at each reconcile.
 */
export function cut(text: string, max: number): string {
  const shown = plain(text);
  return shown.length <= max ? shown : shown.slice(0, max).replace(/[\uD800-\uDBFF]$/, '');
}

/**
 * The beginning of a text, as a copy: a part of a string keeps the whole of it in memory, as V8 has it. For what is kept of
 * objects, of which others may have written a quarter of a megabyte.
 */
export function kept(text: string, max: number): string {
  return text.length <= max ? text : Buffer.from(text.slice(0, max)).toString();
}
