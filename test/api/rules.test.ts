import { expect } from 'chai';
import { validateGate } from '../../src/api/gate.ts';
import { RULES } from '../../src/api/rules.ts';
import { RULE_CASES } from './rule-cases.ts';

describe('RULES', () => {
  for (const { place, message, field, kept, broken } of RULE_CASES) {
    describe(`${place || 'gate'}: ${message}`, () => {
      it('lets through a gate that keeps it', () => {
        for (const gate of kept) expect(validateGate(gate)).to.include({ valid: true });
      });

      it('refuses a gate that breaks it, and says only that', () => {
        for (const gate of broken) {
          expect(validateGate(gate)).to.deep.equal({
            valid: false,
            causes: [{ field, message: `Invalid value: ${message}`, reason: 'FieldValueInvalid' }],
          });
        }
      });
    });
  }

  it('are each shown by a case', () => {
    const rules = Object.entries(RULES).flatMap(([place, list]) =>
      list.map(({ message }) => `${place}: ${message}`),
    );
    expect(RULE_CASES.map(({ place, message }) => `${place}: ${message}`)).to.have.members(rules);
  });

  it('say what to change in one line that the API server takes', () => {
    for (const { message } of RULE_CASES) {
      expect(message)
        .to.match(/^[^\n]+$/)
        .and.to.match(/set|remove|rename|choose|shorten|use|put/);
      expect(message.length).to.be.at.most(2048);
    }
  });
});
