import { FINALIZER, targetAnnotationValue } from '../../api/names.ts';
import { isPlacedInPods } from '../../api/settled.ts';
import type { Gate, OthersFirst, Workload } from '../model.ts';
import { drift } from '../render/drift.ts';
import { obstacle } from '../render/inject.ts';
import { driftOf, knownFirst } from '../render/others-first.ts';

/**
 * What a write of a target tells about admission. The operator's own writes tell nothing, since the policies leave them
 * alone, and neither does a write that kept what was there: only one that came with the containers although they were
 * not there before, or without them although they had to be placed.
 *
 * All times are the API server's: those of objects and of their managed fields, in whole seconds.
 */
export type Finding = 'placed' | 'skipped';

/** A write of a target, as the watch showed it. */
export interface Written {
  /** What stood there before; undefined for a workload that is new, or was not seen before. */
  readonly before: Workload | undefined;
  readonly after: Workload;
  /** When the watch showed it, ms since the epoch. */
  readonly seenAt: number;
}

/** The API server reads gates and policies from caches that are a second or two behind; times have whole seconds. */
export const CACHE_LAG_MS = 5000;

/** How far a watch may be behind, where nothing but the moment of its event tells when something was written. */
const WATCH_LAG_MS = 25_000;

/** Whether admission places a gate's render into workloads that are written now. */
export function isInForce(gate: Gate): boolean {
  const { deleting, spec } = gate;
  return !deleting && spec.valid && spec.value.suspend !== true && placedHash(gate) !== undefined;
}

/** The hash of the render that admission places: none before the gate has its finalizer. */
export function placedHash({ finalizers, status }: Gate): string | undefined {
  return finalizers.includes(FINALIZER) ? status.render?.hash : undefined;
}

/** Whether something written at a time was written when admission knew, for sure, what was stored at another. */
export function isWellAfter(at: string, stored: string): boolean {
  return Date.parse(at) >= Date.parse(stored) + CACHE_LAG_MS;
}

/**
 * @param since when the gate became what it is: its render, its targets and how they are updated
 * @param known what is known of others that are first
 * @returns undefined where the write tells nothing of this gate, or not yet: others stand first, and nobody knows who put
 * them there
 */
export function findingOf(
  written: Written,
  gate: Gate,
  since: string,
  known: readonly OthersFirst[],
): Finding | undefined {
  const { before, after } = written;
  const { render } = gate.status;
  if (render === undefined || !isInForce(gate) || after.deleting) return undefined;
  if (gate.spec.valid && isPlacedInPods(gate.spec.value, after.kind)) return undefined;
  if (after.unreadable !== undefined) return undefined;
  if (!isWellAfter(writtenAt(written), since)) return undefined;
  const injection = { gate: gate.name, render, target: targetAnnotationValue(after.kind, after.name) };
  if (obstacle(after.template, injection) !== undefined) return undefined;
  const found = driftOf(after, injection, known);
  if (found.isOrderUnknown) return undefined;
  const lacks = found.drift.length > 0;
  if (isCreation(written, since)) return lacks ? 'skipped' : 'placed';
  if (after.kind === 'Job') return undefined;
  if (isNew(before, after)) return lacks && isByOthers(after) && !waits(gate) ? 'skipped' : undefined;
  const lacked = drift(before.template, injection, knownFirst(after, injection, known)).length > 0;
  if (!isUpdate(before, after)) return isRemoval(before, after) && lacks && !lacked ? 'skipped' : undefined;
  if (!lacks) return lacked ? 'placed' : undefined;
  return waits(gate) && before.templateHash === after.templateHash ? undefined : 'skipped';
}

/**
 * When it was written, RFC 3339. Whoever only takes something out leaves no time in the managed fields; then it is told
 * by the watch.
 */
export function writtenAt({ before, after, seenAt }: Written): string {
  if (isNew(before, after) || isUpdate(before, after)) return after.otherWroteAt;
  return new Date(seenAt - WATCH_LAG_MS).toISOString();
}

function isNew(before: Workload | undefined, after: Workload): before is undefined {
  return before?.uid !== after.uid;
}

/** Whether what stands there is what it was created as, or what others have made of it, and the gate was there first. */
function isCreation({ before, after }: Written, since: string): boolean {
  return isNew(before, after) && after.operatorWroteAt === '' && isWellAfter(after.createdAt, since);
}

/** Whether somebody else wrote it last. Of the same second nobody knows. */
function isByOthers({ otherWroteAt, operatorWroteAt }: Workload): boolean {
  return otherWroteAt > operatorWroteAt;
}

/** Whether others have written it, and the operator has not: else what stands there may be the operator's doing. */
function isUpdate(before: Workload, after: Workload): boolean {
  return after.otherWroteAt > before.otherWroteAt && after.operatorWroteAt === before.operatorWroteAt;
}

/** Whether it was changed by a write that has left no time. One of the operator's never takes out what a gate wants in. */
function isRemoval(before: Workload, after: Workload): boolean {
  return (
    after.generation > before.generation &&
    after.otherWroteAt === before.otherWroteAt &&
    after.operatorWroteAt === before.operatorWroteAt
  );
}

/** With OnNextRollout an update is a reason to place the containers only where it changes the template. */
function waits({ spec }: Gate): boolean {
  return spec.valid && spec.value.updatePolicy === 'OnNextRollout';
}
