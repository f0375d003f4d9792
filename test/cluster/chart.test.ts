import { expect } from 'chai';
import { useProgram } from '../commands/programs.ts';
import { CHART, type Release, renderChart } from '../config/chart.ts';
import { deployment } from '../scenarios/manifests.ts';
import { initNames } from '../scenarios/views.ts';
import {
  gated,
  HAS_MUTATING,
  identities,
  NAMESPACE,
  startsUngated,
  useInstallation,
  workload,
} from './chart/installation.ts';
import { established } from './established.ts';
import { eventually } from './eventually.ts';
import { useControlPlane } from './use.ts';
import { versionUnderTest } from './versions.ts';

const LIMIT_MS = 60_000;
const CRD = 'crd/dependencygates.dependencygate.dev';
const POLICIES = `validatingadmissionpolicies${HAS_MUTATING ? ',mutatingadmissionpolicies' : ''}`;
const KINDS = `${POLICIES},clusterroles,clusterrolebindings,roles,rolebindings,serviceaccounts,deployments`;
const OPERATOR = ['deployment/dependency-gate-operator', `--namespace=${NAMESPACE}`];
const OURS = '--selector=app.kubernetes.io/name=dependency-gate';

/** What people set, together as far as it goes together. */
const SETTINGS: readonly Release[] = [
  {},
  { name: 'second', namespace: 'team-a', values: { namespaces: ['team-a', 'team-b'] } },
  {
    values: {
      image: { repository: 'registry.example/dgate', digest: `sha256:${'0'.repeat(64)}`, pullSecrets: ['a'] },
      metrics: { port: 8082, access: 'authorized', certificateSecret: 'certificate' },
      networkPolicy: { enabled: true, metricsFrom: [{ podSelector: {} }], apiServerPorts: [16443] },
      rbac: { aggregate: false, moreKinds: true },
      policies: { admission: false, firstStarts: false, guards: false, operatorToken: false },
      serviceAccount: { name: 'dependency-gate-operator-x', annotations: { a: 'b' } },
      podSecurityContext: { runAsUser: null, runAsGroup: null },
      resources: { limits: { memory: '1Gi' } },
      ...{ nodeSelector: { a: 'b' }, tolerations: [{ operator: 'Exists' }], affinity: { podAffinity: {} } },
      ...{ podLabels: { a: 'b' }, podAnnotations: { a: 'b' }, priorityClassName: 'system-cluster-critical' },
    },
  },
];

