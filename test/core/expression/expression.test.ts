import { expect } from 'chai';
import { checkExpression, evaluateExpression } from '../../../src/core/expression/expression.ts';
import type { JsonObject } from '../../../src/core/model.ts';

/** As it comes from the API server: parsed, so that `__proto__` is a key of its own. */
const object: JsonObject = JSON.parse(`{
  "apiVersion": "example.com/v1", "kind": "Database",
  "metadata": {
    "name": "main", "generation": 7, "creationTimestamp": "2026-01-02T03:04:05Z",
    "labels": {"a.b/c": "yes", "__proto__": "own", "constructor": "plain", "hasOwnProperty": "x"}
  },
  "spec": {"replicas": 3, "ratio": 0.5, "big": 9007199254740991, "huge": 1e300, "ports": [80, 443], "note": null, "empty": {}},
  "status": {
    "phase": "Running",
    "conditions": [
      {"type": "Synced", "status": "False", "reason": "Pending"},
      {"type": "Ready", "status": "True"}
    ],
    "members": {"a": {"up": true}, "b": {"up": false}}
  }
}`);

const problemOf = (expression: string) => checkExpression(expression).problem;

const evaluate = (expression: string, over = object) => {
  const evaluation = evaluateExpression(expression, over);
  return evaluation.is === 'error' ? evaluation.message : evaluation.is;
};

