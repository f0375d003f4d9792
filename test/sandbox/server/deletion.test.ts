import { expect } from 'chai';
import type { Fields } from '../../../src/sandbox/server/json.ts';
import { at } from '../../../src/sandbox/server/json.ts';
import {
  CONFIG_MAPS,
  configMap,
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

describe('Registry.delete', () => {
  let server: Sandbox;
  beforeEach(async () => {
    server = await sandbox();
  });
  afterEach(() => server.stop());

  const exists = async (path: string) => (await server.call('GET', path)).status === 200;

  it('removes the object and says which it was', async () => {
    const { body } = await server.call('POST', GATES, gate('a'));
    const deleted = await server.call('DELETE', `${GATES}/a`);
    expect(deleted.body).to.deep.include({ kind: 'Status', status: 'Success' });
    expect(deleted.body.details).to.deep.equal({
      name: 'a',
      group: 'dependencygate.dev',
      kind: 'dependencygates',
      uid: meta(body).uid,
    });
    expect(await exists(`${GATES}/a`)).to.equal(false);
  });

  it('waits for the last finalizer, and lets none be added meanwhile', async () => {
    await server.call('POST', GATES, gate('a', { metadata: { name: 'a', finalizers: ['x/y'] } }));
    const { body } = await server.call('DELETE', `${GATES}/a`);
    expect(meta(body)).to.deep.include({ deletionGracePeriodSeconds: 0, generation: 2 });
    expect(meta(body).deletionTimestamp).to.be.a('string');
    const patch = (finalizers: readonly string[]) =>
      server.call('PATCH', `${GATES}/a`, { metadata: { finalizers } }, { 'content-type': MERGE });
    const added = await patch(['x/y', 'z/z']);
    expect([added.status, added.body.message]).to.satisfy(
      ([status, message]: [number, string]) =>
        status === 422 && /no new finalizers can be added/.test(message),
    );
    expect((await patch([])).status).to.equal(200);
    expect(await exists(`${GATES}/a`)).to.equal(false);
  });

  it('holds to its preconditions', async () => {
    const { body } = await server.call('POST', CONFIG_MAPS, configMap('a'));
    const { uid, resourceVersion } = meta(body);
    const remove = (preconditions: Fields) => server.call('DELETE', `${CONFIG_MAPS}/a`, { preconditions });
    const other = await remove({ uid: 'other' });
    expect([other.status, other.body.message]).to.deep.equal([
      409,
      `Operation cannot be fulfilled on configmaps "a": Precondition failed: UID in precondition: other, UID in object meta: ${uid}`,
    ]);
    expect((await remove({ resourceVersion: '1' })).status).to.equal(409);
    expect((await remove({ uid, resourceVersion })).status).to.equal(200);
  });

  it('leaves a running Pod to its node for the grace period, and removes one that never ran', async () => {
    await server.call(
      'POST',
      PODS,
      pod('running', { spec: { nodeName: 'n', containers: [{ name: 'a', image: 'a' }] } }),
    );
    await server.call('POST', PODS, pod('pending'));
    const { body } = await server.call('DELETE', `${PODS}/running`);
    expect(meta(body).deletionGracePeriodSeconds).to.equal(30);
    await server.call('DELETE', `${PODS}/pending`);
    expect(namesIn((await server.call('GET', PODS)).body)).to.deep.equal(['running']);
    await server.call('DELETE', `${PODS}/running`, { gracePeriodSeconds: 0 });
    expect(await exists(`${PODS}/running`)).to.equal(false);
  });

  it('does nothing on a dry run', async () => {
    await server.call('POST', CONFIG_MAPS, configMap('a'));
    expect((await server.call('DELETE', `${CONFIG_MAPS}/a?dryRun=All`)).status).to.equal(200);
    expect(await exists(`${CONFIG_MAPS}/a`)).to.equal(true);
  });

  it('deletes what a collection selects', async () => {
    for (const name of ['a', 'b'])
      await server.call('POST', CONFIG_MAPS, configMap(name, { metadata: { name, labels: { name } } }));
    await server.call('DELETE', `${CONFIG_MAPS}?labelSelector=name=a`);
    expect(namesIn((await server.call('GET', CONFIG_MAPS)).body)).to.deep.equal(['b']);
  });

  describe('Cleanup', () => {
    const owned = (name: string, ...owners: readonly unknown[]) => {
      const ownerReferences = owners.map((owner) => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        name: meta(owner).name,
        uid: meta(owner).uid,
      }));
      return configMap(name, { metadata: { name, ownerReferences } });
    };
    const create = async (object: Fields) => (await server.call('POST', CONFIG_MAPS, object)).body;

    it('collects objects whose last owner is gone, through all generations', async () => {
      const [a, b] = [await create(configMap('a')), await create(configMap('b'))];
      const child = await create(owned('child', a, b));
      await create(owned('grandchild', child));
      await server.call('DELETE', `${CONFIG_MAPS}/a`);
      expect(await exists(`${CONFIG_MAPS}/grandchild`)).to.equal(true);
      await server.call('DELETE', `${CONFIG_MAPS}/b`);
      expect(namesIn((await server.call('GET', CONFIG_MAPS)).body)).to.deep.equal([]);
    });

    it('collects an object that is born after its owner is gone', async () => {
      const a = await create(configMap('a'));
      await server.call('DELETE', `${CONFIG_MAPS}/a`);
      await create(owned('late', a));
      expect(await exists(`${CONFIG_MAPS}/late`)).to.equal(false);
    });

    it('leaves orphans where it is asked to', async () => {
      await create(owned('child', await create(configMap('a'))));
      await server.call('DELETE', `${CONFIG_MAPS}/a`, { propagationPolicy: 'Orphan' });
      const { body } = await server.call('GET', `${CONFIG_MAPS}/child`);
      expect(meta(body)).to.not.have.property('ownerReferences');
    });

    it('empties a namespace, then removes it; until then nothing new gets in', async () => {
      const path = CONFIG_MAPS.replace('default', 'b');
      await server.call('POST', '/api/v1/namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'b' },
      });
      await server.call('POST', path, configMap('a'));
      await server.call('POST', path, configMap('held', { metadata: { name: 'held', finalizers: ['x/y'] } }));
      const { body } = await server.call('DELETE', '/api/v1/namespaces/b');
      expect(at(body, 'status', 'phase')).to.equal('Terminating');
      expect(namesIn((await server.call('GET', path)).body)).to.deep.equal(['held']);
      const refused = await server.call('POST', path, configMap('new'));
      expect([refused.status, refused.body.message]).to.deep.equal([
        403,
        'configmaps "new" is forbidden: unable to create new content in namespace b because it is being terminated',
      ]);
      await server.call(
        'PATCH',
        `${path}/held`,
        { metadata: { finalizers: null } },
        { 'content-type': MERGE },
      );
      expect(await exists('/api/v1/namespaces/b')).to.equal(false);
    });
  });
});
