import { expect } from 'chai';
import { makeAvailable } from '../scenarios/available.ts';
import { deployment, dns, gate, scripted } from '../scenarios/manifests.ts';
import { isGated } from '../scenarios/views.ts';
import { brief, form, untilKept, useFixture } from './fixture.ts';

const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const MANAGER = 'fieldManager=dependency-gate-operator';

describe('the requests that undo', function () {
  this.timeout(60_000);
  const { here, requests, forget, sentinel } = useFixture();

  it('a deleted gate: waiting Pods are opened, then the template is cleaned, then the finalizer goes', async () => {
    const own = { initContainers: [{ name: 'own', image: 'registry.example/app:1' }] };
    await makeAvailable(here(), deployment('pinger', { pod: own }));
    await here().create(gate('api-first', ['pinger'], [dns('api')]));
    await here().untilGate('api-first', {
      open: 'False/Waiting',
      pods: '0/1',
      dependencies: 'api Checking',
      seen: 'api: Service api does not exist',
    });
    const [pod] = (await here().pods('pinger')).filter(isGated);
    forget();
    await here().delete('DependencyGate', 'api-first');
    await here().untilGone('DependencyGate', 'api-first');
    await sentinel();

    const made = requests();
    expect(made.map(brief)).to.deep.equal([
      `PATCH pods/${pod?.metadata.name}`,
      'PATCH deployments/pinger',
      'PATCH dependencygates/api-first',
    ]);
    const [opened, cleaned, released] = made;
    for (const request of made) expect(form(request)).to.include({ query: MANAGER, status: 200 });
    expect([opened, cleaned, released].map((request) => request?.contentType)).to.deep.equal([
      MERGE,
      STRATEGIC,
      MERGE,
    ]);
    expect(opened?.body).to.deep.equal({
      metadata: { uid: pod?.metadata.uid, annotations: { 'open.dependencygate.dev/api-first.api': '1' } },
    });
    expect(cleaned?.body).to.have.nested.property('metadata.resourceVersion');
    expect(cleaned?.body).to.have.deep.property('spec', {
      template: {
        metadata: {
          annotations: { 'gate.dependencygate.dev/api-first': null, 'dependencygate.dev/target': null },
          labels: { 'dependencygate.dev/gated': null },
        },
        spec: {
          initContainers: [{ name: 'dgate-api-first--api', $patch: 'delete' }],
          volumes: [{ name: 'dgate-api-first', $patch: 'delete' }],
        },
      },
    });
    expect(released?.body).to.have.nested.property('metadata.finalizers').that.is.empty;
    expect(released?.body).to.have.nested.property('metadata.resourceVersion');
  });

  it('a gate that never came to its targets: one, for the finalizer', async () => {
    await here().create(gate('api-first', ['pinger'], [dns('api')]));
    await here().untilGate('api-first', { open: 'Unknown/TargetMissing' });
    await untilKept(here(), 'api-first');
    forget();
    await here().delete('DependencyGate', 'api-first');
    await here().untilGone('DependencyGate', 'api-first');
    await sentinel();
    expect(requests().map(brief)).to.deep.equal(['PATCH dependencygates/api-first']);
  });

  it("a user's container is tried once before it is stored, and changes nothing by that", async () => {
    await makeAvailable(here(), deployment('pinger'));
    await here().create(gate('api-first', ['pinger'], [scripted('own', 'true')]));
    await here().untilGate('api-first', { open: 'True/AllPassed', targets: 'pinger Current' });
    const [tried, ...later] = requests();
    const dryRuns = requests().filter(({ query }) => query.includes('dryRun=All'));
    expect(dryRuns).to.deep.equal([tried]);
    expect(tried && brief(tried)).to.equal('PATCH deployments/pinger');
    expect(later.filter((request) => brief(request) === 'PATCH deployments/pinger')).to.have.length(1);
    expect(tried?.contentType).to.equal(STRATEGIC);
  });
});
