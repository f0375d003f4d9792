import { expect } from 'chai';
import { formatJson, formatJsonOfAll, formatText } from '../../src/waiter/log.ts';
import type { WaitEvent } from '../../src/waiter/wait.ts';

const OPTIONS = {
  name: 'api',
  check: 'dns api',
  successThreshold: 3,
  overdueAfter: 300_000,
  openBy: undefined,
  isOneOfSeveral: false,
};

const waiting: WaitEvent = {
  is: 'waiting',
  satisfied: false,
  attempts: 1,
  seconds: 0.01,
  answer: 'NXDOMAIN',
  lastError: 'NXDOMAIN',
};
const ended = { is: 'ended', attempts: 9, seconds: 18.2, lastError: 'NXDOMAIN' } as const;

describe('formatText', () => {
  const cases: readonly (readonly [string, WaitEvent, readonly string[]])[] = [
    ['waiting', waiting, ['waiting for api: NXDOMAIN']],
    [
      'an answer that must come again',
      { ...waiting, satisfied: true, answer: '10.0.0.1' },
      ['waiting for api: 10.0.0.1 (must hold 3 times in a row)'],
    ],
    ['overdue', { ...waiting, is: 'overdue' }, ['overdue: still waiting for api after 5m: NXDOMAIN']],
    ['the dependency is there', { ...ended, outcome: 'satisfied', answer: '10.0.0.1' }, ['10.0.0.1']],
    [
      'opened from outside',
      { ...ended, outcome: 'opened', answer: 'NXDOMAIN' },
      ['api was opened by an annotation of the Pod'],
    ],
    [
      'opened since overdue',
      { ...ended, outcome: 'overdue', answer: 'NXDOMAIN' },
      ['overdue: api counts as open after 5m: NXDOMAIN'],
    ],
    [
      'stopped before any answer',
      { is: 'ended', outcome: 'stopped', attempts: 1, seconds: 0.1 },
      ['stopped while waiting for api: no answer yet'],
    ],
  ];
  for (const [what, event, lines] of cases) {
    it(`says when: ${what}`, () => {
      expect(formatText(event, OPTIONS)).to.deep.equal(lines);
    });
  }
});

describe('formatText, of one of several', () => {
  const lines = (event: WaitEvent) => formatText(event, { ...OPTIONS, isOneOfSeveral: true });

  it('names the dependency in each line', () => {
    expect(lines({ ...ended, outcome: 'satisfied', answer: '10.0.0.1' })).to.deep.equal(['api: 10.0.0.1']);
    const events: readonly WaitEvent[] = [
      waiting,
      { ...waiting, satisfied: true },
      { ...waiting, is: 'overdue' },
      ...(['satisfied', 'opened', 'overdue', 'stopped'] as const).map((outcome) => ({ ...ended, outcome })),
    ];
    for (const line of events.flatMap(lines)) expect(line).to.match(/\bapi\b/);
  });
});

describe('formatText, of what a person can open', () => {
  const openBy = 'kubectl annotate pod web -n shop open.dependencygate.dev/first.api=1';
  const lines = (event: WaitEvent, check: string) => formatText(event, { ...OPTIONS, check, openBy });

  it('says how at once where nobody but the operator does it, which does not see every Pod', () => {
    expect(lines({ ...waiting, answer: 'the operator opens it' }, 'opened')).to.deep.equal([
      'waiting for api: the operator opens it',
      `in a copy of a Pod, as kubectl debug makes it, nobody does but you: ${openBy}`,
    ]);
    expect(lines(waiting, 'dns api')).to.deep.equal(['waiting for api: NXDOMAIN']);
  });

  it('says how when it is overdue, whatever is tried', () => {
    for (const check of ['opened', 'dns api'])
      expect(lines({ ...waiting, is: 'overdue' }, check).slice(1)).to.deep.equal([
        `to go on without it: ${openBy}`,
      ]);
  });

  it('says nothing of it in the end', () => {
    expect(lines({ ...ended, outcome: 'opened' }, 'opened')).to.have.length(1);
  });

  it('says it in JSON in the same moments', () => {
    const json = (event: WaitEvent, check: string): unknown =>
      JSON.parse(formatJson(event, { ...OPTIONS, check, openBy }, new Date(0)));
    expect(json(waiting, 'opened')).to.include({ openBy });
    expect(json({ ...waiting, is: 'overdue' }, 'dns api')).to.include({ openBy });
    expect(json(waiting, 'dns api')).to.not.have.property('openBy');
  });
});

describe('formatJson', () => {
  const time = new Date('2026-01-02T03:04:05.678Z');
  const json = (event: WaitEvent): unknown => JSON.parse(formatJson(event, OPTIONS, time));

  it('has everything about an answer', () => {
    expect(json(waiting)).to.deep.equal({
      time: '2026-01-02T03:04:05.678Z',
      level: 'info',
      event: 'waiting',
      dependency: 'api',
      check: 'dns api',
      attempts: 1,
      seconds: 0.01,
      answer: 'NXDOMAIN',
      lastError: 'NXDOMAIN',
    });
  });

  it('names the outcome in the end', () => {
    expect(json({ ...ended, outcome: 'satisfied', answer: '10.0.0.1' })).to.include({
      event: 'satisfied',
      level: 'info',
      answer: '10.0.0.1',
    });
  });

  it('warns when overdue', () => {
    expect(json({ ...waiting, is: 'overdue' })).to.include({ event: 'overdue', level: 'warn' });
    expect(json({ ...ended, outcome: 'overdue' })).to.include({ event: 'overdue', level: 'warn' });
  });

  it('tells the end of several in the same words', () => {
    const whole = { outcome: 'satisfied', seconds: 3.2, dependencies: [] } as const;
    expect(JSON.parse(formatJsonOfAll(whole, time))).to.deep.equal({
      time: '2026-01-02T03:04:05.678Z',
      level: 'info',
      event: 'satisfied',
      dependency: 'all',
      check: 'all',
      seconds: 3.2,
    });
  });

  it('stays on one line, whatever the answer', () => {
    expect(formatJson({ ...waiting, answer: 'a\nb' }, OPTIONS, time)).not.to.include('\n');
  });
});
