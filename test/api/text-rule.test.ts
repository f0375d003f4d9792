import { expect } from 'chai';
import { gateJsonSchema } from '../../src/api/crd.ts';
import { validateGate } from '../../src/api/gate.ts';
import { problemOf, ruledBy, type TextRule } from '../../src/api/text-rule.ts';
import { TEXT_RULES } from '../../src/api/text-rules.ts';
import { levels, structuralProblems } from './structural.ts';
import { TEXT_CASES } from './text-cases.ts';

const RULES: readonly (readonly [string, TextRule])[] = Object.entries(TEXT_RULES);

describe('TEXT_RULES', () => {
  for (const { rule, field, at, kept, broken } of TEXT_CASES) {
    it(`${rule} at ${field} says what to write instead`, () => {
      for (const text of kept) expect(validateGate(at(text)), text).to.include({ valid: true });
      for (const [words, texts] of Object.entries(broken)) {
        for (const text of texts) {
          const message = `Invalid value: ${JSON.stringify(text)}: ${words}`;
          expect(validateGate(at(text))).to.deep.equal({
            valid: false,
            causes: [{ field, message, reason: 'FieldValueInvalid' }],
          });
        }
      }
    });
  }

  it('are each shown by a case, in all of their words', () => {
    const shown = TEXT_CASES.flatMap(({ rule, broken }) =>
      Object.keys(broken).map((words) => `${rule}: ${words}`),
    );
    const known = RULES.flatMap(([name, { message, mistakes = [] }]) =>
      [message, ...mistakes.map((mistake) => mistake.message)].map((words) => `${name}: ${words}`),
    );
    expect([...new Set(shown)]).to.have.members(known);
  });

  it('say what to write, in one line without a regular expression', () => {
    for (const [name, { message, mistakes = [] }] of RULES) {
      for (const words of [message, ...mistakes.map((mistake) => mistake.message)]) {
        expect(words, name)
          .to.match(/^[^\n]+$/)
          .and.to.match(/\b(use|put|remove)\b/);
        expect(words, name).not.to.match(/\[[^\]']+\]|\\|\^|\$/);
      }
    }
  });

  it('are made of patterns that mean the same to RE2, and that are anchored', () => {
    for (const [name, { pattern, mistakes = [] }] of RULES) {
      expect(pattern.source, name).to.match(/^\^.*\$$/);
      const all = [pattern, ...mistakes.map((one) => ('has' in one ? one.has : one.lacks))];
      for (const { source, flags } of all) {
        expect(flags, name).to.equal('');
        expect(source, name).not.to.match(/\(\?|\\[1-9bdswBDSW]/);
      }
    }
  });
});

describe('the schema of a gate', () => {
  it('has no pattern that the API server would show', () => {
    const patterns = levels(gateJsonSchema()).filter(([, { pattern }]) => pattern !== undefined);
    expect(patterns.map(([place]) => place)).to.deep.equal([]);
    expect(structuralProblems(gateJsonSchema())).to.deep.equal([]);
  });
});

describe('ruledBy', () => {
  const rule: TextRule = {
    pattern: /^a\/'b'$/,
    message: "use a/'b'",
    mistakes: [
      { has: /"/, message: 'use no "' },
      { lacks: /a/, message: 'put an a there' },
    ],
  };

  it('gives the API server the pattern, and the words of the first mistake that a text makes', () => {
    expect(ruledBy(rule)).to.deep.equal({
      'x-kubernetes-validations': [
        {
          rule: `self.matches(r"^a/'b'$")`,
          message: "use a/'b'",
          messageExpression: `self.matches(r'"') ? "use no \\"" : !self.matches(r'a') ? "put an a there" : "use a/'b'"`,
        },
      ],
    });
    expect([`a/'b'`, '"', 'b', 'a'].map((text) => problemOf(rule, text))).to.deep.equal([
      ...[undefined, 'use no "', 'put an a there', "use a/'b'"],
    ]);
  });

  it('refuses a pattern that no literal holds', () => {
    expect(() => ruledBy({ pattern: /^'"$/, message: 'x' })).to.throw(TypeError, 'both quotes');
  });
});
