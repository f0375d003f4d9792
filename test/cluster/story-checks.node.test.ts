import { expect } from 'chai';
import type { Dependency } from '../../src/api/spec.ts';
import { deployment, dns, gate, tcp } from '../scenarios/manifests.ts';
import { IMAGE_NODE, TOOLS_IMAGE } from './images.ts';
import { healthServer, IDLE, running, sample, serviceOf, WEB_SERVER, WHEN_TOLD_READY } from './story-apps.ts';
import { useStory } from './story-namespace.ts';
import { itWentWell, useOperator } from './story-operator.ts';

interface CheckStory {
  readonly check: string;
  readonly server: Parameters<typeof deployment>[1];
  readonly port: number;
  readonly dependency: Dependency;
  readonly waitsFor: RegExp;
  /** What satisfies it, run in the server's container. */
  readonly remedy: readonly string[];
  readonly answer: RegExp;
}

const CHECKS: readonly CheckStory[] = [
  {
    check: 'tcp, through kube-proxy, while the Service has no ready endpoint',
    server: running(WEB_SERVER, WHEN_TOLD_READY),
    port: 8080,
    dependency: tcp('server', 8080),
    waitsFor: /^waiting for server: connection refused\n$/m,
    remedy: ['touch', '/tmp/ready'],
    answer: /^10\.96\.\d+\.\d+:8080\ncontinuing \.\.\.\n$/m,
  },
  {
    check: 'http, while the server answers with another status',
    server: running(WEB_SERVER),
    port: 8080,
    dependency: { name: 'server', http: { url: 'http://server:8080/ready' } },
    waitsFor: /^waiting for server: HTTP 404\n$/m,
    remedy: ['touch', '/tmp/www/ready'],
    answer: /^HTTP 200\ncontinuing \.\.\.\n$/m,
  },
  {
    check: 'grpc, while the server says that it does not serve',
    server: healthServer(),
    port: 9090,
    dependency: { name: 'server', grpc: { host: 'server', port: 9090 } },
    waitsFor: /^waiting for server: NOT_SERVING\n$/m,
    remedy: [IMAGE_NODE, '--eval', "require('node:fs').writeFileSync('/tmp/serving', '')"],
    answer: /^SERVING\ncontinuing \.\.\.\n$/m,
  },
];