describe('evaluateExpression', () => {
  const truths = [
    'object.status.conditions.exists(c, c.type == "Ready" && c.status == "True")',
    'object.status.conditions.filter(c, c.status == "False").map(c, c.type) == ["Synced"]',
    'object.status.conditions.exists_one(c, c.type == "Ready")',
    '!object.status.conditions.all(c, c.status == "True")',
    'object.status.conditions[1].status == "True"',
    'object.status.members.exists(name, object.status.members[name].up)',
    'object.metadata.labels["a.b/c"] == "yes"',
    'object.status.phase in ["Running", "Succeeded"]',
    '"a.b/c" in object.metadata.labels && !("d" in object.metadata.labels)',
    '443 in object.spec.ports',
    'has(object.status.phase) && !has(object.status.other)',
    'has(object.status.other) ? object.status.other == 1 : true',
    'object.metadata.name.matches("^ma[a-z]+$") && object.metadata.name.startsWith("m")',
    'size(object.spec.ports) == 2 && object.metadata.name.size() == 4',
    'timestamp(object.metadata.creationTimestamp) < timestamp("2026-01-03T00:00:00Z")',
    'timestamp(object.metadata.creationTimestamp).getFullYear() == 2026',
    'duration("90s") > duration("1m")',
    'object.spec.ports + [8080] == [80, 443, 8080]',
    'object.spec.ports.map(p, p > 100, p * 2) == [886]',
    '{"a": object.spec.ports}["a"][0] == 80',
    'object.missing == 1 || true',
    '!(false && object.missing == 1)',
    'dyn(object.spec.replicas) == 3',
  ];
  for (const expression of truths) {
    it(`finds true: ${expression}`, () => {
      expect(evaluate(expression)).to.equal('true');
      expect(problemOf(expression)).to.equal(undefined);
    });
  }

  it('finds false', () => {
    expect(evaluate('object.status.phase == "Failed"')).to.equal('false');
  });

  describe('of numbers', () => {
    for (const expression of [
      'type(object.spec.replicas) == int && object.spec.replicas / 2 == 1',
      'type(object.spec.ratio) == double && object.spec.ratio * 2.0 == 1.0',
      'object.spec.big + 1 == 9007199254740992 && object.spec.big + 2 == 9007199254740993',
      'type(object.spec.huge) == double',
      'object.spec.replicas == 3.0',
    ]) {
      it(`knows whole ones from others: ${expression}`, () => {
        expect(evaluate(expression)).to.equal('true');
      });
    }
  });

  describe('of keys that JavaScript knows', () => {
    for (const expression of [
      'object.metadata.labels.__proto__ == "own"',
      'object.metadata.labels["constructor"] == "plain"',
      'object.metadata.labels.hasOwnProperty == "x"',
      '!has(object.metadata.constructor) && !has(object.metadata.__proto__)',
      '!("toString" in object.spec)',
      'object.metadata.labels.size() == 4',
      'object.metadata.labels.all(key, object.metadata.labels[key] != "")',
      '[1].all(constructor, constructor == 1)',
    ]) {
      it(`finds own keys only: ${expression}`, () => {
        expect(evaluate(expression)).to.equal('true');
      });
    }
  });

  it('finds a field that is null, and lists it; has() takes null for absent', () => {
    expect(evaluate('object.spec.note == null')).to.equal('true');
    expect(evaluate('object.spec.exists(key, key == "note")')).to.equal('true');
    expect(evaluate('has(object.spec.note)')).to.equal('false');
  });

  it('compares lists and maps to their depth', () => {
    expect(evaluate('object.status.members == {"b": {"up": false}, "a": {"up": true}}')).to.equal('true');
    expect(evaluate('object.status.members == {"b": {"up": true}, "a": {"up": true}}')).to.equal('false');
    expect(evaluate('[object.spec.empty] == [{}]')).to.equal('true');
  });

  it("offers the functions of Kubernetes' strings extension", () => {
    for (const expression of [
      '"a,b".split(",") == ["a", "b"] && ["a", "b"].join("-") == "a-b"',
      '"v1.2".substring(1) == "1.2" && "v1.2".indexOf(".") == 2 && "aXa".lastIndexOf("a") == 2',
      '"AbC".lowerAscii() == "abc" && "AbC".upperAscii() == "ABC" && " x ".trim() == "x"',
      '"a.b.c".replace(".", "$&") == "a$&b$&c" && "ab".charAt(1) == "b"',
    ]) {
      expect(evaluate(expression), expression).to.equal('true');
    }
  });

  describe('that comes to nothing', () => {
    const errors: readonly (readonly [string, string])[] = [
      ['object.status.ready', 'no such field: ready'],
      ['object.statsu.ready == true', 'no such field: statsu'],
      ['object.status.phase.ready == true', 'no such field: ready'],
      ['object.status.conditions.exists(c, c.reason == "None")', 'no such field: reason'],
      ['object.metadata.labels["x"] == ""', 'no such field'],
      ['object.metadata.labels[object.metadata.name] == ""', 'no such field'],
      ['object.spec.ports[object.metadata.generation] == 1', 'no such element: an index is out of bounds'],
      ['object.status', 'the result is not a boolean'],
      ['object.status.phase', 'the result is not a boolean'],
      ['object.status.phase && true', 'an operand is not a boolean'],
      [
        'object.status.phase ? true : false',
        'an operator or function is given values of other types than it takes',
      ],
      ['object.status.phase > 1', 'an operator or function is given values of other types than it takes'],
      ['object.spec.replicas.all(x, true)', 'a macro is called on neither a list nor a map'],
      ['object.spec.replicas / 0 == 1', 'division by zero'],
      ['object.spec.replicas * 9223372036854775807 == 1', 'a number is out of range'],
      ['int(object.status.phase) == 1', 'a value cannot be converted'],
      ['bool(object.status.phase)', 'a value cannot be converted'],
      ['timestamp(object.status.phase) == timestamp(0)', 'a value cannot be converted'],
      ['duration(object.status.phase) == duration("1s")', 'a value cannot be converted'],
      ['"x".matches("(" + object.status.phase)', 'an invalid pattern'],
      ['{object.spec.ratio: 1}[1] == 1', 'an invalid key of a map'],
    ];
    for (const [expression, message] of errors) {
      it(`says "${message}": ${expression}`, () => {
        expect(evaluate(expression)).to.equal(message);
      });
    }

    it('says why it cannot be used at all', () => {
      expect(evaluate('object.')).to.equal(problemOf('object.'));
      expect(evaluate('1 + 1')).to.equal('1:3: the result is not a boolean');
    });
  });
});

