import type { Evaluator } from '../expression/evaluator.ts';
import type { Pod } from '../model.ts';
import type { Answer } from './answer-object.ts';
import { answerOfAll, type Seen } from './answer-resource.ts';
import type { Evaluation } from './evaluation.ts';
import { type Asked, alikeKey } from './question.ts';

/** Of Pods that an expression tells apart so many are evaluated at once: each costs as much as a gate. */
export const MAX_ALIKE = 64;

interface Judged extends Answer {
  /** All of them alike, by what is looked at. */
  readonly pods: readonly Pod[];
}

/**
 * Evaluates a dependency for each Pod that waits for it: once for those that are alike in what is looked at. What it says
 * is said of the Pod that most needs a look.
 */
export function evaluatePods(
  asked: Asked,
  seen: Seen,
  waiting: readonly Pod[],
  expressions: Evaluator,
): Evaluation {
  const alike = [...Map.groupBy(waiting, ({ facts }) => alikeKey(asked, facts)).values()];
  const most = asked.reads?.pod ? MAX_ALIKE : alike.length;
  const judged = alike.map((pods, index) => {
    const facts = pods[0]?.facts;
    return { pods, ...(index < most ? answerOfAll(asked, seen, facts, expressions) : TOO_MANY_PODS) };
  });
  const opens = new Set(
    judged.filter(({ is }) => is === 'satisfied').flatMap(({ pods }) => pods.map(({ uid }) => uid)),
  );
  const worst = worstOf(judged);
  if (!worst) return { ...withoutPods(asked, seen, expressions), opens };
  const { is, reason } = worst;
  return { is, reason, answer: worst.answer + whose(worst, judged.length), opens };
}

const TOO_MANY_PODS: Answer = {
  is: 'waiting',
  reason: 'TooManyPods',
  answer: `the expression tells more than ${MAX_ALIKE} waiting Pods apart, so others come first: let it look at what Pods of one template have in common`,
};

const WORST_FIRST: readonly Answer['is'][] = ['failed', 'waiting', 'unknown', 'satisfied'];

function worstOf(judged: readonly Judged[]): Judged | undefined {
  return WORST_FIRST.map((wanted) => judged.find(({ is }) => is === wanted)).find((one) => one !== undefined);
}

/** Which Pods that is said of, where others are told something else. */
function whose({ pods }: Judged, groups: number): string {
  const [first, ...others] = pods.map(({ name }) => name).sort();
  if (groups < 2 || first === undefined) return '';
  return ` (for Pod ${first}${others.length > 0 ? ` and ${others.length} more` : ''})`;
}

/** Nothing has failed for anybody while nobody waits. */
function withoutPods(asked: Asked, seen: Seen, expressions: Evaluator): Answer {
  if (asked.reads?.pod && seen.candidates.size > 0) return NO_POD_WAITS;
  const answer = answerOfAll(asked, seen, undefined, expressions);
  return answer.is === 'failed' ? { ...answer, is: 'waiting' } : answer;
}

const NO_POD_WAITS: Answer = {
  is: 'waiting',
  reason: 'NoPodWaits',
  answer: 'it is evaluated for each Pod that waits for it, and none does',
};
