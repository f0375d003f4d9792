import { expect } from 'chai';
import { z } from 'zod';
import { makeAvailable } from '../scenarios/available.ts';
import { deployment, dns, gate } from '../scenarios/manifests.ts';
import { brief, useFixture } from './fixture.ts';

const DEPLOYMENT = 'PATCH deployments/pinger';
const RECORD = 'pull-secrets.dependencygate.dev/first';
const template = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.unknown()) }),
  spec: z.record(z.string(), z.unknown()),
});
const patchBody = z.object({ spec: z.object({ template }) });
const named = (...names: readonly string[]) => names.map((name) => ({ name }));

describe('the requests for a gate with pull secrets', function () {
  this.timeout(60_000);
  const { here, requests, forget, sentinel } = useFixture();

  /** A target that has some of its own, and the gate in force on it; gives the patch. */
  async function place(own: readonly string[], wanted: readonly string[]) {
    await makeAvailable(here(), deployment('pinger', { pod: { imagePullSecrets: named(...own) } }));
    forget();
    const waiter = { imagePullSecrets: named(...wanted) };
    await here().create(gate('first', ['pinger'], [dns('api')], { waiter }));
    await here().untilGate('first', { ready: 'True/InForce', open: 'False/Waiting' });
    return patch();
  }

  /** The patch when the gate has been deleted. */
  async function remove() {
    forget();
    await here().delete('DependencyGate', 'first');
    await here().untilGone('DependencyGate', 'first');
    return patch();
  }

  /** The one patch of the target. */
  async function patch() {
    await sentinel();
    const [one, ...more] = requests().filter((request) => brief(request) === DEPLOYMENT);
    expect(more).to.deep.equal([]);
    expect(one).to.have.property('status', 200);
    return patchBody.parse(one?.body).spec.template;
  }

  const secrets = async () => (await here().workload('pinger')).spec.template.spec.imagePullSecrets;

  it('add them behind the target’s own, sorted, whatever their order in the gate, and take just them out', async () => {
    const placed = await place(['own'], ['zeta', 'alpha']);
    expect(placed.spec).to.deep.include({
      '$setElementOrder/imagePullSecrets': named('own', 'alpha', 'zeta'),
      imagePullSecrets: named('alpha', 'zeta'),
    });
    expect(placed.metadata.annotations).to.include({ [RECORD]: 'zeta,alpha' });
    expect(await secrets()).to.deep.equal(named('own', 'alpha', 'zeta'));

    const removed = await remove();
    expect(removed.spec).to.deep.include({
      '$setElementOrder/imagePullSecrets': named('own'),
      imagePullSecrets: named('alpha', 'zeta').map((one) => ({ ...one, $patch: 'delete' })),
    });
    expect(removed.metadata.annotations).to.include({ [RECORD]: null });
    expect(await secrets()).to.deep.equal(named('own'));
  });

  it('say nothing of those that the target has itself, neither as the gate comes nor as it goes', async () => {
    for (const body of [await place(['own', 'mirror'], ['mirror', 'own']), await remove()]) {
      expect(JSON.stringify(body)).not.to.contain('imagePullSecrets').and.not.to.contain('pull-secrets');
    }
    expect(await secrets()).to.deep.equal(named('own', 'mirror'));
  });

  it('take out only what a gate has put in, where the target has one of two', async () => {
    const placed = await place(['mirror'], ['other', 'mirror']);
    expect(placed.spec.imagePullSecrets).to.deep.equal(named('other'));
    const removed = await remove();
    expect(removed.spec.imagePullSecrets).to.deep.equal([{ name: 'other', $patch: 'delete' }]);
    expect(await secrets()).to.deep.equal(named('mirror'));
  });
});
