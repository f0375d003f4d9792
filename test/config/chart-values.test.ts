import { expect } from 'chai';
import { parse } from 'yaml';
import { chartValues } from '../../src/api/chart/chart-values.ts';
import { outputOf, run, useFolder, useProgram } from '../commands/programs.ts';
import { CHART, chartObjects, type Release, renderChart } from './chart.ts';
import { read } from './manifests.ts';
import { operatorDeployment } from './operator-deployment.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** Another value for each, and what is found in the manifests only where it is set. */
const SETTINGS: Readonly<Record<string, readonly [value: unknown, made: string]>> = {
  'image.repository': ['registry.example/dgate', `image: registry.example/dgate@${DIGEST}`],
  'image.digest': [DIGEST, `@${DIGEST}\n`],
  'image.pullPolicy': ['Always', 'imagePullPolicy: Always'],
  'image.pullSecrets': [['regcred'], '- name: regcred'],
  replicas: [3, 'replicas: 3'],
  logLevel: ['debug', '- --log-level=debug'],
  concurrency: [8, '- --concurrency=8'],
  namespaces: [['team-a', 'team-b'], 'value: "team-a,team-b"'],
  'waiter.image': ['registry.example/waiter:1', '- --waiter-image=registry.example/waiter:1'],
  'waiter.pullPolicy': ['Never', '- --waiter-image-pull-policy=Never'],
  'waiter.runAsUser': [1_000_720_000, '- --run-as-user=1000720000'],
  'policies.guardNamespacesOnly': [true, 'matchResources:\n    namespaceSelector:\n'],
  'rbac.moreKinds': [true, 'name: dependency-gate-more-kinds'],
  'serviceAccount.name': ['my-dependency-gate-operator', 'serviceAccountName: my-dependency-gate-operator'],
  'serviceAccount.annotations': [{ iam: 'role' }, '  annotations:\n    iam: role'],
  'metrics.port': [9090, 'containerPort: 9090'],
  'metrics.access': ['authorized', '- --metrics-access=authorized'],
  'metrics.certificateSecret': ['cert', 'secretName: cert'],
  'monitoring.serviceMonitor': [true, 'kind: ServiceMonitor\n'],
  'monitoring.podMonitor': [true, 'kind: PodMonitor\n'],
  'monitoring.prometheusRule': [true, 'kind: PrometheusRule\n'],
  'monitoring.dashboard': [true, 'grafana_dashboard: "1"\n'],
  'monitoring.labels': [{ release: 'prometheus' }, 'release: prometheus\n'],
  'monitoring.interval': ['90s', 'interval: 90s\n'],
  'monitoring.authorization': [{ credentials: { name: 'token' } }, 'authorization:\n      credentials:'],
  'monitoring.tlsConfig': [{ serverName: 'metrics' }, 'scheme: https\n'],
  'networkPolicy.enabled': [true, 'kind: NetworkPolicy'],
  'networkPolicy.apiServerPorts': [[16443], 'port: 16443'],
  'networkPolicy.metricsFrom': [[{ podSelector: {} }], '- podSelector: {}'],
  resources: [{ requests: { memory: '200Mi' } }, 'memory: 200Mi'],
  podSecurityContext: [{ fsGroup: 7 }, 'fsGroup: 7'],
  securityContext: [{ privileged: false }, 'privileged: false'],
  podAnnotations: [{ 'sidecar.istio.io/inject': 'false' }, 'sidecar.istio.io/inject: "false"'],
  podLabels: [{ team: 'platform' }, 'team: platform'],
  nodeSelector: [{ pool: 'system' }, 'pool: system'],
  tolerations: [[{ operator: 'Exists' }], '- operator: Exists'],
  affinity: [{ nodeAffinity: {} }, 'nodeAffinity: {}'],
  priorityClassName: ['system-cluster-critical', 'priorityClassName: system-cluster-critical'],
};

/** Those that take something away: what is found only where they have their defaults. */
const SWITCHES: Readonly<Record<string, readonly [value: unknown, gone: string]>> = {
  'policies.admission': [false, 'kind: MutatingAdmissionPolicy\n'],
  'policies.firstStarts': [false, 'name: dependencygate-first-start\n'],
  'policies.guards': [false, 'name: dependencygate-guard-status\n'],
  'policies.operatorToken': [false, 'name: dependencygate-operator-gates\n'],
  'rbac.aggregate': [false, 'name: dependency-gate-edit\n'],
  'crds.install': [false, 'kind: CustomResourceDefinition'],
  'serviceAccount.create': [false, 'kind: ServiceAccount\nmetadata'],
};

/** Tried by themselves, below. */
const APART = ['image.tag', 'crds.keep', 'monitoring.service'];

/** `{ a: { b: 1 } }` of `a.b` and 1. */
function nested(path: string, value: unknown): Record<string, unknown> {
  const [last = '', ...above] = path.split('.').toReversed();
  return above.reduce<Record<string, unknown>>((inner, key) => ({ [key]: inner }), { [last]: value });
}

