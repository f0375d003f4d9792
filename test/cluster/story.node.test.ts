import { join } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import { GATED_LABEL } from '../../src/api/names.ts';
import { deployment } from '../scenarios/manifests.ts';
import { initNames, viewWorkload } from '../scenarios/views.ts';
import { eventually } from './eventually.ts';
import { ROOT } from './go-module.ts';
import { IMAGE_NODE } from './images.ts';
import type { ClusterNode } from './node.ts';
import { CommandError, runCommand } from './run-command.ts';
import { running, sample } from './story-apps.ts';
import { Story } from './story-namespace.ts';
import { itWentWell, OPERATOR, OPERATOR_NAMESPACE, operatorLog, useOperator } from './story-operator.ts';

const APPS = ['pinger', 'poller'];
const CONTAINER = 'dgate-api-first--api';
const PAGE = 'this is api';
/** Stands for the sample's nginx. */
const API = [
  'sh',
  '-c',
  `mkdir -p /tmp/www && echo ${PAGE} > /tmp/www/index.html && exec httpd -f -p 80 -h /tmp/www`,
];
const AS_ROOT = { securityContext: { runAsUser: 0 } }; // for port 80

describe('the operator on a real node', function () {
  this.timeout(300_000);
  const cluster = useOperator();
  describe("in the seed's story", () => tellTheStory(cluster));
  describe('as a Pod', () => tellOfTheOperator(cluster));
  describe('in the end', () => itWentWell(cluster));
});

function tellTheStory(cluster: () => ClusterNode): void {
  let story: Story;

  before('pinger and poller run, and nothing is gated', async () => {
    story = new Story(cluster(), 'my-namespace');
    await story.apply(
      sample('story/namespace.yaml', story.namespace),
      { ...deployment('api', running(API, AS_ROOT)) },
      ...APPS.map((app) => sample(`story/${app}.yaml`, story.namespace)),
    );
    await story.rolledOut('deployment/api', ...APPS.map((app) => `deployment/${app}`));
  });

  it('adopts Deployments that are there, and holds their new Pods', async () => {
    await story.apply(sample('story/gate.yaml', story.namespace));
    await story.untilGate('api-first', {
      ready: 'True/InForce',
      open: 'False/Waiting',
      targets: 'pinger Rolling, poller Rolling',
      pods: '0/2',
      init: 'Init:0/1',
      waitingOn: 'api',
    });
    for (const app of APPS) await story.untilWaiting(app, CONTAINER);
  });

  it('shows them in kubectl get: the old ones run, the new ones are Init:0/1', async () => {
    const table = await story.kubectl(['get', 'po']);
    for (const app of APPS) {
      expect(table).to.match(new RegExp(`^${app}-\\S+ +1/1 +Running `, 'm'));
      expect(table).to.match(new RegExp(`^${app}-\\S+ +0/1 +Init:0/1 +0 `, 'm'));
    }
    expect(await story.kubectl(['get', 'dgate'])).to.match(
      /^api-first +2\/2 +0\/2 +Init:0\/1 +False +api +[\dms]+$/m,
    );
  });

  it('says in the log of the init container what it waits for, and why', async () => {
    for (const app of APPS) {
      const pod = await story.untilWaiting(app, CONTAINER);
      await story.untilLog(pod, CONTAINER, /^(waiting for api: .*\n)*waiting for api: NXDOMAIN\n/);
    }
  });

  it('explains itself to whoever may view the namespace, with the last line of a log, and to nobody else', async () => {
    const [user, { namespace }] = ['viewer', story];
    await story.kubectl(['create', 'serviceaccount', user]);
    const kubeconfig = await cluster().serviceAccountKubeconfig(namespace, user);
    const command = [
      process.execPath,
      join(ROOT, 'dist/dependency-gate.js'),
      'explain',
      `${namespace}/api-first`,
    ];
    const explained = () => runCommand([...cluster().enterNetwork, ...command, `--kubeconfig=${kubeconfig}`]);
    const refused = await explained().catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(CommandError).with.property('code', 1);
    expect(refused)
      .to.have.property('stderr')
      .that.matches(/^dependency-gate: you may not read DependencyGate [^\n]*\n$/);

    const binding = ['--clusterrole=view', `--serviceaccount=${namespace}:${user}`];
    await story.kubectl(['create', 'rolebinding', user, ...binding]);
    const text = await eventually('the permissions and the Service have been seen', 120_000, async () => {
      const { stdout } = await explained();
      return stdout.includes('the operator sees') ? stdout : undefined;
    });
    expect(text)
      .to.match(/ {4}pinger-\S+ +waits for api for \d/)
      .and.to.match(/ {4}poller-\S+ +waits for api for \d/);
    expect(text).to.contain('     the operator sees: Service api does not exist\n');
    expect(text).to.match(/ {5}the log of p\S+ ends:\n {7}waiting for api: NXDOMAIN\n/);
  });

  it('opens when there is a Service api, and the apps start', async () => {
    const waiting = await Promise.all(APPS.map((app) => story.untilWaiting(app, CONTAINER)));
    await story.apply(sample('story/service-api.yaml', story.namespace));
    await story.untilGate('api-first', {
      ready: 'True/InForce',
      open: 'True/AllPassed',
      targets: 'pinger Current, poller Current',
      pods: '2/2',
      init: 'Init:1/1',
      waitingOn: '-',
    });
    await story.rolledOut(...APPS.map((app) => `deployment/${app}`));
    const address = await story.kubectl(['get', 'service', 'api', '--output=jsonpath={.spec.clusterIP}']);
    for (const pod of waiting) {
      const lines = (await story.log(pod, CONTAINER)).split('\n');
      expect(lines).to.include('waiting for api: NXDOMAIN');
      // An attempt that CoreDNS leaves unanswered has a line of its own.
      const rest = lines.filter((line) => !line.startsWith('waiting for api: '));
      expect(rest).to.deep.equal([address, 'continuing ...', '']);
    }
    const [pinger] = waiting;
    if (!pinger) throw new Error('there is no pinger');
    const page = ['sh', '-c', 'until grep . /tmp/www/index.html; do sleep 1; done'];
    expect(await story.exec(pinger.metadata.name, ...page)).to.equal(`${PAGE}\n`);
  });

  it('leaves the Deployments as they were when the gate is deleted', async () => {
    await story.kubectl(['delete', 'dgate', 'api-first', '--timeout=60s']);
    await story.rolledOut(...APPS.map((app) => `deployment/${app}`));
    for (const app of APPS) {
      const workload = viewWorkload(await story.get('deployment', app));
      expect(initNames(workload)).to.deep.equal([]);
      expect(workload.spec.template.spec.volumes).to.deep.equal([]);
      expect(workload.spec.template.metadata).to.deep.include({ labels: { app }, annotations: {} });
      await story.untilPod(app, 'runs without a gate', ({ metadata, status }) => {
        return !(GATED_LABEL in metadata.labels) && status.phase === 'Running';
      });
    }
  });
}

