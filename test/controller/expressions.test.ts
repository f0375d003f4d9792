import { expect } from 'chai';
import { Expressions } from '../../src/controller/expressions.ts';
import { checkExpression, evaluateExpression } from '../../src/core/expression/expression.ts';
import type { JsonObject } from '../../src/core/model.ts';

/** An object that counts how often it is looked into. */
function counting(object: JsonObject): { readonly object: JsonObject; readonly looks: () => number } {
  let looks = 0;
  const get = (target: JsonObject, key: string) => {
    looks += 1;
    return target[key];
  };
  return {
    object: new Proxy(object, { get: (target, key) => get(target, String(key)) }),
    looks: () => looks,
  };
}

describe('Expressions', () => {
  it('say what the functions say', () => {
    const expressions = new Expressions();
    const object = { metadata: { name: 'a' }, status: { replicas: 2 } };
    for (const text of [
      'object.status.replicas >= 2',
      'object.status.ready',
      'object.status.replicas == 3',
    ]) {
      for (let time = 1; time <= 2; time++)
        expect(expressions.evaluate(text, object)).to.deep.equal(evaluateExpression(text, object));
    }
    for (const text of ['object.status.replicas >= 2', 'object. ==', 'nothing == 1']) {
      for (let time = 1; time <= 2; time++) expect(expressions.check(text)).to.equal(checkExpression(text));
    }
  });

  it('ask each version of an object once', () => {
    const expressions = new Expressions();
    const { object, looks } = counting({ size: 1 });
    expect(expressions.evaluate('object.size == 1', object)).to.deep.equal({ is: 'true' });
    const before = looks();
    expect(before).to.be.greaterThan(0);
    expect(expressions.evaluate('object.size == 1', object)).to.deep.equal({ is: 'true' });
    expect(looks()).to.equal(before);
    const next = counting({ size: 2 });
    expect(expressions.evaluate('object.size == 1', next.object)).to.deep.equal({ is: 'false' });
    expect(next.looks()).to.be.greaterThan(0);
  });

  it('forget what one object is asked too much of, and are right all the same', () => {
    const expressions = new Expressions();
    const object = { size: 70 };
    for (let size = 0; size < 100; size++) {
      const is = size === 70 ? 'true' : 'false';
      expect(expressions.evaluate(`object.size == ${size}`, object)).to.deep.equal({ is });
    }
    const { object: watched, looks } = counting({ size: 1 });
    expressions.evaluate('object.size == 0', watched);
    const before = looks();
    for (let size = 1; size < 65; size++) expressions.evaluate(`object.size == ${size}`, watched);
    expressions.evaluate('object.size == 0', watched);
    expect(looks(), 'the first was asked again').to.be.greaterThan(before + 64);
  });
});
