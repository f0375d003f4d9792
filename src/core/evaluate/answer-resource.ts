import { MAX_SELECTED } from '../../api/pod-match.ts';
import type { ResourceCheck } from '../../api/spec.ts';
import type { Evaluator } from '../expression/evaluator.ts';
import type { PodFacts } from '../pod-facts.ts';
import { type Answer, answerOf, type Candidate } from './answer-object.ts';
import { matchesPod } from './object-facts.ts';
import type { Asked } from './question.ts';

/** Objects by their names, of each the newest first: what is there, then what is remembered, the latest first. */
export type Candidates = ReadonlyMap<string, readonly Candidate[]>;

/** What a dependency may be evaluated by. */
export interface Seen {
  readonly candidates: Candidates;
  /** More objects are selected than are kept. */
  readonly isTooMany: boolean;
}

/**
 * What the objects mean together: for a Pod, by those that match it; without one, by the newest of each name. Of one that
 * is named it counts alone; of those that are selected all, or as many as are asked for.
 */
export function answerOfAll(
  asked: Asked,
  { candidates, isTooMany }: Seen,
  pod: PodFacts | undefined,
  expressions: Evaluator,
): Answer {
  const { resource } = asked;
  if (isTooMany) return tooMany(resource);
  if (candidates.size === 0) return absent(resource);
  const answers = [...candidates.values()].flatMap(
    (ofName) => answerOfName(asked, ofName, pod, expressions) ?? [],
  );
  const [first] = answers;
  if (!first) return noMatch(resource, candidates.size);
  return resource.selector ? together(resource, first, answers) : first;
}

/** Undefined where none of the name matches. */
function answerOfName(
  asked: Asked,
  ofName: readonly Candidate[],
  pod: PodFacts | undefined,
  expressions: Evaluator,
): Answer | undefined {
  const { matchPod } = asked.resource;
  const matching = pod && matchPod ? ofName.filter(({ facts }) => matchesPod(matchPod, facts, pod)) : ofName;
  const [newest, ...older] = matching;
  if (!newest) return undefined;
  const first = answerOf(asked, newest, pod, expressions);
  // An expression that looks at the Pod says by itself which of them is the Pod's.
  if (first.is === 'satisfied' || !pod || !asked.reads?.pod) return first;
  const others = older.map((one) => answerOf(asked, one, pod, expressions));
  return others.find(({ is }) => is === 'satisfied') ?? first;
}

/** Those that are lost decide where all are needed, or no others are left. */
function together({ kind, minReady }: ResourceCheck, first: Answer, answers: readonly Answer[]): Answer {
  const satisfied = answers.filter(({ is }) => is === 'satisfied');
  const needed = minReady ?? answers.length;
  const others = answers.filter(({ is }) => is !== 'satisfied');
  const words = answers.length === 1 && needed === 1 ? '' : `${satisfied.length} of ${needed} ${kind}s: `;
  if (satisfied.length >= needed)
    return { ...first, ...satisfied[0], answer: `${words}${satisfied[0]?.answer}` };
  const failed = others.filter(({ is }) => is === 'failed');
  const isLost = failed.length > 0 && (minReady === undefined || failed.length === others.length);
  const told = isLost ? failed[0] : (others.find(({ is }) => is === 'waiting') ?? others[0]);
  if (told)
    return {
      is: told.is === 'failed' && !isLost ? 'waiting' : told.is,
      reason: told.reason,
      answer: `${words}${told.answer}`,
    };
  return { is: 'waiting', reason: 'NotFound', answer: `${words}${first.answer}` };
}

/** `Job migrate`, `Job with app=shop, tier=db`: what is asked for. */
export function resourceWords({ kind, name, selector }: ResourceCheck): string {
  if (name !== undefined) return `${kind} ${name}`;
  const labels = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  return `${kind} with ${labels.sort().join(', ')}`;
}

function absent(resource: ResourceCheck): Answer {
  const words = resourceWords(resource);
  const answer = resource.name === undefined ? `there is no ${words}` : `${words} does not exist`;
  return { is: 'waiting', reason: 'NotFound', answer };
}

function tooMany(resource: ResourceCheck): Answer {
  const answer = `there is more than ${MAX_SELECTED} times a ${resourceWords(resource)}: select fewer`;
  return { is: 'waiting', reason: 'TooManyObjects', answer };
}

/** Tells nothing of what the object has, as whoever reads it may not read that. */
function noMatch(resource: ResourceCheck, names: number): Answer {
  const { image, labels = [], node } = resource.matchPod ?? {};
  const by = [...(image ? ['image'] : []), ...labels.map((key) => `label ${key}`), ...(node ? ['node'] : [])];
  const what =
    resource.name === undefined
      ? `of ${names} ${resourceWords(resource)} none is the Pod's own`
      : `${resourceWords(resource)} is not the Pod's own`;
  return { is: 'waiting', reason: 'NoneMatchesPod', answer: `${what}, by ${by.join(' and ')}` };
}
