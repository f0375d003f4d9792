import { expect } from 'chai';
import type { Condition, DependencyStatus, GateStatus } from '../../../src/api/status.ts';
import type { GateEvent } from '../../../src/core/model.ts';
import type { Write } from '../../../src/core/plan/plan.ts';
import {
  firstStarts,
  gateEvents,
  ofPatch,
  ofPodRelease,
  ofScaleDown,
} from '../../../src/core/status/gate-events.ts';
import { ago, dns, gate, pod, workload } from '../builders.ts';
import { injectPatch } from '../patches.ts';

const apiFirst = gate('api-first').targets('pinger').dependsOn(dns('api')).rendered();
const pinger = workload('pinger').workload;
const waiting = pod('pinger-1').of('pinger').carrying(apiFirst).pod;
const patch = injectPatch(pinger.template, { gate: 'api-first', render: apiFirst.render, target: '' });

/** A status with one condition, its type taken for granted. */
const status = (type: string, is: Condition['status'], reason: string, message = 'words'): GateStatus => ({
  conditions: [{ type, status: is, reason, message, observedGeneration: 1, lastTransitionTime: ago(0) }],
});
const open = (is: Condition['status'], reason: string, message?: string) =>
  status('Open', is, reason, message);
const waits = open('False', 'Waiting');

describe('firstStarts', () => {
  const target = {
    kind: 'Deployment',
    name: 'web',
    state: 'Rolling',
    open: 0,
    waiting: 1,
    ungated: 1,
  } as const;
  const ungated = { ...target, reason: 'FirstStartUngated', message: 'FirstStartUngated: the words' };

  it('are told once, on the gate, and of each workload', () => {
    const after: GateStatus = { targets: [ungated, { ...target, name: 'other' }] };
    const told = [{ kind: 'Deployment', name: 'web', note: 'the words' }];
    expect(firstStarts({}, after)).to.deep.equal(told);
    expect(firstStarts({ targets: [target] }, after)).to.deep.equal(told);
    expect(firstStarts(after, after)).to.deep.equal([]);
    expect(firstStarts({}, undefined)).to.deep.equal([]);
    expect(
      gateEvents({}, after, []).map(({ type, reason, note }) => `${type} ${reason}: ${note}`),
    ).to.deep.equal(['Warning FirstStartUngated: Deployment web: the words']);
    expect(gateEvents(after, after, [])).to.deep.equal([]);
  });
});

