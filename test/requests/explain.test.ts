import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';
import type { Dependency } from '../../src/api/spec.ts';
import type { ClusterFlags } from '../../src/commands/cluster/cluster-options.ts';
import { layOut } from '../../src/commands/explain/layout.ts';
import { explain, runExplain } from '../../src/commands/explain/run-explain.ts';
import { connect } from '../../src/kube/client/connection.ts';
import { createRequests } from '../../src/kube/client/http-requests.ts';
import { kubeconfigCredentials } from '../../src/kube/client/kubeconfig.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { deployment, dns, gate, service, tcp } from '../scenarios/manifests.ts';
import { isRunning } from '../scenarios/views.ts';
import { useFixture } from './fixture.ts';

const GATE = '/apis/dependencygate.dev/v1alpha1/namespaces/NS/dependencygates/first';
const PODS = '/api/v1/namespaces/NS/pods';
const GATED = `GET ${PODS}?labelSelector=dependencygate.dev%2Fgated%3Dtrue&limit=500`;
const HELD = `GET ${PODS}?labelSelector=dependencygate.dev%2Frequire%2Cdependencygate.dev%2Fgated%21%3Dtrue&limit=500`;

describe('the requests of explain', function () {
  this.timeout(60_000);
  const { cluster, here } = useFixture();

  /** What is printed, and what was asked for that. */
  async function explained(name = 'first') {
    const { server } = cluster();
    const connection = connect(kubeconfigCredentials({ kubeconfigText: server.kubeconfig }), {
      clock: systemClock,
      userAgent: 'explaining',
    });
    try {
      const text = layOut(
        await explain(createRequests({ connection, clock: systemClock }), { namespace: here().name, name }),
      );
      const made = server.journal.entries
        .filter(({ userAgent }) => userAgent === 'explaining')
        .map(
          ({ method, path, query }) => `${method} ${path.replace(here().name, 'NS')}${query && `?${query}`}`,
        );
      return { text, made };
    } finally {
      await connection.close();
    }
  }

  const failure = (name: string) =>
    explained(name).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : error),
    );

  const refuse = (path: RegExp) =>
    cluster().server.faults.add({
      method: 'GET',
      path,
      effect: { do: 'fail', status: 403, message: 'refused' },
    });

  /** Two targets, a Pod of each of which waits for the first dependency; gives the Pods' names. */
  const hold = async (...dependencies: readonly Dependency[]) => {
    const targets = ['pinger', 'poller'];
    await here().create(...targets.map((name) => deployment(name)), gate('first', targets, dependencies));
    const container = `dgate-first--${dependencies[0]?.name}`;
    await here().untilGate('first', { open: 'False/Waiting', pods: '0/2' });
    const checking = targets.map((app) =>
      here().untilPods(app, 1, 'checks', (pod) => isRunning(pod, container)),
    );
    return (await Promise.all(checking)).flat().map(({ metadata }) => metadata.name);
  };

  it('are the gate, its Pods, and one log of two Pods that wait for the same', async () => {
    const pods = await hold(dns('api'), tcp('redis', 6379));
    const { made, text } = await explained();
    expect(made.slice(0, 2)).to.deep.equal([`GET ${GATE}`, GATED]);
    expect(made).to.have.length(3);
    const logs = pods.map((pod) => `GET ${PODS}/${pod}/log?container=dgate-first--api&tailLines=3`);
    expect(made[2]).to.be.oneOf(logs);
    expect(text).to.contain('       waiting for api: NXDOMAIN\n');
  });

  it('are no log where nothing waits, and none of what the operator evaluates', async () => {
    await hold({ name: 'api', service: { name: 'api' } });
    expect((await explained()).made).to.deep.equal([`GET ${GATE}`, GATED]);
    await here().create(service('api'), deployment('api'));
    await here().untilGate('first', { open: 'True/AllPassed', pods: '2/2', ungated: 0 });
    cluster().server.journal.clear();
    const { made, text } = await explained();
    expect(made).to.deep.equal([`GET ${GATE}`, GATED]);
    expect(text).to.contain('Nothing: the gate is open.');
  });

  it('are another list where Pods are held', async () => {
    const labels = { 'dependencygate.dev/require': 'first_second' };
    const app = { containers: [{ name: 'app', image: 'registry.example/app:1' }] };
    await here().create(
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'migrate' },
        spec: { template: { spec: { ...app, restartPolicy: 'Never' } } },
      },
      gate('first', ['Job/migrate'], [dns('api')]),
    );
    const { uid } = (await here().workload('migrate', 'Job')).metadata;
    const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'migrate', uid, controller: true };
    await here().create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'held',
        labels,
        ownerReferences: [owner],
      },
      spec: {
        ...app,
        schedulingGates: [{ name: 'dependencygate.dev/hold' }],
      },
    });
    await here().until('the held Pod is counted', async () =>
      (await here().gate('first')).status.pods?.held === 1 ? true : undefined,
    );
    const { made, text } = await explained();
    expect(made.slice(0, 3)).to.deep.equal([`GET ${GATE}`, GATED, HELD]);
    expect(text).to.match(/ held +held for [\dms]+: made without the gate/);
  });

  it('that are refused for logs leave the rest, with one line', async () => {
    await hold(dns('api'));
    refuse(/\/log\?/);
    const { text } = await explained();
    expect(text).to.match(/You may not read logs \(pods\/log\) in \S+\.\n/);
    expect(text).to.contain('keeps 2 Pods: p').and.to.contain('Service api does not exist');
  });

  it('that are refused for Pods leave what the status says, and ask for no log', async () => {
    const pods = await hold(dns('api'));
    refuse(/\/namespaces\/[^/]+\/pods\?/);
    const { text, made } = await explained();
    expect(made).to.deep.equal([`GET ${GATE}`, GATED]);
    expect(text).to.contain('You may not list the Pods');
    for (const pod of pods) expect(text).to.contain(pod);
  });

  it('for a gate that is not there end with one line', async () => {
    await here().create(deployment('pinger'));
    expect(await failure('nope')).to.equal(`DependencyGate ${here().name}/nope does not exist`);
  });

  it("go to the namespace of the kubeconfig's context where none is given", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dependency-gate-explain-'));
    const kubeconfig = join(folder, 'config');
    writeFileSync(
      kubeconfig,
      cluster().server.kubeconfig.replace('namespace: default', 'namespace: of-mine'),
    );
    const run = (flags: ClusterFlags, env: Readonly<Record<string, string>>) =>
      runExplain({ namespace: undefined, name: 'nope' }, flags, env).catch(({ message }: Error) => message);
    try {
      expect(await run({ kubeconfig }, {})).to.equal('DependencyGate of-mine/nope does not exist');
      const several = { KUBECONFIG: [`${folder}/none`, kubeconfig].join(delimiter) };
      expect(await run({}, several)).to.equal('DependencyGate of-mine/nope does not exist');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('that are refused for the gate itself end with one line', async () => {
    refuse(/\/dependencygates\/nope/);
    expect(await failure('nope')).to.match(/^you may not read DependencyGate \S+\/nope: refused$/);
  });

  it('that get no answer say so', async () => {
    cluster().server.faults.add({ path: /\/nope/, effect: { do: 'drop' } });
    expect(await failure('nope')).to.match(/^the cluster does not answer: /);
  });
});
