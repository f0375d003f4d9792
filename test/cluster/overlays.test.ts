import { expect } from 'chai';
import { type Overlay, withOverlay } from '../config/overlay.ts';
import { deployment, gate } from '../scenarios/manifests.ts';
import { OperatorRunner } from '../scenarios/operator-runner.ts';
import { established } from './established.ts';
import { eventually } from './eventually.ts';
import { Story } from './story-namespace.ts';
import { useControlPlane } from './use.ts';
import { MUTATING_POLICIES, meets, versionUnderTest } from './versions.ts';

const LIMIT_MS = 60_000;
const hasMutating = meets(versionUnderTest(), MUTATING_POLICIES);
const BASE = hasMutating ? 'config/default' : 'config/without-admission';
const SERVICE = [{ name: 'api', service: { name: 'api' } }];

/** An operator in a namespace of its own choice, whose guards look at some namespaces only: so that there may be two. */
function ofNamespaces(base: string, names: Omit<Overlay, 'resources'>, ...namespaces: string[]): Overlay {
  const key = 'kubernetes.io/metadata.name';
  const namespaceSelector = { matchExpressions: [{ key, operator: 'In', values: namespaces }] };
  const patch = JSON.stringify([{ op: 'add', path: '/spec/matchResources', value: { namespaceSelector } }]);
  const kind = 'ValidatingAdmissionPolicyBinding';
  const patches = ['guard-status', 'guard-removal'].map((guard) => ({
    target: { kind, name: `dependencygate-${guard}` },
    patch,
  }));
  return { ...names, resources: [base], patches };
}

describe('an operator of an overlay', function () {
  this.timeout(180_000);
  const cluster = useControlPlane();
  const running: OperatorRunner[] = [];
  const stories: Story[] = [];
  afterEach(async () => {
    for (const operator of running.splice(0)) await operator.stop();
    for (const story of stories.splice(0)) await story.end();
  });

  async function applied(overlay: Overlay): Promise<void> {
    const manifests = await withOverlay(overlay, (folder) => cluster().kubectl(['kustomize', folder]));
    await cluster().apply(manifests);
    await established(cluster());
  }

  async function operator(namespace: string, name: string, options: { policy?: string; of?: Story } = {}) {
    const kubeconfigPath = await cluster().serviceAccountKubeconfig(namespace, name);
    const started = new OperatorRunner(
      { kubeconfigPath },
      options.of && [options.of.namespace],
      options.policy,
    );
    running.push(started);
    await started.start();
    return started;
  }

  async function story(): Promise<Story> {
    const begun = new Story(cluster());
    stories.push(begun);
    await begun.begin();
    return begun;
  }

  /** Has the guard of the status know another ServiceAccount. */
  async function expectOperator(value: string): Promise<void> {
    const patch = JSON.stringify([{ op: 'replace', path: '/spec/paramRef/name', value }]);
    const guard = ['validatingadmissionpolicybinding', 'team-dependencygate-guard-status'];
    await cluster().kubectl(['patch', ...guard, '--type=json', `--patch=${patch}`]);
  }

  const gated = (one: Story) => one.apply(gate('first', ['app'], SERVICE), deployment('app'));
  const inForce = (one: Story) => one.untilGate('first', { ready: 'True/InForce' });

  it('with another namespace and a prefix works as the one of config/default, admission too', async () => {
    await applied({ resources: [BASE], namespace: 'platform-ops', namePrefix: 'team-' });
    const policy = 'team-dependencygate-first-start';
    const started = await operator('platform-ops', 'team-dependency-gate-operator', { policy });
    const one = await story();
    await gated(one);
    await inForce(one);
    if (hasMutating) {
      expect(await started.gauge('dependency_gate_admission_installed')).to.equal(1);
      expect(await started.gauge('dependency_gate_admission_acting')).to.equal(1);
    }
    await one.kubectl(['delete', 'dependencygate', 'first', '--timeout=60s']);
    expect([started.refusal, ...started.errors]).to.deep.equal([undefined]);
  });

  it('that the guards do not know is refused, says whom they expect and who it is, and is well once they know it', async () => {
    const one = await story();
    await cluster().kubectl(['create', 'serviceaccount', 'stranger', '--namespace=platform-ops']);
    const bound = ['team-dependency-gate-operator', 'team-dependency-gate-referenced'];
    for (const role of bound)
      await cluster().kubectl([
        ...['create', 'clusterrolebinding', `stranger-${role}`, `--clusterrole=${role}`],
        '--serviceaccount=platform-ops:stranger',
      ]);
    const stranger = await operator('platform-ops', 'stranger');
    expect(stranger.refusal).to.equal(undefined);
    await gated(one);
    const words = await eventually('it is refused', LIMIT_MS, () => stranger.refusal);
    expect(words).to.contain('only system:serviceaccount:platform-ops:team-dependency-gate-operator writes');
    expect(words).to.match(/and this is system:serviceaccount:platform-ops:stranger$/);
    await expectOperator('stranger');
    await inForce(one);
    expect(stranger.refusal).to.equal(undefined);
    await one.kubectl([
      'patch',
      'dependencygate',
      'first',
      '--type=merge',
      '--patch={"metadata":{"finalizers":null}}',
    ]);
    await expectOperator('team-dependency-gate-operator');
  });

  it('is there beside another one, each for its own namespaces', async () => {
    const [first, second] = [await story(), await story()];
    await applied(ofNamespaces(BASE, { namespace: 'platform-ops', namePrefix: 'team-' }, first.namespace));
    await applied(
      ofNamespaces(
        'config/without-admission',
        { namespace: 'second-ops', namePrefix: 'second-' },
        second.namespace,
      ),
    );
    const policy = 'team-dependencygate-first-start';
    const operators = [
      await operator('platform-ops', 'team-dependency-gate-operator', { policy, of: first }),
      await operator('second-ops', 'second-dependency-gate-operator', { policy, of: second }),
    ];
    for (const one of [first, second]) {
      await gated(one);
      await inForce(one);
    }
    for (const one of operators) expect([one.refusal, ...one.errors]).to.deep.equal([undefined]);
    const intruder = await operator('second-ops', 'second-dependency-gate-operator', { of: first });
    await first.apply(gate('second', ['app'], SERVICE));
    await eventually('it is refused', LIMIT_MS, () => intruder.refusal);
  });
});
