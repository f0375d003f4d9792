import { expect } from 'chai';
import { GATE_STATES } from '../../../src/api/metric-catalog.ts';
import { OPEN_REASONS, type OpenReason } from '../../../src/api/reasons.ts';
import type { Condition } from '../../../src/api/status.ts';
import { gateState } from '../../../src/core/status/gate-state.ts';

function condition(type: string, status: Condition['status'], reason: string): Condition {
  const times = { observedGeneration: 1, lastTransitionTime: '2026-01-01T00:00:00Z' };
  return { type, status, reason, message: 'why', ...times };
}

const open = (status: Condition['status'], reason: OpenReason) => [condition('Open', status, reason)];

describe('gateState', () => {
  it('is unknown while the operator has told nothing', () => {
    expect(gateState({})).to.equal('unknown');
  });

  it('is stalled whatever Open says', () => {
    for (const status of ['True', 'False', 'Unknown'] as const)
      expect(
        gateState({
          conditions: [condition('Stalled', 'True', 'TargetRefused'), ...open(status, 'AllPassed')],
        }),
      ).to.equal('stalled');
  });

  it('tells what failed and what is overdue from what waits, by the reason of Open', () => {
    const of = (state: string) =>
      OPEN_REASONS.filter((reason) => gateState({ conditions: open('False', reason) }) === state);
    expect(of('failed')).to.deep.equal(['TargetFailed', 'PodFailed', 'DependencyFailed']);
    expect(of('overdue')).to.deep.equal(['Overdue']);
    expect(of('waiting')).to.include.members(['Waiting', 'Held']);
  });

  it('is open and unknown as Open is True and Unknown', () => {
    expect(gateState({ conditions: open('True', 'NoPods') })).to.equal('open');
    expect(gateState({ conditions: open('Unknown', 'TargetMissing') })).to.equal('unknown');
  });

  it('is one of those that the metrics tell', () => {
    expect(GATE_STATES).to.have.all.keys('stalled', 'failed', 'overdue', 'waiting', 'open', 'unknown');
  });
});
