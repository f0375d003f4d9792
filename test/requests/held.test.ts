import { expect } from 'chai';
import { requiring } from '../cluster/first-starts/manifests.ts';
import { deployment, dns, gate } from '../scenarios/manifests.ts';
import { isHeld } from '../scenarios/views.ts';
import { brief, useFixture } from './fixture.ts';

const SCALE = /^(GET|PATCH) replicasets\/pinger-[^/]+\/scale$/;

describe('the requests for held Pods of a Deployment', function () {
  this.timeout(60_000);
  const { here, requests, events, sentinel } = useFixture({ admission: true });
  const made = () => requests().map(brief);

  it('are two reads and one write, once for all of them and after the patch', async () => {
    await here().create(requiring(deployment('pinger', { replicas: 3 }), 'first'));
    const held = await here().untilPods('pinger', 3, 'are held', isHeld);
    expect(held.map(({ spec }) => spec.schedulingGates.length)).to.deep.equal([1, 1, 1]);
    await here().create(gate('first', ['pinger'], [dns('api')]));
    await here().untilGate('first', { open: 'False/Waiting', pods: '0/3' });
    await here().untilPods('pinger', 3, 'are not held', (pod) => !isHeld(pod));
    await sentinel();
    const ofHeld = made().filter((one) => SCALE.test(one) || one === 'GET pods');
    expect(ofHeld.map((one) => one.replace(/pinger-[^/]+/, 'OLD'))).to.deep.equal([
      'GET replicasets/OLD/scale',
      'GET pods',
      'PATCH replicasets/OLD/scale',
    ]);
    expect(made().indexOf('PATCH deployments/pinger')).to.be.lessThan(
      made().findIndex((one) => SCALE.test(one)),
    );
    const scale = requests().find((one) => one.method === 'PATCH' && SCALE.test(brief(one)));
    expect(scale?.body).to.have.nested.property('spec.replicas', 0);
    expect(scale?.body).to.have.property('metadata').that.has.all.keys('uid', 'resourceVersion');
    expect(
      events()
        .map(({ body }) => JSON.stringify(body))
        .join(),
    ).to.contain('"HeldPodsReplaced"');
  });

  it('are none where the gate comes first', async () => {
    await here().create(gate('first', ['pinger'], [dns('api')]));
    await here().untilGate('first', { ready: 'True/InForce' });
    await here().create(requiring(deployment('pinger', { replicas: 3 }), 'first'));
    await here().untilGate('first', { open: 'False/Waiting', pods: '0/3' });
    await sentinel();
    expect(made().filter((one) => SCALE.test(one))).to.deep.equal([]);
  });
});
