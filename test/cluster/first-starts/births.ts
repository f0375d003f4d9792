import { expect } from 'chai';
import type { KubeObject } from '../../../src/sandbox/cluster.ts';
import { daemonSet, deployment, dns, gate, service, statefulSet } from '../../scenarios/manifests.ts';
import type { Kind } from '../../scenarios/resources.ts';
import { initNames } from '../../scenarios/views.ts';
import { useStory, type WatchedCluster } from './cluster.ts';
import { requiring } from './manifests.ts';

interface Case {
  readonly kind: Kind;
  readonly make: () => KubeObject;
  readonly pods: string;
}

const CASES: readonly Case[] = [
  { kind: 'Deployment', make: () => deployment('app', { replicas: 2 }), pods: '2/2' },
  { kind: 'StatefulSet', make: () => statefulSet('app', { replicas: 2 }), pods: '2/2' },
  { kind: 'DaemonSet', make: () => daemonSet('app'), pods: '1/1' },
];

/** Workloads that never were without their gate, whichever of the two came first. */
export function births(on: () => WatchedCluster): void {
  for (const { kind, make, pods } of CASES) {
    describe(`a first start of a ${kind}`, () => {
      const { here, everyPod, ungated, settle, untilInForce } = useStory(on);
      const target = `${kind}/app`;
      const open = async () => {
        await here().untilGate('first', { open: 'False/Waiting', ungated: 0, targets: 'app Current' });
        await here().create(service('api'));
        await here().untilGate('first', { open: 'True/AllPassed', pods, older: 0, ungated: 0 });
        await settle('first');
      };
      const expectSets = async (count: number) => {
        if (kind === 'Deployment') expect(await here().replicaSets('app')).to.have.length(count);
      };

      it('is gated at birth when the gate is there before it, and is never written to', async () => {
        await here().create(gate('first', [target], [dns('api')]));
        await untilInForce(make(), 'first');
        await here().create(make());
        await open();
        expect(await ungated('app', 'first')).to.be.empty;
        expect((await here().workload('app', kind)).metadata.generation).to.equal(1);
        await expectSets(1);
        expect((await everyPod('app')).filter(({ wasHeld }) => wasHeld)).to.be.empty;
      });

      it('that requires a gate still to come is held, then replaced, in one rollout', async () => {
        await here().create(requiring(make(), 'first'));
        const first = await here().until('a Pod is held', async () => (await everyPod('app'))[0]);
        expect(first).to.include({ wasHeld: true, wasFree: false, wasBound: false });
        await here().create(gate('first', [target], [dns('api')]));
        await open();
        expect(await ungated('app', 'first')).to.be.empty;
        const workload = await here().workload('app', kind);
        expect(workload.metadata.generation).to.equal(2);
        expect(initNames(workload)).to.deep.equal(['dgate-first--api']);
        await expectSets(2);
      });
    });
  }
}