describe('checkExpression', () => {
  const problems: readonly (readonly [string, string | RegExp])[] = [
    ['', /^1:1: found end of input but expecting/],
    ['object.status.phase = "x"', /^1:21: found = but expecting/],
    ['object.a &&\n  object.b ||', /^2:12: found \| but expecting end of input/],
    ['object.a == "x', /^1:\d+: found/],
    ['objekt.a == 1', '1:1: unknown variable objekt: an expression is about the variables object and pod'],
    ['true ||\n  self.a', '2:3: unknown variable self: an expression is about the variables object and pod'],
    ['[1].all(x, y == 1)', '1:12: unknown variable y: an expression is about the variables object and pod'],
    [
      '[1].all(x, true) && x == 1',
      '1:21: unknown variable x: an expression is about the variables object and pod',
    ],
    ['quantity(object.a) == 1', '1:1: unknown function quantity'],
    ['object.a.isReady()', '1:9: unknown function isReady'],
    ['object.a.exists(1, true)', '1:9: unknown function exists'],
    ['object.a.size(1) == 1', '1:9: size cannot be called in this way'],
    ['matches(object.a, "x", "y")', '1:1: matches cannot be called in this way'],
    ['"a,b".split(",", 1) == []', '1:6: split cannot be called in this way'],
    ['"%s".format([1]) == "1"', '1:5: unknown function format'],
    ['has(object)', '1:1: has() takes one field, as in has(object.status)'],
    ['google.protobuf.Value{} == 1', '1:1: unknown type google.protobuf.Value'],
    [
      'object.a.matches("(?=b)")',
      /^1:18: error parsing regexp: invalid or unsupported Perl syntax: `\(\?=`$/,
    ],
    ['object.a.matches("(a)\\\\1")', /^1:18: error parsing regexp: invalid escape sequence/],
    ['object.a.matches("[")', /^1:18: error parsing regexp: missing closing \]/],
    ['object.a.matches("(x{99}){99}")', /^1:18: the pattern is too large/],
    ['"Ready"', '1:1: the result is not a boolean'],
    ['1', '1:1: the result is not a boolean'],
    ['null', '1:1: the result is not a boolean'],
    ['object', '1:1: the result is not a boolean'],
    ['object.a + 1', '1:10: the result is not a boolean'],
    ['size(object.a)', '1:1: the result is not a boolean'],
    ['object.a.map(x, x)', '1:9: the result is not a boolean'],
    ['[true]', '1:1: the result is not a boolean'],
    ['{"a": true}', '1:1: the result is not a boolean'],
    ['object.a && 1', '1:13: the result is not a boolean'],
    ['object.a ? true : "x"', '1:19: the result is not a boolean'],
    ['!(1 + 2)', '1:5: the result is not a boolean'],
  ];
  for (const [expression, problem] of problems) {
    it(`says of ${JSON.stringify(expression)}: ${problem}`, () => {
      if (typeof problem === 'string') expect(problemOf(expression)).to.equal(problem);
      else expect(problemOf(expression)).to.match(problem);
    });
  }

  it('accepts what may be a boolean, as only an object can tell', () => {
    for (const expression of [
      'object.ready',
      'object["ready"]',
      'object.list[0]',
      'object.a ? object.b : false',
      'dyn(object.a)',
      'bool(object.a)',
      'object.a.matches(object.b)',
      '.object.ready',
      'object.list.all(object, object > 1)',
    ]) {
      expect(problemOf(expression), expression).to.equal(undefined);
    }
  });

  it('refuses what is too long, too large or too deeply nested, with no long look at it', () => {
    expect(problemOf(`object.a == "${'x'.repeat(1024)}"`)).to.equal('longer than 1024 characters');
    expect(problemOf(`true${' '.repeat(1020)}`)).to.equal(undefined);
    for (const open of ['(', '[', '{1:', 'size(', 'object[']) {
      const unclosed = open.repeat(100);
      expect(problemOf(unclosed), open).to.match(/^too deeply nested: more than 32 brackets/);
    }
    expect(problemOf(`${'('.repeat(32)}true${')'.repeat(32)}`)).to.equal(undefined);
    expect(problemOf(`1${'+1'.repeat(100)} == 1`)).to.match(/too deeply nested: more than 64 levels/);
    const large = '[1]'.concat('.map(a,[a,a])'.repeat(62), '==[]');
    expect(problemOf(large)).to.match(/too large: it has more than 600 parts/);
  });

  it('accepts a chain of many alternatives', () => {
    const chain = Array.from({ length: 40 }, (_, index) => `object.a == "${index}"`).join(' || ');
    expect(problemOf(chain)).to.equal(undefined);
  });
});