function all(settings: Readonly<Record<string, readonly [value: unknown, text: string]>>): object {
  const values: Record<string, Record<string, unknown> | unknown> = {};
  for (const [path, [value]] of Object.entries(settings))
    for (const [group, one] of Object.entries(nested(path, value)))
      values[group] = path.includes('.') ? { ...Object(values[group]), ...Object(one) } : one;
  return values;
}

/** The values that are no groups of others, by their paths. */
function paths(schema: object, values: unknown): string[] {
  const shape = 'shape' in schema ? schema.shape : undefined;
  return Object.entries(Object(values)).flatMap(([name, value]) => {
    const within = shape instanceof Object && name in shape ? Object(Reflect.get(shape, name)) : {};
    return 'shape' in within ? paths(within, value).map((path) => `${name}.${path}`) : [name];
  });
}

describe('the values of config/chart', function () {
  this.timeout(60_000);
  const helm = useProgram('helm');
  const folder = useFolder();
  const output = (release?: Release) => {
    const { code, stdout, stderr } = renderChart(helm(), release);
    return code === 0 ? stdout : expect.fail(stderr);
  };
  const defaults: unknown = parse(read('config/chart/values.yaml'));

  it('are by default what their schema takes, and each of them is tried here', () => {
    expect(chartValues.safeParse(defaults).error).to.equal(undefined);
    const tried = [...Object.keys(SETTINGS), ...Object.keys(SWITCHES), ...APART];
    expect(tried).to.have.members(paths(chartValues, defaults));
  });

  it('are read: each changes what is installed', () => {
    const before = output();
    const after = output({ values: all(SETTINGS) });
    for (const [path, [, made]] of Object.entries(SETTINGS)) {
      expect(before, path).to.not.contain(made);
      expect(after, path).to.contain(made);
    }
    const without = output({ values: all(SWITCHES) });
    for (const [path, [, gone]] of Object.entries(SWITCHES)) {
      expect(before, path).to.contain(gone);
      expect(without, path).to.not.contain(gone);
    }
  });

  it('give arguments that the command line accepts', () => {
    const { container } = operatorDeployment(chartObjects(helm(), { values: all(SETTINGS) }));
    const args = container.args.map((arg) => arg.replace('$(NAMESPACES)', 'team-a,team-b'));
    const { stderr } = run([process.execPath, 'src/main.ts', ...args], { env: { KUBECONFIG: '' } });
    expect(stderr).to.match(/^dependency-gate: no cluster/);
  });

  it('name the image by the version of the chart, a tag or a digest', () => {
    const image = (values: object) => operatorDeployment(chartObjects(helm(), { values })).container.image;
    expect(image({})).to.equal('ghcr.io/dependency-gate/dependency-gate:0.1.0');
    expect(image({ image: { tag: '0.1.0-debug' } })).to.match(/:0\.1\.0-debug$/);
    expect(image({ image: { tag: '0.1.0', digest: DIGEST } })).to.match(/gate@sha256:[0-9a-f]{64}$/);
  });

  it('keep the custom resource, unless they say that it goes too', () => {
    const annotations = (values: object) =>
      chartObjects(helm(), { values }).find(({ kind }) => kind === 'CustomResourceDefinition')?.metadata
        .annotations;
    expect(annotations({})).to.deep.equal({ 'helm.sh/resource-policy': 'keep' });
    expect(annotations({ crds: { keep: false } })).to.equal(undefined);
  });

  it('make a Service for the metrics, where they are served, with a ServiceMonitor or without', () => {
    const portsOf = (values: object) =>
      chartObjects(helm(), { values }).flatMap(({ kind, spec }) => (kind === 'Service' ? [spec] : []));
    expect(portsOf({})).to.deep.equal([]);
    for (const [metrics, port, targetPort] of [
      [{}, 8081, 'health'],
      [{ port: 9090 }, 9090, 'metrics'],
    ] as const) {
      const [spec, ...others] = portsOf({ metrics, monitoring: { service: true } });
      expect(others).to.deep.equal([]);
      expect(spec).to.deep.include({ ports: [{ name: 'metrics', port, targetPort }] });
      expect(portsOf({ metrics, monitoring: { serviceMonitor: true } })).to.deep.equal([spec]);
    }
  });

  it('take a security context apart by null, as OpenShift wants it', () => {
    const podSecurityContext = { runAsUser: null, runAsGroup: null };
    const values = { podSecurityContext, waiter: { runAsUser: 'none' } };
    const deployment = chartObjects(helm(), { values }).find(({ kind }) => kind === 'Deployment');
    const text = JSON.stringify(deployment);
    expect(text).to.not.contain('"runAsUser"').and.to.not.contain('"runAsGroup"');
    expect(text).to.contain('"runAsNonRoot":true').and.to.contain('--run-as-user=none');
  });

  const SERVED = 'admissionregistration.k8s.io/v1/MutatingAdmissionPolicy';
  const BETA = 'admissionregistration.k8s.io/v1beta1/MutatingAdmissionPolicy';
  const at = (kubeVersion: string, ...served: readonly string[]) => ({
    kubeVersion,
    apiVersions: served.length > 0 ? ['v1/Pod', ...served] : [],
  });
  const wanted = (admission: unknown) => ({ ...at('1.35.9'), values: { policies: { admission } } });
  for (const [what, release, version] of [
    ['a cluster serves the policies', at('1.36.0', SERVED), 'v1'],
    ['a cluster serves both versions of them', at('1.36.0', BETA, SERVED), 'v1'],
    ['a cluster has them switched on', at('1.35.0', BETA), 'v1beta1'],
    ['a cluster serves none', at('1.36.3', 'v1/Pod'), undefined],
    ['nobody asks a cluster of 1.36', at('1.36.0'), 'v1'],
    ['nobody asks a cluster of 1.36 of a cloud', at('1.36.1-eks-5e0fdde'), 'v1'],
    ['nobody asks a cluster of 1.35', at('1.35.9'), undefined],
    ['they are wanted all the same', wanted(true), 'v1'],
    ['the beta is wanted all the same', wanted('v1beta1'), 'v1beta1'],
    [
      'they are not wanted',
      { ...at('1.36.0', SERVED), values: { policies: { admission: false } } },
      undefined,
    ],
  ] as const)
    it(`gate by admission ${version === undefined ? 'not ' : `of ${version} `}where ${what}`, () => {
      const kinds = chartObjects(helm(), release).filter(({ kind }) => kind.startsWith('MutatingAdmission'));
      const versions = new Set(kinds.map(({ apiVersion }) => apiVersion));
      const expected = version === undefined ? [] : [`admissionregistration.k8s.io/${version}`];
      expect([...versions]).to.deep.equal(expected);
    });

  for (const [what, values, words] of [
    ['a name that there is not', { replica: 1 }, /additional properties 'replica' not allowed/],
    [
      'a name that there is not, in a group',
      { image: { pullSecret: [] } },
      /'\/image': additional properties 'pullSecret'/,
    ],
    ['more operators than stand by for anything', { replicas: 6 }, /'\/replicas': maximum: got 6, want 5/],
    ['a word that there is not', { logLevel: 'trace' }, /'\/logLevel': value must be one of 'debug', 'info'/],
    ['a text for a number', { metrics: { port: '8082' } }, /'\/metrics\/port'.*got string, want integer/s],
    [
      'a digest that is none',
      { image: { digest: 'sha256:12' } },
      /'\/image\/digest': .* does not match pattern/,
    ],
    ['a namespace that cannot be', { namespaces: ['Team_A'] }, /'\/namespaces\/0': 'Team_A' does not match/],
    [
      'an account that the policies would not know',
      { serviceAccount: { name: 'gates' } },
      /'\/serviceAccount\/name'/,
    ],
    [
      'a certificate beside the probes',
      { metrics: { certificateSecret: 'a' } },
      /certificateSecret takes metrics\.port too: probes/,
    ],
    [
      'guards of some namespaces without any',
      { policies: { guardNamespacesOnly: true } },
      /guardNamespacesOnly takes namespaces too/,
    ],
    [
      'a monitor of metrics that take a token, without one',
      { metrics: { access: 'authorized' }, monitoring: { podMonitor: true } },
      /Prometheus needs monitoring\.authorization/,
    ],
    ['metrics in the place of the probes', { metrics: { port: 8081 } }, /metrics\.port must not be 8081/],
  ] as const)
    it(`refuse ${what}, and say which value it is`, () => {
      const { code, stderr } = renderChart(helm(), { values });
      expect(code).to.equal(1);
      expect(stderr).to.match(words);
    });

  it('refuse a Kubernetes that nobody has tried', () => {
    const { code, stderr } = renderChart(helm(), { kubeVersion: '1.29.9' });
    expect([code, stderr]).to.satisfy(() => /requires kubeVersion: >=1\.30\.0-0.*incompatible/.test(stderr));
  });

  it('pass helm lint --strict, default or not', () => {
    for (const values of [{}, all(SETTINGS), all(SWITCHES)]) {
      const text = outputOf([helm(), 'lint', '--strict', CHART, '--values=-'], {
        input: JSON.stringify(values),
      });
      expect(text)
        .to.contain('1 chart(s) linted, 0 chart(s) failed')
        .and.to.not.match(/WARN|ERROR/);
    }
  });

  it('may be those of a dependency of another chart, with its condition and its global values', () => {
    const dependency = { name: 'dependency-gate', version: '0.1.0', repository: `file://${CHART}` };
    const dependencies = [{ ...dependency, condition: 'dependency-gate.enabled' }];
    folder.write({
      'Chart.yaml': JSON.stringify({ apiVersion: 'v2', name: 'platform', version: '1.0.0', dependencies }),
      'values.yaml': JSON.stringify({ global: { cluster: 'blue' }, 'dependency-gate': { enabled: true } }),
    });
    const home = { env: { HOME: folder.path } };
    outputOf([helm(), 'dependency', 'update', folder.path], home);
    const text = outputOf([helm(), 'template', 'platform', folder.path], home);
    expect(text).to.contain('name: platform-dependency-gate-operator');
    const off = outputOf(
      [helm(), 'template', 'platform', folder.path, '--set=dependency-gate.enabled=false'],
      home,
    );
    expect(off).to.not.contain('kind:');
  });
});
