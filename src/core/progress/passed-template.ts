import { MAX_PASSED_TEMPLATES, type PassedTemplate } from '../../api/status.ts';
import type { Pod } from '../model.ts';
import { placesOf } from './dependency-place.ts';
import { wayThrough } from './opening.ts';
import { podProgress } from './pod-progress.ts';

/**
 * The Pod templates of a target of which a Pod has passed a gate: with `when: Rollout`, other Pods of these start without
 * waiting.
 */

/**
 * Which template a Pod was made from: the revision of a StatefulSet or DaemonSet; else what owns it, a ReplicaSet, which is of
 * one template, or a Job.
 */
export function templateOf({ revision, owner }: Pick<Pod, 'revision' | 'owner'>): string {
  return revision ?? owner.uid;
}

/**
 * What is remembered, and what is seen now. The oldest go when there are too many; of those that Pods show now none goes
 * for another, so that nothing changes while nothing changes.
 *
 * @param pods of the target, that carry the present render
 */
export function passedTemplates(
  remembered: readonly PassedTemplate[],
  pods: readonly Pod[],
  gate: string,
): PassedTemplate[] {
  const seen = seenToPass(pods, gate);
  const known = new Set(remembered.map(({ template }) => template));
  const all = [...remembered, ...seen.filter(({ template }) => !known.has(template))];
  const isShown = (one: PassedTemplate) => seen.some(({ template }) => template === one.template);
  const excess = Math.max(0, all.length - MAX_PASSED_TEMPLATES);
  const leaving = new Set([...all.filter((one) => !isShown(one)), ...all.toReversed()].slice(0, excess));
  return all.filter((one) => !leaving.has(one));
}

/** Of each template the Pod that passed first. */
function seenToPass(pods: readonly Pod[], gate: string): PassedTemplate[] {
  const passed = pods
    .filter((pod) => !pod.deleting && templateOf(pod) !== '' && hasPassedByItself(pod, gate))
    .map((pod) => ({ template: templateOf(pod), at: passedAt(pod, gate) }))
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return [...Map.groupBy(passed, ({ template }) => template).values()].flatMap(([first]) => first ?? []);
}

/**
 * Whether its dependencies were there: what a person opened, or an overdue one that opened itself, says nothing about them,
 * and a Pod that did not wait says nothing either.
 */
function hasPassedByItself(pod: Pod, gate: string): boolean {
  if (podProgress(pod, gate).state !== 'open') return false;
  return placesOf(pod, gate).every((place) => {
    const way = wayThrough(pod, place);
    return way === 'satisfied' || way === 'evaluated';
  });
}

/** When the last of its containers ended; where the kubelet does not know, when the Pod was made. */
function passedAt(pod: Pod, gate: string): string {
  const ends = placesOf(pod, gate).flatMap(({ container }) => {
    const state = pod.statuses.find(({ name }) => name === container)?.state;
    return state?.is === 'terminated' && state.finishedAt !== '' ? [state.finishedAt] : [];
  });
  return ends.sort().at(-1) ?? pod.createdAt;
}
