import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'chai';
import { readAudit } from './audit.ts';
import { startControlPlane } from './control-plane.ts';
import { eventually } from './eventually.ts';
import { CommandError } from './run-command.ts';
import { processesOf, startRun, untilNoneOf } from './started-run.ts';
import { useControlPlane } from './use.ts';

describe('startControlPlane', function () {
  this.timeout(120_000);
  const cluster = useControlPlane();
  const kubectl = (...args: readonly string[]): Promise<string> => cluster().kubectl(args);

  it('starts an API server that is ready', async () => {
    expect(await kubectl('get', '--raw', '/readyz')).to.equal('ok');
  });

  it('runs the controllers: a Deployment gets its Pod', async () => {
    await kubectl('create', 'deployment', 'web', '--image=example.test/none');
    await eventually('the Deployment has its Pod', 60_000, async () => {
      const names = await kubectl('get', 'pods', '--selector=app=web', '--output=name');
      return names.startsWith('pod/web-') || undefined;
    });
  });

  it('knows a ServiceAccount by its token and forbids it what RBAC does not grant', async () => {
    await kubectl('create', 'serviceaccount', 'someone');
    const kubeconfig = `--kubeconfig=${await cluster().serviceAccountKubeconfig('default', 'someone')}`;
    const name = await kubectl('auth', 'whoami', '--output=jsonpath={.status.userInfo.username}', kubeconfig);
    expect(name).to.equal('system:serviceaccount:default:someone');
    expect(await failure(kubectl('get', 'configmaps', kubeconfig))).to.contain('Forbidden');

    await kubectl(
      'create',
      'rolebinding',
      'someone',
      '--clusterrole=view',
      '--serviceaccount=default:someone',
    );
    await eventually('the right is granted', 60_000, () => kubectl('get', 'configmaps', kubeconfig));
  });

  it('takes a cluster that runs already by its kubeconfig, and does not stop it', async () => {
    const given = await startControlPlane({ kubeconfig: cluster().kubeconfig, say: () => {} });
    expect(await given.url()).to.equal(await cluster().url());
    await given.stop();
    expect(await kubectl('get', '--raw', '/readyz')).to.equal('ok');
  });

  it('logs each request with its user, verb and answer', async function () {
    const { auditLog } = cluster();
    if (auditLog === undefined) return this.skip(); // a cluster that was given
    await kubectl('create', 'configmap', 'audited');
    await failure(kubectl('get', 'secret', 'absent'));
    const requests = readAudit(auditLog).filter((request) => request.user === 'admin');
    const refused = requests.find((request) => request.name === 'absent');
    expect(refused).to.include({
      verb: 'get',
      group: '',
      resource: 'secrets',
      namespace: 'default',
      code: 404,
    });
    const created = requests.findLast((request) => request.resource === 'configmaps');
    expect(created).to.include({ verb: 'create', namespace: 'default', code: 201 });
  });
});

describe('startControlPlane, with flags', function () {
  this.timeout(120_000);
  // Both: with the feature alone off its resource is still served, and with that alone off the plugin never gets ready.
  const feature = '--feature-gates=MutatingAdmissionPolicy=false';
  const resource = '--runtime-config=admissionregistration.k8s.io/v1/mutatingadmissionpolicies=false';
  const cluster = useControlPlane({ 'kube-apiserver': [feature, resource] });

  it('passes them on: a resource is not served', async function () {
    if (cluster().logs === undefined) return this.skip();
    const served = await cluster().kubectl(['api-resources', '--api-group=admissionregistration.k8s.io']);
    expect(served).to.contain('validatingadmissionpolicies').and.not.contain('mutatingadmissionpolicies');
  });

  it('keeps the logs and shows their last lines when a component does not start', async () => {
    const flags = { 'kube-apiserver': ['--feature-gates=NoSuchFeature=true'] };
    const error: unknown = await startControlPlane({ flags, say: () => {} }).catch(
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(Error).with.property('message').that.contains('NoSuchFeature');
    const log = /^--- (.*\/kube-apiserver\.log)$/m.exec(String(error))?.[1] ?? '';
    expect(readFileSync(log, 'utf8')).to.contain('NoSuchFeature');
    rmSync(dirname(dirname(log)), { recursive: true });
  });

  it('leaves no process and no file behind when stopped', async function () {
    const { logs, stop } = cluster();
    if (logs === undefined) return this.skip();
    const folder = dirname(logs);
    expect(await processesOf(folder)).to.have.length(3);
    await stop();
    expect(await processesOf(folder)).to.be.empty;
    expect(existsSync(folder)).to.equal(false);
  });
});

describe('run.ts control-plane', function () {
  this.timeout(120_000);
  useControlPlane(); // skips where there is nothing to run

  it('leaves no process and no file behind on Ctrl-C', async () => {
    const { folder, end } = await startRun('control-plane');
    expect(await processesOf(folder)).to.have.length(3);
    await end('SIGINT');
    await untilNoneOf(folder);
    expect(existsSync(folder)).to.equal(false);
  });

  it('leaves no process behind when it is killed', async function () {
    if (process.platform !== 'linux') return this.skip(); // only Linux can tie a process to its parent
    const { folder, end } = await startRun('control-plane');
    expect(await processesOf(folder)).to.have.length(3);
    await end('SIGKILL');
    await untilNoneOf(folder);
    rmSync(folder, { recursive: true });
  });
});

/** What a command that must fail says. */
async function failure(command: Promise<string>): Promise<string> {
  try {
    await command;
  } catch (error) {
    if (error instanceof CommandError) return error.stderr;
    throw error;
  }
  return expect.fail('the command succeeded');
}
