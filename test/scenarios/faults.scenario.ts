import { expect } from 'chai';
import type { Dependency } from '../../src/api/spec.ts';
import type { Effect } from '../sandbox/faults.ts';
import { makeAvailable } from './available.ts';
import { type Scenario, useNamespace } from './cluster.ts';
import { deployment, dns, gate, service, tcp } from './manifests.ts';
import type { Namespace } from './namespace.ts';
import type { SandboxCluster } from './sandbox-cluster.ts';
import { initNames } from './views.ts';

const MARK = /fieldManager=dependency-gate-operator/;
const WATCHES = /watch=true/;

/** Each kind of write that a story makes: the finalizer, the status, and two targets. */
const writesIn = ({ name }: Namespace): RegExp[] =>
  [
    'dependencygates/api-first',
    'dependencygates/api-first/status',
    'deployments/pinger',
    'deployments/poller',
  ].map((path) => new RegExp(`/namespaces/${name}/${path}\\?.*${MARK.source}`));

/** What goes wrong between the operator and the API server. The end is the same as if nothing had. */
export const faults: Scenario<SandboxCluster> = (on) => {
  describe('a kind that a gate is evaluated by', () => {
    const here = useNamespace(on);

    it('says why it cannot be read, and is read when it can', async () => {
      const effect = { do: 'fail', status: 503, message: 'the server is being upgraded' } as const;
      const path = /^\/apis\/autoscaling\/v2$/;
      const heal = on().server.faults.add({ path, times: 1000, effect });
      const scaler: Dependency = {
        name: 'scaler',
        resource: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'api' },
      };
      await here().create(deployment('pinger'), gate('first', ['pinger'], [scaler]));
      const seen = `scaler: HorizontalPodAutoscaler api has not been looked at yet: ${effect.message}`;
      await here().untilGate('first', { open: 'False/Waiting', seen });
      heal();
      await here().untilGate('first', { seen: /knows no HorizontalPodAutoscaler of autoscaling\/v2/ });
    });
  });

  describe('a gate comes into force, opens, changes and goes', () => {
    const here = useNamespace(on);

    /** The whole life of a gate; `between` comes in the middle of it. Every change rolls the targets out once. */
    const live = async (between: () => Promise<void> = async () => {}) => {
      await makeAvailable(here(), deployment('pinger'), deployment('poller'), deployment('redis'));
      await here().create(gate('api-first', ['pinger', 'poller'], [dns('api')]));
      await here().untilGate('api-first', {
        open: 'False/Waiting',
        pods: '0/2',
        dependencies: 'api Checking',
      });
      await between();
      await here().create(service('api'), service('redis', 6379));
      await here().untilGate('api-first', { open: 'True/AllPassed', pods: '2/2', older: 0, ungated: 0 });
      const spec = { dependencies: [dns('api'), tcp('redis', 6379)] };
      await here().patch('DependencyGate', 'api-first', { spec });
      await here().untilGate('api-first', {
        open: 'True/AllPassed',
        pods: '2/2',
        init: 'Init:2/2',
        older: 0,
      });
      await here().delete('DependencyGate', 'api-first');
      await here().untilGone('DependencyGate', 'api-first');
      for (const name of ['pinger', 'poller']) {
        const { metadata, ...workload } = await here().workload(name);
        expect(initNames({ metadata, ...workload })).to.be.empty;
        expect(metadata.generation, 'written once with each render and once to be clean').to.equal(4);
        expect(await here().replicaSets(name), 'a first, one for each render').to.have.length(3);
      }
    };

    const effects: Readonly<Record<string, Effect>> = {
      'the API server fails at each kind of write': { do: 'fail', status: 500 },
      'each kind of write meets a conflict': { do: 'fail', status: 409 },
      'the API server asks to wait with each kind of write': {
        do: 'fail',
        status: 429,
        retryAfterSeconds: 1,
      },
      'the connection breaks before each kind of write': { do: 'drop' },
      'each kind of write is stored, and its answer lost': { do: 'lose' },
    };
    for (const [what, effect] of Object.entries(effects)) {
      it(`where ${what}, and once more later`, async () => {
        const patterns = writesIn(here());
        const strike = async () => {
          for (const path of patterns) on().server.faults.add({ method: 'PATCH', path, effect });
        };
        await strike();
        await live(strike);
        const status = effect.do === 'fail' ? effect.status : undefined;
        const struck = here()
          .writes()
          .filter((call) => call.status === status);
        for (const pattern of patterns)
          expect(struck.filter(({ path, query }) => pattern.test(`${path}?${query}`))).to.have.length(2);
      });
    }

    it('where its watches are cut', async () => {
      await live(async () => {
        expect(on().server.faults.cut(WATCHES)).to.be.at.least(5);
      });
    });

    it('where what it has seen is too old to go on from', async () => {
      await live(async () => {
        on().server.compact();
        on().server.faults.cut(WATCHES);
      });
    });

    it('where answers are slow: what happens meanwhile is not lost', async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const effect: Effect = { do: 'delay', until: () => promise };
      for (const path of writesIn(here()).slice(2)) on().server.faults.add({ method: 'PATCH', path, effect });
      await here().create(deployment('pinger'), deployment('poller'));
      await here().create(gate('api-first', ['pinger', 'poller'], [dns('api')]));
      await here().until(
        'the target is being written',
        () =>
          here()
            .writes()
            .some(({ path }) => path.endsWith('/deployments/pinger')) || undefined,
      );
      await here().create(service('api'));
      await here().patch('Deployment', 'poller', { spec: { replicas: 2 } });
      resolve();
      await here().untilGate('api-first', { open: 'True/AllPassed', pods: '3/3', older: 0, ungated: 0 });
      for (const name of ['pinger', 'poller']) expect(await here().replicaSets(name)).to.have.length(2);
    });
  });
};
