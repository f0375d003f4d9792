import {
  GATE_ANNOTATION_PREFIX,
  HOLD_GATE,
  REQUIRE_LABEL,
  REQUIRE_SEPARATOR,
  TEMPLATE_HASH_LABEL,
} from '../names.ts';
import { TARGET_RESOURCES } from '../target-resources.ts';
import { lackingGates } from './hold-policy.ts';
import { positions } from './lists-cel.ts';
import type { Place } from './placement.ts';
import { type Expression, onPods, onWorkload } from './policy.ts';
import { kindOf } from './workloads.ts';

/** CEL: the gate is placed into Pods. */
const IN_PODS: Expression = {
  name: 'in-pods',
  expression: "has(params.spec.placement) && params.spec.placement == 'Pod'",
};

/** CEL: the same, or the Pod is a Job's: that has no other way to get a gate which was not there when it was created. */
const IN_PODS_OR_OF_JOB: Expression = {
  name: IN_PODS.name,
  expression: `${IN_PODS.expression} ||\n(has(object.metadata.ownerReferences) && object.metadata.ownerReferences.exists(o, has(o.controller) && o.controller && o.kind == 'Job'))`,
};

/** CEL: the Pod requires the gate, and does not have it from its Job's template. */
const IS_LACKING = `has(object.metadata.labels) && '${REQUIRE_LABEL}' in object.metadata.labels && params.metadata.name in object.metadata.labels['${REQUIRE_LABEL}'].split('${REQUIRE_SEPARATOR}') &&\n!(has(object.metadata.annotations) && ('${GATE_ANNOTATION_PREFIX}' + params.metadata.name) in object.metadata.annotations)`;

/** CEL: the label by which a Deployment's ReplicaSets are told apart, whose names end in its value. */
const HASH = `(has(object.metadata.labels) && '${TEMPLATE_HASH_LABEL}' in object.metadata.labels ? string(object.metadata.labels['${TEMPLATE_HASH_LABEL}']) : '')`;

/** CEL: the owner `o` is one of Kubernetes' own kind, and not of another group's kind of that name. */
const isOf = (kind: string, { group }: { readonly group: string }) =>
  `o.kind == '${kind}' && o.apiVersion.startsWith('${group}/')`;

/** CEL: a target `t` of the gate, of the kind `kind`, has a condition on `o`, the object's controller. */
const isOwnedByTarget = (condition: string) =>
  `has(object.metadata.ownerReferences) && object.metadata.ownerReferences.exists(o, has(o.controller) && o.controller &&\nparams.spec.targets.exists(t, [${kindOf('t')}].exists(kind, ${condition})))`;

/** A Pod of a workload that a gate names, at its birth. The workload is known by what owns the Pod. */
export function intoPod(): Place {
  const byJob = `(${isOf('Job', TARGET_RESOURCES.Job)} && kind == 'Job' && o.name == t.name && ${IS_LACKING})`;
  return intoPodOf(byJob);
}

/** The same, of a workload whose template can be patched instead. */
export function intoPodOfPatched(): Place {
  return intoPodOf();
}

/** @param more CEL: who else the Pod may be of */
function intoPodOf(...more: readonly string[]): Place {
  const direct = (['StatefulSet', 'DaemonSet'] as const).map(
    (kind) => `(${isOf(kind, TARGET_RESOURCES[kind])} && kind == '${kind}' && o.name == t.name)`,
  );
  const byReplicaSet = `(${isOf('ReplicaSet', TARGET_RESOURCES.Deployment)} && kind == 'Deployment' && o.name == t.name + '-' + ${HASH})`;
  return {
    matchConstraints: {
      resourceRules: [onPods('CREATE')],
    },
    path: '',
    isTargeted: isOwnedByTarget([byReplicaSet, ...direct, ...more].join(' ||\n')),
    target: ofController(
      `o.kind == 'ReplicaSet' ? 'Deployment/' + o.name.substring(0, size(o.name) - size(${HASH}) - 1) : o.kind + '/' + o.name`,
    ),
    conditions: [IN_PODS_OR_OF_JOB],
    besides: RELEASE,
  };
}

/** The template of a Job that a CronJob makes: it never changes after that. */
export function intoJob(): Place {
  const { CronJob } = TARGET_RESOURCES;
  return {
    matchConstraints: { resourceRules: [onWorkload('Job', 'CREATE')] },
    path: 'spec.template',
    isTargeted: isOwnedByTarget(`${isOf('CronJob', CronJob)} && kind == 'CronJob' && o.name == t.name`),
    target: ofController("o.kind + '/' + o.name"),
    conditions: [IN_PODS],
  };
}

/** CEL: something of the object's controller `o`. */
function ofController(expression: string): string {
  return `object.metadata.ownerReferences.filter(o, has(o.controller) && o.controller).map(o, ${expression})[0]`;
}

const HOLDS = 'object.spec.?schedulingGates.orValue([]).map(h, string(h.name))';
const LACKING = `${lackingGates(`variables.labels[?'${REQUIRE_LABEL}'].orValue('')`, 'variables.annotations')}.filter(g, g != params.metadata.name)`;

/** Policies act in any order: what was held for the gate a moment ago is let go, if it was the last. */
const RELEASE = `${positions(HOLDS, `${HOLDS}[i] == '${HOLD_GATE}' && size(${LACKING}) == 0`)}.map(i, JSONPatch{op: 'remove', path: '/spec/schedulingGates/' + string(i)})`;
