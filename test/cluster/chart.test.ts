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
  const { helm, kubectl, startOperator, stopOperator, story, olderChart } = useInstallation(cluster);
  const install = (...args: readonly string[]) => helm('install', 'dependency-gate', CHART, ...args);
  const served = async () => (await kubectl('get', CRD, '--output=jsonpath={.spec.names.shortNames}')) !== '';

  before('make namespaces', async () => {
    for (const name of [NAMESPACE, 'team-a', 'team-b']) await kubectl('create', 'namespace', name);
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

  it('installs, upgrades, is rolled back, uninstalled and installed again, and no target notices', async () => {
    await helm('install', 'dependency-gate', olderChart());
    const operator = await startOperator();
    const here = await story();
    await gated(here);
    const { readyMessage } = await here.untilGate('first', {}).then(({ status }) => ({
      readyMessage: status.conditions?.find(({ type }) => type === 'Ready')?.message,
    }));
    expect(readyMessage).to.contain(
      `first starts are ${HAS_MUTATING ? 'gated by admission' : 'refused until gated'}`,
    );
    const before = await identities(here);
    expect(before).to.have.length(HAS_MUTATING ? 4 : 5);
    expect(await served()).to.equal(false);

    await helm(
      'upgrade',
      'dependency-gate',
      CHART,
      '--set=logLevel=debug,replicas=0,networkPolicy.enabled=true',
    );
    expect(await served()).to.equal(true);
    const args = ['deployment/dependency-gate-operator', `--namespace=${NAMESPACE}`];
    expect(
      await kubectl('get', ...args, '--output=jsonpath={.spec.template.spec.containers[0].args}'),
    ).to.contain('--log-level=debug');
    expect(await identities(here)).to.deep.equal(before);

    await helm('rollback', 'dependency-gate', '1');
    expect(await served()).to.equal(false);
    expect(await identities(here)).to.deep.equal(before);
    expect([operator.refusal, ...operator.errors]).to.deep.equal([undefined]);

    await stopOperator();
    await helm('uninstall', 'dependency-gate');
    expect(await kubectl('get', POLICIES)).to.equal('');
    expect(await identities(here)).to.deep.equal(before);
    await startsUngated(here, deployment('later'));
    await here.kubectl(['delete', 'deployment', 'later']);

    await install();
    await startOperator();
    await here.kubectl(['label', 'dependencygate', 'first', 'again=true']);
    await here.untilGate('first', { ready: 'True/InForce', open: 'False/Waiting', targets: 'app Current' });
    expect((await identities(here)).filter((one) => !/later/.test(one))).to.deep.equal(before);
  });

  it('goes in the documented order, with all that it has brought, and leaves the targets as they were', async () => {
    await startOperator();
    const here = await story();
    await gated(here);
    await kubectl('delete', 'dependencygates', '--all', '--all-namespaces', '--timeout=60s');
    expect(initNames(await workload(here, 'app'))).to.deep.equal([]);
    await stopOperator();
    await helm('uninstall', 'dependency-gate');
    await kubectl('delete', CRD, '--timeout=60s');
    const kinds = `${POLICIES},clusterroles,clusterrolebindings,roles,rolebindings,serviceaccounts,deployments`;
    await eventually('all is gone', LIMIT_MS, async () => {
      const left = await kubectl('get', kinds, OURS, '--all-namespaces', '--output=name');
      if (left !== '') throw new Error(left);
      return true;
    });
  });

  it('takes over what kubectl has installed, and where the custom resource goes too ends it once it is back', async () => {
    const base = HAS_MUTATING ? 'config/default' : 'config/without-admission';
    await kubectl('apply', '--server-side', '--kustomize', base);
    await startOperator();
    const here = await story();
    await gated(here);
    const before = await identities(here);
    const operator = ['deployment/dependency-gate-operator', `--namespace=${NAMESPACE}`];
    const uid = () => kubectl('get', ...operator, '--output=jsonpath={.metadata.uid}');
    const operatorBefore = await uid();
    await install('--take-ownership', '--force-conflicts', '--set=crds.keep=false');
    expect(await uid()).to.equal(operatorBefore);
    expect(await identities(here)).to.deep.equal(before);

    await stopOperator();
    await helm('uninstall', 'dependency-gate');
    const ending = ['get', CRD, '--output=jsonpath={.metadata.deletionTimestamp}'];
    expect(await kubectl(...ending), 'it waits for the gate').to.not.equal('');
    expect(initNames(await workload(here, 'app'))).to.deep.equal(['dgate-first--api']);

    await install();
    await startOperator({ mayNeverSeeAll: true });
    await kubectl('wait', '--for=delete', CRD, '--timeout=60s');
    expect(initNames(await workload(here, 'app'))).to.deep.equal([]);
    await stopOperator();
    await helm('upgrade', 'dependency-gate', CHART);
    await established(cluster());
    await helm('uninstall', 'dependency-gate');
    await kubectl('delete', CRD);
  });
});
