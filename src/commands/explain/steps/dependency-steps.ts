import { type KeyReference, keyReferences } from '../../../api/key-references.ts';
import { openAnnotation } from '../../../api/names.ts';
import type { DependencyReason } from '../../../api/reasons.ts';
import { evaluatedCheckOf } from '../../../api/settled.ts';
import type { Dependency } from '../../../api/spec.ts';
import type { DependencyStatus } from '../../../api/status.ts';
import { isUnpullable } from '../../../core/container-state.ts';
import {
  blockedBy,
  conditionOf,
  containerFor,
  dependenciesOf,
  type ExplainWorld,
  statusOf,
} from '../explain-world.ts';
import { answerStep } from './answer-step.ts';
import { evaluatedStep, isUnreadable } from './evaluated-step.ts';
import { selfStep } from './self-step.ts';
import { exitWords, isOfReference, isStartFailure, startFailure } from './start-failure.ts';
import { kubectl, type Step, step } from './step.ts';

/** What to do about each dependency that keeps a Pod, or that will not come by itself. */
export function dependencySteps(world: ExplainWorld): Step[] {
  const kept = dependenciesOf(world).flatMap((dependency): Kept[] => {
    const status = statusOf(world, dependency.name);
    return status && isWanted(status) ? [{ dependency, status }] : [];
  });
  return [
    ...onceEach(world, kept).flatMap(({ dependency, status }) => stepOf(world, dependency, status) ?? []),
    ...openingSteps(world, kept),
  ];
}

interface Kept {
  readonly dependency: Dependency;
  readonly status: DependencyStatus;
}

/** What keeps a container from running is told of the first dependency that it waits for. */
function onceEach(world: ExplainWorld, kept: readonly Kept[]): Kept[] {
  const told = new Set<string>();
  return kept.filter(({ dependency: { name }, status }) => {
    if (status.state !== 'Starting' && status.exitCode === undefined) return true;
    const container = containerFor(world, name);
    const isFirst = !told.has(container);
    told.add(container);
    return isFirst;
  });
}

function isWanted({ blocked, state, satisfied, reason }: DependencyStatus): boolean {
  return blocked > 0 || state === 'Failed' || (satisfied === false && isUnreadable(reason));
}

function stepOf(world: ExplainWorld, dependency: Dependency, status: DependencyStatus): Step | undefined {
  const made = evaluatedCheckOf(dependency);
  const { name, state } = status;
  // The scheduler's words: told with the Pods.
  if (state === 'Pending' && status.blocked > 0) return undefined;
  if (state === 'Starting') return startingStep(world, dependency, status);
  // One that is killed for its memory runs again and again, and may do so just now.
  const isKilled = status.containerReason === 'OOMKilled';
  if (status.exitCode !== undefined && (state === 'Failed' || isKilled))
    return failedRunStep(world, dependency, status);
  if ((status.opened ?? 0) > 0 || status.satisfied) return beingOpenedStep(world, name, status);
  const itself = selfStep(world, dependency, status);
  if (itself) return itself;
  if (made) return isStalledBy(world, status) ? undefined : evaluatedStep(world, made, status);
  if (dependency.container) return containerStep(world, dependency.name);
  return answerStep(world, dependency, status);
}

const FAULTS: readonly (string | undefined)[] = [
  'InvalidExpression',
  'ExpressionOutsideNamespace',
  'MatchOutsideNamespace',
  'DependencyCycle',
] satisfies DependencyReason[];

/** Whether the gate is stalled by this very dependency, the first with a fault: what to do is told of the gate. */
function isStalledBy(world: ExplainWorld, { name }: DependencyStatus): boolean {
  const first = world.gate.status.dependencies?.find(({ reason }) => FAULTS.includes(reason));
  return conditionOf(world, 'Stalled')?.status === 'True' && first?.name === name;
}

/** The container does not run: what it would be asking does not matter. */
function startingStep(
  world: ExplainWorld,
  dependency: Dependency,
  { message = '', containerReason = '' }: DependencyStatus,
): Step | undefined {
  const { name } = dependency;
  const describe = podOf(world, name).map((pod) => kubectl(world, `describe pod ${pod}`));
  if (message === '') return step(`${name}: the kubelet is about to start the container.`, ...describe);
  if (isUnpullable(containerReason)) {
    const whose = dependency.container
      ? `Correct it in ${dependency.container.from === undefined ? 'the gate' : 'the target'}`
      : "It is that of the operator's own Pod, its --waiter-image, or spec.waiter.image of the gate; correct it there, and the Pods follow, unless others of the gate could pull it: then name the right one in spec.waiter.image";
    return step(
      `${name}: the image ${imageOf(world, dependency)} cannot be pulled to the Pod's node. ${whose}, or name a Secret for its registry in spec.waiter.imagePullSecrets of the gate.`,
      ...describe,
    );
  }
  if (containerReason === 'CreateContainerConfigError' && isOfReference(message)) {
    return step(
      `${name}: a Secret or ConfigMap that the check refers to is not there, or lacks the key: ${afterReason(message)}. The container starts by itself once it is.`,
      ...referencesBeside(world, dependency).map((object) => kubectl(world, `get ${object}`)),
    );
  }
  return startFailure(world, name, message, podOf(world, name));
}

