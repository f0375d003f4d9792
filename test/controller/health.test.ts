import { expect } from 'chai';
import { type Health, serveHealth } from '../../src/controller/health.ts';
import { createMetrics } from '../../src/controller/metrics.ts';

describe('serveHealth', () => {
  let health: Health;
  let isReady = false;
  const metrics = createMetrics({
    queued: () => 3,
    gates: () => 7,
    held: () => 1,
    overdue: () => 4,
    failed: () => 2,
    hasAdmission: () => true,
    isAdmissionActing: () => false,
  });
  before(async () => {
    health = await serveHealth({ port: 0, isReady: () => isReady, registry: metrics.registry });
  });
  after(() => health.stop());
  const get = (path: string) => fetch(`http://127.0.0.1:${health.port}${path}`);

  it('is healthy as soon as it answers', async () => {
    expect((await get('/healthz')).status).to.equal(200);
  });

  it('is ready only when caches synced', async () => {
    expect((await get('/readyz')).status).to.equal(503);
    isReady = true;
    expect((await get('/readyz')).status).to.equal(200);
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
    const text = await (await get('/metrics')).text();
    expect(text).to.match(/^dependency_gate_gates 7$/m);
    expect(text).to.match(/^dependency_gate_queue_length 3$/m);
    expect(text).to.match(/^dependency_gate_held_pods 1$/m);
    expect(text).to.match(/^dependency_gate_overdue_dependencies 4$/m);
    expect(text).to.match(/^dependency_gate_failed_dependencies 2$/m);
    expect(text).to.match(/^dependency_gate_admission_installed 1$/m);
    expect(text).to.match(/^dependency_gate_admission_acting 0$/m);
    expect(text).to.match(/^dependency_gate_admission_skipped_total\{cause="policy_differs"\} 1$/m);
    expect(text).to.match(/^dependency_gate_admission_skipped_total\{cause="unknown"\} 0$/m);
    expect(text).to.match(/^dependency_gate_reconcile_seconds_count\{result="conflict"\} 1$/m);
    expect(text).to.include('verb="patch",resource="apps/v1/deployments",status="200"');
  });

  it('has no label with the name of an object', async () => {
    const text = await (await get('/metrics')).text();
    const own = text.split('\n').filter((line) => line.startsWith('dependency_gate_'));
    const labels = new Set(own.flatMap((line) => [...line.matchAll(/(\w+)="/g)].map(([, label]) => label)));
    expect([...labels]).to.have.members(['result', 'le', 'verb', 'resource', 'status', 'cause']);
  });

  it('answers 404 to anything else', async () => {
    expect((await get('/')).status).to.equal(404);
  });

  it('refuses a port that is taken', async () => {
    const again = serveHealth({ port: health.port, isReady: () => true, registry: metrics.registry });
    const error = await again.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.have.property('code', 'EADDRINUSE');
  });
});
