import { z } from 'zod';
import { GROUP } from '../api/names.ts';
import type { PodFacts } from '../core/pod-facts.ts';
import type { metadataSchema } from './metadata.ts';

/** Of each kind of fact; more than that is no Pod of ours to compare. */
const MAX_ENTRIES = 64;
/** An image is no longer, and a longer annotation is data. */
const MAX_IMAGE = 512;
const MAX_ANNOTATION = 256;

/** The fields of a Pod's spec that facts are read from. */
export const factFields = {
  containers: z.array(z.object({ image: z.string().default('') })).default([]),
  nodeName: z.string().default(''),
};

type Spec = z.infer<z.ZodObject<typeof factFields>>;

/** What is kept of a Pod to be compared: of a bounded number, whatever others have written into it. */
export function podFacts(
  { labels, annotations }: z.infer<typeof metadataSchema>,
  { containers, nodeName }: Spec,
): PodFacts {
  const images = [...new Set(containers.map(({ image }) => image))];
  // Some of them would be worse than none: what is left out may be what tells the Pod from another release's.
  const isKnown = images.length <= MAX_ENTRIES && images.every(({ length }) => length <= MAX_IMAGE);
  return {
    labels: few(labels, () => true),
    annotations: few(annotations, (key, value) => value.length <= MAX_ANNOTATION && !isOurs(key)),
    images: isKnown ? images : [],
    nodeName,
  };
}

/** The operator writes these while a Pod waits: they would make each Pod another one. */
function isOurs(key: string): boolean {
  const [domain = ''] = key.split('/', 1);
  return domain === GROUP || domain.endsWith(`.${GROUP}`);
}

function few(
  entries: Readonly<Record<string, string>>,
  isKept: (key: string, value: string) => boolean,
): Record<string, string> {
  const kept = Object.entries(entries).filter(([key, value]) => isKept(key, value));
  return Object.fromEntries(kept.slice(0, MAX_ENTRIES));
}
