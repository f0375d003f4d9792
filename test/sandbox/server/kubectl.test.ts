import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { LACKS } from '../../../src/sandbox/server/lacks.ts';
import type { LogSource } from '../../../src/sandbox/server/log-response.ts';
import { useProgram } from '../../commands/programs.ts';
import { until } from '../../kube/until.ts';
import {
  DEPLOYMENTS,
  deployment,
  GATES,
  gate,
  lines,
  MERGE,
  PODS,
  pod,
  type Sandbox,
  sandbox,
} from './fixture.ts';

const run = promisify(execFile);

const logs: LogSource = {
  read: () => ({ lines: [{ time: '2026-01-01T00:00:00Z', text: 'waiting for api: NXDOMAIN' }], ended: true }),
  onChange: () => () => {},
};

describe('kubectl', function () {
  this.timeout(120_000);
  let server: Sandbox;
  let directory: string;

  const program = useProgram('kubectl');
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'dgate-kubectl-'));
  });
  after(() => directory && rmSync(directory, { recursive: true }));
  beforeEach(async () => {
    server = await sandbox({ logs });
    writeFileSync(join(directory, 'config'), server.kubeconfig);
  });
  afterEach(() => server?.stop());

  const flags = () => ['--kubeconfig', join(directory, 'config'), '--cache-dir', join(directory, 'cache')];

  /** What kubectl prints; rejects with its stderr. */
  async function kubectl(...args: readonly string[]): Promise<string> {
    const { stdout } = await run(program(), [...flags(), ...args], { timeout: 60_000 });
    return stdout.trim();
  }

  const refused = (...args: readonly string[]) =>
    kubectl(...args).then(
      (output) => expect.fail(`kubectl succeeded: ${output}`),
      (error: unknown) => String(error),
    );

  function manifest(...objects: readonly unknown[]): string {
    const path = join(directory, 'manifest.yaml');
    writeFileSync(path, objects.map((object) => stringify(object)).join('---\n'));
    return path;
  }

  /** The words of each line. */
  const words = (output: string) => output.split('\n').map((line) => line.split(/\s+/));

  it('applies twice, the second time unchanged', async () => {
    const path = manifest(
      deployment('pinger', { initContainers: [{ name: 'i', image: 'i:1' }] }),
      gate('api-first'),
    );
    expect(await kubectl('apply', '-f', path)).to.equal(
      'deployment.apps/pinger created\ndependencygate.dependencygate.dev/api-first created',
    );
    expect(await kubectl('apply', '-f', path)).to.equal(
      'deployment.apps/pinger unchanged\ndependencygate.dependencygate.dev/api-first unchanged',
    );
    const changed = manifest(deployment('pinger'), gate('api-first'));
    expect(await kubectl('apply', '-f', changed)).to.match(/pinger configured\n.*api-first unchanged$/);
    expect(
      await kubectl('get', 'deploy', 'pinger', '-o', 'jsonpath={.spec.template.spec.initContainers}'),
    ).to.equal('');
  });

  it('shows gates, Pods and Deployments in its columns', async () => {
    await server.call('POST', GATES, gate('api-first'));
    const display = {
      targets: '1/1',
      pods: '0/2',
      init: 'Init:0/1',
      dependencies: 'api',
      waitingOn: 'api',
      open: 'False',
    };
    await server.call(
      'PATCH',
      `${GATES}/api-first/status`,
      { status: { display } },
      { 'content-type': MERGE },
    );
    await server.call('POST', PODS, pod('a'));
    await server.call('POST', DEPLOYMENTS, deployment('pinger'));
    const [heading, row] = words(await kubectl('get', 'dgate'));
    expect(heading).to.deep.equal(['NAME', 'TARGETS', 'PODS', 'INIT', 'OPEN', 'WAITING-ON', 'AGE']);
    expect(row?.slice(0, 6)).to.deep.equal(['api-first', '1/1', '0/2', 'Init:0/1', 'False', 'api']);
    expect(words(await kubectl('get', 'pods'))[1]?.slice(0, 4)).to.deep.equal(['a', '0/1', 'Pending', '0']);
    expect(words(await kubectl('get', 'deploy', '-o', 'wide'))[1]?.slice(5)).to.deep.equal([
      'app',
      'app:1',
      'app=pinger',
    ]);
    expect(await kubectl('get', 'all', '-o', 'name')).to.equal(
      'pod/a\ndeployment.apps/pinger\ndependencygate.dependencygate.dev/api-first',
    );
    expect(await kubectl('get', 'dgate', 'api-first', '-o', 'yaml')).to.match(
      /^apiVersion: dependencygate.dev\/v1alpha1\n/,
    );
  });

  it('watches', async () => {
    const watching = spawn(program(), [...flags(), 'get', 'cm', '-w', '--request-timeout=20s'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const output = lines(new Response(watching.stdout));
      await until('kubectl watches', () =>
        server.journal.entries.some(({ query }) => query.includes('watch=true')),
      );
      await kubectl('create', 'configmap', 'a', '--from-literal=k=v');
      const seen = [(await output.next()).value, (await output.next()).value];
      expect(seen.map((line) => String(line).split(/\s+/)[0])).to.deep.equal(['NAME', 'a']);
    } finally {
      watching.kill();
    }
  });

  it('creates, and is refused what exists or is invalid', async () => {
    for (const args of [
      ['namespace', 'other'],
      ['deployment', 'a', '--image=a:1'],
      ['configmap', 'c', '--from-literal=k=v'],
      ['secret', 'generic', 's', '--from-literal=k=v'],
      ['service', 'clusterip', 'v', '--tcp=80:8080'],
      ['serviceaccount', 'm'],
    ])
      expect(await kubectl('create', ...args)).to.match(/ created$/);
    expect(await kubectl('get', 'secret', 's', '-o', 'jsonpath={.data.k}')).to.equal('dg==');
    expect(await kubectl('get', 'svc', 'v', '-o', 'jsonpath={.spec.ports[0].targetPort}')).to.equal('8080');
    expect(await refused('create', 'namespace', 'other')).to.contain('namespaces "other" already exists');
    const bad = manifest(gate('a', { spec: { targets: [{ name: 'x' }], dependencies: [] } }));
    expect(await refused('apply', '-f', bad)).to.contain('The DependencyGate "a" is invalid');
    const typo = manifest(gate('a', { spec: { targets: [{ name: 'x', nmae: 'x' }], dependencies: [] } }));
    expect(await refused('apply', '-f', typo)).to.contain('unknown field "spec.targets[0].nmae"');
  });

  it('creates Jobs, CronJobs, Jobs of CronJobs and Ingresses', async () => {
    const field = (object: string, path: string) => kubectl('get', object, '-o', `jsonpath={${path}}`);
    await kubectl('create', 'job', 'j', '--image=j:1', '--', 'sh', '-c', 'true');
    expect(await field('job/j', '.spec.template.spec.containers[0].command[2]')).to.equal('true');
    expect(await field('job/j', '.spec.template.spec.restartPolicy')).to.equal('Never');
    await kubectl('create', 'cronjob', 'c', '--image=c:1', '--schedule=0 1 * * *');
    expect(await field('cronjob/c', '.spec.schedule')).to.equal('0 1 * * *');
    const container = {
      name: 'c',
      securityContext: { runAsNonRoot: false, capabilities: { drop: ['ALL'] } },
      resources: { limits: { cpu: '1', memory: '64Mi' } },
      env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } }],
      ports: [{ containerPort: 80 }],
    };
    const volumes = [{ name: 'v', emptyDir: {} }];
    const spec = { template: { spec: { containers: [container], volumes } }, backoffLimit: 0 };
    await kubectl('patch', 'cronjob', 'c', '-p', JSON.stringify({ spec: { jobTemplate: { spec } } }));
    await kubectl('create', 'job', 'of-c', '--from=cronjob/c');
    const [made, from] = await Promise.all([
      field('job/of-c', '.spec'),
      field('cronjob/c', '.spec.jobTemplate.spec'),
    ]);
    expect(JSON.parse(made)).to.deep.equal(JSON.parse(from));
    expect(await field('job/of-c', '.metadata.ownerReferences[0].controller')).to.equal('true');
    await kubectl(
      'create',
      'ingress',
      'i',
      '--class=k',
      '--rule=a.example/b*=web:http',
      '--rule=/=web:80,tls=t',
    );
    expect(await field('ingress/i', '.spec.rules[*].http.paths[*].backend.service.port')).to.equal(
      '{"name":"http"} {"number":80}',
    );
    expect(await field('ingress/i', '.spec.rules[0].host')).to.equal('a.example');
  });

  it('says what one may do, and who one is', async () => {
    expect(await kubectl('auth', 'can-i', 'create', 'deployments')).to.match(/^yes/);
    expect(await kubectl('auth', 'can-i', '--list')).to.match(/^Resources +Non-Resource URLs.*\n\*\.\* /);
    expect(await kubectl('auth', 'whoami')).to.contain('kubernetes-admin');
  });

  it('says in one line what the sandbox lacks, where one asks for it', async () => {
    await server.call('POST', PODS, pod('a'));
    const said = async (...args: readonly string[]) =>
      (await refused(...args))
        .split('\n')
        .slice(1)
        .filter((line) => line !== '');
    const programs = `error: unable to upgrade connection: ${LACKS.programs.words}`;
    expect(await said('exec', 'a', '--', 'ls')).to.deep.equal([programs]);
    expect(await said('cp', 'a:/etc/hosts', join(directory, 'hosts'))).to.deep.equal([programs]);
    expect(await said('create', 'token', 'default')).to.deep.equal([
      `error: failed to create token: ${LACKS.tokens.words}`,
    ]);
    expect(await said('delete', 'crd', 'dependencygates.dependencygate.dev')).to.deep.equal([
      `Error from server (NotImplemented): ${LACKS.definitions.words}`,
    ]);
  });

  it('keeps what people have beside their workloads, with a warning that it has no effect', async () => {
    for (const [lack, ...args] of [
      [LACKS.workloads, 'job', 'j', '--image=j:1'],
      [LACKS.effects, 'poddisruptionbudget', 'b', '--selector=a=b', '--min-available=1'],
      [LACKS.rights, 'role', 'r', '--verb=get', '--resource=pods'],
      [LACKS.rights, 'rolebinding', 'b', '--role=r', '--serviceaccount=default:x'],
      [LACKS.rights, 'clusterrole', 'r', '--verb=get', '--non-resource-url=/metrics'],
      [LACKS.rights, 'clusterrolebinding', 'b', '--clusterrole=r', '--user=x'],
    ] as const) {
      const { stdout, stderr } = await run(program(), [...flags(), 'create', ...args], { timeout: 60_000 });
      expect(stdout).to.match(/ created$/m);
      expect(stderr).to.equal(`Warning: ${lack.words}\n`);
    }
    expect(await kubectl('get', 'role', 'r', '-o', 'jsonpath={.rules}')).to.equal(
      '[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]',
    );
  });

  it('says that there is no such kind', async () => {
    const path = manifest({ ...deployment('a'), kind: 'Deploymnt' });
    expect(await refused('apply', '-f', path)).to.contain(
      'no matches for kind "Deploymnt" in version "apps/v1"',
    );
  });

  it('says which field there is not, also in the kinds of Kubernetes, and explains those that there are', async () => {
    const typo = { ...deployment('a', { hostNetwrk: true }) };
    expect(await refused('apply', '-f', manifest(typo))).to.contain(
      'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.template.spec.hostNetwrk"',
    );
    await kubectl('apply', '--validate=ignore', '-f', manifest(typo));
    expect(await kubectl('get', 'deploy', 'a', '-o', 'jsonpath={.spec.template.spec}')).not.to.contain(
      'hostNetwrk',
    );
    const explained = await kubectl('explain', 'deployment.spec.template.spec.containers.env');
    expect(explained)
      .to.match(/FIELD: env <\[\]Object>/)
      .and.to.match(/valueFrom\s+<Object>/);
  });

  it('applies a new object on the server, and says that the sandbox cannot do so with one that is there', async () => {
    const path = manifest(deployment('a'), gate('g'));
    expect(await kubectl('apply', '--server-side', '-f', path)).to.equal(
      'deployment.apps/a serverside-applied\ndependencygate.dependencygate.dev/g serverside-applied',
    );
    expect(await refused('apply', '--server-side', '-f', path)).to.contain(
      'use kubectl apply without --server-side',
    );
  });

  it('patches in all ways, labels, annotates and scales', async () => {
    await server.call('POST', DEPLOYMENTS, deployment('a'));
    const field = (path: string) => kubectl('get', 'deploy', 'a', '-o', `jsonpath={${path}}`);
    const added = { spec: { template: { spec: { containers: [{ name: 'b', image: 'b:1' }] } } } };
    await kubectl('patch', 'deploy', 'a', '-p', JSON.stringify(added));
    expect(await field('.spec.template.spec.containers[*].name')).to.equal('b app');
    await kubectl('patch', 'deploy', 'a', '--type', 'merge', '-p', JSON.stringify(added));
    expect(await field('.spec.template.spec.containers[*].name')).to.equal('b');
    await kubectl(
      'patch',
      'deploy',
      'a',
      '--type',
      'json',
      '-p',
      '[{"op":"replace","path":"/spec/replicas","value":4}]',
    );
    expect(await field('.spec.replicas')).to.equal('4');
    await kubectl('scale', 'deploy', 'a', '--replicas=2');
    expect(await field('.spec.replicas')).to.equal('2');
    await kubectl('label', 'deploy', 'a', 'x=y');
    await kubectl('annotate', 'deploy', 'a', 'v=w');
    expect(await field('.metadata.labels.x')).to.equal('y');
    expect(await field('.metadata.annotations.v')).to.equal('w');
  });

  it('deletes, and waits for finalizers', async () => {
    await server.call('POST', GATES, gate('a', { metadata: { name: 'a', finalizers: ['x/y'] } }));
    expect(await refused('delete', 'dgate', 'a', '--timeout=1s')).to.contain('timed out');
    server.journal.clear();
    const deleting = kubectl('delete', 'dgate', 'a');
    await until('kubectl writes', () => server.journal.writes.length > 0);
    await kubectl('patch', 'dgate', 'a', '--type', 'merge', '-p', '{"metadata":{"finalizers":null}}');
    expect(await deleting).to.contain('"a" deleted');
    expect(await refused('get', 'dgate', 'a')).to.contain('dependencygates.dependencygate.dev "a" not found');
  });

  it('waits for conditions', async () => {
    await server.call('POST', GATES, gate('a'));
    const waiting = kubectl('wait', '--for=condition=Open', 'dgate/a', '--timeout=15s');
    const open = {
      type: 'Open',
      status: 'True',
      reason: 'Open',
      message: '',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    };
    await server.call(
      'PATCH',
      `${GATES}/a/status`,
      { status: { conditions: [open] } },
      { 'content-type': MERGE },
    );
    expect(await waiting).to.contain('condition met');
  });

  it('prints logs', async () => {
    await server.call('POST', PODS, pod('a'));
    expect(await kubectl('logs', 'a')).to.equal('waiting for api: NXDOMAIN');
    expect(await kubectl('logs', 'a', '--timestamps')).to.equal(
      '2026-01-01T00:00:00Z waiting for api: NXDOMAIN',
    );
  });

  it('learns versions and kinds, explains and describes', async () => {
    expect(await kubectl('version')).to.contain('Server Version: v1.36');
    expect(words(await kubectl('api-resources', '--no-headers'))).to.deep.include([
      'dependencygates',
      'dgate',
      'dependencygate.dev/v1alpha1',
      'true',
      'DependencyGate',
    ]);
    expect(await kubectl('explain', 'dgate.spec.targets')).to.contain('FIELD: targets');
    await server.call('POST', DEPLOYMENTS, deployment('a'));
    expect(await kubectl('describe', 'deploy', 'a')).to.contain('1 desired');
  });
});
