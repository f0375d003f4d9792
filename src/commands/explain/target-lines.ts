import { targetAnnotationValue } from '../../api/names.ts';
import type { TargetStatus } from '../../api/status.ts';
import { count } from '../../core/count.ts';
import type { Pod } from '../../core/model.ts';
import { namesInWords } from '../../core/names-in-words.ts';
import { placesOf } from '../../core/progress/dependency-place.ts';
import { hasSkipped } from '../../core/progress/opening.ts';
import { isGated } from '../../core/progress/pod-progress.ts';
import { isHeld, isHeldFor } from '../../core/render/hold.ts';
import { targetKeys } from '../../core/targets.ts';
import { forHowLong, MAX_NAMES } from '../words.ts';
import { type ExplainWorld, type PodState, podStates, statusOf } from './explain-world.ts';
import { heading, type Line, text } from './layout.ts';

/** The targets, each with its Pods. */
export function targetLines(world: ExplainWorld): Line[] {
  const { status } = world.gate;
  const keys = [...targetKeys(world.gate)];
  const known = new Map(
    (status.targets ?? []).map((one) => [targetAnnotationValue(one.kind, one.name), one]),
  );
  return [
    heading('Targets'),
    ...inPods(world),
    ...keys.flatMap((key) => [targetLine(key, known.get(key)), ...podLines(world, key)]),
    ...elsewhere(world, keys),
    ...unreadPods(world),
  ];
}

function inPods({ gate: { spec } }: ExplainWorld): Line[] {
  if (!spec.valid || spec.value.placement !== 'Pod') return [];
  return [
    text(2, 'Placement Pod: new Pods get the gate, and those that were there before stay as they are.'),
  ];
}

function targetLine(key: string, status: TargetStatus | undefined): Line {
  const name = key.replace('/', ' ');
  if (!status) return text(2, `${name}: the status does not speak of it yet`);
  const { state, message, open, waiting, held = 0, ungated } = status;
  const counts = [
    [open, 'passed'],
    [waiting, 'waiting'],
    [held, 'held'],
    [ungated, 'without the gate'],
  ] as const;
  const pods = counts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  const of = pods.length === 0 ? 'no Pods' : `Pods: ${pods.join(', ')}`;
  return text(2, `${name}: ${state}; ${of}${message === undefined ? '' : `; ${message}`}`);
}

function podLines(world: ExplainWorld, key: string): Line[] {
  return listed(
    world,
    podStates(world).filter(({ pod }) => pod.target === key),
  );
}

/** Those that wait come first: they are what is asked about. */
function listed(world: ExplainWorld, pods: readonly PodState[]): Line[] {
  const sorted = pods.toSorted((a, b) => Number(a.state === 'open') - Number(b.state === 'open'));
  const shown = sorted.slice(0, MAX_NAMES);
  const width = Math.max(0, ...shown.map(({ pod }) => pod.name.length));
  const more = sorted.length - shown.length;
  return [
    ...shown.map((one) => text(4, `${one.pod.name.padEnd(width)}  ${podWords(world, one)}`)),
    ...(more > 0 ? [text(4, `and ${count(more, 'more Pod')}`)] : []),
  ];
}

/** Pods that carry the gate without being of a target: copies, or of a target that the gate named before. */
function elsewhere(world: ExplainWorld, keys: readonly string[]): Line[] {
  const others = podStates(world).filter(({ pod }) => !keys.includes(pod.target));
  return others.length === 0 ? [] : [text(2, 'Of no target:'), ...listed(world, others)];
}

function unreadPods({ pods, gate }: ExplainWorld): Line[] {
  if (!('unread' in pods)) return [];
  return [
    pods.forbidden
      ? text(
          2,
          `You may not list the Pods of ${gate.namespace}: what follows is from the gate's status alone.`,
        )
      : text(2, `The Pods cannot be read: ${pods.unread}`),
  ];
}

function podWords(world: ExplainWorld, state: PodState): string {
  const { gate, now } = world;
  const { pod, blockedBy, otherGate, behind, since, isCurrent } = state;
  if (isHeld(pod)) return `held${forHowLong(pod.createdAt, now)}: made without ${lackedBy(pod, gate.name)}`;
  if (pod.deleting) return 'is being deleted';
  const older = isCurrent || !isGated(pod, gate.name) ? '' : ', with an older version of the gate';
  if (state.state === 'open') return `${passedWords(pod, gate.name)}${older}`;
  if (state.state === 'failed') return `failed for good${older}`;
  if (pod.unscheduled !== undefined)
    return `not scheduled${forHowLong(pod.createdAt, now)}${older}: ${pod.unscheduled}`;
  if (behind !== undefined) return `waits behind its own ${behind}${older}`;
  if (blockedBy.length === 0)
    return `waits in ${otherGate === undefined ? 'another gate' : `gate ${otherGate}`}${older}`;
  return `waits for ${namesInWords(blockedBy)}${forHowLong(since, now)}${older}${whatItSays(world, state)}`;
}

/** What it did not wait for, since its template had passed before. */
function passedWords(pod: Pod, gate: string): string {
  const skipped = placesOf(pod, gate).flatMap((place) => (hasSkipped(pod, place) ? [place.dependency] : []));
  return skipped.length === 0
    ? 'passed'
    : `started without waiting for ${skipped.join(', ')}: its Pod template had passed before (when: Rollout)`;
}

/** What it was made without, of what it requires. */
function lackedBy(pod: Pod, gate: string): string {
  const lacking = pod.required.filter((name) => isHeldFor(pod, name));
  return lacking.includes(gate) ? 'the gate' : `gate ${lacking.join(', ')}`;
}

/** The kubelet's or the container's words, unless they stand with the dependency anyway. */
function whatItSays(world: ExplainWorld, { dependencies, blockedBy: [first = ''] }: PodState): string {
  const message = dependencies.find(({ dependency }) => dependency === first)?.message ?? '';
  return message === '' || message === statusOf(world, first)?.message ? '' : `: ${message}`;
}
