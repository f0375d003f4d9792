import { expect } from 'chai';
import { at, fields } from '../../../src/sandbox/server/json.ts';
import type { AdmissionRequest } from '../../../src/sandbox/server/registry.ts';
import { DEPLOYMENTS, deployment, GATES, gate, MERGE, PODS, pod, type Sandbox, sandbox } from './fixture.ts';

describe('Validate', () => {
  let server: Sandbox;
  before(async () => {
    server = await sandbox();
  });
  after(() => server.stop());

  it('answers 422 with the findings, in the form of the API server', async () => {
    const { status, body } = await server.call('POST', GATES, gate('a', { spec: { dependencies: [] } }));
    expect([status, body.reason]).to.deep.equal([422, 'Invalid']);
    expect(body.message).to.match(
      /^DependencyGate\.dependencygate\.dev "a" is invalid: \[.*spec\.targets: Required value.*\]$/,
    );
    const details = fields(body.details);
    expect(details).to.deep.include({ name: 'a', group: 'dependencygate.dev', kind: 'DependencyGate' });
    expect(details.causes).to.deep.include({
      field: 'spec.targets',
      message: 'Required value',
      reason: 'FieldValueRequired',
    });
  });

  it('evaluates what a patch makes of a gate', async () => {
    await server.call('POST', GATES, gate('b'));
    const patch = { spec: { dependencies: null } };
    expect((await server.call('PATCH', `${GATES}/b`, patch, { 'content-type': MERGE })).status).to.equal(422);
    expect((await server.call('GET', `${GATES}/b`)).body.spec).to.deep.equal(gate('b').spec);
  });

  it('drops unknown fields, and refuses them when asked to be strict', async () => {
    const spec = { ...fields(gate('c').spec), nonsense: 1 };
    const { status, body } = await server.call(
      'POST',
      `${GATES}?fieldValidation=Strict`,
      gate('c', { spec }),
    );
    expect([status, body.message]).to.deep.equal([
      400,
      'DependencyGate in version "v1alpha1" cannot be handled as a DependencyGate: strict decoding error: unknown field "spec.nonsense"',
    ]);
    expect((await server.call('POST', GATES, gate('c', { spec }))).body.spec).to.deep.equal(gate('c').spec);
  });
});

describe('Admit', () => {
  const requests: AdmissionRequest[] = [];
  let server: Sandbox;
  before(async () => {
    server = await sandbox({
      admit: (request) => {
        requests.push(request);
        if (request.kind !== 'Deployment') return request.object;
        const { metadata } = request.object;
        const annotations = { ...metadata.annotations, gates: String(request.list('DependencyGate').length) };
        return { ...request.object, metadata: { ...metadata, annotations } };
      },
    });
    await server.call('POST', GATES, gate('a'));
  });
  after(() => server.stop());
  beforeEach(() => requests.splice(0));

  it('stores what admission returns, which sees who asks and the objects of the namespace', async () => {
    const as = { authorization: 'Bearer somebody' };
    const { body } = await server.call('POST', DEPLOYMENTS, deployment('a'), as);
    expect(at(body, 'metadata', 'annotations', 'gates')).to.equal('1');
    const [request] = requests;
    expect(request).to.include({
      verb: 'create',
      resource: 'deployments',
      kind: 'Deployment',
      user: 'somebody',
    });
    expect(request?.old).to.equal(undefined);
    expect(at(request?.object, 'spec', 'replicas'), 'defaults come first').to.equal(1);
  });

  it('is asked at updates with the old object, and not for subresources', async () => {
    await server.call(
      'PATCH',
      `${DEPLOYMENTS}/a/scale`,
      { spec: { replicas: 2 } },
      { 'content-type': MERGE },
    );
    await server.call(
      'PATCH',
      `${DEPLOYMENTS}/a/status`,
      { status: { replicas: 2 } },
      { 'content-type': MERGE },
    );
    expect(requests).to.have.length(0);
    await server.call('PATCH', `${DEPLOYMENTS}/a`, { spec: { replicas: 3 } }, { 'content-type': MERGE });
    const [request] = requests;
    expect(request).to.include({ verb: 'update', user: 'kubernetes-admin' });
    expect([request?.old, request?.object].map((object) => at(object, 'spec', 'replicas'))).to.deep.equal([
      2, 3,
    ]);
  });

  it('defaults what admission added', async () => {
    const adding = await sandbox({
      admit: ({ object }) =>
        object.kind === 'Pod'
          ? { ...object, spec: { ...fields(object.spec), initContainers: [{ name: 'i', image: 'i:1' }] } }
          : object,
    });
    const { body } = await adding.call('POST', PODS, pod('a'));
    await adding.stop();
    expect(at(body, 'spec', 'initContainers')).to.deep.equal([
      {
        name: 'i',
        image: 'i:1',
        resources: {},
        imagePullPolicy: 'IfNotPresent',
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
      },
    ]);
  });
});
