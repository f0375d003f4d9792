import { expect } from 'chai';
import { at, fields, list } from '../../../src/sandbox/server/json.ts';
import {
  CONFIG_MAPS,
  configMap,
  DEPLOYMENTS,
  deployment,
  GATES,
  gate,
  MERGE,
  meta,
  namesIn,
  PODS,
  pod,
  type Sandbox,
  sandbox,
} from './fixture.ts';

const NOW = Date.parse('2026-01-02T03:04:05.678Z');

describe('Registry', () => {
  let server: Sandbox;
  beforeEach(async () => {
    server = await sandbox({ now: () => NOW, random: () => 0 });
  });
  afterEach(() => server.stop());

  const merge = (path: string, patch: unknown, query = '') =>
    server.call('PATCH', `${path}${query}`, patch, { 'content-type': MERGE });

  describe('create', () => {
    it('gives an object its identity and returns it with 201', async () => {
      const { status, body } = await server.call('POST', CONFIG_MAPS, configMap('a', { data: { k: 'v' } }));
      expect(status).to.equal(201);
      expect(body).to.deep.include({ apiVersion: 'v1', kind: 'ConfigMap', data: { k: 'v' } });
      const { uid, resourceVersion, ...rest } = meta(body);
      expect(rest).to.deep.equal({
        name: 'a',
        namespace: 'default',
        creationTimestamp: '2026-01-02T03:04:05Z',
      });
      expect([uid, resourceVersion]).to.satisfy((ids: unknown[]) =>
        ids.every((id) => typeof id === 'string'),
      );
      expect((await server.call('GET', `${CONFIG_MAPS}/a`)).body).to.deep.equal(body);
    });

    it('generates names', async () => {
      const { body } = await server.call('POST', PODS, pod('', { metadata: { generateName: 'a-' } }));
      expect(meta(body).name).to.equal('a-bbbbb');
    });

    it('refuses a name that is taken', async () => {
      await server.call('POST', DEPLOYMENTS, deployment('a'));
      const { status, body } = await server.call('POST', DEPLOYMENTS, deployment('a'));
      expect([status, body.reason, body.message]).to.deep.equal([
        409,
        'AlreadyExists',
        'deployments.apps "a" already exists',
      ]);
      expect(body.details).to.deep.equal({ name: 'a', group: 'apps', kind: 'deployments' });
    });

    it('refuses a name that is none, as a finding about metadata.name', async () => {
      const { status, body } = await server.call('POST', CONFIG_MAPS, configMap('Not_A_Name'));
      expect([status, body.reason]).to.deep.equal([422, 'Invalid']);
      expect(at(list(at(body, 'details', 'causes'))[0], 'field')).to.equal('metadata.name');
    });

    it('refuses a namespace that does not exist, and one that the path contradicts', async () => {
      const absent = await server.call('POST', CONFIG_MAPS.replace('default', 'nowhere'), configMap('a'));
      expect([absent.status, absent.body.message]).to.deep.equal([404, 'namespaces "nowhere" not found']);
      const other = await server.call(
        'POST',
        CONFIG_MAPS,
        configMap('a', { metadata: { name: 'a', namespace: 'b' } }),
      );
      expect([other.status, other.body.reason]).to.deep.equal([400, 'BadRequest']);
    });

    it('refuses a kind that does not belong to the path', async () => {
      expect((await server.call('POST', CONFIG_MAPS, pod('a'))).status).to.equal(400);
    });

    it('stores nothing on a dry run', async () => {
      expect((await server.call('POST', `${CONFIG_MAPS}?dryRun=All`, configMap('a'))).status).to.equal(201);
      expect((await server.call('GET', `${CONFIG_MAPS}/a`)).status).to.equal(404);
    });

    it('fills in defaults', async () => {
      const { body } = await server.call('POST', DEPLOYMENTS, deployment('a'));
      expect(body.spec).to.deep.include({ replicas: 1, progressDeadlineSeconds: 600 });
      expect(at(body, 'spec', 'strategy', 'rollingUpdate')).to.deep.equal({
        maxSurge: '25%',
        maxUnavailable: '25%',
      });
      const [container] = list(at(body, 'spec', 'template', 'spec', 'containers'));
      expect(container).to.deep.include({
        imagePullPolicy: 'IfNotPresent',
        terminationMessagePolicy: 'File',
      });
    });

    it('says of a new Pod with scheduling gates, and of no other, that they keep it', async () => {
      const spec = {
        containers: [{ name: 'app', image: 'app:1' }],
        schedulingGates: [{ name: 'a.example/b' }],
      };
      const { body } = await server.call('POST', PODS, pod('held', { spec }));
      expect(at(body, 'status', 'phase')).to.equal('Pending');
      const [scheduled, ...others] = list(at(body, 'status', 'conditions'));
      expect(scheduled).to.deep.include({
        type: 'PodScheduled',
        status: 'False',
        reason: 'SchedulingGated',
        message: 'Scheduling is blocked due to non-empty scheduling gates',
      });
      expect(others).to.be.empty;
      const { body: free } = await server.call('POST', PODS, pod('free'));
      expect(free.status).to.deep.equal({ phase: 'Pending' });
    });

    it('assigns a cluster IP to a Service, which a later write need not know', async () => {
      const services = '/api/v1/namespaces/default/services';
      const service = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'a' },
        spec: { ports: [{ port: 80 }] },
      };
      const { body } = await server.call('POST', services, service);
      const ip = at(body, 'spec', 'clusterIP');
      expect(ip).to.match(/^10\.96\.\d+\.\d+$/);
      expect(at(body, 'spec', 'ports')).to.deep.equal([{ port: 80, targetPort: 80, protocol: 'TCP' }]);
      expect(at((await server.call('PUT', `${services}/a`, service)).body, 'spec', 'clusterIP')).to.equal(ip);
    });
  });

  describe('update', () => {
    it('refuses a version that is not the stored one, in the words of Kubernetes', async () => {
      const { body: old } = await server.call('POST', CONFIG_MAPS, configMap('a'));
      await merge(`${CONFIG_MAPS}/a`, { data: { k: 'v' } });
      const { status, body } = await server.call('PUT', `${CONFIG_MAPS}/a`, old);
      expect([status, body.reason]).to.deep.equal([409, 'Conflict']);
      expect(body.message).to.equal(
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
      );
    });

    it('takes a version in a patch as a precondition', async () => {
      const { body } = await server.call('POST', CONFIG_MAPS, configMap('a'));
      const { resourceVersion } = meta(body);
      const patch = { metadata: { resourceVersion }, data: { k: 'v' } };
      expect((await merge(`${CONFIG_MAPS}/a`, patch)).status).to.equal(200);
      expect((await merge(`${CONFIG_MAPS}/a`, { ...patch, data: { k: 'w' } })).status).to.equal(409);
    });

    it('refuses another UID', async () => {
      await server.call('POST', CONFIG_MAPS, configMap('a'));
      const { status, body } = await merge(`${CONFIG_MAPS}/a`, { metadata: { uid: 'other' } });
      expect([status, body.reason]).to.deep.equal([409, 'Conflict']);
    });

    it('keeps the version where nothing changes', async () => {
      const { body } = await server.call('POST', DEPLOYMENTS, deployment('a'));
      expect((await server.call('PUT', `${DEPLOYMENTS}/a`, deployment('a'))).body).to.deep.equal(body);
      expect((await merge(`${DEPLOYMENTS}/a`, {})).body).to.deep.equal(body);
    });

    it('lets nobody change what the server sets', async () => {
      const { body } = await server.call('POST', DEPLOYMENTS, deployment('a'));
      const metadata = {
        creationTimestamp: '2000-01-01T00:00:00Z',
        generation: 7,
        deletionTimestamp: '2000-01-01T00:00:00Z',
      };
      expect((await merge(`${DEPLOYMENTS}/a`, { metadata })).body).to.deep.equal(body);
    });

    it('raises the generation with the spec (of Deployments with the annotations too) and nothing else', async () => {
      await server.call('POST', DEPLOYMENTS, deployment('a'));
      const generationAfter = async (patch: unknown, subresource = '') =>
        meta((await merge(`${DEPLOYMENTS}/a${subresource}`, patch)).body).generation;
      expect(await generationAfter({ metadata: { labels: { x: 'y' } } })).to.equal(1);
      expect(await generationAfter({ status: { replicas: 1 } }, '/status')).to.equal(1);
      expect(await generationAfter({ spec: { replicas: 2 } })).to.equal(2);
      expect(await generationAfter({ metadata: { annotations: { x: 'y' } } })).to.equal(3);
    });

    it('keeps status and the rest apart', async () => {
      await server.call('POST', GATES, { ...gate('a'), status: { observedGeneration: 9 } });
      const written = await merge(`${GATES}/a/status`, {
        spec: { suspend: true },
        status: { observedGeneration: 1 },
      });
      expect(written.body.status).to.deep.equal({ observedGeneration: 1 });
      expect(at(written.body, 'spec', 'suspend')).to.equal(undefined);
      const { body } = await merge(`${GATES}/a`, {
        spec: { suspend: true },
        status: { observedGeneration: 5 },
      });
      expect([at(body, 'spec', 'suspend'), body.status]).to.deep.equal([true, { observedGeneration: 1 }]);
    });

    it('takes annotations of built-in kinds among the status, as no new generation', async () => {
      await server.call('POST', DEPLOYMENTS, deployment('a'));
      await server.call('POST', GATES, gate('a'));
      const metadata = { annotations: { revision: '1' }, labels: { x: 'y' } };
      const written = meta((await merge(`${DEPLOYMENTS}/a/status`, { metadata })).body);
      expect([written.annotations, written.labels, written.generation]).to.deep.equal([
        { revision: '1' },
        undefined,
        1,
      ]);
      const custom = meta((await merge(`${GATES}/a/status`, { metadata })).body);
      expect(custom).to.not.have.any.keys('annotations', 'labels');
    });

    it('drops empty lists of built-in kinds, as their Go types do', async () => {
      await server.call(
        'POST',
        DEPLOYMENTS,
        deployment('a', { initContainers: [{ name: 'i', image: 'i:1' }] }),
      );
      const { body } = await merge(`${DEPLOYMENTS}/a`, {
        spec: { template: { spec: { initContainers: [] } } },
      });
      expect(fields(at(body, 'spec', 'template', 'spec'))).to.not.have.property('initContainers');
    });

    it('drops empty maps of built-in kinds likewise, and keeps other empty objects', async () => {
      const volumes = [{ name: 'scratch', emptyDir: {} }];
      await server.call('POST', DEPLOYMENTS, deployment('a', { volumes }));
      const template = (annotations: unknown) => ({ spec: { template: { metadata: { annotations } } } });
      await merge(`${DEPLOYMENTS}/a`, template({ x: 'y' }));
      const { body } = await merge(`${DEPLOYMENTS}/a`, template({ x: null }));
      expect(at(body, 'spec', 'template', 'metadata')).to.deep.equal({ labels: { app: 'a' } });
      expect(at(body, 'spec', 'template', 'spec', 'volumes')).to.deep.equal(volumes);
    });

    it('answers 404 for what is not there, and 405 for a method that is not served', async () => {
      const { status, body } = await merge(`${DEPLOYMENTS}/x`, {});
      expect([status, body.message]).to.deep.equal([404, 'deployments.apps "x" not found']);
      expect((await server.call('POST', `${DEPLOYMENTS}/x`, {})).status).to.equal(405);
    });

    it('refuses a PUT of a custom resource that names no version', async () => {
      await server.call('POST', GATES, gate('a'));
      const { status, body } = await server.call('PUT', `${GATES}/a`, gate('a'));
      expect([status, body.message]).to.deep.equal([
        422,
        'DependencyGate.dependencygate.dev "a" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
      ]);
    });
  });

  describe('scale', () => {
    it('shows and sets the replicas', async () => {
      await server.call('POST', DEPLOYMENTS, deployment('a'));
      const { body } = await server.call('GET', `${DEPLOYMENTS}/a/scale`);
      expect(body).to.deep.include({
        kind: 'Scale',
        spec: { replicas: 1 },
        status: { replicas: 0, selector: 'app=a' },
      });
      expect((await merge(`${DEPLOYMENTS}/a/scale`, { spec: { replicas: 3 } })).body.spec).to.deep.equal({
        replicas: 3,
      });
      const scale = (await server.call('GET', `${DEPLOYMENTS}/a/scale`)).body;
      await server.call('PUT', `${DEPLOYMENTS}/a/scale`, { ...scale, spec: { replicas: 0 } });
      expect(at((await server.call('GET', `${DEPLOYMENTS}/a`)).body, 'spec', 'replicas')).to.equal(0);
    });

    it('refuses a Scale of another version than the stored one', async () => {
      await server.call('POST', DEPLOYMENTS, deployment('a'));
      const scale = (await server.call('GET', `${DEPLOYMENTS}/a/scale`)).body;
      await merge(`${DEPLOYMENTS}/a`, { spec: { replicas: 2 } });
      expect((await server.call('PUT', `${DEPLOYMENTS}/a/scale`, scale)).status).to.equal(409);
    });
  });

  describe('events', () => {
    it('are the same objects in v1 and in events.k8s.io/v1', async () => {
      const view = '/apis/events.k8s.io/v1/namespaces/default/events';
      const regarding = { kind: 'Pod', name: 'a' };
      const event = {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { name: 'e' },
        regarding,
        note: 'hello',
      };
      const created = await server.call('POST', view, { ...event, reportingController: 'me' });
      expect(created.body).to.deep.include({ apiVersion: 'events.k8s.io/v1', regarding, note: 'hello' });
      const core = await server.call(
        'GET',
        '/api/v1/namespaces/default/events?fieldSelector=involvedObject.name=a',
      );
      expect(namesIn(core.body)).to.deep.equal(['e']);
      expect(list(core.body.items)[0]).to.deep.include({
        involvedObject: regarding,
        message: 'hello',
        reportingComponent: 'me',
      });
      const patched = await server.call('PATCH', `${view}/e`, { note: 'again' }, { 'content-type': MERGE });
      expect([patched.status, patched.body.note]).to.deep.equal([200, 'again']);
    });
  });
});
