import { expect } from 'chai';
import { parseArguments } from '../../../src/waiter/arguments.ts';
import { createCheck, describeCheck } from '../../../src/waiter/checks/known-checks.ts';
import { systemNetwork } from '../../../src/waiter/network/network.ts';
import { sharedTrust } from '../../../src/waiter/network/trust.ts';
import { wait } from '../../../src/waiter/wait.ts';
import { ManualClock, settle } from '../manual-clock.ts';

describe('describeCheck', () => {
  for (const [line, description] of [
    ['dns api', 'dns api'],
    ['tcp redis:6379', 'tcp redis:6379'],
    ['tcp [fd00::1]:6379', 'tcp [fd00::1]:6379'],
    ['grpc api:50051 --service x', 'grpc api:50051'],
    ['http http://api:8080/ready?x=1', 'http GET http://api:8080/ready?x=1'],
    ['opened --open-key k --annotations-file f', 'opened'],
    ['http https://user:secret@api/ --method HEAD', 'http HEAD https://api/'],
  ] as const) {
    it(`describes '${line}'`, () => {
      expect(describeCheck(parseArguments(line.split(' '), {}).check)).to.equal(description);
    });
  }
});

describe('createCheck of opened', () => {
  const search = { search: [], ndots: 1, hosts: new Map() };
  const line = 'opened --open-key k --annotations-file f --overdue-after 1m';

  /** A wait for the operator, and how it ends. */
  function waiting(...more: string[]) {
    const clock = new ManualClock();
    const options = parseArguments([...line.split(' '), ...more], {});
    const check = createCheck(
      options.check,
      systemNetwork([], search),
      search,
      sharedTrust(() => undefined),
    );
    const told: string[] = [];
    const state = { isOpened: false, outcome: '' };
    const stop = new AbortController();
    const over = wait(options, {
      ...{ check, clock, random: () => 0.5, signal: stop.signal },
      log: (event) => told.push(`${event.is} after ${event.attempts}: ${event.answer}`),
      isOpened: () => state.isOpened,
    }).then(({ outcome }) => {
      state.outcome = outcome;
    });
    return { clock, told, state, stop, over };
  }
  const ANSWER = 'the operator opens it when it is there';

  it('is never satisfied by itself, and says once what is waited for', async () => {
    const { clock, told, state, stop, over } = waiting();
    await clock.advance(2 * 3_600_000);
    expect(told).to.deep.equal([`waiting after 1: ${ANSWER}`, `overdue after 1: ${ANSWER}`]);
    expect(state.outcome).to.equal('');
    stop.abort();
    await over;
    expect(state.outcome).to.equal('stopped');
  });

  it('ends when the operator opens it', async () => {
    const { clock, state, over } = waiting();
    await clock.advance(10_000);
    state.isOpened = true;
    await clock.advance(250);
    await over;
    expect(state.outcome).to.equal('opened');
  });

  it('ends by itself when it is overdue, where it is told so: the operator may be down', async () => {
    const { clock, state, over } = waiting('--on-overdue', 'open');
    await clock.advance(59_999);
    await settle();
    expect(state.outcome).to.equal('');
    await clock.advance(1);
    await over;
    expect(state.outcome).to.equal('overdue');
  });
});
