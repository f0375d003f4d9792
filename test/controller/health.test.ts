import { expect } from 'chai';
import { plain } from '../../src/api/plain.ts';
import { LISTEN_AGAIN_AFTER_MS } from '../../src/controller/endpoint.ts';
import { type Health, type HealthOptions, serveHealth } from '../../src/controller/health.ts';
import { createMetrics } from '../../src/controller/metrics.ts';
import { ManualClock } from '../kube/manual-clock.ts';
import { until } from '../kube/until.ts';
import { NO_GAUGES } from './gauges.ts';

describe('serveHealth', () => {
  let health: Health;
  let isReady = false;
  const metrics = createMetrics({ ...NO_GAUGES, queued: () => 3, isAdmissionActing: () => false });
  before(async () => {
    health = await serve();
  });
  after(() => health.stop());
  const clock = new ManualClock();
  const errors: Error[] = [];
  const serve = (options: Partial<HealthOptions> = {}) =>
    serveHealth({
      port: 0,
      metricsPort: undefined,
      isReady: () => isReady,
      registry: metrics.registry,
      clock,
      onError: (error) => errors.push(error),
      ...options,
    });
  const get = (path: string) => fetch(`http://127.0.0.1:${health.port}${path}`);

  it('is healthy as soon as it answers', async () => {
    expect((await get('/healthz')).status).to.equal(200);
  });

  it('is ready only when caches synced', async () => {
    expect((await get('/readyz')).status).to.equal(503);
    isReady = true;
    expect((await get('/readyz')).status).to.equal(200);
  });

  it('is not ready where what it does is refused, and says why, in words that steer nothing', async () => {
    const refused = await serve({ refusal: () => 'only a may, and this is b\u001b[2J' });
    try {
      const answer = await fetch(`http://127.0.0.1:${refused.port}/readyz`);
      expect([answer.status, await answer.text()]).to.deep.equal([
        503,
        `${plain('only a may, and this is b\u001b[2J')}\n`,
      ]);
    } finally {
      await refused.stop();
    }
  });

  it('serves what is counted', async () => {
    metrics.reconcileEnded('conflict', 0.01);
    metrics.requestEnded({
      verb: 'patch',
      resource: { group: 'apps', version: 'v1', plural: 'deployments', namespaced: true },
      status: 200,
      ms: 5,
    });
    metrics.admissionSkipped('policy_differs');
    await clock.advance(1000);
    const text = await (await get('/metrics')).text();
    expect(text).to.match(/^dependency_gate_queue_length 3$/m);
    expect(text).to.match(/^dependency_gate_admission_acting 0$/m);
    expect(text).to.match(/^dependency_gate_admission_skipped_total\{cause="policy_differs"\} 1$/m);
    expect(text).to.match(/^dependency_gate_reconcile_duration_seconds_count\{result="conflict"\} 1$/m);
    expect(text).to.include('verb="patch",resource="apps/v1/deployments",status="200"');
  });

  it('answers 404 to anything else', async () => {
    expect((await get('/')).status).to.equal(404);
  });

  it('takes no notice of a query', async () => {
    expect((await get('/healthz?verbose')).status).to.equal(200);
  });

  it('writes the metrics once a second, however often it is asked', async () => {
    const gates = async () =>
      /^dependency_gate_reconcile_duration_seconds_count.*$/m.exec(await (await get('/metrics')).text());
    const before = await gates();
    metrics.reconcileEnded('conflict', 0.01);
    expect((await gates())?.[0]).to.equal(before?.[0]);
    await clock.advance(1000);
    expect((await gates())?.[0]).not.to.equal(before?.[0]);
  });

  it('serves the metrics at a port of their own, and there alone, where it is told one', async () => {
    const apart = await serve({ metricsPort: 0 });
    try {
      const status = async (port: number | undefined, path: string) =>
        (await fetch(`http://127.0.0.1:${port}${path}`)).status;
      expect(apart.metricsPort).not.to.equal(apart.port);
      expect(await status(apart.metricsPort, '/metrics')).to.equal(200);
      expect(await status(apart.metricsPort, '/healthz')).to.equal(404);
      expect(await status(apart.port, '/metrics')).to.equal(404);
      expect(await status(apart.port, '/healthz')).to.equal(200);
    } finally {
      await apart.stop();
    }
  });

  it('goes on where its port is taken, says so, and listens once it is free', async () => {
    const first = await serve();
    const { port = 0 } = first;
    const second = await serve({ port });
    expect(errors.map((error) => 'code' in error && error.code)).to.deep.equal(['EADDRINUSE']);
    expect(second.port).to.equal(undefined);
    await clock.advance(LISTEN_AGAIN_AFTER_MS);
    await until('it has tried again', () => errors.length === 2);
    await first.stop();
    await clock.advance(LISTEN_AGAIN_AFTER_MS);
    await until('it listens', () => second.port === port);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).to.equal(200);
    await second.stop();
    expect(clock.pending).to.deep.equal([]);
  });

  it('tries no more once it is stopped', async () => {
    const second = await serve({ port: health.port ?? 0 });
    await second.stop();
    expect(clock.pending).to.deep.equal([]);
  });
});
