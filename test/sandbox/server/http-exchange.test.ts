import { expect } from 'chai';
import { at, fields, list } from '../../../src/sandbox/server/json.ts';
import { CONFIG_MAPS, DEPLOYMENTS, type Sandbox, sandbox } from './fixture.ts';

/** What `kubectl create deployment x --image=y --port=80` of kubectl 1.32 sends. */
const CREATE_DEPLOYMENT =
  '6b3873000a150a07617070732f7631120a4465706c6f796d656e7412a7010a1b' +
  '0a017812001a0022002a003200380042005a080a03617070120178127a080112' +
  '0a0a080a036170701201781a620a1a0a0012001a0022002a003200380042005a' +
  '080a03617070120178124412260a01791201792a00320a0a001000185022002a' +
  '0042006a007200800100880100900100a201001a00320042004a005200580060' +
  '0068008201008a01009a0100c2010022020a00280038001a0c08001000180020' +
  '00280038001a002200';

describe('serve', () => {
  let server: Sandbox;
  before(async () => {
    server = await sandbox();
  });
  after(() => server.stop());

  const post = async (path: string, body: string | Uint8Array, type: string) =>
    (await fetch(server.url + path, { method: 'POST', body, headers: { 'content-type': type } })).json();

  it('answers 404 with a Status for paths that it does not know', async () => {
    for (const path of ['/nonsense', '/api/v1/nonsense', '/api/v1/pods/a', `${CONFIG_MAPS}/a/scale`]) {
      const { status, body } = await server.call('GET', path);
      expect([path, status, body.kind]).to.deep.equal([path, 404, 'Status']);
    }
  });

  it('tells its version and what it serves', async () => {
    expect((await server.call('GET', '/version')).body.gitVersion).to.match(/^v1\.36\./);
    const { body } = await server.call('GET', '/apis/dependencygate.dev/v1alpha1');
    expect(list(body.resources)[0]).to.deep.include({
      name: 'dependencygates',
      kind: 'DependencyGate',
      shortNames: ['dgate'],
      namespaced: true,
    });
    expect(list(body.resources).map((resource) => fields(resource).name)).to.include(
      'dependencygates/status',
    );
  });

  it('shows the definition of gates, and lets nobody take it away', async () => {
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const name = 'dependencygates.dependencygate.dev';
    expect((await server.call('GET', `${path}/${name}`)).status).to.equal(200);
    expect((await server.call('DELETE', `${path}/${name}`)).status).to.equal(501);
  });

  it('refuses bodies that are not JSON, and those that are too large', async () => {
    expect(await post(CONFIG_MAPS, 'a: b', 'application/yaml')).to.deep.include({ code: 415 });
    expect(await post(CONFIG_MAPS, '{', 'application/json')).to.deep.include({ code: 400 });
    expect(await post(CONFIG_MAPS, 'x'.repeat(4 * 1024 * 1024), 'application/json')).to.deep.include({
      code: 413,
    });
  });

  it('reads the protobuf in which kubectl creates Deployments', async () => {
    const body = new Uint8Array(Buffer.from(CREATE_DEPLOYMENT, 'hex'));
    const created = fields(await post(DEPLOYMENTS, body, 'application/vnd.kubernetes.protobuf'));
    expect(created).to.deep.include({ apiVersion: 'apps/v1', kind: 'Deployment' });
    expect(at(created, 'metadata', 'labels')).to.deep.equal({ app: 'x' });
    expect(at(created, 'spec', 'selector')).to.deep.equal({ matchLabels: { app: 'x' } });
    const [container] = list(at(created, 'spec', 'template', 'spec', 'containers'));
    expect(container).to.deep.include({
      name: 'y',
      image: 'y',
      ports: [{ containerPort: 80, protocol: 'TCP' }],
    });
  });

  it('refuses protobuf that it cannot read', async () => {
    const unknown = Buffer.concat([
      Buffer.from('k8s\0'),
      Buffer.from([0x0a, 0x05, 0x12, 0x03]),
      Buffer.from('Dog'),
    ]);
    expect(
      await post(DEPLOYMENTS, new Uint8Array(unknown), 'application/vnd.kubernetes.protobuf'),
    ).to.deep.include({
      code: 415,
    });
  });
});
