import { expect } from 'chai';
import { makeAvailable } from '../scenarios/available.ts';
import { deployment, dns, gate } from '../scenarios/manifests.ts';
import { brief, form, useFixture } from './fixture.ts';

const SIX = ['a', 'b', 'c', 'd', 'e', 'f'];
const STRATEGIC = 'application/strategic-merge-patch+json';
const MANAGER = 'fieldManager=dependency-gate-operator';
const DEPLOYMENT = 'PATCH deployments/pinger';

describe('the requests for several gates on one target', function () {
  this.timeout(60_000);
  const { here, requests, forget, sentinel } = useFixture();
  const patches = () => requests().filter((one) => brief(one) === DEPLOYMENT);
  const six = () => SIX.map((name) => gate(name, ['pinger'], [dns('api')]));
  /** That nothing more comes is known once every gate says that it waits for its new Pods. */
  const untilWaiting = async (...names: readonly string[]) => {
    for (const name of names)
      await here().untilGate(name, { ready: 'True/InForce', open: 'False/Waiting', pods: '0/1' });
    await sentinel();
  };

  it('are one patch, after a render and a finalizer of each', async () => {
    const own = { initContainers: [{ name: 'own', image: 'registry.example/app:1' }] };
    await makeAvailable(here(), deployment('pinger', { pod: own }));
    await here().create(...six());
    await untilWaiting(...SIX);
    const made = requests().map(brief);
    const patchedAt = made.indexOf(DEPLOYMENT);
    const before = SIX.flatMap((name) => [
      `PATCH dependencygates/${name}`,
      `PATCH dependencygates/${name}/status`,
    ]);
    expect(made.slice(0, patchedAt)).to.have.members(before);
    const [patch, ...more] = patches();
    expect(more).to.deep.equal([]);
    expect(patch && form(patch)).to.deep.equal({
      method: 'PATCH',
      contentType: STRATEGIC,
      query: MANAGER,
      status: 200,
    });
    const renders = await Promise.all(SIX.map(async (name) => (await here().gate(name)).status.render));
    expect(patch?.body).to.have.deep.nested.property('spec.template', {
      metadata: {
        annotations: {
          ...Object.fromEntries(
            SIX.map((name, index) => [`gate.dependencygate.dev/${name}`, renders[index]?.hash]),
          ),
          'dependencygate.dev/target': 'Deployment/pinger',
        },
        labels: { 'dependencygate.dev/gated': 'true' },
      },
      spec: {
        '$setElementOrder/initContainers': [
          ...SIX.map((name) => ({ name: `dgate-${name}--api` })),
          { name: 'own' },
        ],
        initContainers: renders.flatMap((render) => render?.initContainers ?? []),
        '$setElementOrder/volumes': SIX.map((name) => ({ name: `dgate-${name}` })),
        volumes: renders.flatMap((render) => render?.volumes ?? []),
      },
    });
  });

  it('are one patch when all are deleted, after the Pod that waits has been opened for each', async () => {
    await makeAvailable(here(), deployment('pinger'));
    await here().create(...six());
    await untilWaiting(...SIX);
    forget();
    await Promise.all(SIX.map((name) => here().delete('DependencyGate', name)));
    for (const name of SIX) await here().untilGone('DependencyGate', name);
    await sentinel();
    const made = requests()
      .map(brief)
      // While the others are deleted, a gate that is not yet may tell that the Pod goes on.
      .filter((one) => !one.endsWith('/status'));
    const patchedAt = made.indexOf(DEPLOYMENT);
    expect(patches().length, made.join('\n')).to.equal(1);
    expect(made.slice(0, patchedAt).map((one) => one.replace(/pods\/.*/, 'pods'))).to.deep.equal(
      SIX.map(() => 'PATCH pods'),
    );
    expect(made.slice(patchedAt + 1)).to.have.members(SIX.map((name) => `PATCH dependencygates/${name}`));
    expect(patches()[0]?.body).to.have.deep.nested.property('spec.template', {
      metadata: {
        annotations: {
          ...Object.fromEntries(SIX.map((name) => [`gate.dependencygate.dev/${name}`, null])),
          'dependencygate.dev/target': null,
        },
        labels: { 'dependencygate.dev/gated': null },
      },
      spec: {
        initContainers: SIX.map((name) => ({ name: `dgate-${name}--api`, $patch: 'delete' })),
        volumes: SIX.map((name) => ({ name: `dgate-${name}`, $patch: 'delete' })),
      },
    });
  });

  it('are one patch for the one that comes to five, and it holds nothing of the five but their place', async () => {
    await makeAvailable(here(), deployment('pinger'));
    const [first, ...five] = six();
    await here().create(...five);
    await untilWaiting(...SIX.slice(1));
    forget();
    if (first) await here().create(first);
    await untilWaiting(...SIX);
    const [patch, ...more] = patches();
    expect(more).to.deep.equal([]);
    expect(patch?.body).to.have.nested.property('spec.template.spec.initContainers').that.has.length(1);
    expect(patch?.body)
      .to.have.nested.property('spec.template.spec')
      .that.has.deep.property(
        '$setElementOrder/initContainers',
        SIX.map((name) => ({ name: `dgate-${name}--api` })),
      );
  });
});
