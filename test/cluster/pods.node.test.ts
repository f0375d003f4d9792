import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from './eventually.ts';
import { PROJECT_IMAGE, projectImage, TOOLS_IMAGE, toolsImage } from './images.ts';
import { useNode } from './use.ts';

describe('startNode', function () {
  this.timeout(180_000);
  const cluster = useNode();
  const kubectl = (...args: readonly string[]): Promise<string> => cluster().kubectl(args);
  const dist = mkdtempSync(join(tmpdir(), 'dependency-gate-dist-'));

  before('import the images and start a server', async function () {
    this.timeout(180_000);
    writeFileSync(join(dist, 'dependency-gate.js'), PROGRAM);
    await cluster().importImage(await toolsImage());
    await cluster().importImage(await projectImage(dist));
    await cluster().apply(JSON.stringify(pod('server', ['httpd', '-f', '-p', '8080', '-h', '/etc'])));
    await kubectl('expose', 'pod', 'server', '--name=web', '--port=80', '--target-port=8080');
    await kubectl('wait', '--for=condition=Ready', 'pod/server', '--timeout=50s');
  });

  after(() => rmSync(dist, { recursive: true }));

  it('runs a Pod with an init container until it is Ready', async () => {
    await cluster().apply(JSON.stringify(pod('gated', ['sleep', '3600'], ['echo', 'continuing ...'])));
    await kubectl('wait', '--for=condition=Ready', 'pod/gated', '--timeout=50s');
    expect(await kubectl('logs', 'gated', '--container=init')).to.equal('continuing ...\n');
  });

  it('resolves the name of a Service to its ClusterIP', async () => {
    const address = await kubectl('get', 'service', 'web', '--output=jsonpath={.spec.clusterIP}');
    expect(await kubectl('exec', 'server', '--', 'dig', '+short', '+search', 'web')).to.equal(`${address}\n`);
  });

  it('connects a Service to a Pod of the same node, also to the one that asks', async () => {
    for (const from of ['gated', 'server']) {
      const page = await kubectl('exec', from, '--', 'wget', '-q', '-O', '-', 'http://web/group');
      expect(page, from).to.contain('nonroot');
    }
  });

  it('forgets the name of a Service that is deleted', async () => {
    const dig = ['exec', 'server', '--', 'dig', '+search', '+noall', '+comments', 'gone'];
    await kubectl('create', 'service', 'clusterip', 'gone', '--tcp=80');
    await eventually(
      'the name is there',
      60_000,
      async () => (await kubectl(...dig)).includes('NOERROR') || undefined,
    );
    await kubectl('delete', 'service', 'gone');
    await eventually(
      'the name is gone',
      60_000,
      async () => (await kubectl(...dig)).includes('NXDOMAIN') || undefined,
    );
  });

  it('runs the project image under the restricted Pod security standard, with the API in reach', async () => {
    await kubectl('create', 'namespace', 'strict');
    await kubectl('label', 'namespace', 'strict', 'pod-security.kubernetes.io/enforce=restricted');
    await cluster().apply(JSON.stringify(restrictedPod()));
    await kubectl(
      'wait',
      '--for=jsonpath={.status.phase}=Succeeded',
      'pod/project',
      '--namespace=strict',
      '--timeout=50s',
    );
    const said: unknown = JSON.parse(await kubectl('logs', 'project', '--namespace=strict'));
    expect(said).to.deep.equal({ user: 65532, major: '24', args: ['operator'], version: 200, pods: 403 });
  });

  it('keeps Pods running while the kubelet is killed and started', async () => {
    const containers = [
      'get',
      'pods',
      'gated',
      'server',
      '--output=jsonpath={.items[*].status.containerStatuses[*].containerID}',
    ];
    const before = await kubectl(...containers);
    await cluster().restartKubelet();
    await cluster().apply(JSON.stringify(pod('later', ['sleep', '3600'])));
    await kubectl('wait', '--for=condition=Ready', 'pod/later', 'pod/gated', 'pod/server', '--timeout=50s');
    expect(await kubectl(...containers)).to.equal(before);
  });
});

/** Stands for the project's own program: says who it is and what the API server answers to it. */
const PROGRAM = `
import { readFileSync } from 'node:fs';
const ask = async (path) => {
  const token = readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/token', 'utf8');
  const answer = await fetch('https://kubernetes.default.svc' + path, { headers: { authorization: 'Bearer ' + token } });
  return answer.status;
};
const [user, major, args] = [process.getuid(), process.versions.node.split('.')[0], process.argv.slice(2)];
console.log(JSON.stringify({ user, major, args, version: await ask('/version'), pods: await ask('/api/v1/pods') }));
`;

/** A Pod of the tools image that runs a command, after another one where that is given. */
function pod(name: string, command: readonly string[], init?: readonly string[]) {
  const container = { image: TOOLS_IMAGE, command };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app: name } },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [{ ...container, name: 'main' }],
      ...(init && { initContainers: [{ ...container, name: 'init', command: init }] }),
    },
  };
}

function restrictedPod() {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'project', namespace: 'strict' },
    spec: {
      restartPolicy: 'Never',
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'main',
          image: PROJECT_IMAGE,
          args: ['operator'],
          env: [
            { name: 'NODE_EXTRA_CA_CERTS', value: '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt' },
          ],
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
            readOnlyRootFilesystem: true,
          },
        },
      ],
    },
  };
}
