import { expect } from 'chai';
import { makeAvailable } from './available.ts';
import { type Scenario, useNamespace } from './cluster.ts';
import { deployment, dns, gate, scripted, service, tcp } from './manifests.ts';
import { initNames, isGated, isReady, isRunning } from './views.ts';

const CHECK_API = 'dgate-api-first--api';
const CHECK_REDIS = 'dgate-api-first--redis';

/** The story that the operator grew out of. */
export const story: Scenario = (on) => {
  describe('the story of pinger and poller', () => {
    const here = useNamespace(on);

    it('holds both until the Service api exists, and says so', async () => {
      await here().create(gate('api-first', ['pinger', 'poller'], [dns('api')]));
      await here().create(deployment('api'), deployment('pinger'), deployment('poller'));
      await here().untilGate('api-first', {
        ready: 'True/InForce',
        open: 'False/Waiting',
        pods: '0/2',
        waitingOn: 'api',
        dependencies: 'api Checking',
      });
      const [pinger] = await here().untilPods('pinger', 1, 'wait', (pod) => isRunning(pod, CHECK_API));
      const name = pinger?.metadata.name ?? '';
      const row = (await here().table('DependencyGate')).get('api-first');
      expect(row).to.include({ Targets: '2/2', Pods: '0/2', Init: 'Init:0/1', Open: 'False' });
      expect((await here().table('Pod')).get(name)).to.include({ Status: 'Init:0/1' });

      await here().create(service('api'));
      await here().untilGate('api-first', { open: 'True/AllPassed', pods: '2/2', waitingOn: '-' });
      await here().untilPods(
        'pinger',
        1,
        'are through the gate and ready',
        (pod) => isGated(pod) && isReady(pod),
      );
      const log = here().log(name, CHECK_API);
      expect(log[0]).to.equal('waiting for api: NXDOMAIN');
      expect(log.at(-1)).to.match(/^continuing \.\.\./);
    });

    it('waits for a second dependency after the first, and leaves the templates as they were', async () => {
      await here().create(service('api'));
      await makeAvailable(here(), deployment('pinger'), deployment('poller'));
      const before = (await here().workload('pinger')).spec.template;
      await here().create(gate('api-first', ['pinger', 'poller'], [dns('api')]));
      await here().untilGate('api-first', { open: 'True/AllPassed', pods: '2/2', older: 0, ungated: 0 });

      const both = gate('api-first', ['pinger', 'poller'], [dns('api'), tcp('redis', 6379)]);
      await here().patch('DependencyGate', 'api-first', { spec: both.spec });
      await here().untilGate('api-first', { open: 'False/Waiting', init: 'Init:1/2', waitingOn: 'redis' });
      expect(initNames(await here().workload('poller'))).to.deep.equal([CHECK_API, CHECK_REDIS]);
      await here().create(deployment('redis'), service('redis', 6379));
      await here().untilGate('api-first', {
        open: 'True/AllPassed',
        pods: '2/2',
        init: 'Init:2/2',
        older: 0,
      });

      await here().delete('DependencyGate', 'api-first');
      await here().untilGone('DependencyGate', 'api-first');
      for (const name of ['pinger', 'poller']) {
        const { template } = (await here().workload(name)).spec;
        const labels = { app: name };
        expect(template).to.deep.equal({ ...before, metadata: { ...before.metadata, labels } });
        expect(await here().replicaSets(name), 'the first one serves again').to.have.length(3);
        await here().untilPods(name, 1, 'are ready', isReady);
      }
    });

    it("ends the first version's dig loop at the first answer, NXDOMAIN too", async () => {
      const loop = 'until dig +short A api && echo continuing ...; do echo waiting for api; sleep 2; done';
      await here().create(deployment('pinger'), gate('api-first', ['pinger'], [scripted('api', loop)]));
      await here().untilGate('api-first', { open: 'True/AllPassed', pods: '1/1' });
    });

    it('waits with a dig loop that evaluates the answer', async () => {
      const loop =
        "until dig +short A api.$NS.svc.cluster.local | grep -q '^[0-9][0-9.]*$'; do sleep 2; done";
      await here().create(deployment('pinger'), gate('api-first', ['pinger'], [scripted('api', loop)]));
      await here().untilGate('api-first', { open: 'False/Waiting', dependencies: 'api Checking' });
      await here().create(service('api'));
      await here().untilGate('api-first', { open: 'True/AllPassed', pods: '1/1' });
    });
  });
};