function imageOf({ gate }: ExplainWorld, { name: dependency, container }: Dependency): string {
  if (container?.from !== undefined) return `of the target's container ${container.from}`;
  const name = containerFor({ gate }, dependency);
  return gate.status.render?.initContainers.find((one) => one.name === name)?.image ?? '';
}

function afterReason(message: string): string {
  return message.slice(message.indexOf(':') + 1).trim();
}

/** Those of all dependencies of its container. */
function referencesBeside(world: ExplainWorld, { name }: Dependency): string[] {
  const container = containerFor(world, name);
  const beside = dependenciesOf(world).filter((one) => containerFor(world, one.name) === container);
  return [...new Set(beside.flatMap(references))];
}

/** The Secrets and ConfigMaps without which a check's container does not start, as kubectl names them. */
function references(dependency: Dependency): string[] {
  const required = keyReferences(dependency).filter((reference) => reference.required);
  const of = (wanted: KeyReference['kind']) =>
    required.filter(({ kind }) => kind === wanted).map(({ name }) => `${wanted.toLowerCase()} ${name}`);
  return [...new Set([...of('Secret'), ...of('ConfigMap')])];
}

/** A typed check exits by itself only when it is used in a wrong way, or is killed. */
function failedRunStep(
  world: ExplainWorld,
  dependency: Dependency,
  { message = '', containerReason, exitCode }: DependencyStatus,
): Step {
  const { name, container } = dependency;
  const [pod] = podOf(world, name);
  const log = pod === undefined ? [] : [logCommand(world, pod, name, ' --previous')];
  if (containerReason === 'OOMKilled') {
    const where = container ? "the container's resources" : 'spec.waiter.resources';
    return step(`${name}: its container needs more memory than it may have. Raise ${where} in the gate.`);
  }
  if (isStartFailure(containerReason)) return startFailure(world, name, message, podOf(world, name));
  if (container) {
    const text = `${name}: its container fails and is started again, with growing pauses up to five minutes.`;
    return step(text, ...log);
  }
  const why = exitWords(exitCode, message);
  return step(`${name}: its container fails: ${message}.${why === undefined ? '' : ` ${why}`}`, ...log);
}

/** What was annotated by hand can be annotated again without waiting for the operator. */
function beingOpenedStep(world: ExplainWorld, name: string, status: DependencyStatus): Step {
  const { opened = 0, openedByHand = 0 } = status;
  const begin = `${name} ${opened > 0 ? 'was opened' : 'is there'}: the kubelet brings that into the container within 1 to 2 s, and now and then a minute late.`;
  if (openedByHand === 0) return step(`${begin} The operator writes it again until it is seen.`);
  const annotation = openAnnotation(world.gate.name, name);
  return step(
    `${begin} The operator changes another annotation until it is seen; writing yours again with another value helps too.`,
    ...podOf(world, name).map((pod) =>
      kubectl(world, `annotate pod ${pod} --overwrite ${annotation}=${world.now}`),
    ),
  );
}

function containerStep(world: ExplainWorld, name: string): Step {
  const [pod] = podOf(world, name);
  const log = pod === undefined ? [] : [logCommand(world, pod, name)];
  return step(`${name}: your own container runs and has not ended; what it waits for is in its log.`, ...log);
}

function logCommand(world: ExplainWorld, pod: string, dependency: string, more = ''): string {
  return kubectl(world, `logs ${pod} -c ${containerFor(world, dependency)}${more}`);
}

/** The first Pod that a dependency keeps, if one is known. */
function podOf(world: ExplainWorld, dependency: string): string[] {
  const [seen] = blockedBy(world, dependency);
  const [told] = statusOf(world, dependency)?.blockedPods ?? [];
  const name = seen?.pod.name ?? told;
  return name === undefined ? [] : [name];
}

/**
 * The way around, where waiting has become a problem: what is overdue or will not come. A container that does not run
 * cannot see that it was opened.
 */
function openingSteps(world: ExplainWorld, kept: readonly Kept[]): Step[] {
  const names = kept
    .filter(
      ({ dependency, status }) => !dependency.container && (status.opened ?? 0) === 0 && isStuck(status),
    )
    .map(({ dependency }) => dependency.name);
  if (names.length === 0) return [];
  const { gate } = world;
  const before = gate.spec.valid ? (gate.spec.value.open ?? []) : [];
  const open = JSON.stringify({ spec: { open: [...new Set([...before, ...names])] } });
  return [
    step(
      `If the Pods must start without ${names.join(' and ')} now, open ${names.length === 1 ? 'it' : 'them'} by hand: at once, with no rollout and no restart. Take it out of spec.open again when it is over.`,
      kubectl(world, `patch dgate ${gate.name} --type=merge -p '${open}'`),
    ),
  ];
}

function isStuck({ state, overdue, blocked, exitCode }: DependencyStatus): boolean {
  const runs = state === 'Checking' || (state === 'Failed' && exitCode === undefined);
  return blocked > 0 && runs && (overdue === true || state === 'Failed');
}
