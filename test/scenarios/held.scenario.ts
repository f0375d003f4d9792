import { HOLD_GATE } from '../../src/api/names.ts';
import { requiring } from '../cluster/first-starts/manifests.ts';
import { type Scenario, useNamespace } from './cluster.ts';
import { deployment, dns, gate } from './manifests.ts';
import { isGated, isHeld } from './views.ts';

/** Without the policies that hold Pods: it is the Pod template that has the scheduling gate. */
export const held: Scenario = (on) => {
  describe('held Pods of a Deployment', () => {
    const here = useNamespace(on);

    it('make room for those of a newer template', async () => {
      const pod = { schedulingGates: [{ name: HOLD_GATE }] };
      await here().create(requiring(deployment('pinger', { replicas: 4, pod }), 'first'));
      await here().untilPods('pinger', 4, 'are held', isHeld);
      await here().create(gate('first', ['pinger'], [dns('api')]));
      await here().untilPods('pinger', 4, 'are gated', isGated);
      await here().until('there are no others', async () =>
        (await here().pods('pinger')).every(isGated) ? true : undefined,
      );
    });
  });
};
