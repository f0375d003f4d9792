import {
  type CompletedJob,
  MAX_COMPLETED,
  MAX_COMPLETED_OF_A_NAME,
  MAX_REMEMBERED_CHARACTERS,
} from '../../api/completed-job.ts';
import type { ResourceCheck } from '../../api/spec.ts';
import { canonicalJson } from '../canonical.ts';
import type { JsonObject } from '../model.ts';
import type { ObjectFacts } from './object-facts.ts';
import { type Asked, isForEachPod, picked } from './question.ts';
import { VERSION_LABEL } from './release.ts';

/** A Job as it is seen now, or was a moment ago. */
export interface SeenJob {
  readonly facts: ObjectFacts;
  /** Whether it completed, and is what was asked for as far as that does not depend on a Pod. */
  readonly isDone: boolean;
}

/**
 * The Jobs that are remembered from now on, the latest last: those that were, and those that are done. Another Job of the
 * name that nothing tells from an earlier one, by what is looked at, is its next run: the earlier counts no more, and is kept
 * to tell of it.
 */
export function remembered(
  asked: Asked,
  before: readonly CompletedJob[],
  seen: readonly SeenJob[],
): CompletedJob[] {
  const kept = before.map((one) => (isSuperseded(asked, one, seen) ? { ...one, superseded: true } : one));
  const known = new Set(before.map(({ uid }) => uid));
  const made = seen
    .filter(({ facts, isDone }) => isDone && facts.uid !== '' && !known.has(facts.uid))
    .toSorted((a, b) => (a.facts.createdAt < b.facts.createdAt ? -1 : 1))
    .flatMap(({ facts }) => entryOf(asked, facts) ?? []);
  return latest([...kept, ...made]);
}

function isSuperseded(asked: Asked, one: CompletedJob, seen: readonly SeenJob[]): boolean {
  return seen.some(({ facts }) => {
    if (facts.name !== one.name || facts.uid === one.uid) return false;
    if (!isForEachPod(asked)) return true;
    const next = entryOf(asked, facts);
    return next !== undefined && isAlike(one, next);
  });
}

function isAlike(one: CompletedJob, other: CompletedJob): boolean {
  const told = ({ labels, annotations, images }: CompletedJob) =>
    canonicalJson([labels, annotations, images]);
  return told(one) === told(other);
}

/**
 * What is looked at of a Job, as far as there is room for it. Undefined where there is none for all of its images: without
 * one of them it would match Pods of other releases, by a sidecar that all have.
 */
function entryOf(asked: Asked, { name, uid, ...facts }: ObjectFacts): CompletedJob | undefined {
  if (!isForEachPod(asked)) return { name, uid, ...releaseOf(facts) };
  const { labels = [], image } = asked.resource.matchPod ?? {};
  const reads = asked.reads?.pod && asked.reads.object;
  const room = { left: MAX_REMEMBERED_CHARACTERS };
  const ofLabels = { ...picked(facts.labels, labels), ...picked(facts.labels, reads?.labels ?? []) };
  const images = image || reads?.spec ? [...facts.images] : [];
  if (!images.every((one) => fits(room, one))) return undefined;
  const entry = {
    images,
    labels: fitting(room, ofLabels),
    annotations: fitting(room, picked(facts.annotations, reads?.annotations ?? [])),
  };
  return {
    ...{ name, uid },
    ...(entry.images.length > 0 && { images: entry.images }),
    ...(Object.keys(entry.labels).length > 0 && { labels: entry.labels }),
    ...(Object.keys(entry.annotations).length > 0 && { annotations: entry.annotations }),
  };
}

/** What tells of which release a Job is that counts for all Pods: nothing is decided by it. */
function releaseOf({
  createdAt,
  labels,
  images,
}: Pick<ObjectFacts, 'createdAt' | 'labels' | 'images'>): Omit<CompletedJob, 'name' | 'uid'> {
  const room = { left: MAX_REMEMBERED_CHARACTERS };
  const version = fitting(room, picked(labels, [VERSION_LABEL]));
  return {
    ...(createdAt !== '' && { createdAt }),
    ...(Object.keys(version).length > 0 && { labels: version }),
    ...(images.length > 0 && images.every((one) => fits(room, one)) && { images: [...images] }),
  };
}

function fitting(room: { left: number }, map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).filter(([key, value]) => fits(room, key + value)));
}

/** An entry costs besides what it says, so that there are never many. */
function fits(room: { left: number }, words: string): boolean {
  const cost = words.length + 32;
  if (cost > room.left) return false;
  room.left -= cost;
  return true;
}

/** Of each name the last few, and of those that count no more the last. */
function latest(all: readonly CompletedJob[]): CompletedJob[] {
  const kept = all.filter((one, index) => {
    const later = all.slice(index + 1).filter(({ name, superseded }) => {
      return name === one.name && superseded === one.superseded;
    });
    return later.length < (one.superseded ? 1 : MAX_COMPLETED_OF_A_NAME);
  });
  return kept.slice(-MAX_COMPLETED);
}

/** The object that a remembered Job stands for: what an expression may ask of it. It has no resourceVersion. */
export function objectOf({ apiVersion, kind }: ResourceCheck, job: CompletedJob): JsonObject {
  const { name, uid, labels = {}, annotations = {}, images = [] } = job;
  const containers = images.map((image) => ({ image }));
  const conditions = ['SuccessCriteriaMet', 'Complete'].map((type) => ({ type, status: 'True' }));
  return {
    ...{ apiVersion, kind, metadata: { name, uid, labels, annotations } },
    spec: { template: { spec: { containers } } },
    status: { succeeded: 1, conditions },
  };
}
