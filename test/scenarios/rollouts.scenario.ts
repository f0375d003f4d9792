import { expect } from 'chai';
import { makeAvailable } from './available.ts';
import { needsKubectl, type Scenario, useNamespace } from './cluster.ts';
import { APP_IMAGE, deployment, dns, gate } from './manifests.ts';
import { initNames, isReady, isRunning } from './views.ts';

const SIX = ['a', 'b', 'c', 'd', 'e', 'f'];

/** How often a workload is rolled because of its gates: each patch of a template is a rollout. */
export const rollouts: Scenario = (on) => {
  describe('a workload is patched for its gates', () => inOne(on));
};

function inOne(on: Parameters<Scenario>[0]): void {
  const here = useNamespace(on);
  needsKubectl(on);

  const six = (...targets: readonly string[]) => SIX.map((name) => gate(name, targets, [dns('api')]));
  /** Those that were stored: a conflict with the Deployment's own controller is no rollout. */
  const patches = async (name = 'pinger') =>
    (await here().answeredWrites()).filter(
      ({ path, status }) => path.endsWith(`/deployments/${name}`) && status !== 409,
    );
  const untilGone = async (...gates: readonly string[]) => {
    for (const name of gates) await here().untilGone('DependencyGate', name);
  };
  const untilInForce = async (...gates: readonly string[]) => {
    for (const name of gates)
      await here().untilGate(name, { ready: 'True/InForce', targets: /^pinger (Rolling|Current)$/ });
  };
  /** Of gates that nobody else writes. */
  const expectNoConflicts = async () =>
    expect(
      (await here().answeredWrites()).filter(
        ({ path, status }) => path.includes('/dependencygates/') && status === 409,
      ),
    ).to.deep.equal([]);

  /** Whether the template is as it was made. */
  const isBare = ({ spec: { template } }: Awaited<ReturnType<ReturnType<typeof here>['workload']>>) =>
    !/dgate-|dependencygate/.test(JSON.stringify(template));

  it('once when six gates come with one apply, and once when all are deleted', async () => {
    await makeAvailable(here(), deployment('pinger'));
    await here().apply(...six('pinger'));
    await untilInForce(...SIX);
    expect(await patches()).to.have.length(1);
    const gated = await here().workload('pinger');
    expect(initNames(gated)).to.deep.equal(SIX.map((name) => `dgate-${name}--api`));
    expect(gated.metadata.generation).to.equal(2);
    await here().untilPods('pinger', 1, 'wait', (pod) => !isReady(pod));
    expect(await here().replicaSets('pinger')).to.have.length(2);
    await expectNoConflicts();

    await here().kubectl(['delete', 'dependencygates', '--all']);
    await untilGone(...SIX);
    expect(await patches()).to.have.length(2);
    const left = await here().workload('pinger');
    expect(left.metadata.generation).to.equal(3);
    expect(isBare(left)).to.equal(true);
    await here().untilPods('pinger', 1, 'are ready', isReady);
    expect(await here().replicaSets('pinger')).to.have.length(2);
  });

  it('once when a sixth gate comes to five', async () => {
    await makeAvailable(here(), deployment('pinger'));
    const [last, ...five] = six('pinger');
    await here().apply(...five);
    await untilInForce(...SIX.slice(1));
    const before = (await patches()).length;
    if (last) await here().apply(last);
    await untilInForce(...SIX);
    expect(await patches()).to.have.length(before + 1);
    expect(initNames(await here().workload('pinger'))).to.deep.equal(SIX.map((name) => `dgate-${name}--api`));
    await expectNoConflicts();
  });

  it('once, for the target that stays, when a gate is changed and another one goes', async () => {
    await makeAvailable(here(), deployment('pinger'));
    await here().apply(...six('pinger').slice(0, 2));
    await untilInForce('a', 'b');
    const before = (await patches()).length;
    await here().delete('DependencyGate', 'b');
    await here().patch('DependencyGate', 'a', { spec: { dependencies: [dns('redis')] } });
    await untilGone('b');
    await untilInForce('a');
    expect(await patches()).to.have.length(before + 1);
    expect(initNames(await here().workload('pinger'))).to.deep.equal(['dgate-a--redis']);
  });

  it('once when its template names sixty gates that do not exist', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `gate.dependencygate.dev/n${index}`);
    const annotations = Object.fromEntries(names.map((name) => [name, 'x']));
    await here().create(templated('pinger', annotations, {}, {}));
    await here().untilWorkload('pinger', 'is bare', isBare);
    // A conflict with the controller of a Deployment that is new is nothing that was written.
    const answers = (await here().answeredWrites()).map(
      ({ path, status }) => `${path.split('/').at(-1)} ${status}`,
    );
    expect(answers.filter((one) => one !== 'pinger 409')).to.deep.equal(['pinger 200']);
  });

  it('never when its template names three hundred gates that do not exist, which hold up nobody', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `gate.dependencygate.dev/n${index}`);
    const annotations = Object.fromEntries(names.map((name) => [name, 'x']));
    await here().create(templated('pinger', annotations, {}, {}));
    await here().create(gate('a', ['pinger'], [dns('api')]));
    await untilInForce('a');
    await here().delete('DependencyGate', 'a');
    await untilGone('a');
    expect(await patches('pinger')).to.have.length(2);
    expect(initNames(await here().workload('pinger'))).to.deep.equal([]);
  });

  it('never when a gate that it requires is made and deleted, and did not name it', async () => {
    await makeAvailable(here(), deployment('pinger'));
    await here().apply(gate('a', ['pinger'], [dns('api')]));
    await untilInForce('a');
    const { metadata, spec } = (await here().workload('pinger')).spec.template;
    const annotations = { ...metadata.annotations, 'dependencygate.dev/target': 'Deployment/copy' };
    const labels = { ...metadata.labels, 'dependencygate.dev/require': 'a' };
    await here().create(templated('copy', annotations, labels, spec));
    await here().untilPods('copy', 1, 'wait', (pod) => !isReady(pod));
    await here().delete('DependencyGate', 'a');
    await untilGone('a');
    await here().create(gate('a', ['other'], [dns('api')]));
    await here().untilGate('a', { ready: 'True/InForce', targets: 'other Missing' });
    await here().delete('DependencyGate', 'a');
    await untilGone('a');
    expect(await patches('copy')).to.deep.equal([]);
    expect(initNames(await here().workload('copy'))).to.deep.equal(['dgate-a--api']);
    const [pod] = await here().pods('copy');
    expect(JSON.stringify(pod?.metadata.annotations)).not.to.contain('open.dependencygate.dev');
  });

  it('never when a gate of its name is opened, and does not name it: neither are its Pods', async () => {
    await makeAvailable(here(), deployment('pinger'));
    await here().apply(gate('a', ['pinger'], [dns('api')]));
    await untilInForce('a');
    const { metadata, spec } = (await here().workload('pinger')).spec.template;
    const labels = { ...metadata.labels, 'dependencygate.dev/require': 'a' };
    const annotations = { ...metadata.annotations, 'dependencygate.dev/target': 'Deployment/other' };
    await here().delete('DependencyGate', 'a');
    await untilGone('a');
    await here().create(templated('copy', annotations, labels, spec));
    await here().create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'bare', annotations, labels: { ...labels, app: 'bare' } },
      spec: { ...spec, containers: [{ name: 'app', image: APP_IMAGE }] },
    });
    await here().untilPods('copy', 1, 'wait', (pod) => isRunning(pod, 'dgate-a--api'));
    await here().create(deployment('other'), gate('a', ['other'], [dns('api')]));
    await here().patch('DependencyGate', 'a', { spec: { open: ['*'] } });
    await here().untilGate('a', { open: 'True/AllPassed', targets: 'other Current', ungated: 0 });
    await here().patch('Deployment', 'other', { spec: { replicas: 2 } });
    await here().untilGate('a', { open: 'True/AllPassed', pods: '2/2' });
    await here().delete('DependencyGate', 'a');
    await untilGone('a');
    for (const app of ['copy', 'bare']) {
      const [pod] = await here().pods(app);
      expect(JSON.stringify(pod?.metadata.annotations), app).not.to.contain('open.dependencygate.dev');
    }
    expect(await patches('copy')).to.deep.equal([]);
  });

  it('never when it is deleted together with its gates', async () => {
    const names = SIX.map((name) => `app-${name}`);
    await here().create(...names.map((name) => deployment(name)), ...six(...names));
    for (const name of SIX) await here().untilGate(name, { ready: 'True/InForce' });
    const before = here().writes().length;
    await here().kubectl(['delete', 'deployments,dependencygates', '--all']);
    await untilGone(...SIX);
    const late = here().writes().slice(before);
    expect(late.filter(({ path }) => path.includes('/deployments/'))).to.deep.equal([]);
  });
}

/** A Deployment whose template has this besides its label. */
function templated(name: string, annotations: Readonly<Record<string, string>>, labels: object, pod: object) {
  const metadata = { annotations, labels: { ...labels, app: name } };
  const spec = { containers: [{ name: 'app', image: APP_IMAGE }], ...pod };
  return deployment(name, { spec: { template: { metadata, spec } } });
}
