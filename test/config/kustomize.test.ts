import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import { validateGate } from '../../src/api/gate.ts';
import { KIND, OPERATOR_NAMESPACE, OPERATOR_SERVICE_ACCOUNT } from '../../src/api/names.ts';
import { POLICY_MANIFESTS } from '../../src/api/policies/manifests.ts';
import { useKubectl } from './kubectl.ts';
import { type Manifest, parseManifests, ROOT, read, readManifests } from './manifests.ts';
import { operatorDeployment } from './operator-deployment.ts';

const rules = z.array(
  z.strictObject({
    from: z.array(z.unknown()).optional(),
    ports: z.array(z.strictObject({ protocol: z.enum(['TCP', 'UDP']), port: z.int() })),
  }),
);
const networkPolicy = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ namespace: z.string() }),
  spec: z.strictObject({
    podSelector: z.strictObject({ matchLabels: z.record(z.string(), z.string()) }),
    policyTypes: z.array(z.string()),
    ingress: rules,
    egress: rules,
  }),
});

/** Policies have none, whatever kustomize is told. */
const hasNoNamespace = (kind: string) => kind.includes('AdmissionPolicy');
const named = ({ kind, metadata: { namespace = '', name } }: Manifest) =>
  `${kind} ${hasNoNamespace(kind) ? '' : namespace}/${name}`;

