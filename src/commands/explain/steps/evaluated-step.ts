import { groupOf } from '../../../api/group.ts';
import { AGGREGATE_LABEL } from '../../../api/names.ts';
import type { DependencyReason } from '../../../api/reasons.ts';
import type { EvaluatedCheckOf } from '../../../api/settled.ts';
import type { ResourceCheck } from '../../../api/spec.ts';
import type { DependencyStatus } from '../../../api/status.ts';
import { quoted } from '../../words.ts';
import type { ExplainWorld } from '../explain-world.ts';
import { serviceCommands } from './answer-step.ts';
import { kubectl, type Step, step, within } from './step.ts';

/** What to do about a dependency that the operator evaluates, by its answer. */
export function evaluatedStep(world: ExplainWorld, made: EvaluatedCheckOf, status: DependencyStatus): Step {
  const told = { ...status, answer: status.answer ?? 'the operator has not looked at it yet' };
  switch (made.check) {
    case 'gate':
      return gateStep(world, made.settings.name, told);
    case 'service':
      return serviceStep(world, made.settings.name, told);
    case 'resource':
      return resourceStep(world, made.settings, told);
  }
}

const UNREADABLE: readonly (string | undefined)[] = [
  'KindNotServed',
  'Forbidden',
  'DiscoveryForbidden',
  'WatchFailed',
] satisfies DependencyReason[];

/** Whether nobody can say how it stands until somebody acts, even before its turn comes. */
export function isUnreadable(reason: string | undefined): boolean {
  return UNREADABLE.includes(reason);
}

const CHEAPER =
  'It is evaluated when there is time; make the expressions cheaper (no patterns and macros over large maps), or fewer.';

type Told = DependencyStatus & { readonly answer: string };

function gateStep(world: ExplainWorld, gate: string, { name, reason, answer }: Told): Step {
  return reason === 'NotFound'
    ? step(
        `${name}: ${answer} in ${world.gate.namespace}. Create it, or correct its name.`,
        kubectl(world, 'get dgate'),
      )
    : step(`${name}: ${answer}. What that gate waits for:`, kubectl(world, `dgate explain ${gate}`));
}

function serviceStep(world: ExplainWorld, service: string, told: Told): Step {
  const { name, reason, answer } = told;
  if (reason === 'NotFound') {
    const text = `${name}: ${answer} in ${world.gate.namespace}. Create it, or correct its name in the gate.`;
    return step(text, kubectl(world, 'get services'));
  }
  return (
    forbiddenStep(world, told, SERVICE_KINDS) ??
    step(`${name}: ${answer}.`, ...serviceCommands(world, service))
  );
}

function resourceStep(world: ExplainWorld, resource: ResourceCheck, told: Told): Step {
  const { name, answer, reason, state } = told;
  const object = objectName(resource);
  if (reason === 'KindNotServed') return unknownKindStep(world, resource, name, answer);
  if (reason === 'WatchFailed') return unservedStep(world, name, answer);
  if (reason === 'EvaluationPostponed') return step(`${name}: ${answer}. ${CHEAPER}`);
  if (reason === 'NotFound') {
    const what = resource.name === undefined ? 'labels' : 'name';
    const text = `${name}: ${answer}. Create it, or correct its ${what} in the gate (namespace ${world.gate.namespace}).`;
    return step(text, kubectl(world, `get ${kindOf(resource)}`));
  }
  if (reason === 'NoneMatchesPod') return unmatchedStep(world, resource, told);
  if (state === 'Failed' && resource.kind === 'Job') return failedJobStep(world, resource, told);
  const forbidden = forbiddenStep(world, told, [kindOf(resource)]);
  if (forbidden) return forbidden;
  return resource.expression === undefined
    ? step(`${name}: ${answer}.`, kubectl(world, `describe ${object}`))
    : expressionStep(world, object, told);
}

/** An expression is read beside the very fields that it asks for. */
function expressionStep(world: ExplainWorld, object: string, { name, reason, answer }: Told): Step {
  const advice =
    reason === 'ExpressionFailed'
      ? ' Correct the expression, or ask with has() first where a field may be missing.'
      : '';
  return step(`${name}: ${answer}.${advice}`, kubectl(world, `get ${object} -o yaml`));
}

