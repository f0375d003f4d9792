import { expect } from 'chai';
import { deployment, dns, gate, service } from '../scenarios/manifests.ts';
import { isReady } from '../scenarios/views.ts';
import { startWatchedCluster, useStory, type WatchedCluster } from './first-starts/cluster.ts';
import { PASSING } from './first-starts/manifests.ts';
import { requirePrograms } from './programs.ts';
import { useCluster } from './use.ts';

const ADMISSION = 'config/admission';
const V1 = 'admissionregistration.k8s.io/v1';
const KINDS = ['mutatingadmissionpolicies', 'mutatingadmissionpolicybindings'];
const NO_POLICIES = {
  'kube-apiserver': [
    '--disable-admission-plugins=MutatingAdmissionPolicy',
    `--runtime-config=${KINDS.map((kind) => `${V1}/${kind}=false`).join(',')}`,
  ],
};

/** Clusters before Kubernetes 1.36, and those where nobody has installed the policies. */
describe('first starts without the policies', function () {
  this.timeout(180_000);

  describe('on an API server that has no such policies', () => {
    const cluster = useCluster(
      () => requirePrograms(process.env.KUBEBUILDER_ASSETS),
      () => startWatchedCluster(NO_POLICIES),
    );
    const { here, ungated } = useStory(cluster);

    it('is really one', async () => {
      const kinds = await cluster().controlPlane.kubectl(['api-resources', '--no-headers']);
      expect(kinds).to.contain('validatingadmissionpolicies').and.to.not.contain('mutatingadmissionpolicies');
    });

    it('the gate says that its target started ungated, and what to do, until its Pods are replaced', async () => {
      await here().create(gate('first', ['pinger'], [dns('api')]));
      await here().untilGate('first', { ready: 'True/InForce', targets: 'pinger Missing' });
      await here().create(deployment('pinger'));
      const { status } = await here().untilGate('first', {
        ready: 'True/InForce',
        open: 'False/Waiting',
        ungated: 1,
      });
      expect(status.targets?.[0]?.message).to.match(/^FirstStartUngated: .*install the admission policies/);
      await here().create(service('api'));
      const after = await here().untilGate('first', { open: 'True/AllPassed', ungated: 0 });
      expect(after.status.targets?.[0]?.message).to.equal(undefined);
      const { metadata } = await here().workload('pinger');
      expect(metadata.generation).to.equal(2);
      expect(await ungated('pinger', 'first')).to.have.length(1);
    });

    it('says nothing of the kind of a target that ran before its gate came', async () => {
      await here().create(deployment('pinger'));
      const [pod] = await here().untilPods('pinger', 1, 'are ready', isReady);
      const born = Date.parse(pod?.metadata.creationTimestamp ?? '');
      await here().until('another second', () => (Date.now() >= born + 2000 ? true : undefined));
      await here().create(gate('first', ['pinger'], [dns('api')]));
      const { status } = await here().untilGate('first', { open: 'False/Waiting', ungated: 1 });
      expect(status.targets?.[0]?.message).to.equal(undefined);
    });
  });

  describe('where they are not installed', () => {
    const cluster = useCluster(
      () => requirePrograms(process.env.KUBEBUILDER_ASSETS),
      () => startWatchedCluster(),
    );
    const { here } = useStory(cluster);
    /** It looks for the policies when it starts, and every minute. */
    const restart = async ({ operator }: WatchedCluster) => {
      await operator.stop();
      await operator.start();
    };

    it('OnNextRollout is Stalled, and comes into force when they are installed, until they are removed', async () => {
      const { controlPlane, operator } = cluster();
      const stalled = { ready: 'False/NoAdmission', stalled: 'True/NoAdmission' } as const;
      await here().create(gate('first', ['pinger'], [PASSING], { updatePolicy: 'OnNextRollout' }));
      await here().create(deployment('pinger'));
      await here().untilGate('first', { ...stalled, stalledMessage: /needs the admission policies/ });
      expect(await operator.gauge('dependency_gate_admission')).to.equal(0);

      await controlPlane.kubectl(['apply', '-k', ADMISSION]);
      await restart(cluster());
      await here().untilGate('first', { ready: 'True/InForce', stalled: '-', targets: 'pinger Pending' });
      expect(await operator.gauge('dependency_gate_admission')).to.equal(1);

      await controlPlane.kubectl(['delete', '-k', ADMISSION]);
      await restart(cluster());
      await here().untilGate('first', stalled);
    });
  });
});
