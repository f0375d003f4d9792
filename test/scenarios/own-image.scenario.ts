import { expect } from 'chai';
import { z } from 'zod';
import { manifestFiles, readManifests } from '../config/manifests.ts';
import { type Scenario, useNamespace } from './cluster.ts';
import { APP_IMAGE, deployment, gate } from './manifests.ts';

const SAMPLES = manifestFiles('config/samples/migrations');
const RELEASE_JOBS = manifestFiles('config/samples/release-job');
const NEXT_IMAGE = 'registry.example/app:2';

const sampleSchema = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({ name: z.string() }),
  spec: z.looseObject({
    targets: z.array(z.object({ name: z.string() })).min(1),
    dependencies: z
      .array(z.object({ name: z.string(), container: z.looseObject({ from: z.string() }) }))
      .min(1),
  }),
});

const gateSchema = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({ name: z.string() }),
  spec: z.looseObject({ targets: z.tuple([z.object({ name: z.string() })]) }),
});

/** Checks with an image of the target's own, and samples of other ways to wait for a release's migration. */
export const ownImage: Scenario = (on) => {
  describe('a check with the image of the app', () => {
    const here = useNamespace(on);
    const head = { name: 'head', container: { from: 'app', command: ['migrate', '--check'] } };
    const web = (name = 'app') => ({
      containers: [
        {
          name,
          image: APP_IMAGE,
          env: [{ name: 'DB', value: 'db' }],
          envFrom: [CREDENTIALS],
          volumeMounts: [CONFIG],
        },
      ],
      volumes: [{ name: 'config', configMap: { name: 'config' } }],
    });
    const CREDENTIALS = { secretRef: { name: 'db', optional: true } };
    const CONFIG = { name: 'config', mountPath: '/etc/app' };
    const check = async () => (await here().workload('pinger')).spec.template.spec.initContainers[0];

    it('has the environment and the volumes of the app, and is renewed with it, by a rollout of its own', async () => {
      await here().create(deployment('pinger', { pod: web() }));
      await here().create(gate('schema', ['pinger'], [head]));
      await here().untilGate('schema', { ready: 'True/InForce', targets: /^pinger (Current|Rolling)$/ });
      expect(await check()).to.deep.include({
        ...{ name: 'dgate-schema--head', image: APP_IMAGE, command: ['migrate', '--check'] },
        ...{ env: [{ name: 'DB', value: 'db' }], envFrom: [CREDENTIALS] },
      });
      expect(JSON.stringify(await check())).to.contain('/etc/app');
      const { generation } = (await here().workload('pinger')).metadata;
      const containers = [{ name: 'app', image: NEXT_IMAGE }];
      await here().patch(
        'Deployment',
        'pinger',
        { spec: { template: { spec: { containers } } } },
        { type: 'strategic' },
      );
      await here().untilWorkload(
        'pinger',
        'has the new image in its check',
        ({ spec }) => spec.template.spec.initContainers[0]?.image === NEXT_IMAGE,
      );
      await here().untilGate('schema', { ready: 'True/InForce', targets: /^pinger (Current|Rolling)$/ });
      expect((await here().workload('pinger')).metadata.generation).to.equal(generation + 2);
    });

    it('leaves a target alone that has no container of the name, and says which it has', async () => {
      await here().create(deployment('pinger', { pod: web('web') }), deployment('poller'));
      await here().create(gate('schema', ['pinger', 'poller'], [head]));
      const { status } = await here().untilGate('schema', {
        ready: 'False/TargetRefused',
        stalledMessage: /Deployment pinger: .*no container named app.* name one that it has \(web\)/,
        targets: /^pinger Refused, poller (Current|Rolling)$/,
      });
      expect(status.targets?.[0]).to.include({ reason: 'ContainerMissing' });
      expect(await check()).to.equal(undefined);
    });

    for (const path of SAMPLES) {
      it(`is taken by the API server as ${path} has it`, async () => {
        const { spec, metadata, ...object } = sampleSchema.parse(readManifests(path)[0]);
        const [target, dependency] = [spec.targets[0], spec.dependencies[0]];
        if (!target || !dependency) return expect.fail();
        const containers = [{ name: dependency.container.from, image: APP_IMAGE }];
        await here().create(deployment(target.name, { pod: { containers } }));
        await here().create({ ...object, metadata: { name: metadata.name }, spec });
        await here().untilGate(metadata.name, { ready: 'True/InForce' });
        const [placed] = (await here().workload(target.name)).spec.template.spec.initContainers;
        expect(placed).to.include({ image: APP_IMAGE });
      });
    }

    for (const path of RELEASE_JOBS) {
      it(`waits for a Job of the release as ${path} has it`, async () => {
        const { spec, metadata, ...object } = gateSchema.parse(readManifests(path)[0]);
        await here().create(deployment(spec.targets[0].name));
        await here().create({ ...object, metadata: { name: metadata.name }, spec });
        await here().untilGate(metadata.name, { ready: 'True/InForce', open: 'False/Waiting', pods: '0/1' });
      });
    }
  });
};
