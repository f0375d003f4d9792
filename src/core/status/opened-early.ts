import type { Dependency, GateSpec } from '../../api/spec.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import { factsOf, type ObjectFacts } from '../evaluate/object-facts.ts';
import { isOfLater } from '../evaluate/release.ts';
import type { Observation, Pod } from '../model.ts';
import { placeOf } from '../progress/dependency-place.ts';
import { stateOf, wayThrough } from '../progress/opening.ts';
import type { PodProgress } from '../progress/pod-progress.ts';
import type { World } from '../world.ts';

/** What is looked at. */
interface Seen {
  readonly world: World;
  readonly spec: GateSpec;
  readonly pods: readonly PodProgress[];
  readonly evaluated: ReadonlyMap<string, Evaluation>;
}

type Job = Pick<ObjectFacts, 'uid' | 'createdAt' | 'images' | 'labels'>;

/**
 * The Pods that the Job of an earlier release let through, of a dependency that counts for all Pods alike. That is known
 * only when the Job of their own release has come, and then beyond doubt: they were made after the earlier Job, and
 * passed before their own was there. Before that nobody knows whether there will be one: a release may need no migration,
 * and a hook's Job is there, and complete, before the Pods are.
 */
export function openedEarly(dependency: Dependency, { world, evaluated, pods }: Seen): Pod[] {
  const { name } = dependency;
  const evaluation = evaluated.get(name);
  if (!evaluation?.completed || evaluation.opens || dependency.resource?.name === undefined) return [];
  const [job, earlier] = latestFirst(evaluation.completed, world.observations.get(name));
  if (!job || !earlier) return [];
  return pods
    .map(({ pod }) => pod)
    .filter((pod) => {
      const isBetween =
        pod.createdAt > earlier.createdAt && passedAt(pod, world.gate.name, name) < job.createdAt;
      return isBetween && isOfLater(pod.facts, job, earlier);
    });
}

/** The Job that is there, complete or not, or was, and those before it, which completed. */
function latestFirst(
  completed: NonNullable<Evaluation['completed']>,
  observation: Observation | undefined,
): readonly Job[] {
  const live = observation?.is === 'object' ? [factsOf(observation.object)] : [];
  const before = completed
    .filter(({ uid }) => uid !== live[0]?.uid)
    .map(({ uid, createdAt = '', images = [], labels = {} }): Job => ({ uid, createdAt, images, labels }));
  return [...before, ...live]
    .filter(({ createdAt }) => createdAt !== '')
    .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

/** When the operator's word let a Pod through, RFC 3339; later than any time where it did not. */
function passedAt(pod: Pod, gate: string, dependency: string): string {
  const place = placeOf(pod, gate, dependency);
  const state = stateOf(pod, place.container);
  const isThrough = state?.is === 'terminated' && state.exitCode === 0 && state.finishedAt !== '';
  const isByWord = wayThrough(pod, place) === 'evaluated';
  return isThrough && isByWord ? state.finishedAt : NEVER;
}

const NEVER = '~';
