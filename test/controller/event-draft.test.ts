import { expect } from 'chai';
import { eventDraft } from '../../src/controller/event-draft.ts';
import type { GateEvent } from '../../src/core/model.ts';
import { gate, workload } from '../core/builders.ts';

const EVENT: GateEvent = { type: 'Warning', reason: 'PatchFailed', action: 'Patch', note: 'no' };

describe('eventDraft', () => {
  it('is about the gate or the workload', () => {
    const kinds = [gate('api-first').gate, workload('pinger').workload].map(
      (about) => eventDraft(about, EVENT).regarding,
    );
    expect(kinds.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).to.deep.equal([
      'dependencygate.dev/v1alpha1 DependencyGate',
      'apps/v1 Deployment',
    ]);
  });

  it('lets nothing of what it quotes steer a terminal', () => {
    const note = 'last written by \x07evil\x1b[2J\x9b31m\u202e\nforged: line';
    expect(eventDraft(workload('pinger').workload, { ...EVENT, note })).to.include({
      note: 'last written by  evil forged: line',
    });
  });
});
