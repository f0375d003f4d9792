import type { Evaluator, ExpressionCheck, ExpressionResult } from '../core/expression/evaluator.ts';
import type { JsonObject } from '../core/model.ts';
import type { Clock } from '../kube/clock.ts';
import type { Answers, Question } from './answers.ts';
import { TimeShares } from './time-shares.ts';

/** For how long expressions are evaluated before anything else has its turn, ms; one more may end after it. */
const TURN_MS = 10;

export interface ExpressionsOptions {
  readonly clock: Clock;
  /** Called with the first question. Default: CEL, which is loaded then: many clusters have no expression. */
  readonly load?: () => Promise<Evaluator>;
}

/** How far questions have been answered. */
export type AnswerProgress =
  /** Nothing was asked that is not known. */
  | { readonly is: 'known' }
  /** Some or all of it is known now: decide again, and for `partly` let others have their turn first. */
  | { readonly is: 'answered' | 'partly' }
  /** The namespace has used up its share: what is known has to do until then. */
  | { readonly is: 'postponed'; readonly forMs: number };

/**
 * Evaluates expressions, which cost up to some tens of milliseconds each, of anybody who may write a gate. They are
 * evaluated by one reconcile at a time and a few in a row, and between them the process does whatever else there is; and
 * each namespace has its share of time.
 */
export class Expressions {
  readonly #clock: Clock;
  readonly #load: () => Promise<Evaluator>;
  readonly #shares: TimeShares;
  /** Ends with the turn of whoever came last. */
  #last: Promise<void> = Promise.resolve();

  constructor({ clock, load = loadEvaluator }: ExpressionsOptions) {
    this.#clock = clock;
    this.#load = load;
    this.#shares = new TimeShares(clock);
  }

  /** Answers what was asked and is not known, as far as the turn and the namespace's share go. */
  async answer(namespace: string, { answers, questions }: Asking): Promise<AnswerProgress> {
    if (questions.length === 0) return { is: 'known' };
    const { promise: turn, resolve: end } = Promise.withResolvers<void>();
    const before = this.#last;
    this.#last = turn;
    await before;
    try {
      const forMs = this.#shares.waitMs(namespace);
      if (forMs > 0) return { is: 'postponed', forMs };
      return { is: this.#turn(namespace, answers, questions, await this.#load()) };
    } finally {
      this.#clock.after(0, end);
    }
  }

  #turn(
    namespace: string,
    answers: Answers,
    questions: readonly Question[],
    evaluator: Evaluator,
  ): 'answered' | 'partly' {
    const began = this.#clock.now();
    let asked = 0;
    for (const question of questions) {
      if (this.#clock.now() - began >= TURN_MS) break;
      ask(evaluator, answers, question);
      asked += 1;
    }
    this.#shares.spend(namespace, this.#clock.now() - began);
    return asked === questions.length ? 'answered' : 'partly';
  }
}

async function loadEvaluator(): Promise<Evaluator> {
  const { EVALUATOR } = await import('../core/expression/expression.ts');
  return EVALUATOR;
}

function ask(evaluator: Evaluator, answers: Answers, question: Question): void {
  const { expression, object, pod } = question;
  if (object) answers.keepEvaluation(question, object, evaluator.evaluate(expression, object, pod));
  else {
    const check = evaluator.check(expression);
    if (check) answers.keepCheck(expression, check);
  }
}

/** An evaluator that evaluates nothing: it says what is known, and keeps what is not as questions. */
export class Asking implements Evaluator {
  readonly answers: Answers;
  readonly questions: Question[] = [];

  constructor(answers: Answers) {
    this.answers = answers;
  }

  check(expression: string): ExpressionCheck | undefined {
    const known = this.answers.checkOf(expression);
    if (!known) this.questions.push({ expression });
    return known;
  }

  evaluate(expression: string, object: JsonObject, pod?: JsonObject): ExpressionResult {
    const known = this.answers.evaluationOf(expression, object, pod);
    if (!known) this.questions.push({ expression, object, pod });
    return known ?? { is: 'postponed' };
  }
}
