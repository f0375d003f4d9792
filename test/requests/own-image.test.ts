import { expect } from 'chai';
import { makeAvailable } from '../scenarios/available.ts';
import { deployment, gate } from '../scenarios/manifests.ts';
import { brief, useFixture } from './fixture.ts';

const DEPLOYMENT = 'PATCH deployments/pinger';
const NEXT_IMAGE = 'registry.example/web:2';
const WEB = {
  name: 'web',
  image: 'registry.example/web:1',
  args: ['--port=80'],
  env: [{ name: 'DB', value: 'db' }],
  envFrom: [{ configMapRef: { name: 'settings' } }, { secretRef: { name: 'more', optional: true } }],
  volumeMounts: [{ name: 'config', mountPath: '/etc/web', readOnly: true }],
};
const CONFIG = { name: 'config', configMap: { name: 'config' } };
const CHECK = {
  ...{ name: 'dgate-schema--head', image: WEB.image, command: ['migrate', '--check'] },
  ...{
    env: [...WEB.env, { name: 'ONCE', value: '1' }],
    envFrom: WEB.envFrom,
    volumeMounts: WEB.volumeMounts,
  },
  // What the API server has made of the target is taken over as it stands there.
  ...{ imagePullPolicy: 'IfNotPresent', resources: {} },
};

describe('the requests for a check with the image of the app', function () {
  this.timeout(60_000);
  const { here, requests, forget, sentinel } = useFixture();
  const made = () => requests().filter((one) => brief(one) === DEPLOYMENT);
  const change = (web: object) =>
    here().patch(
      'Deployment',
      'pinger',
      { spec: { template: { spec: { containers: [{ name: 'web', ...web }] } } } },
      { type: 'strategic' },
    );
  const untilCurrent = async () => {
    await here().untilGate('schema', {
      ready: 'True/InForce',
      open: 'True/AllPassed',
      targets: 'pinger Current',
    });
    await sentinel();
  };

  beforeEach('put the gate in force', async () => {
    for (const name of ['settings', 'config'])
      await here().create({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name },
        data: { key: 'value' },
      });
    await makeAvailable(here(), deployment('pinger', { pod: { containers: [WEB], volumes: [CONFIG] } }));
    forget();
    const container = { from: 'web', command: ['migrate', '--check'], env: [{ name: 'ONCE', value: '1' }] };
    await here().create(gate('schema', ['pinger'], [{ name: 'head', container }]));
    await untilCurrent();
  });

  it('are a dry-run and a patch with all that is taken over, and store none of that in the gate', async () => {
    const [tried, placed, ...more] = made();
    expect(more).to.deep.equal([]);
    expect(tried?.query).to.contain('dryRun=All');
    for (const request of [tried, placed]) {
      expect(request).to.have.property('status', 200);
      expect(request?.body).to.have.deep.nested.property('spec.template.spec.initContainers', [CHECK]);
    }
    const { render } = (await here().gate('schema')).status;
    expect(render?.initContainers).to.deep.equal([
      { name: CHECK.name, from: 'web', command: CHECK.command, env: [{ name: 'ONCE', value: '1' }] },
    ]);
  });

  it('are one patch, and no other dry-run, when the app has another image, and none for what is its own', async () => {
    forget();
    await change({ image: NEXT_IMAGE });
    await here().untilWorkload(
      'pinger',
      'has the new image in its check',
      ({ spec }) => spec.template.spec.initContainers[0]?.image === NEXT_IMAGE,
    );
    await untilCurrent();
    const [patch, ...more] = made();
    expect(more).to.deep.equal([]);
    expect(patch?.query).not.to.contain('dryRun');
    expect(patch?.body).to.have.deep.nested.property('spec.template.spec.initContainers', [
      { name: CHECK.name, $patch: 'delete' },
      { ...CHECK, image: NEXT_IMAGE },
    ]);

    forget();
    const pass = here().untilPass('schema');
    await change({ args: ['--port=81'], ports: [{ containerPort: 81 }] });
    await pass;
    await untilCurrent();
    expect(made()).to.deep.equal([]);
  });

  it('take the container out by its name alone', async () => {
    forget();
    await here().delete('DependencyGate', 'schema');
    await here().untilGone('DependencyGate', 'schema');
    await sentinel();
    const [patch, ...more] = made();
    expect(more).to.deep.equal([]);
    expect(patch?.body).to.have.deep.nested.property('spec.template.spec', {
      initContainers: [{ name: CHECK.name, $patch: 'delete' }],
      volumes: [{ name: 'dgate-schema', $patch: 'delete' }],
    });
  });
});
