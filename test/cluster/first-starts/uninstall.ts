import { expect } from 'chai';
import { deployment, dns, gate, service } from '../../scenarios/manifests.ts';
import { initNames, isGated, isReady } from '../../scenarios/views.ts';
import { type GatedCluster, useStory } from './cluster.ts';
import { requiring } from './manifests.ts';
import { CRD, NAMESPACE, removal } from './removal.ts';

/** How the operator goes, in the order that README says and in others. */
export function uninstall(on: () => GatedCluster): void {
  const { here, everyPod, ungated, settle, untilInForce } = useStory(on);
  const { kubectl, remove, removeOperator, removeGates, letGo } = removal(on);
  const isServed = async () => (await kubectl('api-resources')).includes('dependencygates');
  const untilServedNoMore = () =>
    here().until('it is served no more', async () => ((await isServed()) ? undefined : true));
  /** `pinger`, born with the gate `first`, runs. */
  const run = async () => {
    await here().create(gate('first', ['pinger'], [dns('api')]), service('api'));
    await untilInForce(deployment('pinger'), 'first');
    await here().create(deployment('pinger', { replicas: 2 }));
    await here().untilGate('first', { open: 'True/AllPassed', pods: '2/2' });
  };
  const pinger = () => here().workload('pinger');
  /** Its template is as in Git, and its Pods are made from that: with one rollout, which took the containers out. */
  const expectClean = async () => {
    await here().untilPods('pinger', 2, 'run without the gate', (pod) => isReady(pod) && !isGated(pod));
    const { spec, metadata } = await pinger();
    expect(JSON.stringify(spec)).to.not.match(/dgate-|dependencygate\.dev|dependency-gate/);
    expect(metadata.generation).to.equal(2); // made, cleaned
    expect(await here().replicaSets('pinger')).to.have.length(2);
    expect((await everyPod('pinger')).map(({ gates }) => gates.size)).to.deep.equal([1, 1, 0, 0]);
  };
  /** A workload that names no gate starts as if there had never been any. */
  const expectNewOnesStart = async (name: string) => {
    await here().create(deployment(name));
    await here().untilPods(name, 1, 'run', (pod) => isReady(pod) && !isGated(pod));
  };

  describe('an uninstall in the documented order', () => {
    it('ends with clean targets, no gate and no custom resource, and rolls each target once', async () => {
      await run();
      await remove('config/admission');
      await remove('config/first-starts');
      await removeGates();
      await remove('config/rbac');
      await removeOperator();
      await remove('crds');
      await remove('config/guards');
      await untilServedNoMore();
      await expectClean();
      expect(await kubectl('get', 'validatingadmissionpolicies,mutatingadmissionpolicies')).to.equal('');
      await expectNewOnesStart('later');
    });

    it('is no different while targets wait: they are let go', async () => {
      await here().create(gate('first', ['pinger'], [dns('api')]));
      await untilInForce(deployment('pinger'), 'first');
      await here().create(deployment('pinger', { replicas: 2 }));
      await here().untilGate('first', { open: 'False/Waiting', pods: '0/2' });
      await remove('config/admission');
      await remove('config/first-starts');
      await removeGates();
      await remove('config/rbac');
      await removeOperator();
      await remove('crds');
      await remove('config/guards');
      await expectClean();
    });
  });

  describe('an uninstall that begins with the operator', () => {
    it('waits with the gates for it, and ends well when it is installed and started again', async () => {
      await run();
      await removeOperator();
      await removeGates('--wait=false');
      await expectNewOnesStart('later');
      const { metadata } = await here().gate('first');
      expect(metadata.deletionTimestamp).to.not.equal(undefined);
      expect(metadata.finalizers).to.deep.equal(['dependencygate.dev/remove']);
      expect((await pinger()).metadata.generation).to.equal(1);

      await on().reinstall();
      await on().operator.start();
      await here().untilGone('DependencyGate', 'first');
      await expectClean();
    });
  });

  describe('a custom resource that is deleted while the operator runs', () => {
    it('takes its gates along, and them out of their targets; installed again it serves the same operator', async () => {
      await run();
      await remove('crds');
      await untilServedNoMore();
      await expectClean();
      await expectNewOnesStart('later');

      await on().reinstall();
      await here().create(gate('first', ['pinger'], [dns('api')]));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '2/2', targets: 'pinger Current' });
      expect((await pinger()).metadata.generation).to.equal(3);
      expect(on().operator.errors).to.be.empty;
    });
  });

  describe('a custom resource and an operator that are deleted at once, and policies that are left', () => {
    it('hang on the finalizers and break no workload; the operator, started again, ends it', async () => {
      await run();
      await removeOperator();
      await kubectl('delete', '-k', 'crds', '--wait=false');
      await expectNewOnesStart('later');
      await here().patch('Deployment', 'pinger', { spec: { replicas: 2 } });
      expect(await kubectl('get', CRD, '--output=jsonpath={.metadata.finalizers}')).to.contain(
        'customresource',
      );
      expect(await isServed()).to.equal(true);

      await kubectl(
        'apply',
        '--server-side',
        '-f',
        'config/operator/namespace.yaml',
        '-f',
        'config/rbac/service-account.yaml',
      );
      await on().controlPlane.serviceAccountKubeconfig(NAMESPACE, 'dependency-gate-operator');
      const starting = on().operator.start(); // may never have seen all: the gates' kind goes meanwhile
      await kubectl('wait', '--for=delete', CRD, '--timeout=60s');
      await on().operator.stop();
      await starting;
      await expectClean();
    });

    it('let go by hand leave the containers; new workloads start, and installed again all is as it was', async () => {
      await run();
      await removeOperator();
      await kubectl('delete', '-k', 'crds', '--wait=false');
      await letGo();
      await kubectl('wait', '--for=delete', CRD, '--timeout=60s');
      await expectNewOnesStart('later');
      await here().patch('Deployment', 'pinger', { metadata: { labels: { touched: 'true' } } });
      await here().create(requiring(deployment('labelled'), 'first'));
      const held = await here().until('a Pod is held', async () => (await everyPod('labelled'))[0]);
      expect(held.wasHeld).to.equal(true);
      expect(initNames(await pinger())).to.deep.equal(['dgate-first--api']);

      await on().reinstall();
      await here().create(gate('first', ['pinger', 'labelled'], [dns('api')]));
      await on().operator.start();
      await here().untilGate('first', {
        ready: 'True/InForce',
        open: 'True/AllPassed',
        pods: '3/3',
        older: 0,
      });
      await settle('first');
      expect((await pinger()).metadata.generation).to.equal(1);
      expect(await here().replicaSets('pinger')).to.have.length(1);
      expect(await ungated('labelled', 'first')).to.be.empty;
    });
  });
}
