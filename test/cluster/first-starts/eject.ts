import { expect } from 'chai';
import { deployment, dns, gate, service } from '../../scenarios/manifests.ts';
import { initNames, isGated, isReady } from '../../scenarios/views.ts';
import { type GatedCluster, useStory } from './cluster.ts';
import { gatedAtBuild } from './manifests.ts';
import { CRD, removal } from './removal.ts';

/** The way out of docs/guide/render.md: workloads are rendered, and the operator goes. */
export function eject(on: () => GatedCluster): void {
  const { here, everyPod, ungated, settle } = useStory(on);
  const { kubectl, remove, removeOperator, letGo } = removal(on);
  const first = (...targets: readonly string[]) => gate('first', [...targets], [dns('api')]);
  const apply = (name: string) =>
    here().kubectl(['apply', '-f', '-'], gatedAtBuild(first(name), deployment(name, { replicas: 2 })));
  /** As it was made, with the Pods that it was made with. */
  const expectUntouched = async () => {
    const { metadata, ...pinger } = await here().workload('pinger');
    expect(metadata.generation).to.equal(1);
    expect(initNames({ metadata, ...pinger })).to.deep.equal(['dgate-first--api']);
    expect(await everyPod('pinger')).to.have.length(2);
  };
  const untilRunning = (name: string) =>
    here().untilPods(name, 2, 'run, gated', (pod) => isReady(pod) && isGated(pod));

  describe('an operator that goes after its workloads were rendered', () => {
    it('changes nothing: what waits goes on waiting, starts by itself, and so does what comes later', async () => {
      await here().create(first('pinger', 'later'));
      await apply('pinger');
      await here().untilGate('first', { open: 'False/Waiting', pods: '0/2' });
      await settle('first');

      await remove('config/admission');
      await removeOperator();
      await remove('config/rbac');
      await apply('pinger');
      await expectUntouched();
      await here().create(service('api'));
      await untilRunning('pinger');
      await apply('later');
      await untilRunning('later');
      expect(await ungated('later', 'first')).to.be.empty;

      await kubectl('delete', '-k', 'crds', '--wait=false');
      await letGo();
      await kubectl('wait', '--for=delete', CRD, '--timeout=60s');
      await expectUntouched();

      await on().reinstall();
      await here().create(first('pinger', 'later'));
      await on().operator.start();
      await here().untilGate('first', {
        ready: 'True/InForce',
        open: 'True/AllPassed',
        pods: '4/4',
        older: 0,
      });
      await settle('first');
      await expectUntouched();
    });
  });
}
