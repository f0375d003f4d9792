import { expect } from 'chai';
import { cycleThrough, evaluateGate } from '../../../src/core/evaluate/evaluate-gate.ts';
import type { Observation } from '../../../src/core/model.ts';
import { dns, type GateBuilder, gate } from '../builders.ts';
import { ABSENT, otherGate, seenGate, UNSEEN, withOpen } from '../evaluated-builders.ts';

const db = gate('db-first').dependsOn(dns('db'));
const evaluated = (observation: Observation) => evaluateGate({ name: 'db-first' }, observation);

describe('evaluateGate', () => {
  it('is satisfied by a gate that is open', () => {
    expect(evaluated(seenGate(withOpen(db, 'True', 'AllPassed')))).to.deep.equal({
      is: 'satisfied',
      reason: 'GateOpen',
      answer: 'gate db-first is open',
    });
  });

  const waiting: Readonly<Record<string, [Observation, string, string]>> = {
    'does not exist': [ABSENT, 'NotFound', 'gate db-first does not exist'],
    'has no status': [seenGate(db), 'GateWithoutStatus', 'gate db-first has no status yet'],
    'was open before its spec was changed': [
      seenGate(withOpen(db, 'True', 'AllPassed').generation(2)),
      'GateWithoutStatus',
      'gate db-first has no status yet',
    ],
    waits: [seenGate(withOpen(db, 'False', 'Waiting')), 'GateNotOpen', 'gate db-first is not open: Waiting'],
    'cannot know': [
      seenGate(withOpen(db, 'Unknown', 'TargetMissing')),
      'GateNotOpen',
      'gate db-first is not open: TargetMissing',
    ],
    'is open and being deleted': [
      seenGate(withOpen(db, 'True', 'AllPassed').deleting()),
      'BeingDeleted',
      'gate db-first is being deleted',
    ],
  };
  for (const [what, [observation, reason, answer]] of Object.entries(waiting)) {
    it(`waits for a gate that ${what}`, () => {
      expect(evaluated(observation)).to.deep.equal({ is: 'waiting', reason, answer });
    });
  }

  it('knows nothing before it has looked', () => {
    expect(evaluated(UNSEEN).is).to.equal('unknown');
  });

  it('is at fault in a cycle, even where the other gate is open now', () => {
    const message =
      'these gates wait for each other and none will ever open: api-first → db-first → api-first';
    const open = withOpen(db, 'True', 'NoPods');
    expect(evaluated(seenGate(open, 'api-first', 'db-first', 'api-first'))).to.deep.equal({
      is: 'waiting',
      reason: 'DependencyCycle',
      answer: message,
      fault: { reason: 'DependencyCycle', message },
    });
  });
});

describe('cycleThrough', () => {
  /** `{a: 'b c'}`: a waits for b and for c. What is not named does not exist. */
  function cycle(start: string, first: string, waits: Readonly<Record<string, string>>): string {
    const gates = new Map<string, GateBuilder>(
      Object.entries(waits).map(([name, before]) => [
        name,
        gate(name).dependsOn(dns('x'), ...before.split(' ').filter(Boolean).map(otherGate)),
      ]),
    );
    return cycleThrough(start, first, (name) => gates.get(name)?.gate).join(' ');
  }

  const cases: readonly [string, Readonly<Record<string, string>>, string][] = [
    ['none in a chain', { a: 'b', b: 'c', c: '' }, ''],
    ['none through a gate that does not exist', { a: 'b' }, ''],
    ['none in a diamond', { a: 'b c', b: 'd', c: 'd', d: '' }, ''],
    ['two gates', { a: 'b', b: 'a' }, 'a b a'],
    ['three gates', { a: 'b', b: 'c', c: 'a' }, 'a b c a'],
    ['a gate that waits for itself', { a: 'a' }, 'a a'],
    ['the shortest way of two', { a: 'b', b: 'c a', c: 'a' }, 'a b a'],
    ['the way through the second of its gates', { a: 'b', b: 'c d', c: '', d: 'a' }, 'a b d a'],
    ['none where others wait for each other, and this one for them', { a: 'b', b: 'c', c: 'b' }, ''],
  ];
  for (const [what, waits, found] of cases) {
    it(`finds ${what}`, () => {
      expect(cycle('a', (waits.a ?? '').split(' ')[0] ?? '', waits)).to.equal(found);
    });
  }

  it('looks through the one dependency that it is asked about', () => {
    const waits = { a: 'b c', b: '', c: 'a' };
    expect(cycle('a', 'b', waits)).to.equal('');
    expect(cycle('a', 'c', waits)).to.equal('a c a');
  });

  it('passes over a gate whose spec cannot be read', () => {
    const broken = gate('b').dependsOn(otherGate('a')).invalid('no good').gate;
    expect(cycleThrough('a', 'b', (name) => (name === 'b' ? broken : undefined))).to.deep.equal([]);
  });

  it('comes to an end in a long chain', () => {
    const waits = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`g${index}`, `g${(index + 1) % 500}`]),
    );
    expect(cycle('g0', 'g1', waits).split(' ')).to.have.length(501);
  });
});
