import { expect } from 'chai';
import { deployment, dns, gate, service } from '../scenarios/manifests.ts';
import type { Namespace } from '../scenarios/namespace.ts';
import { isReady } from '../scenarios/views.ts';
import { describeWith } from './describe-with.ts';
import { startWatchedCluster, useStory, type WatchedCluster } from './first-starts/cluster.ts';
import { told } from './first-starts/events.ts';
import { PASSING } from './first-starts/manifests.ts';
import { requirePrograms } from './programs.ts';
import { useCluster } from './use.ts';
import { MUTATING_POLICIES, meets, versionUnderTest } from './versions.ts';

const ADMISSION = 'config/admission';
const V1 = 'admissionregistration.k8s.io/v1';
const KINDS = ['mutatingadmissionpolicies', 'mutatingadmissionpolicybindings'];
/** Releases before 1.36 have none as they come, and the oldest do not know these flags. */
const NO_POLICIES = {
  'kube-apiserver': meets(versionUnderTest(), MUTATING_POLICIES)
    ? [
        '--disable-admission-plugins=MutatingAdmissionPolicy',
        `--runtime-config=${KINDS.map((kind) => `${V1}/${kind}=false`).join(',')}`,
      ]
    : [],
};

/** Their first Pods are made before the operator sees them: it is away meanwhile, since nobody knows who is faster. */
async function startUngated(
  { operator }: WatchedCluster,
  here: Namespace,
  ...names: readonly string[]
): Promise<void> {
  await operator.stop();
  await here.create(...names.map((name) => deployment(name)));
  for (const name of names) await here.until(`${name} has a Pod`, async () => (await here.pods(name))[0]);
  await operator.start();
}

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

    it('stalls a gate with placement Pod, which says why, and writes to no workload', async () => {
      await here().create(deployment('pinger'));
      await here().untilPods('pinger', 1, 'are ready', isReady);
      await here().create(gate('first', ['pinger'], [dns('api')], { placement: 'Pod' }));
      await here().untilGate('first', {
        ready: 'False/NoAdmission',
        stalled: 'True/NoAdmission',
        stalledMessage:
          /^placement Pod needs the admission policies \(Kubernetes 1\.36\): MutatingAdmissionPolicy dependencygate-place and /,
        targets: 'pinger Pending',
      });
      const written = here()
        .writes()
        .filter(({ path }) => path.includes('/deployments/'));
      expect(written).to.deep.equal([]);
      await here().patch('DependencyGate', 'first', { spec: { placement: 'Template' } });
      await here().untilGate('first', { ready: 'True/InForce', stalled: '-' });
    });

    it('takes config/without-admission, and config/default not', async () => {
      const apply = (folder: string) =>
        cluster().controlPlane.kubectl(['apply', '--dry-run=server', '-k', folder]);
      expect(await apply('config/without-admission')).to.contain('deployment.apps/dependency-gate-operator');
      const refused = await apply('config/default').then(
        (output) => `it was taken: ${output}`,
        (error: unknown) => String(error),
      );
      expect(refused).to.match(/no matches for kind "MutatingAdmissionPolicy(Binding)?"/);
    });

    it('the gate says that its target started ungated, and what to do, until its Pods are replaced', async () => {
      await here().create(gate('first', ['pinger'], [dns('api')]));
      await here().untilGate('first', { ready: 'True/InForce', targets: 'pinger Missing' });
      await startUngated(cluster(), here(), 'pinger');
      const { status } = await here().untilGate('first', {
        ready: 'True/InForce',
        open: 'False/Waiting',
        ungated: 1,
      });
      expect(status.targets?.[0]?.message).to.match(
        /^FirstStartUngated: .*install the policies that gate first starts/,
      );
      await here().create(service('api'));
      const after = await here().untilGate('first', { open: 'True/AllPassed', ungated: 0 });
      expect(after.status.targets?.[0]?.message).to.equal(undefined);
      const { metadata } = await here().workload('pinger');
      expect(metadata.generation).to.equal(2);
      expect(await ungated('pinger', 'first')).to.have.length(1);
    });

    it('says nothing of the kind of a target whose Pods all came with the gate, however it is scaled', async () => {
      await here().create(gate('first', ['pinger'], [dns('api')]));
      await here().untilGate('first', { ready: 'True/InForce', targets: 'pinger Missing' });
      await here().create(deployment('pinger', { replicas: 0 }));
      await here().untilGate('first', { targets: 'pinger Current' });
      for (const replicas of [10, 2, 15, 0, 10]) {
        await here().patch('Deployment', 'pinger', { spec: { replicas } });
        await here().untilGate('first', { pods: `0/${replicas}`, ungated: 0 });
      }
      expect(await told(here(), 'FirstStartUngated')).to.deep.equal([]);
      expect(await ungated('pinger', 'first')).to.deep.equal([]);
    });

    it('says nothing of the kind of a target that ran before its gate came', async () => {
      await here().create(deployment('pinger'));
      const [pod] = await here().untilPods('pinger', 1, 'are ready', isReady);
      const born = Date.parse(pod?.metadata.creationTimestamp ?? '');
      // Less than that apart they are taken to be of one apply; times have whole seconds.
      await here().until('a while has gone', () => (Date.now() >= born + 12_000 ? true : undefined));
      await here().create(gate('first', ['pinger'], [dns('api')]));
      const { status } = await here().untilGate('first', { open: 'False/Waiting', ungated: 1 });
      expect(status.targets?.[0]?.message).to.equal(undefined);
    });
  });

  describeWith(MUTATING_POLICIES, 'where they are not installed', () => {
    const cluster = useCluster(
      () => requirePrograms(process.env.KUBEBUILDER_ASSETS),
      () => startWatchedCluster(),
    );
    const { here } = useStory(cluster);
    const stalled = { ready: 'False/NoAdmission', stalled: 'True/NoAdmission' } as const;
    const gauge = () => cluster().operator.gauge('dependency_gate_admission_installed');
    /** What the gate says of its target. */
    const untilRemark = (words: RegExp) =>
      here().until(`the gate says ${words}`, async () => {
        const { status } = await here().gate('first');
        const said = status.targets?.[0]?.message ?? 'nothing';
        if (!words.test(said)) throw new Error(said);
        return true;
      });

    it('what depends on them changes when they come and when they go, and the operator runs on', async () => {
      const { controlPlane } = cluster();
      await here().create(gate('later', ['poller'], [PASSING], { updatePolicy: 'OnNextRollout' }));
      await here().create(gate('first', ['pinger'], [dns('api')]));
      await here().untilGate('first', { ready: 'True/InForce', targets: 'pinger Missing' });
      await startUngated(cluster(), here(), 'pinger', 'poller');
      await here().untilGate('later', { ...stalled, stalledMessage: /needs the admission policies/ });
      await untilRemark(/^FirstStartUngated: .*install the policies that gate first starts/);
      expect(await gauge()).to.equal(0);

      for (const _ of ['once', 'and once more']) {
        await controlPlane.kubectl(['apply', '-k', ADMISSION]);
        await here().untilGate('later', { ready: 'True/InForce', stalled: '-', targets: 'poller Pending' });
        await untilRemark(/^FirstStartUngated: .*the label .* holds them/);
        expect(await gauge()).to.equal(1);

        await controlPlane.kubectl(['delete', '-k', ADMISSION]);
        await here().untilGate('later', stalled);
        await untilRemark(/^FirstStartUngated: .*install the policies that gate first starts/);
        expect(await gauge()).to.equal(0);
      }
      expect(cluster().operator.errors).to.be.empty;
    });
  });
});
