import { z } from 'zod';
import {
  because,
  conditionIn,
  failed,
  isTrue,
  type ObjectView,
  type Readiness,
  ready,
  waiting,
} from './object-view.ts';

/** Kinds of Kubernetes itself that say in a way of their own that they are ready or complete. */

const count = z.number().catch(0);
const text = z.string().catch('');

export const JOB = 'batch/Job';

const jobSchema = z.object({
  spec: z
    .object({ completions: z.number().catch(1), suspend: z.boolean().catch(false) })
    .catch({ completions: 1, suspend: false }),
  status: z
    .object({ active: count, succeeded: count, failed: count })
    .catch({ active: 0, succeeded: 0, failed: 0 }),
});

export function job(view: ObjectView): Readiness {
  if (isCompleteJob(view)) return ready(`${view.label} completed`, 'JobCompleted');
  const failure = jobFailure(view);
  if (failure) return failure;
  const { spec, status } = jobSchema.parse(view);
  const done = `${status.succeeded} of ${spec.completions} Pods succeeded, ${status.active} active, ${status.failed} failed`;
  if (isTrue(view, 'FailureTarget'))
    return waiting(`${view.label} is failing${because(conditionIn(view, 'FailureTarget'))}`);
  return waiting(spec.suspend ? `${view.label} is suspended: ${done}` : `${view.label}: ${done}`);
}

export function isCompleteJob(view: ObjectView): boolean {
  return view.type === JOB && isTrue(view, 'Complete');
}

/** A Job that failed never completes: its conditions are final. */
export function jobFailure(view: ObjectView): Readiness | undefined {
  if (view.type !== JOB || !isTrue(view, 'Failed')) return undefined;
  return failed(`${view.label} failed${because(conditionIn(view, 'Failed'))}`, 'JobFailed');
}

const podSchema = z.object({
  status: z
    .object({ phase: text, reason: text, message: text })
    .catch({ phase: '', reason: '', message: '' }),
});

export function pod(view: ObjectView): Readiness {
  const { status } = podSchema.parse(view);
  if (status.phase === 'Succeeded') return ready(`${view.label} succeeded`);
  if (status.phase === 'Failed') return failed(`${view.label} failed${because(status)}`, 'PodFailed');
  if (isTrue(view, 'Ready')) return ready(`${view.label} is ready`);
  const scheduled = conditionIn(view, 'PodScheduled');
  if (scheduled?.status === 'False') return waiting(`${view.label} is not scheduled${because(scheduled)}`);
  return waiting(`${view.label} is ${status.phase || 'not started'}${because(conditionIn(view, 'Ready'))}`);
}

const phaseSchema = z.object({ status: z.object({ phase: text }).catch({ phase: '' }) });

function phaseOf(view: ObjectView): string {
  return phaseSchema.parse(view).status.phase;
}

export function persistentVolumeClaim(view: ObjectView): Readiness {
  const phase = phaseOf(view);
  if (phase === 'Bound') return ready(`${view.label} is Bound`);
  if (phase === 'Lost')
    return failed(`${view.label} is Lost: its volume does not exist any more`, 'VolumeLost');
  return waiting(`${view.label} is ${phase || 'Pending'}: it is not bound to a volume yet`);
}

export function namespace(view: ObjectView): Readiness {
  const phase = phaseOf(view);
  return phase === 'Active'
    ? ready(`${view.label} is Active`)
    : waiting(`${view.label} is ${phase || 'not Active yet'}`);
}

export function customResourceDefinition(view: ObjectView): Readiness {
  const names = conditionIn(view, 'NamesAccepted');
  if (names?.status === 'False') return waiting(`${view.label}: its names are not accepted${because(names)}`);
  if (isTrue(view, 'Established')) return ready(`${view.label} is established`);
  return waiting(`${view.label} is not established yet${because(conditionIn(view, 'Established'))}`);
}

export function apiService(view: ObjectView): Readiness {
  if (isTrue(view, 'Available')) return ready(`${view.label} is available`);
  return waiting(`${view.label} is not available${because(conditionIn(view, 'Available'))}`);
}
