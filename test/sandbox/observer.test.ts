import { expect } from 'chai';
import { CONFIG_MAPS, configMap, MERGE, type Sandbox, sandbox, watch } from './server/fixture.ts';

describe('Faults', () => {
  let server: Sandbox;
  beforeEach(async () => {
    server = await sandbox();
  });
  afterEach(() => server.stop());

  const broken = (promise: Promise<unknown>) =>
    promise.then(
      () => false,
      () => true,
    );

  it('fails as many matching requests as it is told, with a Status and Retry-After', async () => {
    server.faults.add({
      method: 'GET',
      path: /configmaps/,
      times: 2,
      effect: { do: 'fail', status: 429, retryAfterSeconds: 3 },
    });
    expect((await server.call('POST', CONFIG_MAPS, configMap('a'))).status).to.equal(201);
    const response = await fetch(server.url + CONFIG_MAPS);
    expect([response.status, response.headers.get('retry-after')]).to.deep.equal([429, '3']);
    expect(await response.json()).to.deep.include({
      reason: 'TooManyRequests',
      details: { retryAfterSeconds: 3 },
    });
    expect((await server.call('GET', CONFIG_MAPS)).status).to.equal(429);
    expect((await server.call('GET', CONFIG_MAPS)).status).to.equal(200);
  });

  it('drops a request unhandled', async () => {
    server.faults.add({ method: 'POST', effect: { do: 'drop' } });
    expect(await broken(server.call('POST', CONFIG_MAPS, configMap('a')))).to.equal(true);
    expect((await server.call('GET', `${CONFIG_MAPS}/a`)).status).to.equal(404);
  });

  it('loses the answer of a request that was handled', async () => {
    server.faults.add({ method: 'POST', effect: { do: 'lose' } });
    expect(await broken(server.call('POST', CONFIG_MAPS, configMap('a')))).to.equal(true);
    expect((await server.call('GET', `${CONFIG_MAPS}/a`)).status).to.equal(200);
  });

  it('delays a request until the test lets it go', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    server.faults.add({ method: 'POST', effect: { do: 'delay', until: () => promise } });
    const delayed = server.call('POST', CONFIG_MAPS, configMap('a'));
    expect((await server.call('GET', `${CONFIG_MAPS}/a`)).status).to.equal(404);
    resolve();
    expect((await delayed).status).to.equal(201);
  });

  it('is taken back', async () => {
    server.faults.add({ effect: { do: 'drop' } })();
    expect((await server.call('GET', CONFIG_MAPS)).status).to.equal(200);
  });

  it('cuts open watches, and none that does not match', async () => {
    const { next } = await watch(`${server.url}${CONFIG_MAPS}?watch=true`);
    expect(server.faults.cut(/secrets/)).to.equal(0);
    expect(server.faults.cut(/configmaps\?watch/)).to.equal(1);
    expect(await broken(next(1))).to.equal(true);
  });
});

describe('Journal', () => {
  it('keeps what was asked and how it was answered', async () => {
    const server = await sandbox();
    await server.call('GET', CONFIG_MAPS);
    await server.call(
      'PATCH',
      `${CONFIG_MAPS}/a?dryRun=All`,
      { data: {} },
      { 'content-type': MERGE, 'user-agent': 'me' },
    );
    expect(server.journal.entries.map(({ method }) => method)).to.deep.equal(['GET', 'PATCH']);
    expect(server.journal.writes).to.deep.equal([
      {
        method: 'PATCH',
        path: `${CONFIG_MAPS}/a`,
        query: 'dryRun=All',
        contentType: MERGE,
        body: { data: {} },
        userAgent: 'me',
        status: 404,
      },
    ]);
    server.journal.clear();
    expect(server.journal.entries).to.have.length(0);
    await server.stop();
  });
});
