import type { ResourceCheck } from '../../api/spec.ts';
import { canonicalJson, fingerprint } from '../canonical.ts';
import type { Keys, Reads } from '../expression/reads.ts';
import type { JsonObject } from '../model.ts';
import type { PodFacts } from '../pod-facts.ts';

/** What a `resource` asks of its objects, and what of them, and of Pods, that depends on. */
export interface Asked {
  readonly resource: ResourceCheck;
  /** Of its expression; undefined where it has none. */
  readonly reads: Reads | undefined;
}

/** Only Jobs are remembered: they alone are deleted because they have done what they were for. */
export function isJob({ apiVersion, kind }: ResourceCheck): boolean {
  return kind === 'Job' && apiVersion.startsWith('batch/');
}

/** Whether the answer may be another one for another Pod. */
export function isForEachPod({ resource, reads }: Asked): boolean {
  return resource.matchPod !== undefined || reads?.pod !== undefined;
}

/** Tells apart what is asked, whatever the name of the object is that it is asked of. */
export function questionFingerprint({ name: _, minReady: __, ...asked }: ResourceCheck): string {
  return fingerprint(asked);
}

/** What the expression sees of a Pod: no more than it looks at, so that Pods which are alike in that are one. */
export function podFor({ reads }: Asked, pod: PodFacts): JsonObject {
  const { labels, annotations, images, nodeName } = reads?.pod ?? NOTHING;
  return {
    labels: picked(pod.labels, labels),
    annotations: picked(pod.annotations, annotations),
    images: images ? pod.images : [],
    nodeName: nodeName ? pod.nodeName : '',
  };
}

const NOTHING = { labels: [], annotations: [], images: false, nodeName: false };

/** Equal for Pods that have the same answer, whatever the objects are. */
export function alikeKey(asked: Asked, pod: PodFacts): string {
  const { image, labels = [], node } = asked.resource.matchPod ?? {};
  return canonicalJson([
    asked.reads?.pod ? podFor(asked, pod) : null,
    picked(pod.labels, labels),
    image ? pod.images : null,
    node ? pod.nodeName : null,
  ]);
}

export function picked(map: Readonly<Record<string, string>>, keys: Keys): Record<string, string> {
  const kept = keys === 'all' ? Object.keys(map).sort() : keys.filter((key) => Object.hasOwn(map, key));
  return Object.fromEntries(kept.map((key) => [key, map[key] ?? '']));
}
