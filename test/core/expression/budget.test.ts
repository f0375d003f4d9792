import { expect } from 'chai';
import { Budget, TooExpensiveError, withoutTraces } from '../../../src/core/expression/budget.ts';
import { evaluateExpression } from '../../../src/core/expression/expression.ts';
import type { JsonObject } from '../../../src/core/model.ts';

const numbers = (length: number) => Array.from({ length }, (_, index) => index);
const literal = (length: number) => `[${'1,'.repeat(length - 1)}1]`;

function deep(levels: number): JsonObject {
  return numbers(levels).reduce<JsonObject>((inner) => ({ inner }), {});
}

const object: JsonObject = {
  text: 'ab'.repeat(700_000),
  page: 'ab'.repeat(10_000),
  line: 'ab'.repeat(50),
  some: numbers(600),
  many: numbers(1500),
  lots: numbers(300_000),
  texts: numbers(600).map((index) => `text ${index}`),
  keys: Object.fromEntries(numbers(100_000).map((index) => [`key-${index}`, index])),
  deep: deep(20_000),
  time: '2026-01-02T03:04:05Z',
  long: 'a'.repeat(100_000),
  late: `${'a'.repeat(30_000)}b`,
  middle: `${'a'.repeat(1000)}b${'a'.repeat(1000)}`,
  brackets: '[:'.repeat(500),
};

const evaluate = (expression: string) => {
  const evaluation = evaluateExpression(expression, object);
  return evaluation.is === 'error' ? evaluation.message : evaluation.is;
};

describe('an evaluation', () => {
  const expensive = [
    'object.some.all(a, object.some.all(b, object.some.all(c, true)))',
    `${literal(280)}.all(a, ${literal(15)}.all(b, ${literal(15)}.all(c, ${literal(15)}.all(d, true))))`,
    'object.lots.all(a, true)',
    'object.lots.size() == 1',
    'object.keys.all(key, true)',
    'object.keys == object.keys',
    'object.many.all(a, object.keys[a] == 1)',
    'object.many.map(a, a).map(a, a).size() == 1',
    'object.many.all(a, size(object.many + [a]) == 1501)',
    'object.text.lowerAscii() == ""',
    'object.text.split("") == []',
    'object.text + object.text == ""',
    'bytes(object.text) == b""',
    'object.page.replace("a", object.page) == ""',
    'object.page.replace("", object.page) == ""',
    'object.texts.join(object.page) == ""',
    `[object.line]${'.map(a, a + a)'.repeat(25)}.size() == 1`,
    `[[1]]${'.map(a, [a, a])'.repeat(18)} == [[1]]${'.map(a, [a, a])'.repeat(18)}`,
    `[[1]]${'.map(a, [a, a])'.repeat(18)}[0] in [[1]]${'.map(a, [a, a])'.repeat(18)}`,
    'object.text.matches("(a|b)*c")',
    'object.page.matches("(a|b)*a(a|b){40}c")',
    'object.some.all(a, "x".matches("(x{40})" + string(a)) || true)',
    'object.some.all(a, "x".matches(object.brackets + string(a)) || true)',
    'object.long.lastIndexOf(object.late) == 1',
    'object.long.contains(object.middle)',
    'object.long.indexOf(object.middle) == 1',
    'object.long.split(object.middle) == []',
    'object.many.all(a, timestamp(object.time).getHours("Europe/Berlin") == 4)',
    'object.some.all(a, object.some.all(b, object.some.all(c, true))) || true',
    'true || object.some.all(a, true) ? object.lots.all(a, true) || true : false',
  ];
  for (const expression of expensive) {
    it(`is stopped: ${expression.slice(0, 90)}`, () => {
      expect(evaluate(expression)).to.equal('too expensive');
    });
  }

  const cheap = [
    'object.some.all(a, a >= 0)',
    'object.many.exists(a, a == 1499)',
    'object.some.map(a, a + 1).filter(a, a > 0).size() == 600',
    'object.texts.all(a, a.matches("^text [0-9]{1,3}$"))',
    'object.some.all(a, a in object.some)',
    'object.line.matches("^[a-c]+$") && !object.line.contains("c")',
    'object.text.contains("ab") || true',
    'object.long.contains("a usual word") || object.page.lastIndexOf("a usual word") == -1',
    'object.line.contains(object.long) || object.line.lastIndexOf(object.long) == -1',
    'object.texts.join(",").size() > 600',
    'timestamp(object.time).getHours("Europe/Berlin") == 4',
    'object.keys["key-99999"] == 99999',
  ];
  for (const expression of cheap) {
    it(`goes through: ${expression}`, () => {
      expect(evaluate(expression))
        .to.not.equal('false')
        .and.not.match(/field|types|evaluated/);
    });
  }

  it('takes time in proportion to the text, whatever the pattern', () => {
    const text = `${'a'.repeat(10_000)}b`;
    expect(evaluateExpression('object.text.matches("(a+)+$")', { text })).to.deep.equal({ is: 'false' });
    expect(evaluateExpression('object.text.matches("(a|aa)+$")', { text: text.slice(0, -1) })).to.deep.equal({
      is: 'true',
    });
  });

  it('reads no pattern that is longer than an expression may be', () => {
    const by = (pattern: string) => evaluateExpression('"x".matches(object.pattern)', { pattern });
    expect(by(`[${'x'.repeat(1022)}]`)).to.deep.equal({ is: 'true' });
    expect(by(`[${'x'.repeat(1023)}]`)).to.deep.equal({ is: 'error', message: 'an invalid pattern' });
    expect(by('['.repeat(100_000))).to.deep.equal({ is: 'error', message: 'too expensive' });
  });

  it('converts only texts that may be numbers or times', () => {
    const digits = '9'.repeat(100_000);
    for (const name of ['int', 'uint', 'double', 'timestamp', 'duration', 'bool']) {
      const evaluation = evaluateExpression(`${name}(object.digits) == object.digits`, { digits });
      expect(evaluation, name).to.deep.equal({ is: 'error', message: 'a value cannot be converted' });
    }
  });

  it('survives an object of any depth', () => {
    expect(evaluate('object.deep == {"inner": object.deep}')).to.be.oneOf([
      'too expensive',
      'it cannot be evaluated over this object',
    ]);
    expect(evaluate('has(object.deep.inner.inner)')).to.equal('true');
  });

  it('reads no more of the object than it is asked for', () => {
    const read: PropertyKey[] = [];
    const watched = new Proxy<JsonObject>(object, {
      get: (target, key) => {
        read.push(key);
        return Reflect.get(target, key);
      },
    });
    expect(evaluateExpression('object.line != ""', watched)).to.deep.equal({ is: 'true' });
    expect(read).to.deep.equal(['line']);
  });
});

describe('Budget', () => {
  it('can be spent to its last step, and stays spent', () => {
    const budget = new Budget(10);
    budget.spend(10);
    expect(budget.isSpent).to.equal(false);
    expect(() => budget.spend(1)).to.throw(TooExpensiveError);
    expect(() => budget.spend(0)).to.throw(TooExpensiveError);
    expect(budget.isSpent).to.equal(true);
  });
});

describe('withoutTraces', () => {
  it('makes errors that have none, and leaves those of others alone, even when it fails', () => {
    expect(withoutTraces(() => new Error('cheap')).stack).to.equal('Error: cheap');
    expect(new Error('usual').stack).to.include('budget.test.ts');
    const fail = () => {
      throw new Error('failed');
    };
    expect(() => withoutTraces(fail)).to.throw('failed');
    expect(new Error('usual').stack).to.include('budget.test.ts');
  });
});
