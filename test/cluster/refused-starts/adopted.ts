import { expect } from 'chai';
import { deployment, dns, gate, service, statefulSet } from '../../scenarios/manifests.ts';
import { isReady } from '../../scenarios/views.ts';
import { useStory, type WatchedCluster } from '../first-starts/cluster.ts';
import { podOf, refusals, untilRefusing } from './cluster.ts';

/** Workloads that ran before their gate: nothing of what happens to them is ever refused. */
export function adopted(on: () => WatchedCluster): void {
  describe('a workload that ran before its gate', () => {
    const { here, settle } = useStory(on);
    /** That policies are in force which would refuse what is new, seen by a target that is not there. */
    const adopt = async (kind: 'Deployment' | 'StatefulSet', more = {}) => {
      await here().create(
        kind === 'Deployment' ? deployment('app', { replicas: 3 }) : statefulSet('app', { replicas: 3 }),
      );
      await here().untilPods('app', 3, 'are ready', isReady);
      await here().create(
        gate('first', [`${kind}/app`], [dns('api')], more),
        gate('other', ['absent'], [dns('api')]),
      );
      await untilRefusing(here(), 'Deployment', 'absent');
    };
    const remembered = async () => (await here().gate('first')).status.targets?.[0];

    it('is refused no Pod during the rollout, when its Pods die, when it is scaled, and when it is undone', async () => {
      await adopt('Deployment');
      await here().untilGate('first', { open: 'False/Waiting', ungated: 3 });
      for (const { metadata } of (await here().pods('app')).slice(0, 2))
        await here().delete('Pod', metadata.name);
      await here().untilPods('app', 3, 'are ready again, without the gate', isReady);
      await here().patch('Deployment', 'app', { spec: { replicas: 5 } });
      await here().untilPods('app', 4, 'are ready, without the gate', isReady);
      await here().kubectl(['rollout', 'undo', 'deployment/app']);
      await settle('first');
      expect(await remembered()).to.not.have.property('firstStart');
      await here().create(service('api'));
      await here().untilGate('first', { pods: '5/5', older: 0, ungated: 0 });
      expect(await refusals(here())).to.deep.equal([]);
    });

    it('is refused no Pod while the operator is down and somebody takes the gate out of its template', async () => {
      await adopt('Deployment');
      await here().create(service('api'));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '3/3', older: 0, ungated: 0 });
      await on().operator.stop();
      await here().kubectl(['rollout', 'undo', 'deployment/app']);
      await here().untilPods(
        'app',
        3,
        'are ready without the gate',
        (pod) => isReady(pod) && pod.spec.initContainers.length === 0,
      );
      await on().operator.start();
      await here().untilGate('first', { pods: '3/3', older: 0, ungated: 0 });
      expect(await refusals(here())).to.deep.equal([]);
    });

    it('is refused no Pod where the operator may not change it', async () => {
      await adopt('Deployment', { suspend: true });
      for (const { metadata } of await here().pods('app')) await here().delete('Pod', metadata.name);
      await here().untilPods('app', 3, 'are ready', isReady);
      expect(await refusals(here())).to.deep.equal([]);
    });

    it('as a StatefulSet is refused no Pod', async () => {
      await adopt('StatefulSet');
      await here().untilGate('first', { open: 'False/Waiting' });
      await here().untilPods('app', 2, 'are ready', isReady);
      await here().delete('Pod', 'app-0');
      await here().untilPods('app', 3, 'are there', () => true);
      await here().create(service('api'));
      await here().untilGate('first', { pods: '3/3', older: 0, ungated: 0 });
      expect(await refusals(here())).to.deep.equal([]);
    });

    it('is refused no Pod when it comes to the targets of a gate that is older than it', async () => {
      await here().create(gate('first', ['absent'], [dns('api')]));
      await untilRefusing(here(), 'Deployment', 'absent');
      await here().create(deployment('app', { replicas: 2 }));
      await here().untilPods('app', 2, 'are ready', isReady);
      const targets = [{ name: 'absent' }, { name: 'app' }];
      await here().patch('DependencyGate', 'first', { spec: { targets } });
      await here().untilGate('first', { open: 'False/Waiting', ungated: 2 });
      for (const { metadata } of await here().pods('app')) await here().delete('Pod', metadata.name);
      await here().untilPods('app', 2, 'are ready', isReady);
      expect(await refusals(here())).to.deep.equal([]);
    });
  });

  describe('what is nobody’s target', () => {
    const { here } = useStory(on);

    it('is refused nothing, whatever its name is: a ReplicaSet of its own is no Deployment’s', async () => {
      await here().create(gate('first', ['app'], [dns('api')]));
      await untilRefusing(here(), 'Deployment', 'app');
      const { spec } = deployment('app');
      await here().create({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'app-abc' }, spec });
      await here().create(statefulSet('other'));
      await here().untilPods('app', 1, 'are ready', isReady);
      await here().untilPods('other', 1, 'are ready', isReady);
      expect(await refusals(here())).to.deep.equal([]);
    });

    it('is refused nothing where another group has a kind of the name', async () => {
      await here().create(gate('first', ['StatefulSet/db'], [dns('api')]));
      await untilRefusing(here(), 'StatefulSet', 'db');
      const foreign = podOf('StatefulSet', 'db', 'apps.example.com/v1');
      expect(await here().refusal(foreign)).to.equal(undefined);
    });
  });
}
