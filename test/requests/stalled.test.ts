import { expect } from 'chai';
import { deployment, dns, gate } from '../scenarios/manifests.ts';
import { Namespace } from '../scenarios/namespace.ts';
import { useFixture } from './fixture.ts';

/** As many reconciles as the operator makes at a time. */
const WORKERS = 4;

describe('the requests while the API server answers no write of some namespaces', function () {
  this.timeout(60_000);
  const { cluster, here, requests, events } = useFixture();

  for (const count of [1, 2, 5, 20])
    it(`go on in the others, and then in those, where these are ${count}`, async () => {
      const slow = Array.from({ length: count }, () => new Namespace(cluster()));
      for (const one of slow) await one.open();
      const path = `/namespaces/(${slow.map(({ name }) => name).join('|')})/`;
      const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
      const effect = { do: 'delay', until: () => answered } as const;
      const heal = [
        { method: 'PATCH', path: new RegExp(path) },
        { method: 'POST', path: new RegExp(`${path}events`) },
      ].map((fault) => cluster().server.faults.add({ ...fault, times: Number.POSITIVE_INFINITY, effect }));
      const stalled = () => requests().filter((request) => new RegExp(path).test(request.path));
      const names = Array.from(
        { length: Math.ceil((2 * WORKERS) / count) + 1 },
        (_, index) => `slow-${index}`,
      );
      const gates = names.map((name) => gate(name, ['pinger'], [dns('api')]));
      for (const one of slow) await one.create(...gates);
      await here().until('nobody answers as many as there are', () =>
        stalled().length >= Math.max(WORKERS, count) ? true : undefined,
      );

      await here().create(deployment('pinger'), gate('first', ['pinger'], [dns('api')]));
      await here().untilGate('first', { ready: 'True/InForce', open: 'False/Waiting', pods: '0/1' });
      await here().until('an Event tells of it', () => (events().length > 0 ? true : undefined));
      expect(stalled().map(({ status }) => status)).to.deep.equal(stalled().map(() => undefined));

      for (const one of heal) one();
      answer();
      for (const one of slow) for (const name of names) await one.untilGate(name, { ready: 'True/InForce' });
      for (const one of slow) await one.close();
    });
});
