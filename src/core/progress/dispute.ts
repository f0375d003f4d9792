import { REMOVED } from '../../api/names.ts';
import type { Drift, Gate, Render, Repair, TemplateView, Workload } from '../model.ts';
import { sourceMark } from '../render/inherit.ts';

/** How far back repairs are counted. Longer than the longest pause lets through too few to be counted as a dispute. */
export const DISPUTE_WINDOW_MS = 30 * 60_000;
/** So many repairs are made without a word: a sync tool may write a target more than once. */
const TOLERATED = 5;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

/** Another manager takes out what the operator puts into a target, or puts back what it takes out, again and again. */
export interface Dispute {
  /** When the target is patched again. */
  readonly retryAt: number;
  /** When it is forgotten, unless there is another repair. */
  readonly endsAt: number;
  /** What is undone, each once and in a fixed order; the same as long as the dispute is about the same. */
  readonly undone: readonly Drift[];
  /** Whether it is undone on the way into the store, by an admission step, and not by a write of somebody's. */
  readonly isByAdmission: boolean;
}

/**
 * Two managers that undo each other would roll a target for ever, as fast as the API server answers. Past a handful of
 * repairs with the same render the pauses double, and the gate says who the other one is.
 *
 * @param mark of the change, see {@link additionMark} and {@link removalMark}
 */
export function dispute(
  repairs: readonly Repair[],
  uid: string,
  mark: string,
  now: number,
): Dispute | undefined {
  const recent = repairs.filter(
    (repair) => repair.uid === uid && repair.mark === mark && now - repair.at < DISPUTE_WINDOW_MS,
  );
  const last = recent.at(-1);
  const decisive = recent.at(-TOLERATED);
  if (!last || !decisive) return undefined;
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (recent.length - TOLERATED));
  return {
    retryAt: last.at + pause,
    endsAt: decisive.at + DISPUTE_WINDOW_MS,
    undone: undoneIn(recent),
    isByAdmission: (last.left ?? []).length > 0,
  };
}

/** The first patch of a series puts in what nobody has taken out. */
function undoneIn(recent: readonly Repair[]): Drift[] {
  const found = [
    ...recent.slice(1).flatMap(({ why = [] }) => why),
    ...recent.flatMap(({ left = [] }) => left),
  ];
  return [...new Set(found)].sort();
}

/**
 * What the additions of a gate are remembered by: each render counts for itself, each gate that is made, and each state of
 * what containers are made from: people who deploy often do not dispute.
 */
export function additionMark(
  { uid }: Pick<Gate, 'uid'>,
  render: Render,
  template: Pick<TemplateView, 'sources'>,
): string {
  return `${sourceMark(template, render)} ${uid}`;
}

/**
 * What its removals are remembered by. Each deletion and each change of a gate has its own: people who turn gates on and
 * off do not dispute. Without a gate it is that of its orphans.
 */
export function removalMark(name: string, gate: Pick<Gate, 'uid' | 'generation'> | undefined): string {
  return gate ? `${REMOVED} ${gate.uid} ${gate.generation}` : `${REMOVED} ${name}`;
}

/** Until when a workload is left as it is, since somebody keeps putting back what is taken out; undefined where nobody does. */
export function removalPause(
  repairs: readonly Repair[],
  { uid }: Workload,
  mark: string,
  now: number,
): number | undefined {
  const found = dispute(repairs, uid, mark, now);
  return found && now < found.retryAt ? found.retryAt : undefined;
}
