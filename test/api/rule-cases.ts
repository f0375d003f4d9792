import type { Place } from '../../src/api/rules.ts';
import { depending, type Manifest, manifest } from './manifest.ts';

/**
 * Gates that keep a rule and gates that break it, and nothing else. The same table is fed to the functions and, on a
 * real API server, to the CEL.
 */
export interface RuleCase {
  readonly place: Place;
  readonly message: string;
  /** The field that the API server names. */
  readonly field: string;
  readonly kept: readonly Manifest[];
  readonly broken: readonly Manifest[];
}

const dns = { host: 'api' };
const http = { url: 'https://api/healthz' };
const grpc = { host: 'api', port: 443 };
const container = { image: 'busybox' };
const service = { name: 'api', port: 80, minReady: 2 };
const resource = { apiVersion: 'batch/v1', kind: 'Job', name: 'migrate' };
const { name: _, ...unnamed } = resource;
const other = { name: 'other' };
const condition = { type: 'Ready' };
const expression = 'object.status.ready == true';
const ca = { configMapKeyRef: { name: 'ca', key: 'ca.crt' } };
const secret = { secretKeyRef: { name: 'token', key: 'value' } };
const configMap = { configMapKeyRef: { name: 'settings', key: 'value' } };
const field = { fieldRef: { fieldPath: 'metadata.name' } };

const named = (gate: string, dependency: string) =>
  manifest({ dependencies: [{ name: dependency, dns }] }, gate);
const targeting = (...targets: { kind?: string; name: string }[]) => manifest({ targets });
const requesting = (...headers: Record<string, unknown>[]) => depending({ http: { ...http, headers } });
const running = (settings: Record<string, unknown>) =>
  depending({ container: { ...container, ...settings } });
const asking = (more: Record<string, unknown>) => depending({ resource: { ...resource, ...more } });
const onNode = (more: Record<string, unknown>) =>
  depending({
    resource: {
      ...{ apiVersion: 'v1', kind: 'Pod', selector: { matchLabels: { app: 'agent' } } },
      ...{ matchPod: { node: true }, ...more },
    },
  });
const inheriting = (settings: Record<string, unknown>) =>
  depending({ container: { from: 'app', ...settings } });
const map = { name: 'settings' };
const mounting = (...volumeMounts: Record<string, unknown>[]) => running({ volumeMounts });
const selecting = (matchLabels: Record<string, string>, more: Record<string, unknown> = {}) =>
  depending({ resource: { ...unnamed, selector: { matchLabels }, ...more } });
const withEnv = (...env: Record<string, unknown>[]) => running({ env });

/** A container check of this many characters, in as many fields as there are. */
function sized(length: number): Manifest {
  const settings = {
    workingDir: '/w',
    command: ['sh', '-c'],
    env: [
      { name: 'A', value: 'b' },
      { name: 'B', valueFrom: secret },
      { name: 'C', valueFrom: configMap },
      { name: 'D', valueFrom: field },
    ],
    envFrom: [{ prefix: 'P', configMapRef: { name: 'map' } }, { secretRef: { name: 'secret' } }],
    volumeMounts: [
      { name: 'data', mountPath: '/d', subPath: 'sub' },
      { name: 'more', mountPath: '/m' },
    ],
  };
  const others =
    'busybox' +
    '/w' +
    'sh-c' +
    'Ab' +
    'Btokenvalue' +
    'Csettingsvalue' +
    'Dmetadata.name' +
    'Pmap' +
    'secret' +
    'data/dsub' +
    'more/m';
  const rest = length - others.length;
  return running({ ...settings, args: ['é'.repeat(1000), 'x'.repeat(rest - 1000)] });
}

const withResources = (resources: object) => manifest({ waiter: { resources } });
const cpu = (requests: string, limits: string) => ({ requests: { cpu: requests }, limits: { cpu: limits } });
const TOO_MUCH =
  'requests are more than limits, and no target could be written with that: set lower requests or higher limits';