/** Both are told side by side, since nothing of them is told here. */
function unmatchedStep(world: ExplainWorld, resource: ResourceCheck, { name, answer }: Told): Step {
  const kind = kindOf(resource);
  return step(
    `${name}: ${answer}. It waits for the ${resource.kind} of its own release. If that is there, compare the two: the images of the containers and the labels of the ${resource.kind} itself, not of its template.`,
    kubectl(world, `get ${kind} -o wide --show-labels`),
    kubectl(world, 'get pods -o wide --show-labels'),
  );
}

function failedJobStep(world: ExplainWorld, resource: ResourceCheck, { name, reason, answer }: Told): Step {
  const { name: job } = resource;
  if (job === undefined) {
    const text = `${name}: ${answer}. It will not recover by itself. Fix the cause, delete the Job and create it again: the gate goes on by itself when it completes.`;
    return step(text, kubectl(world, `describe ${objectName(resource)}`));
  }
  if (reason === 'JobFailedAndGone') {
    const text = `${name}: ${answer}. It will not recover by itself. Fix the cause and create the Job again: the gate goes on by itself when it completes.`;
    return step(text, kubectl(world, `events --for job/${job}`));
  }
  return step(
    `${name}: ${answer}. It will not recover by itself. Fix the cause, delete the Job and create it again: the gate goes on by itself when a new Job ${job} completes.`,
    kubectl(world, `describe job ${job}`),
    kubectl(world, `logs job/${job}`),
    kubectl(world, `delete job ${job}`),
  );
}

function unknownKindStep(
  world: ExplainWorld,
  { apiVersion }: ResourceCheck,
  name: string,
  answer: string,
): Step {
  const group = groupOf(apiVersion);
  return step(
    `${name}: ${answer}. Install its CustomResourceDefinition, or correct apiVersion and kind in the gate; the operator looks again by itself.`,
    within(world, `api-resources --api-group=${quoted(group)}`),
  );
}

function unservedStep(world: ExplainWorld, name: string, answer: string): Step {
  return step(
    `${name}: ${answer}. The operator goes on trying by itself. The API server cannot serve the kind: look at the API service behind it.`,
    within(world, 'get apiservices'),
  );
}

/** What a Service is evaluated by, as kubectl names kinds. */
const SERVICE_KINDS = ['service', 'endpointslice.discovery.k8s.io'];

/** The answer has the rule; these commands make it. kubectl finds what a kind is called in a rule. */
function forbiddenStep(
  world: ExplainWorld,
  { name, reason, answer }: Told,
  kinds: readonly string[],
): Step | undefined {
  if (reason === 'DiscoveryForbidden') return step(`${name}: ${answer}.`);
  if (reason !== 'Forbidden') return undefined;
  const role = `dependency-gate-${kinds.map((kind) => kind.split('.')[0]).join('-')}`;
  return step(
    `${name}: the operator may not read ${kinds.join(' and ')}. Whoever administers the cluster can allow it; the operator goes on by itself then.`,
    within(world, `create clusterrole ${role} --verb=list,watch --resource=${kinds.join(',')}`),
    within(world, `label clusterrole ${role} ${AGGREGATE_LABEL}=true`),
  );
}

/** As kubectl finds it whatever other groups have a kind of that name: `job/migrate`, `certificate.cert-manager.io/web`. */
function objectName(resource: ResourceCheck): string {
  const { name, selector } = resource;
  if (name !== undefined) return `${kindOf(resource)}/${name}`;
  const labels = Object.entries(selector?.matchLabels ?? {}).map((label) => label.join('='));
  return `${kindOf(resource)} -l ${quoted(labels.sort().join(','))}`;
}

function kindOf({ apiVersion, kind }: ResourceCheck): string {
  const group = groupOf(apiVersion);
  return `${kind.toLowerCase()}${group.includes('.') ? `.${group}` : ''}`;
}
