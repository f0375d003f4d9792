import type { JsonObject } from '../model.ts';
import {
  apiService,
  customResourceDefinition,
  isCompleteJob,
  JOB,
  job,
  jobFailure,
  namespace,
  persistentVolumeClaim,
  pod,
} from './kinds.ts';
import {
  because,
  conditionIn,
  failed,
  type ObjectView,
  type Readiness,
  ready,
  viewOf,
  waiting,
} from './object-view.ts';
import { daemonSet, deployment, statefulSet } from './workload-kinds.ts';

export type { Readiness } from './object-view.ts';

/** By API group and kind, whatever the version. */
const KINDS: ReadonlyMap<string, (view: ObjectView) => Readiness> = new Map([
  ['apps/Deployment', deployment],
  ['apps/StatefulSet', statefulSet],
  ['apps/DaemonSet', daemonSet],
  [JOB, job],
  ['/Pod', pod],
  ['/PersistentVolumeClaim', persistentVolumeClaim],
  ['/Namespace', namespace],
  ['apiextensions.k8s.io/CustomResourceDefinition', customResourceDefinition],
  ['apiregistration.k8s.io/APIService', apiService],
]);

/**
 * Whether an object is ready or complete, by its kind's own idea of that; for kinds that are not known, by kstatus' rules
 * for all objects. Never throws, whatever JSON it is given. Messages begin with the object's kind and name.
 */
export function readiness(object: JsonObject): Readiness {
  const view = viewOf(object);
  return deletion(view) ?? (KINDS.get(view.type) ?? generic)(view);
}

/** Whether an object is a Job that ended in order. */
export function isCompletedJob(object: JsonObject): boolean {
  return isCompleteJob(viewOf(object));
}

/** Whether an object's condition has a status, as far as the condition is about the object's present generation. */
export function conditionOf(object: JsonObject, type: string, status: string): Readiness {
  const view = viewOf(object);
  const failure = type === 'Failed' ? undefined : jobFailure(view);
  return deletion(view) ?? failure ?? named(view, type, status);
}

/** What is being deleted is no ground to build on. A Job that has ended stays what it became. */
function deletion(view: ObjectView): Readiness | undefined {
  const hasEnded = isCompleteJob(view) || jobFailure(view) !== undefined;
  return view.deleting && !hasEnded ? waiting(`${view.label} is being deleted`, 'BeingDeleted') : undefined;
}

/** kstatus' rules: the generation, then `Stalled` and `Reconciling`, which exist while True, then `Ready`. */
function generic(view: ObjectView): Readiness {
  const stale = outdated(view, view.observedGeneration);
  if (stale) return stale;
  const stalled = conditionIn(view, 'Stalled');
  if (stalled?.status === 'True')
    return failed(`${view.label} is stalled${because(stalled)}`, 'ObjectStalled');
  const reconciling = conditionIn(view, 'Reconciling');
  if (reconciling?.status === 'True') return waiting(`${view.label} is reconciling${because(reconciling)}`);
  if (view.conditions.length > 0) return named(view, 'Ready', 'True');
  if (!view.spec && !view.status) return ready(`${view.label} exists`);
  return waiting(`${view.label} has no conditions yet: if it never has any, ${ADVICE}`, 'ConditionMissing');
}

const ADVICE = 'name a condition or give an expression';

function named(view: ObjectView, type: string, status: string): Readiness {
  const condition = conditionIn(view, type);
  if (!condition) return absent(view, type);
  const stale = outdated(view, condition.observedGeneration ?? view.observedGeneration);
  if (stale) return stale;
  const message = `${view.label}: ${type} is ${condition.status || 'without a status'}${because(condition)}`;
  return condition.status === status ? ready(message, 'ConditionMet') : waiting(message, 'ConditionNotMet');
}

function absent({ label, conditions }: ObjectView, type: string): Readiness {
  if (conditions.length === 0) return waiting(`${label} has no conditions yet`, 'ConditionMissing');
  const others = conditions.map((condition) => condition.type).join(', ');
  return waiting(
    `${label} has no condition ${type}; it has ${others}: name one of them or give an expression`,
    'ConditionMissing',
  );
}

/** What a controller says of an older generation is not believed. */
function outdated({ label, generation }: ObjectView, observed: number | undefined): Readiness | undefined {
  if (observed === undefined || observed >= generation) return undefined;
  return waiting(
    `${label}: its status is of generation ${observed}, not yet of ${generation}`,
    'StatusOutdated',
  );
}
