import { expect } from 'chai';
import { MetricsAccess, UNDER_WAY, WAITING } from '../../src/controller/metrics-access.ts';
import { ApiError } from '../../src/kube/api-error.ts';
import type { Resource } from '../../src/kube/resource.ts';
import { ManualClock, settled } from '../kube/manual-clock.ts';

const PROMETHEUS = {
  username: 'system:serviceaccount:monitoring:prometheus',
  uid: 'c0ffee',
  groups: ['system:serviceaccounts', 'system:authenticated'],
  extra: { 'authentication.kubernetes.io/pod-name': ['prometheus-0'] },
};
const NEIGHBOUR = { username: 'system:serviceaccount:default:app' };
const USERS: Readonly<Record<string, object>> = { reader: PROMETHEUS, neighbour: NEIGHBOUR };

describe('MetricsAccess', () => {
  let clock: ManualClock;
  let asked: [string, unknown][];
  let errors: string[];
  /** What happens to a request before it is answered. */
  let fate: () => Promise<void>;
  let access: MetricsAccess;

  beforeEach(() => {
    clock = new ManualClock();
    asked = [];
    errors = [];
    fate = async () => {};
    access = new MetricsAccess({
      requests: { create: apiServer },
      clock,
      onError: ({ message }) => errors.push(message),
    });
  });

  async function apiServer({ plural }: Resource, _: string | undefined, body: unknown): Promise<unknown> {
    asked.push([plural, body]);
    await fate();
    const { spec } = body as { spec: { token?: string; user?: string } };
    if (plural !== 'tokenreviews') return { status: { allowed: spec.user === PROMETHEUS.username } };
    const user = USERS[spec.token ?? ''];
    return { status: user ? { authenticated: true, user } : { error: 'invalid bearer token' } };
  }

  const status = async (authorization: string | undefined) => (await access.refusal(authorization))?.status;

  it('lets in whose token the API server takes, and whom it allows to get /metrics', async () => {
    expect(await access.refusal('Bearer reader')).to.equal(undefined);
    const { username: user, ...rest } = PROMETHEUS;
    expect(asked).to.deep.equal([
      [
        'tokenreviews',
        { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: 'reader' } },
      ],
      [
        'subjectaccessreviews',
        {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SubjectAccessReview',
          spec: { user, ...rest, nonResourceAttributes: { path: '/metrics', verb: 'get' } },
        },
      ],
    ]);
  });

  it('refuses whoever may not with 403, and says what to bind them to', async () => {
    const refusal = await access.refusal('Bearer neighbour');
    expect(refusal?.status).to.equal(403);
    expect(refusal?.body).to.include('ClusterRole dependency-gate-metrics-reader');
  });

  it('refuses whom the API server does not know with 401, and does not ask what they may', async () => {
    const refusal = await access.refusal('Bearer garbage');
    expect(refusal?.status).to.equal(401);
    expect(refusal?.headers).to.deep.equal({ 'WWW-Authenticate': 'Bearer realm="metrics"' });
    expect(asked.map(([plural]) => plural)).to.deep.equal(['tokenreviews']);
  });

  it('asks nobody about requests that have no token', async () => {
    const headers = [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      'Basic cmVhZGVyOg==',
      'reader',
      'Bearer two words',
      'Bearer ="',
    ];
    for (const header of headers) expect(await status(header), header).to.equal(401);
    expect(asked).to.deep.equal([]);
  });

  it('takes a token whatever the case of the word before it, as RFC 9110 has schemes', async () => {
    expect(await status('bearer reader')).to.equal(undefined);
  });

  it('takes a user without a name for nobody', async () => {
    access = new MetricsAccess({
      requests: { create: async () => ({ status: { authenticated: true, user: { username: '' } } }) },
      clock,
      onError: () => {},
    });
    expect(await status('Bearer reader')).to.equal(401);
  });

  it('asks again after a minute of whom it lets in, and after ten seconds of whom it does not', async () => {
    const reviews = async () => {
      for (const token of ['reader', 'neighbour', 'garbage']) await access.refusal(`Bearer ${token}`);
      return asked.splice(0).filter(([plural]) => plural === 'tokenreviews').length;
    };
    expect(await reviews()).to.equal(3);
    await clock.advance(9_999);
    expect(await reviews()).to.equal(0);
    await clock.advance(1);
    expect(await reviews()).to.equal(2);
    await clock.advance(50_000);
    expect(await reviews()).to.equal(3);
  });

  it('asks once about a token that several requests have at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => status('Bearer reader')));
    expect(answers).to.deep.equal(Array.from({ length: 20 }, () => undefined));
    expect(asked).to.have.length(2);
  });

  for (const [what, error] of [
    ['is not reached', new ApiError({ status: 0, reason: 'NetworkError', message: 'connect ECONNREFUSED' })],
    ['is busy', new ApiError({ status: 429, reason: 'TooManyRequests', message: 'busy' })],
    ['answers something else', new SyntaxError('no review')],
  ] as const) {
    it(`lets nobody in where the API server ${what}, says so once, and asks again with the next request`, async () => {
      fate = () => Promise.reject(error);
      expect(await status('Bearer reader')).to.equal(503);
      expect(await status('Bearer neighbour')).to.equal(503);
      expect(errors).to.deep.equal([error.message]);
      fate = async () => {};
      expect(await status('Bearer reader')).to.equal(undefined);
      fate = () => Promise.reject(error);
      expect(await status('Bearer other')).to.equal(503);
      expect(errors).to.have.length(2);
      expect(await status('Bearer reader'), 'what it has said goes on to hold').to.equal(undefined);
    });
  }

  it('says what to apply where the operator may not ask', async () => {
    fate = () => Promise.reject(new ApiError({ status: 403, reason: 'Forbidden', message: 'no' }));
    const refusal = await access.refusal('Bearer reader');
    expect(refusal?.status).to.equal(503);
    expect(refusal?.body).to.include('config/metrics-access');
  });

  it('answers before whoever asks is cut off, however long the API server takes', async () => {
    fate = () => new Promise(() => {});
    const answers = Promise.all(['a', 'b', 'c', 'd'].map((token) => status(`Bearer ${token}`)));
    await clock.advance(4_000);
    expect(await answers).to.deep.equal([503, 503, 503, 503]);
    expect(asked, 'and nothing was asked after that').to.have.length(UNDER_WAY);
    expect(clock.pending).to.deep.equal([]);
  });

  it('asks about so many tokens at a time, lets so many wait, and turns away the others', async () => {
    fate = () => new Promise(() => {});
    const all = Array.from({ length: UNDER_WAY + WAITING + 5 }, (_, index) => status(`Bearer x${index}`));
    await settled();
    expect(asked).to.have.length(UNDER_WAY);
    expect(await Promise.all(all.slice(-5))).to.deep.equal([503, 503, 503, 503, 503]);
    await clock.advance(4_000);
    await Promise.all(all);
  });

  it('keeps in mind whom it lets in, however many others come with garbage', async () => {
    await access.refusal('Bearer reader');
    for (let index = 0; index < 1_000; index++) await access.refusal(`Bearer garbage${index}`);
    asked = [];
    expect(await status('Bearer reader')).to.equal(undefined);
    expect(asked).to.deep.equal([]);
    expect(await status('Bearer garbage999'), 'the last of them too').to.equal(401);
    expect(asked).to.deep.equal([]);
    expect(await status('Bearer garbage0'), 'the first no more').to.equal(401);
    expect(asked).to.have.length(1);
  });
});