function tellOfTheOperator(cluster: () => ClusterNode): void {
  const inNamespace = `--namespace=${OPERATOR_NAMESPACE}`;

  it("is ready by the kubelet's probe", async () => {
    const { conditions } = z
      .object({
        status: z.object({ conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })) }),
      })
      .parse(JSON.parse(await cluster().kubectl(['get', OPERATOR, inNamespace, '--output=json']))).status;
    expect(conditions.find(({ type }) => type === 'Available')).to.include({ status: 'True' });
  });

  it('runs in a namespace that enforces the restricted standard, not as root, and can write nowhere', async () => {
    const level = 'jsonpath={.metadata.labels.pod-security\\.kubernetes\\.io/enforce}';
    expect(await cluster().kubectl(['get', 'namespace', OPERATOR_NAMESPACE, `--output=${level}`])).to.equal(
      'restricted',
    );
    const script = `
      const { writeFileSync } = require('node:fs');
      const write = (file) => { try { writeFileSync(file, ''); return 'written'; } catch ({ code }) { return code; } };
      console.log(JSON.stringify([process.getuid(), process.getgid(), write('/app/new'), write('/tmp/new')]));
    `;
    const said = await cluster().kubectl(['exec', OPERATOR, inNamespace, '--', IMAGE_NODE, '--eval', script]);
    expect(JSON.parse(said)).to.deep.equal([65532, 65532, 'EROFS', 'EROFS']);
  });

  it('logs JSON: that it starts, with the image of the waiting containers', async () => {
    const [first] = await operatorLog(cluster());
    expect(first).to.include({ msg: 'the operator starts', waiterImage: 'localhost/dependency-gate:test' });
  });
}
