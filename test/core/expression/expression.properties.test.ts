import { expect } from 'chai';
import fc from 'fast-check';
import { checkExpression, evaluateExpression } from '../../../src/core/expression/expression.ts';
import type { Json, JsonObject } from '../../../src/core/model.ts';

/** Random expressions over random objects. Values and some keys hold a word that no expression has. */

const SECRET = 'zqxj';
const NUMBER = 8_675_309;

const secrets: fc.Arbitrary<Json> = fc.oneof(
  fc.string({ maxLength: 5 }).map((text) => `${text}${SECRET}`),
  fc.constantFrom<Json>(NUMBER, NUMBER + 0.25, true, null),
);
const key = fc.constantFrom('a', 'b', 'list', '__proto__', `key-${SECRET}`);

const { object } = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, secrets, fc.array(tie('value'), { maxLength: 4 }), tie('object')),
  object: fc.dictionary(key, tie('value'), { maxKeys: 5 }),
}));

const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const inner = tie('expression');
  const infix = fc.constantFrom('==', '!=', '<', '>=', '&&', '||', '+', '-', '*', '/', '%', 'in');
  const macro = fc.constantFrom('all', 'exists', 'exists_one', 'map', 'filter');
  const call = fc.constantFrom(
    'size',
    'int',
    'uint',
    'double',
    'bool',
    'string',
    'timestamp',
    'duration',
    'bytes',
    'type',
  );
  const method = fc.constantFrom('contains', 'startsWith', 'matches', 'split', 'join', 'indexOf', 'charAt');
  return {
    expression: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.constantFrom(
        'object',
        'object.a',
        'object.b.a',
        'object.list',
        'x',
        '1',
        '"a"',
        '"("',
        'true',
        '[1, 2]',
        '{}',
      ),
      fc.tuple(inner, infix, inner).map(([left, sign, right]) => `(${left} ${sign} ${right})`),
      fc.tuple(inner, macro, inner).map(([range, name, body]) => `${range}.${name}(x, ${body})`),
      fc.tuple(call, inner).map(([name, argument]) => `${name}(${argument})`),
      fc.tuple(inner, method, inner).map(([self, name, argument]) => `${self}.${name}(${argument})`),
      fc.tuple(inner, inner).map(([self, index]) => `${self}[${index}]`),
      fc.tuple(inner, fc.constantFrom('a', 'b', 'list')).map(([self, field]) => `${self}.${field}`),
      fc.tuple(inner, inner, inner).map(([if_, then, else_]) => `(${if_} ? ${then} : ${else_})`),
      fc.tuple(inner, inner).map(([one, other]) => `{${one}: ${other}}`),
      fc.array(inner, { maxLength: 3 }).map((elements) => `[${elements.join(', ')}]`),
      fc.tuple(inner).map(([self]) => `has(${self}.a)`),
    ),
  };
});

/** Whatever stands there, in a place that takes a boolean, and where `x` is known. */
const usable = expression
  .map((text) => `object.list.exists(x, ${text} == object.a) || object.list.all(x, ${text})`)
  .filter((text) => checkExpression(text).problem === undefined);

describe('expressions', () => {
  it('never throw, whatever text it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ maxLength: 200, unit: 'binary' }), expression),
        object,
        (text, over) => {
          const { problem } = checkExpression(text);
          const evaluation = evaluateExpression(text, over);
          if (problem !== undefined) expect(evaluation).to.deep.equal({ is: 'error', message: problem });
          else expect(evaluation.is).to.be.oneOf(['true', 'false', 'error']);
        },
      ),
    );
  });

  it('never tell what an object holds', () => {
    const told = new Set<string>();
    fc.assert(
      fc.property(usable, object, (text, over) => {
        const evaluation = evaluateExpression(text, over);
        if (evaluation.is !== 'error') return;
        told.add(evaluation.message);
        expect(evaluation.message).to.not.match(new RegExp(`${SECRET}|${NUMBER}|\\d`));
      }),
      { numRuns: 500 },
    );
    expect(told.size).to.be.greaterThan(3);
  });

  it('always say the same of the same object', () => {
    fc.assert(
      fc.property(usable, object, (text, over) => {
        expect(evaluateExpression(text, over)).to.deep.equal(evaluateExpression(text, structuredClone(over)));
      }),
    );
  });

  it('look at no more of an object than the budget allows, however their macros are nested', () => {
    const range = fc.constantFrom(
      'object.list',
      'object.list + object.list',
      'object.list.map(y, y)',
      'object.keys',
    );
    const macro = fc.constantFrom('all', 'exists', 'map', 'filter', 'exists_one');
    const nested = fc
      .array(fc.tuple(range, macro), { minLength: 1, maxLength: 5 })
      .map((loops) =>
        loops.reduceRight((body, [over, name]) => `${over}.${name}(x, ${body})`, 'object.keys[x] == x'),
      )
      .map((text) => `dyn(${text}) == 1`);
    fc.assert(
      fc.property(nested, fc.integer({ min: 1, max: 3000 }), (text, length) => {
        const list = Array.from({ length }, (_, index) => index);
        let looks = 0;
        const keys = new Proxy<JsonObject>(Object.fromEntries(list.map((index) => [`k${index}`, index])), {
          getOwnPropertyDescriptor: (target, name) => {
            looks += 1;
            return Reflect.getOwnPropertyDescriptor(target, name);
          },
        });
        const evaluation = evaluateExpression(text, { list, keys });
        expect(looks).to.be.lessThan(500_000);
        expect(evaluation.is).to.be.oneOf(['true', 'false', 'error']);
      }),
      { numRuns: 20 },
    );
  });
});