describe('kubectl kustomize', function () {
  this.timeout(60_000);
  const kubectl = useKubectl();
  const build = (folder: string): Manifest[] => parseManifests(kubectl('kustomize', folder));

  const policies = (folder: string) =>
    Object.entries(POLICY_MANIFESTS)
      .filter(([file]) => file.startsWith(folder))
      .flatMap(([, format]) => parseManifests(format()))
      .map(named);
  const WITHOUT_ADMISSION = [
    ...policies('config/guards/'),
    ...policies('config/first-starts/'),
    'Namespace /dependency-gate-system',
    'CustomResourceDefinition /dependencygates.dependencygate.dev',
    'ServiceAccount dependency-gate-system/dependency-gate-operator',
    'ClusterRole /dependency-gate-operator',
    'ClusterRole /dependency-gate-referenced',
    'ClusterRole /dependency-gate-built-in-referenced',
    'ClusterRoleBinding /dependency-gate-referenced',
    'ClusterRole /dependency-gate-edit',
    'ClusterRole /dependency-gate-view',
    'ClusterRoleBinding /dependency-gate-operator',
    'Role dependency-gate-system/dependency-gate-own-pod',
    'RoleBinding dependency-gate-system/dependency-gate-own-pod',
    'Role dependency-gate-system/dependency-gate-lease',
    'RoleBinding dependency-gate-system/dependency-gate-lease',
    'PodDisruptionBudget dependency-gate-system/dependency-gate-operator',
    'Deployment dependency-gate-system/dependency-gate-operator',
  ];

  it('builds config/without-admission: the resource, the permissions, the operator, the guards and what refuses first starts', () => {
    expect(build('config/without-admission').map(named)).to.have.members(WITHOUT_ADMISSION);
  });

  it('builds config/default: the same, and the policies that gate first starts', () => {
    expect(build('config/default').map(named)).to.have.members([
      ...WITHOUT_ADMISSION,
      ...policies('config/admission/'),
    ]);
  });

  for (const folder of ['admission', 'default'])
    it(`builds config/${folder}-v1beta1: what config/${folder} is, in the beta of the policies that mutate`, () => {
      const built = kubectl('kustomize', `config/${folder}`);
      const isMutating = /^apiVersion: (admissionregistration\.k8s\.io)\/v1\n(kind: Mutating)/gm;
      const expected = built.replaceAll(isMutating, 'apiVersion: $1/v1beta1\n$2');
      expect(expected).to.not.equal(built);
      const sorted = (text: string) => text.trim().split('\n---\n').toSorted();
      expect(sorted(kubectl('kustomize', `config/${folder}-v1beta1`))).to.deep.equal(sorted(expected));
    });

  it('builds config/default with the ServiceAccount that the policies know as the operator', () => {
    const accounts = build('config/default').filter(({ kind }) => kind === 'ServiceAccount');
    expect(accounts.map(({ metadata }) => metadata)).to.deep.include({
      name: OPERATOR_SERVICE_ACCOUNT,
      namespace: OPERATOR_NAMESPACE,
      labels: { 'app.kubernetes.io/name': 'dependency-gate' },
    });
  });

  it('builds config/namespaced: the same, without what would give the operator rights in all namespaces', () => {
    const everywhere = [
      'ClusterRoleBinding /dependency-gate-operator',
      'ClusterRoleBinding /dependency-gate-referenced',
    ];
    const reader = [
      'ClusterRole /dependency-gate-policies-reader',
      'ClusterRoleBinding /dependency-gate-policies-reader',
    ];
    const byDefault = build('config/default').map(named);
    expect(byDefault).to.include.members(everywhere);
    expect(build('config/namespaced').map(named)).to.have.members([
      ...byDefault.filter((one) => !everywhere.includes(one)),
      ...reader,
    ]);
  });

  it('builds config/namespaced/bindings: the same roles for the same ServiceAccount, in one namespace', () => {
    const bound = (objects: readonly Manifest[], kind: string) =>
      objects.filter((one) => one.kind === kind).map(({ roleRef, subjects }) => ({ roleRef, subjects }));
    expect(bound(build('config/namespaced/bindings'), 'RoleBinding')).to.have.deep.members(
      bound(build('config/default'), 'ClusterRoleBinding'),
    );
  });

  it('builds config/namespaced with the arguments of config/default, and the namespaces', () => {
    const { container } = operatorDeployment(build('config/namespaced'));
    const { container: byDefault } = operatorDeployment(build('config/default'));
    expect(container).to.deep.equal({
      ...byDefault,
      args: [...byDefault.args, '--namespaces=$(NAMESPACES)'],
      env: [{ name: 'NAMESPACES', value: 'team-a,team-b' }, ...byDefault.env],
    });
  });

  it('builds config/network-policy: in to health and metrics, out to the API server and names', () => {
    const [policy, ...others] = build('config/network-policy');
    expect(others).to.deep.equal([]);
    const { metadata, spec, kind, apiVersion } = networkPolicy.parse(policy);
    expect({ kind, apiVersion }).to.deep.equal({ kind: 'NetworkPolicy', apiVersion: 'networking.k8s.io/v1' });
    const { pod, container } = operatorDeployment(build('config/default'));
    expect(metadata.namespace).to.equal(OPERATOR_NAMESPACE);
    expect(pod.labels).to.include(spec.podSelector.matchLabels);
    expect(spec.policyTypes).to.deep.equal(['Ingress', 'Egress']);
    const portsOf = (rules: typeof spec.ingress) =>
      rules.flatMap(({ ports }) => ports.map(({ protocol, port }) => `${protocol} ${port}`));
    expect(portsOf(spec.ingress)).to.deep.equal([`TCP ${container.ports[0]?.containerPort}`, 'TCP 8082']);
    const enabled = { namespaceSelector: { matchLabels: { metrics: 'enabled' } } };
    expect(spec.ingress.map(({ from }) => from)).to.deep.equal([undefined, [enabled]]);
    expect(portsOf(spec.egress)).to.deep.equal(['TCP 443', 'TCP 6443', 'UDP 53', 'TCP 53']);
  });

  it('builds config/metrics-access: the operator may ask who reads its metrics, and a role of those who may', () => {
    const [reader, reviewer, binding, ...others] = build('config/metrics-access');
    expect(others).to.deep.equal([]);
    expect([reader?.metadata.name, reader?.rules]).to.deep.equal([
      'dependency-gate-metrics-reader',
      [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }],
    ]);
    expect(binding).to.deep.include({
      kind: 'ClusterRoleBinding',
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: reviewer?.metadata.name,
      },
      subjects: [{ kind: 'ServiceAccount', name: OPERATOR_SERVICE_ACCOUNT, namespace: OPERATOR_NAMESPACE }],
    });
  });

  it('builds the overlay of docs/guide/metrics.md, with arguments that the command line takes', () => {
    const [, overlay = ''] = /^```yaml\n(.*?)^```$/ms.exec(read('docs/guide/metrics.md')) ?? [];
    const folder = mkdtempSync(join(tmpdir(), 'dependency-gate-overlay-'));
    try {
      const config = `${relative(realpathSync(folder), ROOT)}/config`;
      writeFileSync(join(folder, 'kustomization.yaml'), overlay.replaceAll('- config', `- ${config}`));
      const objects = build(folder);
      expect(objects.map(named)).to.include('ClusterRole /dependency-gate-metrics-reviewer');
      const { container } = operatorDeployment(objects);
      const { stderr } = spawnSync(process.execPath, [join(ROOT, 'src/main.ts'), ...container.args], {
        encoding: 'utf8',
        env: {},
        timeout: 60_000,
      });
      expect(container.args).to.have.length(5);
      expect(stderr).to.match(/^dependency-gate: no cluster/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('names an image of a release in one place only', () => {
    const { container } = operatorDeployment(build('config/default'));
    expect(container.image).to.match(/^ghcr\.io\/.+:\d+\.\d+\.\d+$/);
    expect(kubectl('kustomize', 'config/default').split(container.image)).to.have.length(2);
  });

  for (const [sample, file] of [
    ['config/samples/story', 'gate.yaml'],
    ['config/samples/story-container', 'gate.yaml'],
  ] as const) {
    it(`builds ${sample}, with its own gate and without the Service api`, () => {
      const objects = build(sample);
      const gates = objects.filter(({ kind }) => kind === KIND);
      expect(gates).to.deep.equal(readManifests(`${sample}/${file}`));
      expect(gates.map(validateGate).map(({ valid }) => valid)).to.deep.equal([true]);
      expect(objects.map(named)).to.include('Deployment my-namespace/api');
      expect(objects.map(named)).to.not.include('Service my-namespace/api');
    });

    it(`builds ${sample} with the gate before its targets, so that their first Pods find it`, () => {
      const kinds = build(sample).map(({ kind }) => kind);
      expect(kinds[0]).to.equal('Namespace');
      expect(kinds.indexOf(KIND)).to.be.below(kinds.indexOf('Deployment'));
    });
  }
});
