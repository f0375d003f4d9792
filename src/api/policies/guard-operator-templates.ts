import { CONTAINER_PREFIX, GATED_LABEL, GROUP, REQUIRE_LABEL } from '../names.ts';
import { confining, OTHERS_CHANGES } from './guard-operator.ts';
import { IS_OURS } from './guard-operator-pods.ts';
import { type Admission, type Expression, onWorkload, type ResourceRule, type Validation } from './policy.ts';
import { NAME, recordedIn } from './pull-secrets-cel.ts';
import { BOOKKEEPING, isOneOf, orElse, unchanged } from './unchanged.ts';

/** What the operator may write of workloads whose template is at `spec.template`. */
export function guardOperatorTemplates(): Admission {
  const kinds = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
  return guarding({
    name: 'operator-templates',
    template: 'spec.template',
    rules: kinds.map((kind) => onWorkload(kind, 'UPDATE')),
    rest: [unchanged('object.spec', 'oldObject.spec', isOneOf('template'))],
  });
}

/** The same of CronJobs. */
export function guardOperatorCronJobs(): Admission {
  const rest = (path: string, field: string) =>
    unchanged(`object.${path}`, `oldObject.${path}`, isOneOf(field));
  return guarding({
    name: 'operator-cronjobs',
    template: 'spec.jobTemplate.spec.template',
    rules: [onWorkload('CronJob', 'UPDATE')],
    rest: [
      rest('spec', 'jobTemplate'),
      rest('spec.jobTemplate', 'spec'),
      rest('spec.jobTemplate.spec', 'template'),
    ],
  });
}

interface Guarding {
  readonly name: string;
  /** The template's place. */
  readonly template: string;
  readonly rules: readonly ResourceRule[];
  /** CEL: what is around the template stays as it is. */
  readonly rest: readonly string[];
}

function guarding({ name, template, rules, rest }: Guarding): Admission {
  return confining(
    name,
    'Whoever holds the token of the operator changes nothing of a workload but the init containers, volumes, annotations and\nthe label of gates in its Pod template, and these may do no more than wait.',
    {
      matchConstraints: { resourceRules: rules },
      variables: variables(template),
      validations: [...outside(rest), ...inside()],
    },
  );
}

/** CEL: the volume `v` has the name of one of ours. */
const IS_OUR_VOLUME = `v.name.startsWith('${CONTAINER_PREFIX}')`;

function variables(template: string): Expression[] {
  const both = (name: string, of: (template: string) => string) => [
    { name, expression: of('variables.template') },
    { name: `${name}Before`, expression: of('variables.templateBefore') },
  ];
  return [
    { name: 'template', expression: `object.${template}` },
    { name: 'templateBefore', expression: `oldObject.${template}` },
    ...both('labels', (of) => `${of}.?metadata.?labels.orValue({})`),
    ...both('annotations', (of) => `${of}.?metadata.?annotations.orValue({})`),
    ...both('containers', (of) => orElse(`${of}.spec`, 'initContainers', '[]')),
    ...both('secrets', (of) => orElse(`${of}.spec`, 'imagePullSecrets', '[]')),
    { name: 'recorded', expression: recordedIn('variables.annotations') },
    { name: 'recordedBefore', expression: recordedIn('variables.annotationsBefore') },
    ...both('volumes', (of) => orElse(`${of}.spec`, 'volumes', '[]')),
    {
      name: 'put',
      expression: `variables.containers.filter(c, ${IS_OURS} && !(c in variables.containersBefore))`,
    },
    {
      name: 'nodeVolumes',
      expression: 'variables.volumes.filter(v, has(v.hostPath)).map(v, string(v.name))',
    },
    {
      name: 'putVolumes',
      expression: `variables.volumes.filter(v, ${IS_OUR_VOLUME} && !(v in variables.volumesBefore))`,
    },
  ];
}

