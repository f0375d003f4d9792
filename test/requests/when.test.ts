import { expect } from 'chai';
import { deployment, dns, gate, service } from '../scenarios/manifests.ts';
import { isReady } from '../scenarios/views.ts';
import { brief, useFixture } from './fixture.ts';

describe('the requests for a gate with when: Rollout', function () {
  this.timeout(60_000);
  const { here, requests, events, forget, sentinel } = useFixture();
  /** An Event that happens again is a patch of the first. */
  const made = () =>
    requests()
      .map(brief)
      .filter((one) => one !== 'PATCH dependencygates/first/status' && !one.startsWith('PATCH events/'));

  it('are one for each Pod that is scaled out in an outage, and none where the check succeeds by itself', async () => {
    await here().create(
      service('api'),
      deployment('web'),
      gate('first', ['web'], [dns('api')], { when: 'Rollout' }),
    );
    await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1' });
    forget();
    await here().patch('Deployment', 'web', { spec: { replicas: 2 } });
    await here().untilPods('web', 2, 'are ready', isReady);
    await sentinel();
    expect(made()).to.deep.equal([]);

    await here().delete('Service', 'api');
    await here().patch('Deployment', 'web', { spec: { replicas: 4 } });
    await here().untilPods('web', 4, 'are ready', isReady);
    await here().untilGate('first', { open: 'True/StartedUnchecked', pods: '4/4' });
    await sentinel();
    expect(made().map((one) => one.replace(/web-[^/]+$/, 'POD'))).to.deep.equal([
      'PATCH pods/POD',
      'PATCH pods/POD',
    ]);
    expect(JSON.stringify(events().map(({ body }) => body))).to.match(
      /opened api for Pod web-\S+: its Pod template passed at 20/,
    );
  });
});