describe('gateEvents', () => {
  const writes: readonly { readonly write: Write; readonly is: string | undefined }[] = [
    {
      write: { do: 'release-pod', workload: pinger, pod: waiting, gates: ['a', 'b'] },
      is: 'Normal HeldPodReleased Release: let Pod pinger-1 go, which was held for gates a, b: deleted since the Job was started',
    },
    {
      write: {
        do: 'patch-workload',
        workload: pinger,
        additions: [
          {
            gate: 'api-first',
            render: apiFirst.render,
            why: ['missing container', 'stale render'],
            mark: 'h',
          },
        ],
        removals: [],
        patch,
      },
      is: 'Normal Gated Patch: added the init containers to Deployment pinger: missing container, stale render',
    },
    {
      write: {
        do: 'patch-workload',
        workload: pinger,
        additions: [],
        removals: [{ gate: 'api-first', mark: 'removed' }],
        patch,
      },
      is: 'Normal Ungated Patch: removed the init containers from Deployment pinger',
    },
    {
      write: { do: 'open-pod', pod: waiting, annotations: {}, told: ['api', 'redis'], why: 'spec.open' },
      is: 'Normal PodOpened Open: opened api, redis for Pod pinger-1: spec.open',
    },
    {
      write: { do: 'open-pod', pod: waiting, annotations: {}, told: [], why: 'spec.open' },
      is: undefined,
    },
    {
      write: { do: 'delete-pod', pod: waiting, why: 'it is in the way' },
      is: 'Normal PodReplaced Delete: deleted Pod pinger-1: it is in the way',
    },
    {
      write: { do: 'scale-down', workload: pinger, replicaSet: { name: 'pinger-abc', uid: 'u' } },
      is: 'Normal HeldPodsReplaced Scale: scaled ReplicaSet pinger-abc to 0: its Pods are held, and others with the gate take their place',
    },
    { write: { do: 'add-finalizer', gate: apiFirst.gate }, is: undefined },
    { write: { do: 'remove-finalizer', gate: apiFirst.gate }, is: undefined },
    { write: { do: 'try-render', gate: 'api-first', workload: pinger, hash: 'h', patch }, is: undefined },
  ];
  for (const { write, is } of writes) {
    it(`say ${is === undefined ? 'nothing' : 'what was done'} for ${write.do}`, () => {
      const said = eventsOf(write).map(
        ({ type, reason, action, note }) => `${type} ${reason} ${action}: ${note}`,
      );
      expect(said).to.deep.equal(is === undefined ? [] : [is]);
    });
  }

  const turns: readonly {
    readonly turn: string;
    readonly before: GateStatus;
    readonly after: GateStatus;
    readonly is: readonly string[];
  }[] = [
    { turn: 'a gate that starts to wait', before: {}, after: waits, is: ['Normal Waiting'] },
    { turn: 'one whose Pods are held', before: {}, after: open('False', 'Held'), is: ['Normal Held'] },
    { turn: 'one that goes on waiting', before: waits, after: open('False', 'Waiting', 'other'), is: [] },
    {
      turn: 'an overdue one, of which the dependency tells',
      before: waits,
      after: open('False', 'Overdue'),
      is: [],
    },
    {
      turn: 'a failed Job',
      before: waits,
      after: open('False', 'TargetFailed'),
      is: ['Warning TargetFailed'],
    },
    { turn: 'none that has passed', before: waits, after: open('Unknown', 'NonePassedYet'), is: [] },
    { turn: 'a failed Pod', before: waits, after: open('False', 'PodFailed'), is: ['Warning PodFailed'] },
    { turn: 'one that opens', before: waits, after: open('True', 'AllPassed'), is: ['Normal Opened'] },
    {
      turn: 'one that stays open',
      before: open('True', 'AllPassed'),
      after: open('True', 'AllPassed'),
      is: [],
    },
    { turn: 'one without Pods', before: waits, after: open('True', 'NoPods'), is: [] },
    { turn: 'one that nothing is known of', before: waits, after: open('Unknown', 'NoPodYet'), is: [] },
    {
      turn: 'one that stalls',
      before: {},
      after: status('Stalled', 'True', 'InvalidSpec'),
      is: ['Warning InvalidSpec'],
    },
    {
      turn: 'one that stays stalled',
      before: status('Stalled', 'True', 'InvalidSpec'),
      after: status('Stalled', 'True', 'InvalidSpec'),
      is: [],
    },
    {
      turn: 'one that is stalled by something else now',
      before: status('Stalled', 'True', 'TargetRefused', 'a'),
      after: status('Stalled', 'True', 'TargetRefused', 'b'),
      is: ['Warning TargetRefused'],
    },
    { turn: 'one that is no longer stalled', before: status('Stalled', 'True', 'X'), after: {}, is: [] },
  ];
  for (const { turn, before, after, is } of turns) {
    it(`say ${is.join() || 'nothing'} for ${turn}`, () => {
      expect(gateEvents(before, after, []).map(({ type, reason }) => `${type} ${reason}`)).to.deep.equal(is);
    });
  }

  describe('of dependencies', () => {
    const api = (more: Partial<DependencyStatus>): GateStatus => ({
      dependencies: [
        {
          ...{ name: 'api', check: 'service', state: 'Checking', blocked: 2, since: ago(40) },
          ...{ pending: 0, starting: 0, checking: 2, failed: 0, passed: 0 },
          ...more,
        },
      ],
    });
    const turns: readonly [string, Partial<DependencyStatus>, Partial<DependencyStatus>, string[]][] = [
      [
        'one that is there now',
        { satisfied: false, answer: 'Service api has 0 of 1 ready endpoint' },
        { satisfied: true, answer: 'Service api has 1 of 1 ready endpoint' },
        ['Normal DependencySatisfied: dependency api is satisfied: Service api has 1 of 1 ready endpoint'],
      ],
      ['one that stays there', { satisfied: true }, { satisfied: true }, []],
      ['one that was there when it was first looked at', {}, { satisfied: true }, []],
      ['one that is gone again', { satisfied: true }, { satisfied: false }, []],
      [
        'one that is overdue now',
        {},
        { overdue: true, answer: 'Job migrate is running' },
        [
          `Warning Overdue: dependency api is overdue: Pods have been waiting for it since ${ago(40)}: Job migrate is running`,
        ],
      ],
      ['one that stays overdue', { overdue: true }, { overdue: true }, []],
      [
        'one that a person opens',
        { openedByHand: 1 },
        { openedByHand: 3 },
        ['Normal OpenedByHand: api was opened by an annotation of 2 Pods'],
      ],
      ['Pods that go after they were opened', { openedByHand: 2 }, { openedByHand: 1 }, []],
    ];
    for (const [turn, before, after, is] of turns) {
      it(`say ${is.length === 0 ? 'nothing' : 'so'} for ${turn}`, () => {
        const said = gateEvents(api(before), api(after), []);
        expect(said.map(({ type, reason, note }) => `${type} ${reason}: ${note}`)).to.deep.equal(is);
      });
    }
  });

  it('say nothing of the status of a gate that is going away', () => {
    expect(gateEvents(waits, undefined, [])).to.deep.equal([]);
  });
});

/** Those of one write, whoever makes it. */
function eventsOf(write: Write): readonly GateEvent[] {
  switch (write.do) {
    case 'patch-workload':
      return [...ofPatch(write).values()];
    case 'scale-down':
    case 'scale-down-empty':
      return [ofScaleDown(write)];
    case 'release-pod':
      return [ofPodRelease(write)];
    case 'ask-order':
    case 'release-job':
      return [];
    default:
      return gateEvents({}, undefined, [write]);
  }
}
