import { expect } from 'chai';
import { deployment, dns, gate } from '../scenarios/manifests.ts';
import { Namespace } from '../scenarios/namespace.ts';
import { useFixture } from './fixture.ts';

/** As many reconciles as the operator makes at a time. */
const WORKERS = 4;

describe('the requests while the API server answers no write of one namespace', function () {
  this.timeout(60_000);
  const { cluster, here, requests } = useFixture();

  it('go on in the others, and then in that one', async () => {
    const slow = new Namespace(cluster());
    await slow.open();
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const heal = cluster().server.faults.add({
      method: 'PATCH',
      path: new RegExp(`/namespaces/${slow.name}/`),
      times: Number.POSITIVE_INFINITY,
      effect: { do: 'delay', until: () => answered },
    });
    const stalled = () => requests().filter(({ path }) => path.includes(`/namespaces/${slow.name}/`));
    const names = Array.from({ length: 3 * WORKERS }, (_, index) => `slow-${index}`);
    await slow.create(...names.map((name) => gate(name, ['pinger'], [dns('api')])));
    await slow.until('nobody answers as many as there are', () =>
      stalled().length >= WORKERS ? true : undefined,
    );

    await here().create(deployment('pinger'), gate('first', ['pinger'], [dns('api')]));
    await here().untilGate('first', { ready: 'True/InForce', open: 'False/Waiting', pods: '0/1' });
    expect(stalled().map(({ status }) => status)).to.deep.equal(Array(WORKERS).fill(undefined));

    heal();
    answer();
    for (const name of names) await slow.untilGate(name, { ready: 'True/InForce' });
    await slow.close();
  });
});
