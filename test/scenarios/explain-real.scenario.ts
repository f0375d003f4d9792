import { layOut } from '../../src/commands/explain/layout.ts';
import { explain } from '../../src/commands/explain/run-explain.ts';
import { createRequests } from '../../src/kube/client/http-requests.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { type Scenario, useNamespace } from './cluster.ts';
import { deployment, dns, gate, service, statefulSet, tcp } from './manifests.ts';

/** What only real controllers and quotas say. */
export const explainingReal: Scenario = (on) => {
  describe('explain, of what is not the dependency', () => {
    const here = useNamespace(on);
    const untilSaid = (words: string) =>
      here().until(`explain says: ${words}`, async () => {
        const lines = await explain(createRequests({ connection: on().connection, clock: systemClock }), {
          namespace: here().name,
          name: 'first',
        });
        const text = layOut(lines).replaceAll(/\s+/g, ' ');
        if (text.includes(words)) return text;
        throw new Error(text);
      });

    it('repeats the words of a quota that refuses the Pods, of a Deployment and of a StatefulSet', async () => {
      await here().kubectl(['create', 'quota', 'small', '--hard=pods=0']);
      await here().create(gate('first', ['pinger', 'StatefulSet/db'], [dns('api')]));
      await here().create(deployment('pinger'), statefulSet('db'));
      await here().untilGate('first', { ready: 'True/InForce', open: 'Unknown/NoPodYet' });
      const begin = "has no Pod with the gate's containers yet. Its controller says:";
      await untilSaid(`Deployment pinger ${begin} pods "pinger-`);
      await untilSaid('exceeded quota: small');
      await untilSaid(`StatefulSet db ${begin}`);
      // `create Pod` before Kubernetes 1.35, `Create Pod` since.
      await untilSaid('reate Pod db-0 in StatefulSet db failed error: pods "db-0" is forbidden');
    });

    it('says that a Deployment is paused, which its status does not', async () => {
      await here().create(
        deployment('pinger', { spec: { paused: true } }),
        gate('first', ['pinger'], [dns('api')]),
      );
      await here().untilGate('first', { open: 'Unknown/NoPodYet' });
      await untilSaid("Deployment pinger is paused, so it makes no Pods with the gate's containers.");
    });

    it('says that Pods wait for themselves: by their own Service, and by localhost', async () => {
      const first = gate('first', ['pinger'], [tcp('pinger', 80)]);
      await here().create(service('pinger'), first, deployment('pinger', { replicas: 0 }));
      await here().untilGate('first', { targets: 'pinger Current' });
      await here().patch('Deployment', 'pinger', { spec: { replicas: 1 } });
      await here().untilGate('first', { open: 'False/Waiting', dependencies: 'pinger Checking' });
      await untilSaid('pinger: Service pinger selects the very Pods that wait for it (pinger-');
      await here().patch('DependencyGate', 'first', { spec: { dependencies: [tcp('localhost', 80)] } });
      await untilSaid('localhost: localhost is the Pod itself');
    });
  });
};
