import { containerOwner } from '../../api/names.ts';
import type { TargetKind } from '../../api/spec.ts';
import type { Drift, JsonObject, OthersFirst, Workload } from '../model.ts';
import { drift } from './drift.ts';
import { type Injection, wantedOrder } from './inject.ts';
import { nested } from './template.ts';

/**
 * Other programs change Pod templates as they are written, and some put init containers of theirs before all others, ours
 * too, whatever the operator writes. That is no drift as long as the target's own come after ours. Who put a container
 * there, its author or admission, is in no field of the template; so the API server is asked, by dry-runs, which change
 * nothing: for an order in which ours come first, and where others are first all the same, for a template without those.
 * What is first then was put there by admission.
 */

/** More than anybody puts in. */
const MOST = 16;

/** The names of a template's own init containers that stand before some of ours, and are to stand behind them. */
export function othersInFront(names: readonly string[], injections: readonly Injection[]): string[] {
  const all = injections.flatMap(({ gate, render }) => {
    const wanted = othersBefore(wantedOrder(names, gate, render), gate);
    return othersBefore(names, gate).filter((name) => !wanted.includes(name));
  });
  return names.filter((name) => all.includes(name));
}

/** The template's own that stand before the last container of a gate. */
function othersBefore(names: readonly string[], gate: string): string[] {
  const last = names.findLastIndex((name) => containerOwner(name)?.gate === gate);
  return names.slice(0, last + 1).filter((name) => containerOwner(name) === undefined);
}

/** Names of init containers, in their order. */
export interface OrderAnswers {
  readonly stored: readonly string[];
  /** What becomes of a patch that puts ours first. */
  readonly ordered: readonly string[];
  /** What becomes of one that takes out those which were there before and came first all the same; empty where it is refused. */
  readonly without: readonly string[];
}

/** Those that admission puts before the containers of these gates. */
export function firstByAdmission(
  { stored, ordered, without }: OrderAnswers,
  injections: readonly Injection[],
): string[] {
  const inFront = (names: readonly string[]) => othersInFront(names, injections);
  const [first, back] = [inFront(ordered), inFront(without)];
  const put = first.filter((name) => back.includes(name) || !stored.includes(name));
  // Others take their place, under names that change with each write.
  const replaced = first.length > 0 ? inFront(stored).filter((name) => !ordered.includes(name)) : [];
  return [...put, ...replaced].slice(0, MOST);
}

/** The patch of a workload that takes these init containers out. */
export function patchWithout(kind: TargetKind, names: readonly string[]): JsonObject {
  return nested(kind, { spec: { initContainers: names.map((name) => ({ name, $patch: 'delete' })) } });
}

/**
 * Those that admission puts before a gate's containers in a workload's template; undefined where this very template has not been asked about. A
 * Job's never changes: whatever is first in it was put there as it was created, since ours were put first too.
 */
export function knownFirst(
  { kind, uid, template, templateHash }: Pick<Workload, 'kind' | 'uid' | 'template' | 'templateHash'>,
  injection: Injection,
  known: readonly OthersFirst[],
): readonly string[] | undefined {
  if (kind === 'Job') return othersInFront(template.initContainers, [injection]);
  return known.find((one) => one.uid === uid && one.templateHash === templateHash)?.names;
}

/** How a workload stands to what a gate wants in its template. */
export interface WorkloadDrift {
  /** Why the template is not current; empty when it is. */
  readonly drift: readonly Drift[];
  /** Nothing is wrong but that others stand first, and who put them there is to be asked. Until then it is no drift. */
  readonly isOrderUnknown: boolean;
}

export function driftOf(
  workload: Pick<Workload, 'kind' | 'uid' | 'template' | 'templateHash'>,
  injection: Injection,
  known: readonly OthersFirst[],
): WorkloadDrift {
  const { template } = workload;
  const first = knownFirst(workload, injection, known);
  const found = drift(template, injection, first);
  const rest = () => drift(template, injection, othersInFront(template.initContainers, [injection]));
  const isOrderUnknown = first === undefined && found.length > 0 && rest().length === 0;
  return { drift: isOrderUnknown ? [] : found, isOrderUnknown };
}
