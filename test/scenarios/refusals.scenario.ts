import { expect } from 'chai';
import type { ApiError } from '../../src/kube/api-error.ts';
import { type Scenario, useNamespace } from './cluster.ts';
import { deployment, dns, gate, scripted, service } from './manifests.ts';
import { initNames, isReady } from './views.ts';

/** What a gate does not do, because somebody said so or because it cannot. */
export const refusals: Scenario = (on) => {
  describe('a suspended gate', () => {
    const here = useNamespace(on);
    const suspend = (value: boolean) =>
      here().patch('DependencyGate', 'api-first', { spec: { suspend: value } });

    it('leaves its targets as they are until it goes on', async () => {
      await here().create(deployment('pinger'));
      await here().create(gate('api-first', ['pinger'], [dns('api')], { suspend: true }));
      await here().untilGate('api-first', { ready: 'False/Suspended', open: 'Unknown/TargetNotCurrent' });
      expect((await here().workload('pinger')).metadata.generation).to.equal(1);
      await suspend(false);
      await here().untilGate('api-first', { ready: 'True/InForce', open: 'False/Waiting' });
    });

    it('keeps the render that is in force, and goes on reporting', async () => {
      await here().create(deployment('pinger'), gate('api-first', ['pinger'], [dns('api')]));
      await here().untilGate('api-first', { open: 'False/Waiting', pods: '0/1' });
      await suspend(true);
      await here().patch('DependencyGate', 'api-first', { spec: { dependencies: [dns('redis')] } });
      await here().untilGate('api-first', { ready: 'False/Suspended' });
      await here().create(service('api'));
      await here().untilGate('api-first', { pods: '1/1', ungated: 0 });
      expect(initNames(await here().workload('pinger'))).to.deep.equal(['dgate-api-first--api']);
    });

    it('leaves its targets clean when it is deleted', async () => {
      await here().create(deployment('pinger'), gate('api-first', ['pinger'], [dns('api')]));
      await here().untilGate('api-first', { open: 'False/Waiting' });
      await suspend(true);
      await here().untilGate('api-first', { ready: 'True/InForce' });
      await here().delete('DependencyGate', 'api-first');
      await here().untilGone('DependencyGate', 'api-first');
      expect(initNames(await here().workload('pinger'))).to.be.empty;
      await here().untilPods('pinger', 1, 'are ready', isReady);
    });
  });

  describe('a gate with an invalid spec', () => {
    const here = useNamespace(on);
    const refusal = async (...spec: Parameters<typeof gate>): Promise<ApiError> =>
      here()
        .create(gate(...spec))
        .then(
          () => expect.fail('it was created'),
          (error: ApiError) => error,
        );

    it('is refused by the API server, which says what to change', async () => {
      const { container } = scripted('api', 'true');
      const refused = [
        [
          await refusal('a--b', ['pinger'], [dns('api')]),
          /choose one of lower-case letters, digits and single hyphens/,
        ],
        [await refusal('a', ['pinger', 'pinger'], [dns('api')]), /a target is named twice/],
        [await refusal('a', ['pinger'], [dns('api'), dns('api')]), /two dependencies have the same name/],
        [
          await refusal('a', ['pinger'], [{ name: 'api' }]),
          /set exactly one of dns, tcp, http, grpc and container/,
        ],
        [
          await refusal('a', ['pinger'], [dns('api', { ...(container && { container }) })]),
          /set exactly one of/,
        ],
        [await refusal('a', ['pinger'], []), /spec\.dependencies in body should have at least 1 items/],
        [
          await refusal('a', ['pinger'], [dns('api', { periodSeconds: 0 })]),
          /should be greater than or equal to 1/,
        ],
      ] as const;
      for (const [{ status, message }, pattern] of refused) {
        expect(message).to.match(pattern);
        expect(status).to.equal(422);
      }
      expect(await here().list('DependencyGate')).to.be.empty;
    });
  });

  describe('a target that cannot carry the containers', () => {
    const here = useNamespace(on);

    it('stalls the gate, which says what to change, until that is done', async () => {
      const volumes = (name: string) => [{ name, emptyDir: {} }];
      await here().create(deployment('pinger', { pod: { volumes: volumes('dependency-gate') } }));
      await here().create(gate('api-first', ['pinger'], [dns('api')]));
      await here().untilGate('api-first', {
        ready: 'False/TargetRefused',
        stalled: 'True/TargetRefused',
        stalledMessage: /Deployment pinger: .* rename that volume/,
        targets: 'pinger Refused',
      });
      expect((await here().workload('pinger')).metadata.generation).to.equal(1);
      const spec = { template: { spec: { volumes: volumes('scratch') } } };
      await here().patch('Deployment', 'pinger', { spec });
      await here().untilGate('api-first', { ready: 'True/InForce', stalled: '-', open: 'False/Waiting' });
    });
  });
};

/** What only a real API server refuses. */
export const realRefusals: Scenario = (on) => {
  describe('a container that the API server refuses', () => {
    const here = useNamespace(on);
    const wrong = {
      name: 'own',
      container: {
        image: 'registry.example/check:1',
        env: [{ name: 'X', valueFrom: { fieldRef: { fieldPath: 'metadata.nothing' } } }],
      },
    };

    it('stalls the gate with its words, and the render before it stays in force', async () => {
      await here().create(deployment('pinger'), gate('api-first', ['pinger'], [dns('api')]));
      const { status } = await here().untilGate('api-first', { open: 'False/Waiting', targets: /^pinger/ });
      await here().patch('DependencyGate', 'api-first', { spec: { dependencies: [wrong] } });
      const stalled = await here().untilGate('api-first', {
        ready: 'False/InvalidRender',
        stalled: 'True/InvalidRender',
        stalledMessage: /metadata\.nothing/,
      });
      expect(stalled.status.render).to.deep.equal(status.render);
      expect(initNames(await here().workload('pinger'))).to.deep.equal(['dgate-api-first--api']);
      await here().patch('DependencyGate', 'api-first', { spec: { dependencies: [dns('redis')] } });
      await here().untilGate('api-first', { ready: 'True/InForce', stalled: '-', waitingOn: 'redis' });
    });
  });
};