const within = [
  {},
  cpu('100m', '0.1'),
  cpu('1', '1000m'),
  cpu('0.0000000001', '0.00000000001'),
  { requests: { memory: '1Gi' }, limits: { cpu: '1m' } },
  {
    requests: { memory: '1M', 'ephemeral-storage': '1G' },
    limits: { memory: '1Mi', 'ephemeral-storage': '1Gi' },
  },
];
const beyond = [
  cpu('101m', '0.1'),
  cpu('2', '1'),
  { requests: { memory: '1Mi' }, limits: { memory: '1M' } },
  { requests: { memory: '1025Ki' }, limits: { memory: '1Mi' } },
  { requests: { 'ephemeral-storage': '1Ei' }, limits: { 'ephemeral-storage': '1E' } },
];

const opening = (open: readonly string[]) =>
  manifest({
    open,
    dependencies: [
      { name: 'api', dns },
      { name: 'own', container },
    ],
  });

/** The rule of a source of a part of an address. */
function fromKey(place: Place, at: (source: object) => Manifest): RuleCase {
  return {
    place,
    message: 'set exactly one of secretKeyRef and configMapKeyRef',
    field: place.replace('[]', '[0]'),
    kept: [secret, configMap].map(at),
    broken: [{}, { ...secret, ...configMap }].map(at),
  };
}

