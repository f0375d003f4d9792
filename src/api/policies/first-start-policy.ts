import { API_VERSION, GATE_ANNOTATION_PREFIX, KIND, REMOVED } from '../names.ts';
import { IS_HELD } from './hold-policy.ts';
import { intoJob, intoPodOfPatched } from './into-pod.ts';
import type { Place } from './placement.ts';
import { type Admission, validating } from './policy.ts';

/**
 * Refuses the Pods of a target that came after its gate, until its template carries the gate: what made them tries again.
 * That gates first starts on every Kubernetes, with no change of what is written; where MutatingAdmissionPolicies place
 * the containers it catches the workload that came while the API server did not know the gate yet.
 *
 * A target that ran before its gate is never refused a Pod, whatever else fails: only `Missing` and the latch `firstStart`
 * in the status refuse, and an adopted workload has neither. Nor is one whose gate is placed in Pods: nobody patches its
 * template. A Pod with our scheduling gate is held, which is as good.
 */
export function firstStart(): Admission {
  return refusal('first-start', 'a Pod', intoPodOfPatched());
}

/** The same for the Jobs of a CronJob, whose Pods do not tell which CronJob they are of. */
export function firstStartCronJob(): Admission {
  return refusal('first-start-cronjob', 'a Job of a CronJob', intoJob());
}

/** @param place where the policies of `place` would put the gate: by the same owner a target is known here */
function refusal(
  name: string,
  what: string,
  { matchConstraints, path, isTargeted, target }: Place,
): Admission {
  const about = `Refuses ${what} of a target that came after its gate, as long as it lacks the gate: its controller tries again,\nand the operator patches the template meanwhile. A target that was there before its gate is never refused anything.`;
  const template = path === '' ? 'object' : `object.${path}`;
  return validating(name, about, {
    paramKind: { apiVersion: API_VERSION, kind: KIND },
    // With Fail nothing at all would start in a cluster whose custom resource is gone.
    failurePolicy: 'Ignore',
    matchConstraints,
    matchConditions: [
      { name: 'targeted', expression: isTargeted },
      {
        name: 'in-force',
        expression:
          "!has(params.metadata.deletionTimestamp) && has(params.status) && has(params.status.render) && has(params.status.targets) &&\n!params.spec.?suspend.orValue(false) && params.spec.?updatePolicy.orValue('') != 'OnNextRollout' &&\nparams.spec.?placement.orValue('Template') == 'Template'",
      },
      { name: 'free', expression: `!(${IS_HELD})` },
    ],
    variables: [
      { name: 'target', expression: target },
      {
        name: 'isFirst',
        expression: `params.status.targets.exists(t, t.kind + '/' + t.name == variables.target &&\n(t.state == 'Missing' || (has(t.firstStart) && t.state in ['Pending', 'Rolling', 'Current'])))`,
      },
      {
        name: 'gated',
        expression: `${template}.?metadata.?annotations[?'${GATE_ANNOTATION_PREFIX}' + params.metadata.name].orValue('${REMOVED}') != '${REMOVED}'`,
      },
      // The API server of 1.34 warns of `params` in a messageExpression.
      { name: 'gate', expression: 'params.metadata.name' },
    ],
    validations: [
      {
        expression: '!variables.isFirst || variables.gated',
        messageExpression:
          "variables.target + ' starts with gate ' + variables.gate + ', which the operator is about to put into its Pod template; until then nothing of it starts. If this stays, see whether the operator runs'",
      },
    ],
  });
}
