import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import { needsKubectl, type Scenario, useNamespace } from './cluster.ts';
import { deployment, dns, gate } from './manifests.ts';
import { initNames } from './views.ts';

const CHECK_API = 'dgate-api-first--api';
const init = (name: string) => ({ name, image: 'registry.example/app:1', command: ['true'] });

/** Others write to the targets too. */
export const others: Scenario = (on) => {
  describe('kubectl apply of a target', () => {
    const here = useNamespace(on);
    needsKubectl(on);
    const app = (more: Parameters<typeof deployment>[1] = {}) => here().apply(deployment('pinger', more));
    const becomes = (...names: readonly string[]) =>
      here().untilWorkload('pinger', `has ${names}`, (one) => `${initNames(one)}` === `${names}`);
    const hold = async () => {
      await here().create(gate('api-first', ['pinger'], [dns('api')]));
      await here().untilGate('api-first', { ready: 'True/InForce', targets: /^pinger/ });
    };

    it('again, or with another image, keeps the containers where they are', async () => {
      const pod = { initContainers: [init('own')] };
      await app({ pod });
      await hold();
      const { metadata } = await becomes(CHECK_API, 'own');
      await app({ pod }); // says `configured` because ours are more than it knows of, and changes nothing
      expect((await here().workload('pinger')).metadata.generation).to.equal(metadata.generation);
      await app({ pod, image: 'registry.example/app:2' });
      expect(initNames(await here().workload('pinger'))).to.deep.equal([CHECK_API, 'own']);
    });

    it('with a new first init container: ours come before it again', async () => {
      await app({ pod: { initContainers: [init('own')] } });
      await hold();
      await app({ pod: { initContainers: [init('first'), init('own')] } });
      await becomes(CHECK_API, 'first', 'own');
    });

    it('without its last init container: ours are there again', async () => {
      await app({ pod: { initContainers: [init('own')] } });
      await hold();
      await app();
      await becomes(CHECK_API);
    });

    it('or replace with a manifest that knows nothing of them: ours are there again', async () => {
      await app();
      await hold();
      const initContainers = [init('own')];
      const manifest = JSON.stringify(deployment('pinger', { pod: { initContainers } }));
      // It meets conflicts while the Deployment rolls.
      await here().until('it is replaced', () => here().kubectl(['replace', '-f', '-'], manifest));
      await becomes(CHECK_API, 'own');
    });

    it('and rollout undo bring back templates of before: what they lack is put in', async () => {
      await app();
      await hold();
      await app({ image: 'registry.example/app:2' });
      await here().kubectl(['rollout', 'undo', 'deployment/pinger', '--to-revision=1']);
      const { spec } = await becomes(CHECK_API);
      expect(spec.template.spec.containers[0]?.image).to.equal('registry.example/app:1');
    });

    it('and set image or set env of all containers: ours are what they were again', async () => {
      await app();
      await hold();
      const before = (await becomes(CHECK_API)).spec.template.spec.initContainers;
      for (const [what, value] of [
        ['image', '*=registry.example/app:2'],
        ['env', 'NODE_OPTIONS=--max-old-space-size=4096'],
      ] as const) {
        await here().kubectl(['set', what, 'deployment/pinger', value]);
        await here().untilWorkload('pinger', 'has the waiter as it was', ({ spec }) =>
          isDeepStrictEqual(spec.template.spec.initContainers, before),
        );
      }
      const { template } = (await here().workload('pinger')).spec;
      expect(template.spec.containers[0]).to.deep.include({ image: 'registry.example/app:2' });
      await here().untilGate('api-first', { ready: 'True/InForce', open: 'False/Waiting', older: 0 });
    });

    it('and scale in turn leave the number of replicas to whoever scales', async () => {
      await app({ replicas: 2 });
      await hold();
      await here().kubectl(['scale', 'deployment/pinger', '--replicas=3']);
      await here().patch('DependencyGate', 'api-first', { spec: { dependencies: [dns('redis')] } });
      await becomes('dgate-api-first--redis');
      expect((await here().workload('pinger')).spec.replicas).to.equal(3);
    });
  });

  describe('another manager', () => {
    const here = useNamespace(on);
    const patchInits = (initContainers: readonly unknown[], type: 'merge' | 'strategic') =>
      here().patch('Deployment', 'pinger', { spec: { template: { spec: { initContainers } } } }, { type });

    it('may take out, move or reorder what is ours: it is put right each time', async () => {
      await here().create(deployment('pinger', { pod: { initContainers: [init('own'), init('more')] } }));
      await here().create(gate('api-first', ['pinger'], [dns('api')]));
      const isRight = async () =>
        here().untilWorkload('pinger', 'is right', (one) => `${initNames(one)}` === `${CHECK_API},own,more`);
      const { spec } = await isRight();
      const [ours, ...own] = spec.template.spec.initContainers;
      for (const _ of ['twice', 'which is a series of Events']) {
        await patchInits([{ name: CHECK_API, $patch: 'delete' }], 'strategic');
        await isRight();
      }
      await patchInits([...own, ours], 'merge');
      await isRight();
      await here().until('the same Event twice is one with a count', async () => {
        const events = JSON.stringify(await here().list('Event'));
        return events.includes('"count":2') || undefined;
      });
    });
  });
};
