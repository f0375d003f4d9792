/** What programs read: `--output`. */
export const FORMATS = ['json', 'yaml'] as const;
export type Format = (typeof FORMATS)[number];