describe('checks on a real node', function () {
  this.timeout(300_000);
  const cluster = useOperator();
  const story = useStory(cluster);
  const waiter = 'dgate-first--server';

  for (const { check, server, port, dependency, waitsFor, remedy, answer } of CHECKS) {
    it(`waits with ${check}, and then opens`, async () => {
      await story().apply(
        gate('first', ['app'], [dependency]),
        deployment('server', server),
        serviceOf('server', port),
        deployment('app', running(IDLE)),
      );
      const pod = await story().untilWaiting('app', waiter);
      await story().untilLog(pod, waiter, waitsFor);
      await story().untilGate('first', { open: 'False/Waiting', waitingOn: 'server' });
      await story().exec('deployment/server', ...remedy);
      await story().untilGate('first', { open: 'True/AllPassed', pods: '1/1' });
      expect(await story().log(pod, waiter)).to.match(answer);
      await story().untilLog(pod, 'app', /^started$/m);
    });
  }

  it('waits at an address from keys of a Secret and a ConfigMap that come later, and then opens', async () => {
    const hostFrom = { secretKeyRef: { name: 'address', key: 'host' } };
    const portFrom = { configMapKeyRef: { name: 'address', key: 'port' } };
    const urlFrom = { secretKeyRef: { name: 'address', key: 'url' } };
    const dependencies = [
      { name: 'tcp', tcp: { hostFrom, portFrom } },
      { name: 'http', http: { urlFrom } },
    ];
    await story().apply(
      gate('first', ['app'], dependencies),
      deployment('server', running(WEB_SERVER)),
      serviceOf('server', 8080),
      deployment('app', running(IDLE)),
    );
    await story().untilGate('first', { answers: /^tcp: .*secret "address" not found/ });
    const metadata = { name: 'address' };
    await story().apply(
      { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { port: '8080' } },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata,
        stringData: { host: 'server', url: 'http://server:8080/ready?token=hunter2' },
      },
    );
    await story().untilGate('first', { open: 'False/Waiting', waitingOn: 'http' });
    const pod = await story().untilWaiting('app', 'dgate-first--http');
    await story().untilLog(pod, 'dgate-first--http', /^waiting for http: HTTP 404$/m);
    await story().exec('deployment/server', 'touch', '/tmp/www/ready');
    await story().untilGate('first', { open: 'True/AllPassed', pods: '1/1' });
    for (const name of ['tcp', 'http'])
      expect(await story().log(pod, `dgate-first--${name}`)).to.not.contain('hunter2');
    await story().untilLog(pod, 'app', /^started$/m);
  });

  it('waits with dns while an ExternalName leads to a name that has no address, and then opens', async () => {
    const leadingTo = (externalName: string) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'server' },
      spec: { type: 'ExternalName', externalName },
    });
    await story().apply(
      gate('first', ['app'], [dns('server')]),
      leadingTo('gone.default.svc.cluster.local'),
      deployment('app', running(IDLE)),
    );
    const pod = await story().untilWaiting('app', waiter);
    await story().untilLog(pod, waiter, /^waiting for server: (no data|NXDOMAIN)\n/);
    await story().untilGate('first', { open: 'False/Waiting', waitingOn: 'server' });
    await story().apply(leadingTo('kubernetes.default.svc.cluster.local'));
    await story().untilGate('first', { open: 'True/AllPassed', pods: '1/1' });
    expect(await story().log(pod, waiter)).to.match(/^10\.96\.\d+\.\d+\ncontinuing \.\.\.\n$/m);
  });

  it("passes the seed's own loop, though no api exists; the corrected one waits until it does", async () => {
    const of = (file: string): string => sample(file, story().namespace);
    const log = async (app: string): Promise<string> => {
      const [pod] = (await story().pods(app)).filter(({ spec }) => spec.initContainers.length > 0);
      return pod === undefined ? '' : story().log(pod, 'dgate-api-first--api');
    };
    await story().apply(of('story-container/gate.yaml'), of('story/pinger.yaml'), of('story/poller.yaml'));
    await story().untilGate('api-first', { open: 'True/AllPassed', pods: '2/2' });
    for (const app of ['pinger', 'poller']) expect(await log(app)).to.equal('continuing ...\n');
    await story().rolledOut('deployment/pinger', 'deployment/poller');

    await story().apply(of('story-container/gate-corrected.yaml'));
    await story().untilGate('api-first', { open: 'False/Waiting', pods: '0/2', waitingOn: 'api' });
    const pods = [
      await story().untilWaiting('pinger', 'dgate-api-first--api'),
      await story().untilWaiting('poller', 'dgate-api-first--api'),
    ];
    for (const pod of pods) await story().untilLog(pod, 'dgate-api-first--api', /^(waiting for api\n){2,}$/);
    await story().apply(of('story/service-api.yaml'));
    await story().untilGate('api-first', { open: 'True/AllPassed', pods: '2/2' });
    for (const pod of pods) {
      expect(await story().log(pod, 'dgate-api-first--api')).to.match(
        /^(waiting for api\n)+continuing \.\.\.\n$/,
      );
    }
  });

  it("shows how the user's own container fails: its exit code, its last words and its restarts", async () => {
    const command = ['sh', '-c', 'echo no such luck > /dev/termination-log; exit 3'];
    const failing = { name: 'luck', container: { image: TOOLS_IMAGE, command } };
    await story().apply(deployment('app', running(IDLE)), gate('first', ['app'], [failing]));
    await story().untilGate('first', {
      open: 'False/Waiting',
      dependencies: 'luck Failed',
      answers: /^luck: exit code 3 \(Error\), [1-9] restarts?: no such luck$/,
    });
  });

  it('says that the image of the waiting containers cannot be pulled', async () => {
    const waiter = { image: 'localhost/no-such-image:1' };
    await story().apply(deployment('app', running(IDLE)), gate('first', ['app'], [dns('api')], { waiter }));
    for (const reason of [/^api: ErrImagePull: /, /^api: ImagePullBackOff: .*no-such-image/]) {
      await story().untilGate('first', {
        open: 'False/Waiting',
        dependencies: 'api Starting',
        answers: reason,
        openMessage: /no-such-image/,
      });
    }
  });

  describe('in the end', () => itWentWell(cluster));
});
