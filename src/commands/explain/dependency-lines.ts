import type { CompletedJob } from '../../api/completed-job.ts';
import { openedBySpec } from '../../api/settled.ts';
import type { Dependency } from '../../api/spec.ts';
import type { DependencyStatus } from '../../api/status.ts';
import { count } from '../../core/count.ts';
import { checkWords } from '../../core/status/check-words.ts';
import type { Unread } from '../cluster/reader.ts';
import { forHowLong, some } from '../words.ts';
import { blockedBy, dependenciesOf, type ExplainWorld, type LastLines, statusOf } from './explain-world.ts';
import { heading, type Line, text, verbatim } from './layout.ts';

/** The dependencies in their order: state, since when, whom each keeps, and all that anybody says of it. */
export function dependencyLines(world: ExplainWorld): Line[] {
  const all = dependenciesOf(world).flatMap((dependency, index) => [
    text(
      2,
      `${index + 1}. ${dependency.name} (${checkWords(dependency)}): ${stateWords(world, dependency)}`,
      3,
    ),
    ...details(world, dependency),
  ]);
  return [heading(`Dependencies, ${orderWords(world)}`), ...all, ...forbiddenLogs(world)];
}

function orderWords({ gate: { spec } }: ExplainWorld): string {
  if (!spec.valid || spec.value.order !== 'Parallel') return 'in this order';
  const hasOwn = spec.value.dependencies.some(({ container }) => container !== undefined);
  return hasOwn ? 'all at once, and containers behind them in this order' : 'all at once';
}

function stateWords(world: ExplainWorld, { name }: Dependency): string {
  const status = statusOf(world, name);
  if (!status) return 'the status does not speak of it yet';
  const { state, passed, blocked, since, overdue } = status;
  const parts = [
    blocked > 0 ? `${state}${forHowLong(since, world.now)}` : state,
    ...(since === undefined ? [] : [`since ${since}`]),
    ...(overdue ? ['overdue'] : []),
    ...(passed > 0 ? [`${count(passed, 'Pod')} passed`] : []),
  ];
  return parts.join(', ');
}

function details(world: ExplainWorld, { name }: Dependency): Line[] {
  const status = statusOf(world, name);
  const said = status ? saidOf(world, status) : [];
  return [...said.map((words) => text(5, words)), ...logLines(world.logs.get(name))];
}

/** What the status says of it, a sentence for each thing. */
function saidOf(world: ExplainWorld, status: DependencyStatus): string[] {
  const { name, blocked, blockedPods = [], message, completed = [] } = status;
  const names = blockedBy(world, name).map(({ pod }) => pod.name);
  const who = names.length > 0 ? names : blockedPods;
  return [
    ...(blocked > 0 ? [`keeps ${count(blocked, 'Pod')}: ${some(who, blocked)}`] : []),
    ...answerWords(status),
    ...(message === undefined ? [] : [`the Pod says: ${message}`]),
    ...openedWords(status, world),
    ...completed.filter(({ superseded }) => !superseded).map(rememberedWords),
  ];
}

function rememberedWords({ name, uid, labels, images }: CompletedJob): string {
  const facts = [...(images ?? []), ...Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`)];
  return `remembered: Job ${name} completed (${[`UID ${uid}`, ...facts].join(', ')})`;
}

/** Of checks that Pods make themselves it is only a hint: the operator looks at the Service that the host names. */
function answerWords({ answer, satisfied }: DependencyStatus): string[] {
  if (answer === undefined) return [];
  return [`${satisfied === undefined ? 'the operator sees' : 'evaluated by the operator'}: ${answer}`];
}

/** What spec.open no longer names was opened by it before, or by somebody of whom the API server keeps no record. */
function openedWords(
  { name, opened = 0, openedByHand = 0 }: DependencyStatus,
  { gate: { spec } }: ExplainWorld,
): string[] {
  const isBySpec = spec.valid && openedBySpec(spec.value).has(name);
  const bySpec = isBySpec ? opened - openedByHand : 0;
  const byAnnotation = opened - bySpec;
  return [
    ...(bySpec > 0 ? [`opened for ${count(bySpec, 'Pod')} by spec.open`] : []),
    ...(byAnnotation > 0 ? [`opened for ${count(byAnnotation, 'Pod')} by an annotation of the Pod`] : []),
  ];
}

function logLines(last: LastLines | undefined): Line[] {
  if (!last) return [];
  const { pod, lines } = last;
  if (isUnread(lines)) {
    return lines.forbidden ? [] : [text(5, `the log of ${pod} cannot be read: ${lines.unread}`)];
  }
  return lines.length === 0
    ? [text(5, `the log of ${pod} is empty so far`)]
    : [text(5, `the log of ${pod} ends:`), ...lines.map((line) => verbatim(7, line))];
}

/** Said once: who may not read one log may read none. */
function forbiddenLogs({ gate, logs }: ExplainWorld): Line[] {
  const isForbidden = [...logs.values()].some(({ lines }) => isUnread(lines) && lines.forbidden);
  return isForbidden ? [text(2, `You may not read logs (pods/log) in ${gate.namespace}.`)] : [];
}

function isUnread(lines: LastLines['lines']): lines is Unread {
  return 'unread' in lines;
}
