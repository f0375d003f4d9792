import { expect } from 'chai';
import { structuralProblems } from './structural.ts';

/** A schema with one field, which is good except for these keywords. */
function withField(field: Record<string, unknown>) {
  return {
    type: 'object',
    description: 'A thing.',
    properties: { a: { description: 'A field.', ...field } },
  };
}

describe('structuralProblems', () => {
  it('finds nothing wrong with a good schema', () => {
    expect(structuralProblems(withField({ type: 'string', maxLength: 3, pattern: '^a$' }))).to.deep.equal([]);
  });

  const bad: [string, Record<string, unknown>, string][] = [
    ['an unbounded string', { type: 'string' }, 'a: unbounded string'],
    ['a default', { type: 'boolean', default: true }, 'a: default is not for us'],
    ['a union', { type: 'string', enum: ['a'], oneOf: [] }, 'a: oneOf is not for us'],
    ['no type', {}, 'a: type undefined'],
    ['several types', { type: ['string', 'null'] }, 'a: type ["string","null"]'],
    ['an object that is free form', { type: 'object' }, 'a: no properties'],
    [
      'a required field that is not there',
      { type: 'object', properties: {}, required: ['b'] },
      'a: requires b, which it does not have',
    ],
    ['no description', { type: 'boolean', description: undefined }, 'a: no description'],
    ['a number without a format', { type: 'integer', minimum: 0 }, 'a: no integer format'],
    ['a number without a minimum', { type: 'integer', format: 'int32' }, 'a: no minimum'],
    [
      'what a double can hold',
      { type: 'integer', format: 'int64', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
      'a: a double as maximum',
    ],
    ['lookaround', { type: 'string', maxLength: 1, pattern: '^(?!a)$' }, 'a: lookaround'],
    ['a back-reference', { type: 'string', maxLength: 1, pattern: '^(a)\\1$' }, 'a: back-reference'],
    ['a loose pattern', { type: 'string', maxLength: 1, pattern: 'a' }, 'a: a pattern that is not anchored'],
    [
      'an unbounded list',
      { type: 'array', 'x-kubernetes-list-type': 'atomic', items: { type: 'boolean' } },
      'a: unbounded list',
    ],
    ['a list of no type', { type: 'array', maxItems: 1, items: { type: 'boolean' } }, 'a: no list type'],
    [
      'a map list without keys',
      { type: 'array', maxItems: 1, 'x-kubernetes-list-type': 'map', items: { type: 'boolean' } },
      'a: no map keys',
    ],
    [
      'unbounded items',
      { type: 'array', maxItems: 1, 'x-kubernetes-list-type': 'atomic', items: { type: 'string' } },
      'a[]: unbounded string',
    ],
  ];
  for (const [what, field, problem] of bad) {
    it(`finds ${what}`, () => {
      expect(structuralProblems(withField(field))).to.deep.equal([problem]);
    });
  }
});
