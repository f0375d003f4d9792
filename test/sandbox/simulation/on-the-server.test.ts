import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { customResourceDefinition } from '../../../src/api/crd.ts';
import { type RunningServer, startServer } from '../../../src/sandbox/server/server.ts';
import { Collection } from '../../../src/sandbox/simulation/collection.ts';
import { isTrue, type Pod, podSchema } from '../../../src/sandbox/simulation/objects.ts';
import { type Simulation, startSimulation } from '../../../src/sandbox/simulation/simulation.ts';
import { deployment, service } from './builders.ts';

/** The same simulators on the sandbox's own API server, by the real clock: the checks dial real ports on loopback. */
describe("startSimulation on the sandbox's API server", () => {
  let server: RunningServer;
  let simulation: Simulation;
  let pods: Collection<Pod>;
  const ending = new AbortController();

  before(async () => {
    server = await startServer({ crd: customResourceDefinition() });
    simulation = startSimulation(server.cluster);
    pods = new Collection(server.cluster, 'Pod', podSchema, ending.signal);
  });
  after(async () => {
    ending.abort();
    simulation.stop();
    await server.stop();
  });

  async function until(what: string, holds: () => boolean): Promise<void> {
    const end = Date.now() + 20_000;
    while (!holds()) {
      if (Date.now() > end) throw new Error(`${what}: not within 20 s`);
      await pause(20);
    }
  }
  const of = (app: string) => pods.all().filter(({ metadata }) => metadata.labels.app === app);
  const ready = (app: string) => of(app).filter(({ status }) => isTrue(status.conditions, 'Ready')).length;
  const log = (app: string, container: string) => {
    const pod = of(app)[0]?.metadata.name ?? '';
    const run = simulation.logs.read({ namespace: 'default', pod, container, previous: false });
    return run?.lines.map(({ text }) => text) ?? [];
  };
  const lastVersion = async () => {
    const response = await fetch(`${server.url}/api/v1/namespaces/default/pods`);
    const { metadata } = (await response.json()) as { metadata: { resourceVersion: string } };
    return metadata.resourceVersion;
  };

  it('holds Pods by every kind of check until what they wait for is ready', async () => {
    const gate = (name: string, ...args: string[]) => ({ name, args: ['wait', ...args, '--period=100ms'] });
    const init = [
      gate('dns', 'dns', 'api'),
      gate('tcp', 'tcp', 'api:80'),
      gate('http', 'http', 'http://api.default/healthz'),
      gate('grpc', 'grpc', 'api.default.svc:80'),
    ];
    await server.cluster.create(deployment('web', { init }));
    await until('waiting for the name', () => log('web', 'dns').length > 0);
    await server.cluster.create(service('api', { clusterIP: undefined }));
    await until('waiting for the port', () => log('web', 'tcp').length > 0);
    expect(log('web', 'tcp')).to.deep.equal(['waiting for api: connection refused']);
    expect(ready('web')).to.equal(0);
    await server.cluster.create(deployment('api'));
    await until('ready', () => ready('web') === 1);
    for (const { name } of init) expect(log('web', name).at(-1), name).to.equal('continuing ...');
  }).timeout(60_000);

  it('rolls out on top of that, and then writes nothing any more', async () => {
    const spec = {
      template: { spec: { containers: [{ name: 'app', image: 'example/app:2' }], initContainers: [] } },
    };
    const web = { kind: 'Deployment', namespace: 'default', name: 'web' };
    await server.cluster.patch(web, { spec: { ...spec, replicas: 2 } });
    const updated = () =>
      of('web').filter(({ spec: { containers } }) => containers[0]?.image === 'example/app:2');
    await until('rolled out', () => updated().length === 2 && ready('web') === 2 && of('web').length === 2);
    let version = '';
    // Three looks in a row, a while apart, that find nothing new; the mocha limit ends it otherwise.
    for (let unchanged = 0; unchanged < 3; await pause(300)) {
      const now = await lastVersion();
      unchanged = now === version ? unchanged + 1 : 0;
      version = now;
    }
  }).timeout(60_000);

  it('takes everything away with its owner', async () => {
    await server.cluster.delete({ kind: 'Deployment', namespace: 'default', name: 'web' });
    await until('gone', () => of('web').length === 0);
  }).timeout(60_000);
});
