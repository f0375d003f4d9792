import { stringify } from 'yaml';
import type { Format } from '../options/formats.ts';

/** A value as a whole. */
export function formatted(format: Format, value: unknown): string {
  return format === 'json' ? `${JSON.stringify(value, null, 2)}\n` : stringify(value);
}

/** One of several that come one after the other: a line of JSON, or a document of YAML. */
export function streamed(format: Format, value: unknown): string {
  return format === 'json' ? `${JSON.stringify(value)}\n` : `---\n${stringify(value)}`;
}
