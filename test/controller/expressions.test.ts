import { expect } from 'chai';
import { Answers } from '../../src/controller/answers.ts';
import { Asking, Expressions } from '../../src/controller/expressions.ts';
import type { Evaluator } from '../../src/core/expression/evaluator.ts';
import { checkExpression, evaluateExpression } from '../../src/core/expression/expression.ts';
import type { JsonObject } from '../../src/core/model.ts';
import { ManualClock, settled } from '../kube/manual-clock.ts';

/** Expressions that are evaluated in a time of their own, by a clock that only they and the test move. */
class Rig {
  readonly #clock = new ManualClock();
  #spentMs = 0;
  readonly evaluated: string[] = [];
  readonly clock = {
    now: () => this.#clock.now() + this.#spentMs,
    after: (ms: number, run: () => void) => this.#clock.after(ms, run),
  };
  readonly expressions: Expressions;

  /** @param costMs of each evaluation; to check one costs nothing */
  constructor(costMs: number) {
    const evaluator: Evaluator = {
      check: () => undefined,
      evaluate: (expression) => {
        this.#spentMs += costMs;
        this.evaluated.push(expression);
        return { is: 'true' };
      },
    };
    this.expressions = new Expressions({ clock: this.clock, load: async () => evaluator });
  }

  /** One reconcile: asks all of them, then for the answers; the others have their turn after it. */
  async reconcile(namespace: string, answers: Answers, all: readonly string[], object: JsonObject) {
    const asking = new Asking(answers);
    for (const one of all) asking.evaluate(one, object);
    const progress = await this.expressions.answer(namespace, asking);
    await this.tick();
    return progress;
  }

  tick = () => this.#clock.advance(0);
  wait = (ms: number) => this.#clock.advance(ms);
}

const OBJECT = { size: 1 };

describe('Expressions.answer', () => {
  it('says what the functions say, from the second time on', async () => {
    const expressions = new Expressions({ clock: new ManualClock() });
    const answers = new Answers();
    const object = { metadata: { name: 'a' }, status: { replicas: 2 } };
    const all = ['object.status.replicas >= 2', 'object.status.ready', 'object. ==', 'nothing == 1'];
    const ask = () => {
      const asking = new Asking(answers);
      const said = all.map((text) => [asking.check(text), asking.evaluate(text, object)]);
      return { said, asking };
    };
    const { said, asking } = ask();
    expect(said).to.deep.equal(all.map(() => [undefined, { is: 'postponed' }]));
    expect(await expressions.answer('a', asking)).to.deep.equal({ is: 'answered' });
    const again = ask();
    expect(again.said).to.deep.equal(
      all.map((text) => [checkExpression(text), evaluateExpression(text, object)]),
    );
    expect(await expressions.answer('a', again.asking)).to.deep.equal({ is: 'known' });
  });

  it('asks each version of an object once', async () => {
    const rig = new Rig(1);
    const answers = new Answers();
    expect(await rig.reconcile('a', answers, ['x'], OBJECT)).to.deep.equal({ is: 'answered' });
    expect(await rig.reconcile('a', answers, ['x'], OBJECT)).to.deep.equal({ is: 'known' });
    expect(await rig.reconcile('a', answers, ['x'], { ...OBJECT })).to.deep.equal({ is: 'answered' });
    expect(rig.evaluated).to.deep.equal(['x', 'x']);
  });

  it('ends a turn after 10 ms, though not within an expression, and gets to all of them', async () => {
    const rig = new Rig(9);
    const answers = new Answers();
    const all = ['a', 'b', 'c', 'd', 'e'];
    const says = [];
    for (let turn = 0; turn < 4; turn++) says.push((await rig.reconcile('n', answers, all, OBJECT)).is);
    expect(says).to.deep.equal(['partly', 'partly', 'answered', 'known']);
    expect(rig.evaluated).to.deep.equal(all);
  });

  it('evaluates for one reconcile at a time, with a turn of everything else between', async () => {
    const rig = new Rig(50);
    const ended: string[] = [];
    for (const namespace of ['a', 'b', 'c']) {
      const asking = new Asking(new Answers());
      asking.evaluate(namespace, OBJECT);
      void rig.expressions.answer(namespace, asking).then(() => ended.push(namespace));
    }
    await settled();
    expect(ended).to.deep.equal(['a']);
    expect(rig.evaluated).to.deep.equal(['a']);
    await rig.tick();
    expect(rig.evaluated).to.deep.equal(['a', 'b', 'c']);
  });

  it('postpones a namespace that has used its share, and no other; what is known stays known', async () => {
    const rig = new Rig(100);
    const [dear, cheap] = [new Answers(), new Answers()];
    const all = Array.from({ length: 40 }, (_, index) => `dear-${index}`);
    const says: string[] = [];
    for (let turn = 0; turn < 40; turn++) says.push((await rig.reconcile('dear', dear, all, OBJECT)).is);
    // Of the 100 ms that each takes 5 have come back after it.
    expect(says.filter((is) => is === 'partly')).to.have.length(32);
    expect(says.slice(32)).to.deep.equal(Array.from({ length: 8 }, () => 'postponed'));
    expect(await rig.reconcile('cheap', cheap, ['x'], OBJECT)).to.deep.equal({ is: 'answered' });
    expect(await rig.reconcile('dear', dear, all.slice(0, 32), OBJECT)).to.deep.equal({ is: 'known' });
    await rig.wait(60_000);
    expect((await rig.reconcile('dear', dear, all, OBJECT)).is).to.equal('partly');
  });
});

describe('Answers', () => {
  it('forget what they hold too much of, and are asked again', () => {
    const answers = new Answers();
    const object = { ...OBJECT, metadata: { resourceVersion: '1' } };
    const check = checkExpression('true');
    for (let index = 0; index < 4096; index++)
      answers.keepEvaluation({ expression: `e${index}` }, object, { is: 'true' });
    for (let index = 0; index < 64; index++) answers.keepCheck(`e${index}`, check);
    expect(answers.evaluationOf('e0', object)).to.deep.equal({ is: 'true' });
    answers.keepEvaluation({ expression: 'another' }, object, { is: 'false' });
    answers.keepCheck('another', check);
    expect([answers.evaluationOf('e0', object), answers.checkOf('e0')]).to.deep.equal([undefined, undefined]);
    expect(answers.evaluationOf('another', object)).to.deep.equal({ is: 'false' });
    expect(answers.checkOf('another')).to.equal(check);
  });

  it('tell Pods apart, and find a Job that is remembered by what is remembered', () => {
    const answers = new Answers();
    const gone = () => ({ metadata: { name: 'migrate', uid: '1' } });
    const question = { expression: 'e', pod: { nodeName: 'a' } };
    for (const object of [OBJECT, gone()]) answers.keepEvaluation(question, object, { is: 'true' });
    expect(answers.evaluationOf('e', gone(), { nodeName: 'a' })).to.deep.equal({ is: 'true' });
    expect(answers.evaluationOf('e', OBJECT, { nodeName: 'a' })).to.deep.equal({ is: 'true' });
    for (const object of [OBJECT, gone(), { metadata: { name: 'migrate', uid: '2' } }])
      expect(answers.evaluationOf('e', object, { nodeName: 'b' })).to.equal(undefined);
  });
});