describe('config/chart on an API server', function () {
  this.timeout(180_000);
  const cluster = useControlPlane();
  const program = useProgram('helm');

  before('make namespaces', async () => {
    for (const name of [NAMESPACE, 'team-a', 'team-b'])
      await cluster().kubectl(['create', 'namespace', name]);
  });

  for (const [index, release] of SETTINGS.entries())
    it(`is taken without a warning, with the settings ${index + 1} of ${SETTINGS.length}`, async () => {
      const kubeVersion = versionUnderTest();
      const { stdout, stderr } = renderChart(program(), { ...release, kubeVersion });
      expect(stderr).to.equal('');
      const args = ['create', '--dry-run=server', '--validate=strict', '--filename=-'];
      const answer = await cluster().run(args, { input: stdout });
      expect(answer.stderr).to.equal('');
      expect(answer.stdout.trim().split('\n')).to.have.length(stdout.match(/^kind: /gm)?.length ?? 0);
    });

  describe('with a gate in force', () => {
    const { helm, kubectl, operator, story, olderChart } = useInstallation(cluster);
    const way = HAS_MUTATING ? 'gated by admission' : 'refused until gated';
    const hasShortName = async () =>
      (await kubectl('get', CRD, '--output=jsonpath={.spec.names.shortNames}')) !== '';
    let atFirst: readonly string[] = [];
    const expectNothingChanged = async () => expect(await identities(story())).to.deep.equal(atFirst);

    it('installs, and its operator gates', async () => {
      await helm('install', 'dependency-gate', olderChart());
      await operator.start();
      await gated(story());
      const { status } = await story().gate('first');
      expect(status.conditions?.map(({ message }) => message).join()).to.contain(`first starts are ${way}`);
      atFirst = await identities(story());
      expect(atFirst.map((one) => one.replace(/\/.*/, ''))).to.include.members(['Deployment', 'Pod']);
      expect(await hasShortName()).to.equal(false);
    });

    it('is upgraded with its custom resource and with other values', async () => {
      const values = '--set=logLevel=debug,replicas=0,networkPolicy.enabled=true';
      await helm('upgrade', 'dependency-gate', CHART, values);
      expect(await hasShortName()).to.equal(true);
      const arguments_ = '--output=jsonpath={.spec.template.spec.containers[0].args}';
      expect(await kubectl('get', ...OPERATOR, arguments_)).to.contain('--log-level=debug');
      await expectNothingChanged();
    });

    it('goes back to an older release, and leaves the custom resource as it is where it is told so', async () => {
      await helm('upgrade', 'dependency-gate', olderChart(), '--set=crds.install=false');
      expect(await hasShortName()).to.equal(true);
      await expectNothingChanged();
    });

    it('is rolled back, and the custom resource with it', async () => {
      await helm('rollback', 'dependency-gate', '1');
      expect(await hasShortName()).to.equal(false);
      await expectNothingChanged();
      expect(operator.complaints()).to.deep.equal([]);
    });

    it('is uninstalled, which leaves gates and targets, and lets new workloads start', async () => {
      await operator.stop();
      await helm('uninstall', 'dependency-gate');
      expect(await kubectl('get', POLICIES)).to.equal('');
      await expectNothingChanged();
      await startsUngated(story(), deployment('later'));
      await story().kubectl(['delete', 'deployment', 'later', '--cascade=foreground']);
    });

    it('is installed again, and all is in force with no rollout', async () => {
      expect(await helm('install', 'dependency-gate', CHART)).to.contain(`First starts are ${way}`);
      await operator.start();
      await operator.hasReconciled(`${story().namespace}/first`);
      await story().untilGate('first', { ready: 'True/InForce', targets: 'app Current' });
      await expectNothingChanged();
    });

    it('goes in the documented order, with all that it has brought, and leaves the targets clean', async () => {
      await kubectl('delete', 'dependencygates', '--all', '--all-namespaces', '--timeout=60s');
      expect(initNames(await workload(story(), 'app'))).to.deep.equal([]);
      await operator.stop();
      await helm('uninstall', 'dependency-gate');
      await kubectl('delete', CRD, '--timeout=60s');
      await eventually('all is gone', LIMIT_MS, async () => {
        const left = await kubectl('get', KINDS, OURS, '--all-namespaces', '--output=name');
        if (left !== '') throw new Error(left);
        return true;
      });
    });
  });

  describe('where kubectl has installed the operator', () => {
    const { helm, kubectl, operator, story } = useInstallation(cluster);

    it('takes it over: no target changes, and the Deployment is the same', async () => {
      const base = HAS_MUTATING ? 'config/default' : 'config/without-admission';
      await kubectl('apply', '--server-side', '--kustomize', base);
      await operator.start();
      await gated(story());
      const uid = () => kubectl('get', ...OPERATOR, '--output=jsonpath={.metadata.uid}');
      const before = [await uid(), ...(await identities(story()))];
      const taking = ['--take-ownership', '--force-conflicts', '--set=crds.keep=false'];
      await helm('install', 'dependency-gate', CHART, ...taking);
      expect([await uid(), ...(await identities(story()))]).to.deep.equal(before);
    });

    it('is uninstalled with the custom resource, which waits for its gates and they for the operator', async () => {
      await operator.stop();
      await helm('uninstall', 'dependency-gate');
      const ending = await kubectl('get', CRD, '--output=jsonpath={.metadata.deletionTimestamp}');
      expect(ending).to.not.equal('');
      expect(initNames(await workload(story(), 'app'))).to.deep.equal(['dgate-first--api']);
    });

    it('ends that once it is installed again, and brings the custom resource back when it is upgraded', async () => {
      await helm('install', 'dependency-gate', CHART);
      await operator.start({ mayNeverSeeAll: true });
      await kubectl('wait', '--for=delete', CRD, '--timeout=60s');
      expect(initNames(await workload(story(), 'app'))).to.deep.equal([]);
      await operator.stop();
      await helm('upgrade', 'dependency-gate', CHART);
      await established(cluster());
    });
  });
});
