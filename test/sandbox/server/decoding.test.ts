import { expect } from 'chai';
import { DEPLOYMENTS, deployment, type Sandbox, sandbox } from './fixture.ts';

describe('a value of another type than its field', () => {
  let server: Sandbox;
  before(async () => {
    server = await sandbox();
  });
  after(() => server.stop());

  const container = (more: object) =>
    deployment('a', { containers: [{ name: 'app', image: 'app:1', ...more }] });

  // As Kubernetes 1.36.3 words each of them.
  for (const [what, object, words] of [
    [
      'a number',
      container({ env: [{ name: 'A', value: 5 }] }),
      'number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string',
    ],
    [
      'a boolean',
      container({ env: [{ name: 'A', value: true }] }),
      'bool into Go struct field EnvVar.spec.template.spec.containers.env.value of type string',
    ],
    [
      'a text for a number',
      container({ ports: [{ containerPort: '80' }] }),
      'string into Go struct field ContainerPort.spec.template.spec.containers.ports.containerPort of type int32',
    ],
    [
      'a text for a boolean',
      container({ tty: 'yes' }),
      'string into Go struct field Container.spec.template.spec.containers.tty of type bool',
    ],
    [
      'a text for a list',
      container({ command: 'sh -c x' }),
      'string into Go struct field Container.spec.template.spec.containers.command of type []string',
    ],
    [
      'a list for an object',
      container({ securityContext: ['x'] }),
      'array into Go struct field Container.spec.template.spec.containers.securityContext of type v1.SecurityContext',
    ],
    [
      'an object for a list',
      deployment('a', { volumes: { name: 'x' } }),
      'object into Go struct field PodSpec.spec.template.spec.volumes of type []v1.Volume',
    ],
    [
      'half a number',
      withReplicas(1.5),
      'number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
  ] as const)
    it(`is refused: ${what}`, async () => {
      const { status, body } = await server.call('POST', DEPLOYMENTS, object);
      expect(status).to.equal(400);
      expect(body.message).to.equal(
        `Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal ${words}`,
      );
    });

  it('is taken where texts may be numbers: quantities and ports', async () => {
    const probe = { httpGet: { port: 80 } };
    const object = container({ resources: { limits: { cpu: 1, memory: '64Mi' } }, readinessProbe: probe });
    expect((await server.call('POST', DEPLOYMENTS, object)).status).to.equal(201);
  });
});

function withReplicas(replicas: number) {
  const object = deployment('a');
  return { ...object, spec: { ...Object(object.spec), replicas } };
}
