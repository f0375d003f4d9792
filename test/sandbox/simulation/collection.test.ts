import { expect } from 'chai';
import { Collection } from '../../../src/sandbox/simulation/collection.ts';
import { type Service, serviceSchema } from '../../../src/sandbox/simulation/objects.ts';
import { service } from './builders.ts';
import { ClusterDouble } from './cluster-double.ts';

describe('Collection', () => {
  let cluster: ClusterDouble;
  let services: Collection<Service>;
  let ending: AbortController;
  beforeEach(() => {
    cluster = new ClusterDouble(() => 0);
    ending = new AbortController();
    services = new Collection(cluster, 'Service', serviceSchema, ending.signal);
  });
  afterEach(() => ending.abort());
  async function created(): Promise<Service> {
    await services.create(service('web'));
    const found = services.get('default/web');
    if (!found) throw new Error('not there');
    return found;
  }

  it('knows of a write as soon as the write is over', async () => {
    const web = await created();
    await services.patch(web, { spec: { clusterIP: '10.96.0.21' } });
    expect(services.get('default/web')?.spec.clusterIP).to.equal('10.96.0.21');
    await services.delete(web);
    expect(services.get('default/web')).to.equal(undefined);
  });

  it('refuses to patch what has changed since it was observed', async () => {
    const web = await created();
    await services.patch(web, { spec: { clusterIP: '10.96.0.21' } });
    const error = await services
      .patch(web, { spec: { clusterIP: '10.96.0.22' } })
      .catch((thrown: unknown) => thrown);
    expect(error).to.have.property('status', 409);
  });

  it('deletes what is gone already', async () => {
    const web = await created();
    await services.delete(web);
    await services.delete(web);
    expect(services.all()).to.deep.equal([]);
  });

  it('passes on why a write has failed', async () => {
    const web = await created();
    cluster.failures.push(500);
    expect(await services.delete(web).catch((thrown: unknown) => thrown)).to.have.property('status', 500);
  });

  it('writes only what differs in a status, and nothing when nothing does', async () => {
    const web = await created();
    await services.setStatus(web, { a: 1, b: [{ c: 2 }] });
    const { writes } = cluster;
    await services.setStatus(web, { b: [{ c: 2 }] });
    expect(cluster.writes).to.equal(writes);
    await services.setStatus(web, { a: undefined, none: undefined });
    expect(cluster.get('Service', 'web')?.status).to.deep.equal({ b: [{ c: 2 }] });
  });

  it('tells a listener of what is there and of what changes', async () => {
    await created();
    const heard: string[] = [];
    services.listen(({ metadata, spec }) => heard.push(`${metadata.name} ${spec.clusterIP}`));
    expect(heard).to.deep.equal(['web 10.96.0.20']);
    const web = services.get('default/web');
    if (web) await services.patch(web, { spec: { clusterIP: '10.96.0.21' } });
    if (web) await services.delete(web);
    expect(heard.slice(1)).to.deep.equal(['web 10.96.0.21', 'web 10.96.0.21']);
  });

  it('does not hold what lacks the fields that it is to have', async () => {
    await services.create({ ...service('odd'), spec: { ports: 'none' } });
    expect(services.all()).to.deep.equal([]);
  });

  it('lets go of who waits when it ends', async () => {
    ending.abort();
    await services.create(service('late'));
  });
});
