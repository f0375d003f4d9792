import { expect } from 'chai';
import { pino } from 'pino';
import { Operator } from '../../src/controller/operator.ts';
import type { Answer, Connection, Init } from '../../src/kube/connection.ts';
import { SETTINGS } from '../core/builders.ts';
import { ManualClock, settled } from '../kube/manual-clock.ts';

interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly resource?: string;
  readonly err?: { readonly status?: number };
}

const WARN = 40;
const EMPTY = { metadata: { resourceVersion: '1' }, items: [] };

/** An operator on an API server that knows no WatchList, has nothing, and answers the lists of one resource as it is told. */
function rig(path: string, answer: (signal: AbortSignal) => Promise<Answer>) {
  const lines: LogLine[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const clock = new ManualClock();
  const fetch = async (asked: string, { signal }: Init): Promise<Answer> => {
    if (asked.startsWith(path)) return answer(signal);
    if (asked.includes('mutatingadmissionpolicies')) return answered(404, {});
    if (asked.includes('sendInitialEvents')) return answered(422, {});
    return asked.includes('watch=true') ? untilAborted(signal) : answered(200, EMPTY);
  };
  const connection: Connection = { fetch, close: async () => {} };
  const random = () => 0;
  const operator = new Operator({ connection, settings: SETTINGS, instance: 'test', log, clock, random });
  return { operator, clock, lines };
}

function answered(status: number, body: object): Answer {
  return {
    status,
    retryAfter: undefined,
    text: async () => JSON.stringify(body),
    chunks: (async function* () {})(),
  };
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

describe('Operator', () => {
  it('is ready once all its stores are filled', async () => {
    const { operator, clock } = rig('/nothing', async () => answered(200, EMPTY));
    const started = operator.start();
    expect(operator.isReady).to.equal(false);
    for (let second = 0; second < 10; second++) await clock.advance(1000);
    await started;
    expect(operator.isReady).to.equal(true);
    await operator.stop();
  });

  it('is not ready without the right to one of its watches, says which, and stops all the same', async () => {
    const { operator, clock, lines } = rig('/apis/batch/v1/jobs', async () => answered(403, {}));
    const started = operator.start();
    for (let second = 0; second < 60; second++) await clock.advance(1000);
    expect(operator.isReady).to.equal(false);
    const told = lines.filter(({ level, err }) => level === WARN && err?.status === 403);
    expect(new Set(told.map(({ resource }) => resource))).to.deep.equal(new Set(['batch/v1/jobs']));
    await operator.stop();
    await started;
  });

  it('stops while its stores are being filled, and then begins nothing', async () => {
    const { operator, lines } = rig('/api', untilAborted);
    const started = operator.start();
    await settled();
    await operator.stop();
    await started;
    expect(operator.isReady).to.equal(false);
    expect(lines.filter(({ level }) => level >= WARN)).to.deep.equal([]);
  });

  it('says when the policies come after its start', async () => {
    const state = { status: 404 };
    const policies = '/apis/admissionregistration.k8s.io';
    const { operator, clock, lines } = rig(policies, async () => answered(state.status, {}));
    const started = operator.start();
    for (let second = 0; second < 10; second++) await clock.advance(1000);
    await started;
    state.status = 200;
    await clock.advance(60_000);
    const said = lines.map(({ msg }) => msg).filter((msg) => msg.includes('admission policies'));
    expect(said).to.have.length(2);
    expect(said[0]).to.match(/^the admission policies are not there: targets are patched/);
    expect(said[1]).to.equal('the admission policies are there');
    await operator.stop();
  });
});
