import { expect } from 'chai';
import { at, fields, list } from '../../../src/sandbox/server/json.ts';
import {
  DEPLOYMENTS,
  deployment,
  GATES,
  gate,
  JSON_PATCH,
  MERGE,
  type Sandbox,
  STRATEGIC,
  sandbox,
} from './fixture.ts';

describe('patched', () => {
  let server: Sandbox;
  before(async () => {
    server = await sandbox();
    await server.call('POST', DEPLOYMENTS, deployment('a'));
    await server.call('POST', GATES, gate('a'));
  });
  after(() => server.stop());

  const patch = (path: string, type: string, body: unknown) =>
    server.call('PATCH', path, body, { 'content-type': type });
  const DEPLOYMENT = `${DEPLOYMENTS}/a`;
  const template = (spec: unknown) => ({ spec: { template: { spec } } });
  const containersOf = (body: unknown) =>
    list(at(body, 'spec', 'template', 'spec', 'containers')).map((container) => fields(container).name);

  it('merges strategic merge patches by the keys of the kind', async () => {
    const { body } = await patch(
      DEPLOYMENT,
      STRATEGIC,
      template({ containers: [{ name: 'b', image: 'b:1' }] }),
    );
    expect(containersOf(body)).to.deep.equal(['b', 'app']);
  });

  it('replaces lists by merge patches, and deletes with null', async () => {
    const { body } = await patch(DEPLOYMENT, MERGE, {
      ...template({ containers: [{ name: 'c', image: 'c:1' }] }),
      metadata: { labels: { x: null, y: 'z' } },
    });
    expect(containersOf(body)).to.deep.equal(['c']);
    expect(at(body, 'metadata', 'labels')).to.deep.equal({ y: 'z' });
  });

  it('applies the operations of JSON patches, or none of them', async () => {
    const replace = (value: number) => ({ op: 'replace', path: '/spec/replicas', value });
    const done = await patch(DEPLOYMENT, JSON_PATCH, [replace(4)]);
    expect(at(done.body, 'spec', 'replicas')).to.equal(4);
    const failed = await patch(DEPLOYMENT, JSON_PATCH, [
      replace(5),
      { op: 'test', path: '/kind', value: 'Pod' },
    ]);
    expect([failed.status, failed.body.reason]).to.deep.equal([422, 'Invalid']);
    const misnamed = await patch(DEPLOYMENT, JSON_PATCH, [
      replace(5),
      { op: 'put', path: '/kind', value: '' },
    ]);
    expect(misnamed.status).to.equal(422);
    expect(at((await server.call('GET', DEPLOYMENT)).body, 'spec', 'replicas')).to.equal(4);
  });

  it('has no strategic merge for custom resources, and no server-side apply of what is there', async () => {
    const custom = await patch(`${GATES}/a`, STRATEGIC, {});
    expect([custom.status, custom.body.reason]).to.deep.equal([415, 'UnsupportedMediaType']);
    const apply = await patch(DEPLOYMENT, 'application/apply-patch+yaml', {});
    expect([apply.status, apply.body.message]).to.satisfy(
      ([status, message]: [number, string]) =>
        status === 415 && message.includes('server-side apply for new objects only'),
    );
  });

  it('says what it cannot decode, as an API server words it', async () => {
    const { status, body } = await patch(DEPLOYMENT, MERGE, { spec: { replicas: 'two' } });
    expect(status).to.equal(422);
    expect(body.message).to.match(
      /^ "" is invalid: patch: Invalid value: ".*": json: cannot unmarshal string into Go struct field DeploymentSpec\.spec\.replicas of type int32$/,
    );
  });

  it('refuses what is no patch', async () => {
    expect((await patch(DEPLOYMENT, STRATEGIC, [])).status).to.equal(400);
    expect((await patch(DEPLOYMENT, JSON_PATCH, {})).status).to.equal(400);
    expect((await patch(DEPLOYMENT, JSON_PATCH, [{ op: 'remove', path: 'spec' }])).status).to.equal(400);
    expect((await patch(DEPLOYMENT, MERGE, { metadata: { labels: { a: 1 } } })).status).to.equal(422);
  });
});