export const RULE_CASES: readonly RuleCase[] = [
  {
    place: 'spec.waiter.resources',
    message: TOO_MUCH,
    field: 'spec.waiter.resources',
    kept: within.map(withResources),
    broken: beyond.map(withResources),
  },
  {
    place: 'spec.dependencies[].container.resources',
    message: TOO_MUCH,
    field: 'spec.dependencies[0].container.resources',
    kept: within.map((resources) => running({ resources })),
    broken: beyond.map((resources) => running({ resources })),
  },
  {
    place: 'spec.dependencies[].container.securityContext',
    message: 'runAsNonRoot refuses the user 0, so the container would never run: remove one of the two',
    field: 'spec.dependencies[0].container.securityContext',
    kept: [{ runAsUser: 0 }, { runAsNonRoot: true, runAsUser: 1 }, { runAsNonRoot: false, runAsUser: 0 }].map(
      (securityContext) => running({ securityContext }),
    ),
    broken: [running({ securityContext: { runAsNonRoot: true, runAsUser: 0 } })],
  },
  {
    place: 'spec.dependencies[].container',
    message: 'an environment variable is set twice, and only the last one counts: remove the other',
    field: 'spec.dependencies[0].container.env',
    kept: [withEnv({ name: 'A', value: '1' }, { name: 'B', value: '1' })],
    broken: [withEnv({ name: 'A', value: '1' }, { name: 'B' }, { name: 'A', value: '2' })],
  },
  {
    place: 'spec',
    message:
      'open names dependencies of this gate, or * for all, and no container, which cannot see it: remove what is neither',
    field: 'spec.open',
    kept: [opening([]), opening(['api']), opening(['*', 'api'])],
    broken: [
      opening(['own']),
      opening(['other']),
      opening(['api', 'own']),
      manifest({ open: ['*'], dependencies: [{ name: 'own', container }] }),
    ],
  },
  {
    place: 'spec',
    message:
      'with placement: Pod the containers come with each new Pod, and there is no rollout to wait for: remove updatePolicy, or use placement: Template',
    field: 'spec.updatePolicy',
    kept: [
      manifest({ placement: 'Pod', updatePolicy: 'Immediate' }),
      manifest({ placement: 'Template', updatePolicy: 'OnNextRollout' }),
      manifest({ updatePolicy: 'OnNextRollout' }),
    ],
    broken: [manifest({ placement: 'Pod', updatePolicy: 'OnNextRollout' })],
  },
  {
    place: 'spec.dependencies[].resource',
    message:
      'only Pods are on a node, so with matchPod.node no other object would ever match: set apiVersion v1 and kind Pod, or remove node',
    field: 'spec.dependencies[0].resource.matchPod',
    kept: [onNode({}), asking({ matchPod: { image: true, node: false } })],
    broken: [
      onNode({ kind: 'Node' }),
      onNode({ apiVersion: 'example.com/v1' }),
      asking({ matchPod: { node: true } }),
    ],
  },
  {
    place: 'spec.dependencies[].container',
    message:
      "from without a command starts the app itself, which does not end: set the command that checks, or the args of the image's own",
    field: 'spec.dependencies[0].container',
    kept: [inheriting({ command: ['check'] }), inheriting({ args: ['check'] }), running({})],
    broken: [inheriting({}), inheriting({ workingDir: '/app' })],
  },
  {
    place: 'spec.dependencies[].http',
    message: 'any takes every status code: remove the others, or any',
    field: 'spec.dependencies[0].http.status',
    kept: [['any'], [200, 204], [401]].map((status) => depending({ http: { ...http, status } })),
    broken: [
      ['any', 200],
      [401, 'any'],
      ['any', 'any'],
    ].map((status) => depending({ http: { ...http, status } })),
  },
  {
    place: 'spec',
    message:
      'with when: Rollout Pods are opened by an annotation, which a container cannot see: give the container a gate of its own, or use EveryStart',
    field: 'spec.when',
    kept: [
      manifest({ when: 'Rollout' }),
      manifest({ when: 'EveryStart', dependencies: [{ name: 'own', container }] }),
      manifest({ dependencies: [{ name: 'own', container }] }),
    ],
    broken: [
      manifest({
        when: 'Rollout',
        dependencies: [
          { name: 'api', dns },
          { name: 'own', container },
        ],
      }),
    ],
  },
  {
    place: 'spec',
    message:
      'with order: Parallel all is the name of the container that all dependencies share: rename that dependency, or use Sequential',
    field: 'spec.order',
    kept: [
      manifest({ order: 'Parallel' }),
      manifest({ order: 'Parallel', dependencies: [{ name: 'all-of-it', dns }] }),
      ...[{}, { order: 'Sequential' }].map((order) =>
        manifest({ ...order, dependencies: [{ name: 'all', dns }] }),
      ),
    ],
    broken: [
      manifest({ order: 'Parallel', dependencies: [{ name: 'all', dns }] }),
      manifest({
        order: 'Parallel',
        dependencies: [
          { name: 'api', dns },
          { name: 'all', container },
        ],
      }),
    ],
  },
  {
    place: '',
    message:
      "with order: Parallel the gate's name has at most 52 characters, since its container is named dgate-<gate>--all: shorten it, or use Sequential",
    field: 'metadata.name',
    kept: [
      manifest({ order: 'Parallel', dependencies: [{ name: 'a', dns }] }, 'g'.repeat(52)),
      ...[{}, { order: 'Sequential' }].map((order) =>
        manifest({ ...order, dependencies: [{ name: 'a', dns }] }, 'g'.repeat(53)),
      ),
    ],
    broken: [manifest({ order: 'Parallel', dependencies: [{ name: 'a', dns }] }, 'g'.repeat(53))],
  },
  {
    place: 'spec',
    message:
      "after names an init container of the targets' own, and this is one of a gate: gates are sorted by their names, so name a container of the target, or remove after",
    field: 'spec.after',
    kept: ['sql-proxy', 'dgate-x', 'dgate-1', 'my-dgate-a--b'].map((after) => manifest({ after })),
    broken: ['dgate-a--b', 'dgate-other--db', 'dgate---x'].map((after) => manifest({ after })),
  },
  {
    place: '',
    message:
      "the gate's name becomes part of container names: choose one of lower-case letters, digits and single hyphens, without dots",
    field: 'metadata.name',
    kept: [manifest({}, 'a'), manifest({}, '0-a-1')],
    broken: [manifest({}, 'a.b'), manifest({}, 'a--b')],
  },
  {
    place: '',
    message:
      "the gate's name and a dependency's name have at most 55 characters together: shorten one of them",
    field: 'metadata.name',
    kept: [named('g'.repeat(2), 'd'.repeat(53)), named('g'.repeat(50), 'd'.repeat(5))],
    broken: [named('g'.repeat(3), 'd'.repeat(53)), named('g'.repeat(55), 'd')],
  },
  {
    place: 'spec.targets',
    message: 'a target is named twice (the kind is Deployment where none is given): remove one of the two',
    field: 'spec.targets',
    kept: [
      targeting({ name: 'a' }, { name: 'b' }),
      targeting({ name: 'a' }, { kind: 'StatefulSet', name: 'a' }, { kind: 'DaemonSet', name: 'a' }),
    ],
    broken: [
      targeting({ name: 'a' }, { name: 'b' }, { name: 'a' }),
      targeting({ name: 'a' }, { kind: 'Deployment', name: 'a' }),
      targeting({ kind: 'DaemonSet', name: 'a' }, { kind: 'DaemonSet', name: 'a' }),
    ],
  },
  {
    place: 'spec.dependencies',
    message: 'two dependencies have the same name: rename one of them',
    field: 'spec.dependencies',
    kept: [depending({ dns }, { dns })],
    broken: [depending({ name: 'same', dns }, { name: 'same', dns: { host: 'other' } })],
  },
  {
    place: 'spec.dependencies[]',
    message:
      'set exactly one of dns, tcp, http, grpc, service, resource, gate and container; for several checks make several dependencies',
    field: 'spec.dependencies[0]',
    kept: [
      depending({ dns }, { tcp: { host: '::1', port: 1 } }, { http }, { grpc }, { container }),
      depending({ service }, { resource }, { gate: other }),
    ],
    broken: [
      depending({}),
      depending({ dns, http }),
      depending({ grpc, container }),
      depending({ service, resource }),
      depending({ dns, gate: other }),
    ],
  },
  {
    place: 'spec.dependencies[]',
    message:
      'a container decides itself how often and how long it tries: remove periodSeconds, timeoutSeconds, successThreshold, overdueAfterSeconds and onOverdue',
    field: 'spec.dependencies[0]',
    kept: [
      depending({ container }),
      depending({ dns, periodSeconds: 1, timeoutSeconds: 1, successThreshold: 1 }),
      depending({ dns, overdueAfterSeconds: 1, onOverdue: 'Open' }),
      manifest({ defaults: { periodSeconds: 1 }, dependencies: [{ name: 'a', container }] }),
    ],
    broken: [
      depending({ container, periodSeconds: 1 }),
      depending({ container, timeoutSeconds: 1 }),
      depending({ container, successThreshold: 1 }),
      depending({ container, overdueAfterSeconds: 1 }),
      depending({ container, onOverdue: 'Wait' }),
    ],
  },
  {
    place: 'spec.dependencies[]',
    message:
      'the operator watches service, resource and gate and makes no attempts: remove periodSeconds, timeoutSeconds and successThreshold',
    field: 'spec.dependencies[0]',
    kept: [
      depending({ service, overdueAfterSeconds: 1, onOverdue: 'Open' }),
      depending({ dns, periodSeconds: 1 }, { resource }),
      manifest({ defaults: { periodSeconds: 1 }, dependencies: [{ name: 'a', gate: other }] }),
    ],
    broken: [
      depending({ service, periodSeconds: 1 }),
      depending({ resource, timeoutSeconds: 1 }),
      depending({ gate: other, successThreshold: 1 }),
    ],
  },
  {
    place: 'spec.dependencies[].resource',
    message:
      'a Secret cannot be a dependency, since whoever may write gates could read it so: use another object',
    field: 'spec.dependencies[0].resource',
    kept: [
      asking({ apiVersion: 'v1', kind: 'ConfigMap' }),
      asking({ apiVersion: 'vault.example.com/v1', kind: 'Secret' }),
    ],
    broken: [asking({ apiVersion: 'v1', kind: 'Secret' })],
  },
  {
    place: 'spec.dependencies[].resource',
    message: 'a gate is waited for by its own check: use gate, not resource',
    field: 'spec.dependencies[0].resource',
    kept: [asking({ apiVersion: 'gates.example.com/v1', kind: 'DependencyGate' })],
    broken: [
      asking({ apiVersion: 'dependencygate.dev/v1alpha1', kind: 'DependencyGate' }),
      asking({ apiVersion: 'dependencygate.dev/v1', kind: 'DependencyGate', expression }),
    ],
  },
  {
    place: 'spec.dependencies[].resource',
    message: 'set condition or expression, not both: an expression can look at conditions too',
    field: 'spec.dependencies[0].resource',
    kept: [
      asking({}),
      asking({ condition }),
      asking({ condition: { type: 'a.b/C', status: 'False' } }),
      asking({ expression }),
    ],
    broken: [asking({ condition, expression })],
  },
  {
    place: 'spec.dependencies[].resource',
    message: 'set exactly one of name and selector',
    field: 'spec.dependencies[0].resource',
    kept: [asking({}), selecting({ app: 'shop' })],
    broken: [asking({ selector: { matchLabels: { app: 'shop' } } }), depending({ resource: unnamed })],
  },
  {
    place: 'spec.dependencies[].resource',
    message: 'minReady counts the objects of a selector: remove it, or set selector instead of name',
    field: 'spec.dependencies[0].resource',
    kept: [selecting({ app: 'shop' }, { minReady: 2 })],
    broken: [asking({ minReady: 2 })],
  },
  {
    place: 'spec.dependencies[].resource.selector',
    message: 'a selector without labels selects everything: put at least one label into matchLabels',
    field: 'spec.dependencies[0].resource.selector',
    kept: [selecting({ 'app.kubernetes.io/name': 'shop', empty: '' })],
    broken: [selecting({})],
  },
  {
    place: 'spec.dependencies[].resource.matchPod',
    message: 'matchPod compares nothing: set image or node to true, or give labels',
    field: 'spec.dependencies[0].resource.matchPod',
    kept: [
      asking({ matchPod: { image: true } }),
      onNode({ matchPod: { node: true, image: false } }),
      asking({ matchPod: { labels: ['app.kubernetes.io/version', 'release'] } }),
      selecting({ app: 'shop' }, { matchPod: { image: true, labels: ['release'] }, expression }),
    ],
    broken: [asking({ matchPod: {} }), asking({ matchPod: { image: false, node: false } })],
  },
  {
    place: '',
    message: 'a gate that waits for itself never opens: use another gate',
    field: 'spec.dependencies',
    kept: [depending({ gate: other })],
    broken: [manifest({ dependencies: [{ name: 'a', gate: { name: 'same' } }] }, 'same')],
  },
  ...(['tcp', 'grpc'] as const).flatMap((check): RuleCase[] => [
    ...(['host', 'port'] as const).map((part): RuleCase => {
      const at = (address: object) =>
        depending({ [check]: part === 'host' ? { port: 1, ...address } : { host: 'api', ...address } });
      const given = part === 'host' ? 'api' : 1;
      return {
        place: `spec.dependencies[].${check}`,
        message: `set exactly one of ${part} and ${part}From`,
        field: `spec.dependencies[0].${check}`,
        kept: [{ [part]: given }, { [`${part}From`]: secret }].map(at),
        broken: [{}, { [part]: given, [`${part}From`]: secret }].map(at),
      };
    }),
    ...(['hostFrom', 'portFrom'] as const).map((from): RuleCase => {
      const at = (source: object) =>
        depending({ [check]: { ...(from === 'hostFrom' ? { port: 1 } : { host: 'api' }), [from]: source } });
      return fromKey(`spec.dependencies[].${check}.${from}`, at);
    }),
  ]),
  fromKey('spec.dependencies[].http.urlFrom', (urlFrom) => depending({ http: { urlFrom } })),
  {
    place: 'spec.dependencies[].http',
    message: 'set exactly one of url and urlFrom',
    field: 'spec.dependencies[0].http',
    kept: [depending({ http }), depending({ http: { urlFrom: configMap, tls: {} } })],
    broken: [depending({ http: { method: 'GET' } }), depending({ http: { ...http, urlFrom: secret } })],
  },
  {
    place: 'spec.dependencies[].http',
    message: 'tls has no meaning for an http URL: use an https URL, or remove tls',
    field: 'spec.dependencies[0].http',
    kept: [
      depending({ http: { ...http, tls: { caFrom: ca } } }),
      depending({ http: { url: 'http://api/' } }),
    ],
    broken: [
      depending({ http: { url: 'http://api', tls: {} } }),
      depending({ http: { url: 'http://api/https://', tls: { serverName: 'api' } } }),
    ],
  },
  {
    place: 'spec.dependencies[].http.headers[]',
    message: 'set exactly one of value and valueFrom',
    field: 'spec.dependencies[0].http.headers[0]',
    kept: [requesting({ name: 'A', value: '' }, { name: 'B', valueFrom: secret })],
    broken: [requesting({ name: 'A' }), requesting({ name: 'A', value: '', valueFrom: secret })],
  },
  {
    place: 'spec.waiter.imagePullSecrets',
    message: 'a Secret is named twice: remove one of the two',
    field: 'spec.waiter.imagePullSecrets',
    kept: [manifest({ waiter: { imagePullSecrets: [{ name: 'a' }, { name: 'b' }] } })],
    broken: [manifest({ waiter: { imagePullSecrets: [{ name: 'a' }, { name: 'a' }] } })],
  },
  ...(['http', 'grpc'] as const).map((check): RuleCase => {
    const secured = (tls: Record<string, unknown>) =>
      depending(check === 'http' ? { http: { ...http, tls } } : { grpc: { ...grpc, tls } });
    return {
      place: `spec.dependencies[].${check}.tls`,
      message: 'caFrom has no meaning where no certificate is verified: remove caFrom or insecureSkipVerify',
      field: `spec.dependencies[0].${check}.tls`,
      kept: [
        secured({}),
        secured({ insecureSkipVerify: true }),
        secured({ caFrom: ca, insecureSkipVerify: false, serverName: 'api' }),
      ],
      broken: [secured({ caFrom: ca, insecureSkipVerify: true })],
    };
  }),
  ...(['http', 'grpc'] as const).map((check) =>
    fromKey(`spec.dependencies[].${check}.tls.caFrom`, (caFrom) =>
      depending(
        check === 'http' ? { http: { ...http, tls: { caFrom } } } : { grpc: { ...grpc, tls: { caFrom } } },
      ),
    ),
  ),
  {
    place: 'spec.dependencies[].container',
    message:
      'all that stands in a container, but resources and securityContext, has at most 4096 characters: put a longer script into the image',
    field: 'spec.dependencies[0].container',
    kept: [sized(4096)],
    broken: [sized(4097)],
  },
  {
    place: 'spec.dependencies[].container',
    message: 'set exactly one of image and from',
    field: 'spec.dependencies[0].container',
    kept: [depending({ container: { from: 'web', args: ['check'] } })],
    broken: [depending({ container: { args: ['check'] } }), running({ from: 'web', args: ['check'] })],
  },
  {
    place: 'spec.dependencies[].container.env[]',
    message: 'set value or valueFrom, not both',
    field: 'spec.dependencies[0].container.env[0]',
    kept: [withEnv({ name: 'A' }, { name: 'B', value: '' }, { name: 'C', valueFrom: field })],
    broken: [withEnv({ name: 'A', value: '', valueFrom: field })],
  },
  {
    place: 'spec.dependencies[].container.env[].valueFrom',
    message: 'set exactly one of fieldRef, secretKeyRef and configMapKeyRef',
    field: 'spec.dependencies[0].container.env[0].valueFrom',
    kept: [field, secret, configMap].map((valueFrom) => withEnv({ name: 'A', valueFrom })),
    broken: [
      withEnv({ name: 'A', valueFrom: {} }),
      withEnv({ name: 'A', valueFrom: { ...secret, ...configMap } }),
      withEnv({ name: 'A', valueFrom: { ...field, ...secret } }),
    ],
  },
  {
    place: 'spec.dependencies[].container.envFrom[]',
    message: 'set exactly one of configMapRef and secretRef',
    field: 'spec.dependencies[0].container.envFrom[0]',
    kept: [
      running({ envFrom: [{ configMapRef: map }, { secretRef: { ...map, optional: true }, prefix: 'DB_' }] }),
    ],
    broken: [running({ envFrom: [{}] }), running({ envFrom: [{ configMapRef: map, secretRef: map }] })],
  },
  {
    place: 'spec.dependencies[].container',
    message: 'two volumes are mounted in one place: choose another mountPath for one of them',
    field: 'spec.dependencies[0].container.volumeMounts',
    kept: [mounting({ name: 'a', mountPath: '/a' }, { name: 'a', mountPath: '/b', subPath: 'b' })],
    broken: [mounting({ name: 'a', mountPath: '/a' }, { name: 'b', mountPath: '/a' })],
  },
  {
    place: 'spec.dependencies[].container.volumeMounts[]',
    message: "volumes named dgate-… are those of gates, and not the target's own: choose another one",
    field: 'spec.dependencies[0].container.volumeMounts[0].name',
    kept: [mounting({ name: 'dgate', mountPath: '/a' })],
    broken: [mounting({ name: 'dgate-a', mountPath: '/a' })],
  },
  {
    place: 'spec.dependencies[].container.volumeMounts[]',
    message:
      '/var/run/dependency-gate is where waiting containers have their own volume: choose another mountPath',
    field: 'spec.dependencies[0].container.volumeMounts[0].mountPath',
    kept: [mounting({ name: 'a', mountPath: '/var/run/dependency-gates' })],
    broken: [mounting({ name: 'a', mountPath: '/var/run/dependency-gate' })],
  },
];
