import { expect } from 'chai';
import type { ClusterEvent, KubeObject } from '../../../src/sandbox/cluster.ts';
import { GATES, gate, PODS, pod, type Sandbox, sandbox } from './fixture.ts';

const configMap = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
});

describe('inProcessCluster', () => {
  let server: Sandbox;
  let stop: AbortController;
  beforeEach(async () => {
    server = await sandbox();
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await server.stop();
  });

  /** Lets what is queued be delivered. */
  const delivered = () => new Promise((resolve) => setImmediate(resolve));

  it('tells what is there, then every change in order, until it is aborted', async () => {
    const { cluster } = server;
    const seen: string[] = [];
    await cluster.create(configMap('a'));
    cluster.watch(
      'ConfigMap',
      ({ type, object }) => seen.push(`${type} ${object.metadata.name}`),
      stop.signal,
    );
    const b = { kind: 'ConfigMap', namespace: 'default', name: 'b' };
    await cluster.create(configMap('b'));
    await cluster.patch(b, { data: { k: 'v' } });
    await cluster.delete(b);
    await delivered();
    expect(seen).to.deep.equal(['ADDED a', 'ADDED b', 'MODIFIED b', 'DELETED b']);
    stop.abort();
    await cluster.create(configMap('c'));
    await delivered();
    expect(seen).to.have.length(4);
  });

  it('keeps the order when a listener writes', async () => {
    const { cluster } = server;
    const seen: string[] = [];
    const record =
      (who: string) =>
      ({ type, object }: ClusterEvent) => {
        seen.push(`${who} ${type} ${object.metadata.name}`);
        if (who === '1' && object.metadata.name === 'a') void cluster.create(configMap('b'));
      };
    for (const who of ['1', '2']) cluster.watch('ConfigMap', record(who), stop.signal);
    await cluster.create(configMap('a'));
    await delivered();
    expect(seen.filter((one) => one.startsWith('1'))).to.deep.equal(['1 ADDED a', '1 ADDED b']);
    expect(seen.filter((one) => one.startsWith('2'))).to.deep.equal(['2 ADDED a', '2 ADDED b']);
  });

  it('rejects with the status that the API server would answer', async () => {
    const { cluster } = server;
    const statusOf = (promise: Promise<unknown>) =>
      promise.then(
        () => undefined,
        (error: unknown) => (error instanceof Error && 'status' in error ? error.status : error),
      );
    const a = { kind: 'ConfigMap', namespace: 'default', name: 'a' };
    expect(await statusOf(cluster.patch(a, {}))).to.equal(404);
    await cluster.create(configMap('a'));
    expect(await statusOf(cluster.create(configMap('a')))).to.equal(409);
    expect(await statusOf(cluster.patch(a, { metadata: { resourceVersion: '1' } }))).to.equal(409);
  });

  it('writes a status alone', async () => {
    await server.call('POST', GATES, gate('a'));
    const target = { kind: 'DependencyGate', namespace: 'default', name: 'a' };
    const patch = { status: { observedGeneration: 1 }, spec: { suspend: true } };
    const { spec, status } = await server.cluster.patch(target, patch, 'status');
    expect([spec, status]).to.deep.equal([gate('a').spec, { observedGeneration: 1 }]);
  });

  it('takes the second deletion of a Pod for the end of its containers', async () => {
    await server.call(
      'POST',
      PODS,
      pod('a', { spec: { nodeName: 'n', containers: [{ name: 'a', image: 'a' }] } }),
    );
    const target = { kind: 'Pod', namespace: 'default', name: 'a' };
    await server.cluster.delete(target);
    expect((await server.call('GET', `${PODS}/a`)).status).to.equal(200);
    await server.cluster.delete(target);
    expect((await server.call('GET', `${PODS}/a`)).status).to.equal(404);
  });
});
