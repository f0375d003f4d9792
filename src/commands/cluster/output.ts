import { stringify } from 'yaml';

/** What programs read: `--output`. */
export const FORMATS = ['json', 'yaml'] as const;
export type Format = (typeof FORMATS)[number];

/** A value as a whole. */
export function formatted(format: Format, value: unknown): string {
  return format === 'json' ? `${JSON.stringify(value, null, 2)}\n` : stringify(value);
}

/** One of several that come one after the other: a line of JSON, or a document of YAML. */
export function streamed(format: Format, value: unknown): string {
  return format === 'json' ? `${JSON.stringify(value)}\n` : `---\n${stringify(value)}`;
}
