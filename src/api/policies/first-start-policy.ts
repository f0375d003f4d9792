import { API_VERSION, GATE_ANNOTATION_PREFIX, HOLD_GATE, KIND, REMOVED } from '../names.ts';
import { type Admission, type Expression, onWorkload, type ResourceRule, validating } from './policy.ts';
import { kindOf } from './workloads.ts';

/** What is refused at its birth, and how its target is found. */
interface Born {
  readonly rule: ResourceRule;
  /** CEL: whether an owner `o` is of a kind that makes such objects for a target. */
  readonly isMaker: string;
  /** CEL, the last of these: `target`, `<Kind>/<name>`, from the variable `owner`. */
  readonly target: readonly Expression[];
  /** Where the annotations of its Pods are: below `metadata` of this. */
  readonly template: string;
}

/** A ReplicaSet's name ends in the hash that its Deployment labels it with; one without the label is nobody's. */
const POD_TARGET = [
  "variables.owner.kind != 'ReplicaSet' ? variables.owner.kind + '/' + variables.owner.name :",
  "variables.owner.name.endsWith('-' + variables.hash) ? 'Deployment/' + variables.owner.name.substring(0, size(variables.owner.name) - size(variables.hash) - 1) : ''",
].join('\n');

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
  return refusal('first-start', 'a Pod', {
    rule: { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] },
    isMaker: "o.kind in ['ReplicaSet', 'StatefulSet', 'DaemonSet']",
    target: [
      { name: 'hash', expression: "object.metadata.?labels[?'pod-template-hash'].orValue('/')" },
      { name: 'target', expression: POD_TARGET },
    ],
    template: 'object',
  });
}

/** The same for the Jobs of a CronJob, whose Pods do not tell which CronJob they are of. */
export function firstStartCronJob(): Admission {
  return refusal('first-start-cronjob', 'a Job of a CronJob', {
    rule: onWorkload('Job', 'CREATE'),
    isMaker: "o.kind == 'CronJob'",
    target: [{ name: 'target', expression: "variables.owner.kind + '/' + variables.owner.name" }],
    template: 'object.spec.template',
  });
}

function refusal(name: string, what: string, { rule, isMaker, target, template }: Born): Admission {
  const about = `Refuses ${what} of a target that came after its gate, as long as it lacks the gate: its controller tries again,\nand the operator patches the template meanwhile. A target that was there before its gate is never refused anything.`;
  const owners = 'object.metadata.ownerReferences';
  const controls = `has(o.controller) && o.controller && ${isMaker}`;
  return validating(name, about, {
    paramKind: { apiVersion: API_VERSION, kind: KIND },
    // With Fail nothing at all would start in a cluster whose custom resource is gone.
    failurePolicy: 'Ignore',
    matchConstraints: { resourceRules: [rule] },
    matchConditions: [
      { name: 'made', expression: `has(${owners}) && ${owners}.exists(o, ${controls})` },
      {
        name: 'in-force',
        expression:
          "!has(params.metadata.deletionTimestamp) && has(params.status) && has(params.status.render) && has(params.status.targets) &&\n!params.spec.?suspend.orValue(false) && params.spec.?updatePolicy.orValue('') != 'OnNextRollout' &&\nparams.spec.?placement.orValue('Template') == 'Template'",
      },
      {
        name: 'free',
        expression: `!has(object.spec.schedulingGates) || !object.spec.schedulingGates.exists(g, g.name == '${HOLD_GATE}')`,
      },
    ],
    variables: [
      { name: 'owner', expression: `${owners}.filter(o, ${controls})[0]` },
      ...target,
      {
        name: 'isFirst',
        expression: `params.spec.targets.exists(t, ${kindOf('t')} + '/' + t.name == variables.target) &&\nparams.status.targets.exists(t, t.kind + '/' + t.name == variables.target &&\n(t.state == 'Missing' || (has(t.firstStart) && t.state in ['Pending', 'Rolling', 'Current'])))`,
      },
      {
        name: 'gated',
        expression: `${template}.?metadata.?annotations[?'${GATE_ANNOTATION_PREFIX}' + params.metadata.name].orValue('${REMOVED}') != '${REMOVED}'`,
      },
    ],
    validations: [
      {
        expression: '!variables.isFirst || variables.gated',
        messageExpression:
          "variables.target + ' starts with gate ' + params.metadata.name + ', which the operator is about to put into its Pod template; until then nothing of it starts. If this stays, see whether the operator runs'",
      },
    ],
  });
}
