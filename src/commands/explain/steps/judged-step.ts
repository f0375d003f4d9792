import { groupOf } from '../../../api/group.ts';
import { AGGREGATE_LABEL } from '../../../api/names.ts';
import type { JudgedCheckOf } from '../../../api/settled.ts';
import type { ResourceCheck } from '../../../api/spec.ts';
import type { DependencyStatus } from '../../../api/status.ts';
import { isOfGone } from '../../../core/evaluate/judge-resource.ts';
import { isUnserved } from '../../../core/evaluate/unseen.ts';
import type { ExplainWorld } from '../explain-world.ts';
import { quoted } from '../words.ts';
import { serviceCommands } from './answer-step.ts';
import { kubectl, type Step, step, within } from './step.ts';

/** What to do about a dependency that the operator judges, by its answer. */
export function judgedStep(world: ExplainWorld, made: JudgedCheckOf, status: DependencyStatus): Step {
  const { name, answer = 'the operator has not looked at it yet' } = status;
  switch (made.check) {
    case 'gate':
      return gateStep(world, name, made.settings.name, answer);
    case 'service':
      return serviceStep(world, name, made.settings.name, answer);
    case 'resource':
      return resourceStep(world, made.settings, { ...status, answer });
  }
}

const MAY_NOT = 'the operator may not ';

/** Whether nobody can say how it stands until somebody acts, even before its turn comes. */
export function isUnreadable(answer: string): boolean {
  return answer.startsWith('the API server knows no ') || answer.startsWith(MAY_NOT) || isUnserved(answer);
}

function gateStep(world: ExplainWorld, name: string, gate: string, answer: string): Step {
  return answer.endsWith('does not exist')
    ? step(
        `${name}: ${answer} in ${world.gate.namespace}. Create it, or correct its name.`,
        kubectl(world, 'get dgate'),
      )
    : step(`${name}: ${answer}. What that gate waits for:`, kubectl(world, `dgate explain ${gate}`));
}

function serviceStep(world: ExplainWorld, name: string, service: string, answer: string): Step {
  if (answer.endsWith('does not exist')) {
    const text = `${name}: ${answer} in ${world.gate.namespace}. Create it, or correct its name in the gate.`;
    return step(text, kubectl(world, 'get services'));
  }
  return (
    forbiddenStep(world, name, answer) ?? step(`${name}: ${answer}.`, ...serviceCommands(world, service))
  );
}

function resourceStep(
  world: ExplainWorld,
  resource: ResourceCheck,
  { name, answer, state }: DependencyStatus & { readonly answer: string },
): Step {
  const object = objectName(resource);
  if (answer.startsWith('the API server knows no')) return unknownKindStep(world, resource, name, answer);
  if (isUnserved(answer)) return unservedStep(world, name, answer);
  // The words of a condition may end so too.
  if (answer === `${resource.kind} ${resource.name} does not exist`) {
    const text = `${name}: ${answer}. Create it, or correct its name in the gate (namespace ${world.gate.namespace}).`;
    return step(text, kubectl(world, `get ${object.split('/')[0]}`));
  }
  if (state === 'Failed' && resource.kind === 'Job') return failedJobStep(world, resource, name, answer);
  const forbidden = forbiddenStep(world, name, answer);
  if (forbidden) return forbidden;
  return resource.expression === undefined
    ? step(`${name}: ${answer}.`, kubectl(world, `describe ${object}`))
    : expressionStep(world, name, object, answer);
}

/** An expression is read beside the very fields that it asks for. */
function expressionStep(world: ExplainWorld, name: string, object: string, answer: string): Step {
  const advice = answer.includes(': the expression cannot be evaluated: ')
    ? ' Correct the expression, or ask with has() first where a field may be missing.'
    : '';
  return step(`${name}: ${answer}.${advice}`, kubectl(world, `get ${object} -o yaml`));
}

function failedJobStep(
  world: ExplainWorld,
  { name: job }: ResourceCheck,
  name: string,
  answer: string,
): Step {
  if (isOfGone(answer)) {
    const text = `${name}: ${answer}. It will not come by itself. Mend the cause and create the Job again: the gate goes on by itself when it completes.`;
    return step(text, kubectl(world, `events --for job/${job}`));
  }
  return step(
    `${name}: ${answer}. It will not come by itself. Mend the cause, delete the Job and create it again: the gate goes on by itself when a new Job ${job} completes.`,
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

/** The status prints the rule; these commands make it. */
function forbiddenStep(world: ExplainWorld, name: string, answer: string): Step | undefined {
  const rule = /^the operator may not read .*"apiGroups":\["([^"]*)"\],"resources":\["([^"]+)"\]/.exec(
    answer,
  );
  if (!rule) return answer.startsWith(MAY_NOT) ? step(`${name}: ${answer}.`) : undefined;
  const [, group = '', plural = ''] = rule;
  const role = `dependency-gate-${plural}`;
  return step(
    `${name}: the operator may not read ${plural}. Whoever administers the cluster can allow it; the operator goes on by itself then.`,
    within(
      world,
      `create clusterrole ${role} --verb=list,watch --resource=${group ? `${plural}.${group}` : plural}`,
    ),
    within(world, `label clusterrole ${role} ${AGGREGATE_LABEL}=true`),
  );
}

/** As kubectl finds it whatever other groups have a kind of that name: `job/migrate`, `certificate.cert-manager.io/web`. */
function objectName({ apiVersion, kind, name }: ResourceCheck): string {
  const group = groupOf(apiVersion);
  return `${kind.toLowerCase()}${group.includes('.') ? `.${group}` : ''}/${name}`;
}
