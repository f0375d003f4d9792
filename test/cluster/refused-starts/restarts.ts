import { expect } from 'chai';
import { connect } from '../../../src/kube/client/connection.ts';
import { createRequests } from '../../../src/kube/client/http-requests.ts';
import { systemClock } from '../../../src/kube/clock.ts';
import { deployment, dns, gate, service } from '../../scenarios/manifests.ts';
import { resourceOf } from '../../scenarios/resources.ts';
import { useStory, type WatchedCluster } from '../first-starts/cluster.ts';
import { podOf, refusals, untilRefusing } from './cluster.ts';

/** An API server that has just started has to find policies, gates and the kind of these again. */
export function restarts(on: () => WatchedCluster): void {
  describe('an API server that ends in the middle of a refused first start', () => {
    const { here, ungated } = useStory(on);
    const openAll = async () => {
      await here().create(service('api'));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '2/2', older: 0, ungated: 0 });
      expect(await ungated('app', 'first')).to.be.empty;
    };

    it('refuses from its first answer on, while the operator is down', async () => {
      await here().create(gate('first', ['app'], [dns('api')]));
      await untilRefusing(here(), 'Deployment', 'app');
      await on().operator.stop();
      await here().create(deployment('app', { replicas: 2 }));
      await here().until('a controller tells of it', async () => (await refusals(here()))[0]);
      const connection = connect(
        { kubeconfigPath: on().controlPlane.kubeconfig },
        { clock: systemClock, userAgent: 'impatient' },
      );
      const requests = createRequests({ connection, clock: systemClock });
      const pod = podOf('Deployment', 'app');
      let isOver = false;
      let made = 0;
      const makePods = async () => {
        while (!isOver)
          await requests.create(resourceOf('Pod'), here().name, pod).then(
            () => made++,
            () => {}, // refused, or there is no API server
          );
      };
      try {
        await Promise.all([
          makePods(),
          on()
            .controlPlane.restart()
            .finally(() => (isOver = true)),
        ]);
      } finally {
        await connection.close();
      }
      expect(made, 'Pods that were let in').to.equal(0);
      await on().operator.start();
      await openAll();
    });

    it('lets no Pod start ungated where it ends before the operator has patched, and the operator goes on', async () => {
      await here().create(gate('first', ['app'], [dns('api')]));
      await untilRefusing(here(), 'Deployment', 'app');
      await here().create(deployment('app', { replicas: 2 }));
      await on().controlPlane.restart();
      await openAll();
    });
  });
}