/** What is not the template's init containers, volumes, label and annotations is as it was. */
function outside(rest: readonly string[]): Validation[] {
  // The API server counts a DaemonSet's templates in its annotations.
  const counted = isOneOf('deprecated.daemonset.template.generation');
  const annotations = (object: string) => orElse(`${object}.metadata`, 'annotations', '{}');
  return [
    only(
      'nothing of a workload but its Pod template',
      unchanged('object.metadata', 'oldObject.metadata', isOneOf(...BOOKKEEPING, 'annotations')),
      unchanged(annotations('object'), annotations('oldObject'), counted),
      ...rest,
    ),
    only(
      'nothing of a Pod template but its init containers, volumes, pull secrets, annotations and label',
      unchanged('variables.template', 'variables.templateBefore', isOneOf('metadata', 'spec')),
      unchanged(
        'variables.template.?metadata.orValue({})',
        'variables.templateBefore.?metadata.orValue({})',
        isOneOf('labels', 'annotations'),
      ),
      unchanged(
        'variables.template.spec',
        'variables.templateBefore.spec',
        isOneOf('initContainers', 'volumes', 'imagePullSecrets'),
      ),
    ),
  ];
}

/** What may stand in a container of ours: what a render has, and what the API server adds. */
export const CONTAINER_FIELDS = [
  ...['name', 'image', 'imagePullPolicy', 'command', 'args', 'workingDir', 'env', 'envFrom', 'resources'],
  ...['volumeMounts', 'securityContext', 'terminationMessagePath', 'terminationMessagePolicy'],
];

/** What of the template is a gate's, and may be changed: and what that may be. */
function inside(): Validation[] {
  const ours = `k != '${REQUIRE_LABEL}' && (k.startsWith('${GROUP}/') || k.split('/')[0].endsWith('.${GROUP}'))`;
  const own = (list: string, item: string, isOurs: string) =>
    `variables.${list}.filter(${item}, !(${isOurs})) == variables.${list}Before.filter(${item}, !(${isOurs}))`;
  const isPlain = [
    `dyn(c).all(k, ${isOneOf(...CONTAINER_FIELDS)})`,
    '!c.?securityContext.?privileged.orValue(false)',
    'size(c.?securityContext.?capabilities.?add.orValue([])) == 0',
    `c.?volumeMounts.orValue([]).all(v, ${IS_OUR_VOLUME} || !(v.name in variables.nodeVolumes))`,
  ];
  return [
    only(
      `no labels of a Pod template but ${GATED_LABEL}, and no annotations but those of gates`,
      unchanged('variables.labels', 'variables.labelsBefore', isOneOf(GATED_LABEL)),
      unchanged('variables.annotations', 'variables.annotationsBefore', `(${ours})`),
    ),
    only("none of a workload's own init containers", own('containers', 'c', IS_OURS)),
    only(
      "none of a workload's own pull secrets",
      `variables.secrets.filter(s, !(${NAME} in variables.recorded)) == variables.secretsBefore.filter(s, !(${NAME} in variables.recordedBefore))`,
    ),
    only("none of a workload's own volumes", own('volumes', 'v', IS_OUR_VOLUME)),
    only(
      'init containers only to some that wait: no privileges, ports, probes or hooks, and no folders of the node',
      `variables.put.all(c, ${isPlain.join(' && ')})`,
    ),
    only(
      'volumes only to annotations, ConfigMaps and Secrets',
      `variables.putVolumes.all(v, dyn(v).all(k, ${isOneOf('name', 'projected')}) && v.?projected.?sources.orValue([]).all(s, dyn(s).all(k, ${isOneOf('downwardAPI', 'configMap', 'secret')})))`,
    ),
  ];
}

function only(what: string, ...conditions: readonly string[]): Validation {
  return {
    expression: conditions.map((condition) => `(${condition})`).join(' && '),
    message: `the operator changes ${what}: ${OTHERS_CHANGES}`,
    reason: 'Forbidden',
  };
}
