import { expect } from 'chai';
import { TEMPLATE_HASH_LABEL } from '../../../src/api/names.ts';
import type { GateSpec } from '../../../src/api/spec.ts';
import { APP_IMAGE, deployment, dns, gate, service } from '../../scenarios/manifests.ts';
import { initNames, isReady, isRunning } from '../../scenarios/views.ts';
import { useStory, type WatchedCluster } from './cluster.ts';

const named = (...names: readonly string[]) => names.map((name) => ({ name }));
const NEXT_IMAGE = 'registry.example/app:2';
const HEAD = {
  name: 'head',
  container: { from: 'app', command: ['sh', '-c', 'true'], env: [{ name: 'ONCE', value: '1' }] },
};
const WAITER = { imagePullSecrets: named('zeta', 'mirror') };
/** The app, as charts have it: a sidecar before it, an environment, a volume, and a registry of its own. */
const APP = {
  imagePullSecrets: named('own', 'mirror'),
  initContainers: [
    { name: 'proxy', image: APP_IMAGE, restartPolicy: 'Always' },
    { name: 'migrate', image: APP_IMAGE },
  ],
  containers: [
    {
      ...{ name: 'app', image: APP_IMAGE, env: [{ name: 'DB', value: 'db' }] },
      ...{ envFrom: [{ secretRef: { name: 'credentials', optional: true } }] },
      volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
    },
  ],
  volumes: [{ name: 'scratch', emptyDir: {} }],
};

/** Fields that charts use together: each of them does what it does alone. */
export function combined(on: () => WatchedCluster): void {
  describe('a gate with after, from and pull secrets', () => {
    const { here, settle } = useStory(on);
    const placedIn = (placement: NonNullable<GateSpec['placement']>, more: Partial<GateSpec> = {}) =>
      gate('first', ['app'], [dns('api'), HEAD], { placement, after: 'proxy', waiter: WAITER, ...more });

    /** Waits until admission would place the gate into a Pod of the app. */
    const untilPlaced = (dependency: string) =>
      here().until('admission knows the gate', async () => {
        const ownerReferences = [
          { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'app-x1', uid: 'probe', controller: true },
        ];
        const metadata = { name: 'probe', labels: { [TEMPLATE_HASH_LABEL]: 'x1' }, ownerReferences };
        const probe = { apiVersion: 'v1', kind: 'Pod', metadata, spec: APP };
        const args = ['create', '--dry-run=server', '-o=json', '-f=-'];
        const made = await here().kubectl(args, JSON.stringify(probe));
        return made.includes(`dgate-first--${dependency}`) ? true : undefined;
      });

    const podNow = async () => {
      const [pod] = await here().untilPods('app', 1, 'have the gate', ({ spec }) =>
        spec.initContainers.some(({ name }) => name === 'dgate-first--head'),
      );
      const raw = JSON.stringify(await here().get('Pod', pod?.metadata.name ?? ''));
      return { ...JSON.parse(raw).spec, init: pod?.spec.initContainers.map(({ name }) => name) };
    };

    for (const placement of ['Pod', 'Template'] as const) {
      it(`stands behind the sidecar, runs the app's image, and brings its secrets, with placement ${placement}`, async () => {
        await here().create(placedIn(placement));
        await here().untilGate('first', { ready: 'True/InForce' });
        if (placement === 'Pod') await untilPlaced('head');
        await here().create(deployment('app', { pod: APP }));
        await here().untilGate('first', { open: 'False/Waiting', pods: '0/1', ungated: 0 });
        const spec = await podNow();
        expect(spec.init).to.deep.equal(['proxy', 'dgate-first--api', 'dgate-first--head', 'migrate']);
        expect(spec.imagePullSecrets).to.deep.equal(named('own', 'mirror', 'zeta'));
        const head = spec.initContainers.find(({ name }: { name: string }) => name === 'dgate-first--head');
        expect(head).to.deep.include({ image: APP_IMAGE, command: HEAD.container.command });
        expect(head.env).to.deep.equal([{ name: 'DB', value: 'db' }, ...HEAD.container.env]);
        expect(head.envFrom).to.deep.equal(APP.containers[0]?.envFrom);
        expect(JSON.stringify(head.volumeMounts)).to.contain('"mountPath":"/scratch"');

        await here().create(service('api'));
        await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1' });
        const containers = [{ name: 'app', image: NEXT_IMAGE }];
        const change = { spec: { template: { spec: { containers } } } };
        await here().patch('Deployment', 'app', change, { type: 'strategic' });
        await here().untilPods(
          'app',
          1,
          'check with the next image',
          (pod) => isReady(pod) && JSON.stringify(pod.spec.containers).includes(NEXT_IMAGE),
        );
        const next = await podNow();
        expect(
          next.initContainers.find(({ name }: { name: string }) => name === 'dgate-first--head'),
        ).to.include({ image: NEXT_IMAGE });

        await settle('first');
        await here().delete('DependencyGate', 'first');
        await here().untilGone('DependencyGate', 'first');
        const { metadata, spec: left } = await here().workload('app');
        expect(
          initNames({ metadata, spec: left, status: { availableReplicas: 0, replicas: 0 } }),
        ).to.deep.equal(['proxy', 'migrate']);
        expect(left.template.spec.imagePullSecrets).to.deep.equal(named('own', 'mirror'));
      });
    }

    it('lets further Pods start in an outage with when: Rollout and placement Pod, and asks again once it has changed', async () => {
      const rollout = (...dependencies: readonly ReturnType<typeof dns>[]) =>
        gate('first', ['app'], dependencies, {
          ...{ placement: 'Pod', after: 'proxy', when: 'Rollout', waiter: WAITER },
        });
      const head = { name: 'schema', service: { name: 'api' } };
      await here().create(rollout(head));
      await here().untilGate('first', { ready: 'True/InForce' });
      await untilPlaced('schema');
      await here().create(deployment('api'), service('api'), deployment('app', { pod: APP }));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1' });
      await here().delete('Service', 'api');
      await here().untilGate('first', { seen: 'schema: Service api does not exist' });
      await here().patch('Deployment', 'app', { spec: { replicas: 2 } });
      await here().untilPods('app', 2, 'are ready', isReady);
      await here().untilGate('first', { open: 'True/StartedUnchecked', pods: '2/2' });

      await here().patch('DependencyGate', 'first', { spec: { defaults: { overdueAfterSeconds: 99 } } });
      await here().untilGate('first', { ready: 'True/InForce', older: 2 });
      const before = (await here().pods('app')).map(({ metadata }) => metadata.uid);
      await here().until('a new Pod waits with what the gate is now', async () => {
        const fresh = (await here().pods('app')).find(({ metadata }) => !before.includes(metadata.uid));
        if (fresh && isRunning(fresh, 'dgate-first--schema')) return true;
        if (!fresh) await here().delete('Pod', (await here().pods('app'))[0]?.metadata.name ?? '');
        return undefined;
      });
      await here().untilGate('first', { open: 'False/Waiting', pods: '0/1' });
      expect((await here().workload('app')).metadata.generation).to.equal(2);
    });
  });
}
