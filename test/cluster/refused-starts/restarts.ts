import { expect } from 'chai';
import { connect } from '../../../src/kube/client/connection.ts';
import { createRequests } from '../../../src/kube/client/http-requests.ts';
import { kubeconfigCredentials } from '../../../src/kube/client/kubeconfig.ts';
import { systemClock } from '../../../src/kube/clock.ts';
import { deployment, dns, gate, service } from '../../scenarios/manifests.ts';
import { resourceOf } from '../../scenarios/resources.ts';
import { useStory, type WatchedCluster } from '../first-starts/cluster.ts';
import { told } from '../first-starts/events.ts';
import { requiring } from '../first-starts/manifests.ts';
import { refusals, requiringPod, untilRefusing } from './cluster.ts';

/**
 * An API server that has just started has to find policies, gates and the kind of these again. Where it looks for the kind
 * before it has read the custom resources, it looks again half a minute later, and policies whose parameters are gates refuse
 * nothing until then. The one for the label has none, and refuses from the first answer on.
 */
export function restarts(on: () => WatchedCluster): void {
  describe('an API server that ends in the middle of a refused first start', () => {
    const { here, ungated } = useStory(on);
    const app = () => requiring(deployment('app', { replicas: 2 }), 'first');
    const openAll = async () => {
      await here().create(service('api'));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '2/2', older: 0, ungated: 0 });
      expect(await ungated('app', 'first')).to.be.empty;
    };

    it('refuses what requires its gate from its first answer on, while the operator is down', async () => {
      await here().create(gate('first', ['app'], [dns('api')]));
      await untilRefusing(here(), 'Deployment', 'app');
      await on().operator.stop();
      await here().create(app());
      await here().until('a controller tells of it', async () => (await refusals(here()))[0]);
      const connection = connect(kubeconfigCredentials({ kubeconfigPath: on().controlPlane.kubeconfig }), {
        clock: systemClock,
        userAgent: 'impatient',
      });
      const requests = createRequests({ connection, clock: systemClock });
      const pod = requiringPod('first');
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

    it('lets no Pod that requires its gate start ungated, and the operator goes on where it was', async () => {
      await here().create(gate('first', ['app'], [dns('api')]));
      await untilRefusing(here(), 'Deployment', 'app');
      await here().create(app());
      await on().controlPlane.restart();
      await openAll();
    });

    it('may let Pods without the label start ungated, which is told then', async () => {
      await here().create(gate('first', ['app'], [dns('api')]));
      await untilRefusing(here(), 'Deployment', 'app');
      await here().create(deployment('app', { replicas: 2 }));
      await on().controlPlane.restart();
      await here().create(service('api'));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '2/2', older: 0, ungated: 0 });
      if ((await ungated('app', 'first')).length > 0)
        expect(await told(here(), 'FirstStartUngated')).to.not.be.empty;
    });
  });
}
