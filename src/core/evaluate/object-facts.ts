import { z } from 'zod';
import type { PodMatch } from '../../api/pod-match.ts';
import type { JsonObject } from '../model.ts';
import type { PodFacts } from '../pod-facts.ts';
import { imagesMatch } from './image.ts';

/** What of an object may be compared with a Pod: of its labels, annotations and images what a Pod has too. */
export interface ObjectFacts extends PodFacts {
  readonly name: string;
  /** Empty where it has none, as no object of an API server has. */
  readonly uid: string;
  readonly createdAt: string;
}

const text = z.string().catch('');
const strings = z.record(z.string(), z.string()).catch({});
const podSchema = z.object({
  containers: z.array(z.object({ image: text }).catch({ image: '' })).catch([]),
  nodeName: text,
});
const holding = z.object({ spec: podSchema.optional().catch(undefined) });
const metadataSchema = z.object({
  name: text,
  uid: text,
  creationTimestamp: text,
  labels: strings,
  annotations: strings,
});
const NONE = { name: '', uid: '', creationTimestamp: '', labels: {}, annotations: {} };

/** An object is read as if nobody had checked it: what is wrong counts as absent. */
const objectSchema = z.object({
  metadata: metadataSchema.catch(NONE),
  spec: z
    .object({
      ...podSchema.shape,
      template: holding.optional().catch(undefined),
      jobTemplate: z
        .object({ spec: z.object({ template: holding }) })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

export function factsOf(object: JsonObject): ObjectFacts {
  const { metadata, spec } = objectSchema.parse(object);
  const { name, uid, creationTimestamp: createdAt, labels, annotations } = metadata;
  const pod = spec?.template?.spec ?? spec?.jobTemplate?.spec.template.spec ?? spec;
  const images = (pod?.containers ?? []).map(({ image }) => image).filter((image) => image !== '');
  const isPod = object.kind === 'Pod' && object.apiVersion === 'v1';
  return {
    ...{ name, uid, createdAt, labels, annotations },
    images: [...new Set(images)],
    nodeName: isPod ? (spec?.nodeName ?? '') : '',
  };
}

/**
 * Whether an object is one of those that a Pod is to wait for. What neither of the two has is no match, nor are labels that
 * say nothing: a chart without an `appVersion` makes that label empty in every release.
 */
export function matchesPod(match: PodMatch, object: PodFacts, pod: PodFacts): boolean {
  return (
    (match.image !== true || imagesMatch(object.images, pod.images)) &&
    (match.node !== true || (pod.nodeName !== '' && object.nodeName === pod.nodeName)) &&
    (match.labels === undefined || labelsMatch(match.labels, object.labels, pod.labels))
  );
}

function labelsMatch(keys: readonly string[], object: PodFacts['labels'], pod: PodFacts['labels']): boolean {
  const values = keys.map((key) => own(object, key));
  const areEqual = keys.every((key, index) => values[index] !== undefined && values[index] === own(pod, key));
  return areEqual && values.some((value) => value !== '');
}

/** An entry of a map that others have written: `constructor` is a key like any other. */
export function own(map: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}
