import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { z } from 'zod';
import { read } from '../config/manifests.ts';
import { certificate, type Pair } from '../kube/certificates.ts';
import { deployment, dns, gate } from '../scenarios/manifests.ts';
import { eventually } from './eventually.ts';
import { IMAGE_NODE, PROJECT_IMAGE } from './images.ts';
import type { Overlay } from './operator-manifests.ts';
import { IDLE, running } from './story-apps.ts';
import { useStory } from './story-namespace.ts';
import { itWentWell, OPERATOR, OPERATOR_NAMESPACE, useOperator } from './story-operator.ts';

/** Who is in a namespace: Prometheus where metrics are enabled, and somebody else. */
const PLACES = ['monitoring', 'neighbour'] as const;
type Place = (typeof PLACES)[number] | 'operator';

const LIMIT_MS = 60_000;

describe('config/network-policy, where policies are enforced', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'dependency-gate-certificates-'));
  const authority = certificate(folder, 'authority');
  const cluster = useOperator(
    { networkPolicies: true },
    guideOverlay(certificate(folder, 'metrics', authority)),
  );
  const story = useStory(cluster);
  after(() => rmSync(folder, { recursive: true }));

  before('start Pods in other namespaces', async () => {
    for (const place of PLACES) {
      await cluster().kubectl(['create', 'namespace', place]);
      await cluster().apply(JSON.stringify(server(place)));
    }
    await cluster().kubectl(['label', 'namespace', 'monitoring', 'metrics=enabled']);
    for (const place of PLACES)
      await cluster().kubectl(['wait', '--for=condition=Ready', 'pod/server', '-n', place, '--timeout=60s']);
    await cluster().kubectl([
      'create',
      'clusterrolebinding',
      'monitoring-reads-metrics',
      '--clusterrole=dependency-gate-metrics-reader',
      '--serviceaccount=monitoring:default',
    ]);
  });

  /** Runs a JavaScript expression where somebody is, and answers with what it comes to, as text. */
  async function evaluated(from: Place, expression: string): Promise<string> {
    const at = from === 'operator' ? ['-n', OPERATOR_NAMESPACE, OPERATOR] : ['-n', from, 'pod/server'];
    const script = `console.log(String(await (${expression})))`;
    const node = [IMAGE_NODE, '--input-type=module', '-e', script];
    return (await cluster().kubectl(['exec', ...at, '--', ...node])).trim();
  }

  /** The address of somebody's Pod. */
  async function address(of: Place): Promise<string> {
    const [namespace, selector] =
      of === 'operator' ? [OPERATOR_NAMESPACE, 'app.kubernetes.io/name=dependency-gate'] : [of, 'app=server'];
    const args = ['get', 'pods', '-n', namespace, '-l', selector, '-o=jsonpath={.items[0].status.podIP}'];
    return cluster().kubectl(args);
  }

  const fetched = (url: string) =>
    `fetch('${url}', {signal: AbortSignal.timeout(3000)}).then(({status}) => status, () => 'no way')`;

  /** The status of a scrape over TLS, with the token of the Pod's ServiceAccount or with none. */
  async function scraped(from: Place, { withToken = true } = {}): Promise<string> {
    const options = {
      host: await address('operator'),
      ...{ port: 8082, path: '/metrics', ca: authority.cert, servername: 'api.test', timeout: 3000 },
    };
    const token =
      "(await import('node:fs')).readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/token')";
    const headers = withToken ? `{authorization: 'Bearer ' + ${token}}` : '{}';
    return evaluated(
      from,
      `(async () => {
        const {get} = await import('node:https');
        const options = {...${JSON.stringify(options)}, headers: ${headers}};
        return new Promise((resolve) => get(options, ({statusCode}) => resolve(statusCode)).on('error', () => resolve('no way')));
      })()`,
    );
  }

  async function flows() {
    const operator = await address('operator');
    const neighbour = await address('neighbour');
    return {
      'Prometheus scrapes': await scraped('monitoring'),
      'Prometheus without its token': await scraped('monitoring', { withToken: false }),
      'a neighbour scrapes': await scraped('neighbour'),
      'a neighbour asks how it is': await evaluated('neighbour', fetched(`http://${operator}:8081/healthz`)),
      'a neighbour asks another': await evaluated(
        'neighbour',
        fetched(`http://${await address('monitoring')}:9090`),
      ),
      'the operator asks a neighbour': await evaluated('operator', fetched(`http://${neighbour}:9090`)),
      'the operator finds names': await evaluated(
        'operator',
        `import('node:dns/promises').then((dns) => dns.resolve4('kubernetes.default.svc.cluster.local')).then(() => 'yes', () => 'no way')`,
      ),
    };
  }

  const BEFORE = {
    'Prometheus scrapes': '200',
    'Prometheus without its token': '401',
    'a neighbour scrapes': '403',
    'a neighbour asks how it is': '200',
    'a neighbour asks another': '200',
    'the operator asks a neighbour': '200',
    'the operator finds names': 'yes',
  };
  /** What the policies close. Nothing else changes. */
  const CLOSED = { 'a neighbour scrapes': 'no way', 'the operator asks a neighbour': 'no way' };

  it('closes the metrics for other namespaces, and the operator from all but its own ways out', async () => {
    expect(await flows()).to.deep.equal(BEFORE);
    await cluster().kubectl(['apply', '--kustomize=config/network-policy']);
    await eventually('the policies are enforced', LIMIT_MS, async () => {
      expect(await flows()).to.deep.equal({ ...BEFORE, ...CLOSED });
      return true;
    });
  });

  it('lets the operator reconcile: a gate waits, and opens', async () => {
    await story().apply(gate('first', ['app'], [dns('api')]), deployment('app', running(IDLE)));
    await story().untilGate('first', { open: 'False/Waiting', waitingOn: 'api' });
    await story().kubectl(['create', 'service', 'clusterip', 'api', '--tcp=80']);
    await story().untilGate('first', { open: 'True/AllPassed' });
  });

  it('lets an operator start that was not there before, and become ready', async () => {
    await cluster().kubectl(['rollout', 'restart', OPERATOR, '-n', OPERATOR_NAMESPACE]);
    const status = ['rollout', 'status', OPERATOR, '-n', OPERATOR_NAMESPACE, '--timeout=120s'];
    await cluster().kubectl(status, { limitMs: 150_000 });
    await eventually('the policies are enforced for its new Pod', LIMIT_MS, async () => {
      expect(await flows()).to.deep.equal({ ...BEFORE, ...CLOSED });
      return true;
    });
  });

  itWentWell(cluster);
});

/** The overlay of docs/guide/metrics.md, with the Secret that it speaks of. */
function guideOverlay({ cert, key }: Pair): Overlay {
  const [, text = ''] = /^```yaml\n(.*?)^```$/ms.exec(read('docs/guide/metrics.md')) ?? [];
  const overlay = z.looseObject({ resources: z.array(z.string()) }).parse(parse(text));
  return {
    ...overlay,
    secretGenerator: [
      {
        ...{ name: 'dependency-gate-metrics', namespace: OPERATOR_NAMESPACE, type: 'kubernetes.io/tls' },
        literals: [`tls.crt=${cert}`, `tls.key=${key}`],
        options: { disableNameSuffixHash: true },
      },
    ],
  };
}

/** A Pod that answers at port 9090, with the token of its namespace's default ServiceAccount. */
function server(namespace: string) {
  const script = `require('node:http').createServer((_, answer) => answer.end('fine')).listen(9090)`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'server', namespace, labels: { app: 'server' } },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'main', image: PROJECT_IMAGE, command: [IMAGE_NODE, '-e', script] }],
    },
  };
}
