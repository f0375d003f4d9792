import {
  containerName,
  GATED_LABEL,
  gateAnnotation,
  HOLD_GATE,
  OPENED_AGAIN_ANNOTATION,
  openAnnotation,
  REQUIRE_LABEL,
  TARGET_ANNOTATION,
  TEMPLATE_HASH_LABEL,
} from '../../src/api/names.ts';

/** Pods that have something in every field that is read of one, and much in others; as they are created. */
type Fields = Readonly<Record<string, unknown>>;

export interface RichPod {
  readonly metadata: Fields & { readonly name: string };
  readonly spec: Fields;
  /** As a kubelet would write it. */
  readonly status?: Fields;
}

const OPEN = '0 2026-11-27T10:00:00Z';
/** Of the Pod `opened`, to be written by somebody who is not the operator. */
export const OPENING = { [openAnnotation('first', 'api')]: OPEN };
/** Of the same, to be written by the operator. */
export const OWN_OPENING = { [openAnnotation('first', 'db')]: OPEN };

const probe = {
  httpGet: { path: '/healthz', port: 'http', httpHeaders: [{ name: 'Accept', value: 'text/plain' }] },
  periodSeconds: 5,
};

const env = [
  { name: 'EMPTY' },
  { name: 'WORDS', value: 'größe 🧱 and as many words more as make it longer than what is read quickly' },
  { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
  { name: 'KEY', valueFrom: { secretKeyRef: { name: 'secret', key: 'key', optional: true } } },
  { name: 'SETTING', valueFrom: { configMapKeyRef: { name: 'settings', key: 'key', optional: false } } },
  { name: 'KEY', valueFrom: { secretKeyRef: { name: 'secret', key: 'key' } } },
];

const waiter = {
  image:
    'registry.example/dependency-gate@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  command: ['/waiter', ''],
  args: ['--dns=api', '--period=2s'],
  workingDir: '/tmp',
  env,
  envFrom: [
    { prefix: 'A_', configMapRef: { name: 'settings', optional: true } },
    { secretRef: { name: 'secret' } },
  ],
  resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '32Mi' } },
  volumeMounts: [
    { name: 'data', mountPath: '/data', subPath: 'a/b', readOnly: true },
    { name: 'data', mountPath: '/more', subPathExpr: '$(POD)' },
  ],
  securityContext: { runAsNonRoot: true, runAsUser: 65532, capabilities: { drop: ['ALL'] } },
};

const app = {
  name: 'app',
  image: 'app:1',
  ports: [{ name: 'http', containerPort: 8080 }],
  resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '1', memory: '128Mi' } },
  livenessProbe: probe,
  readinessProbe: probe,
  volumeMounts: [{ name: 'data', mountPath: '/data' }],
};

const volumes = [{ name: 'data', emptyDir: {} }];

const startedAt = '2026-11-27T10:00:00Z';
const digest = 'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';

function containerStatus(name: string, state: Fields, more: Fields = {}): Fields {
  return {
    ...{ name, state, ready: false, restartCount: 0, image: 'app:1', imageID: `app@${digest}` },
    ...{ containerID: `containerd://${digest}`, ...more },
  };
}

const waiting = containerStatus('app', { waiting: { reason: 'PodInitializing' } });

export const RICH_POD: RichPod = {
  metadata: {
    name: 'rich',
    labels: {
      ...{ [GATED_LABEL]: 'true', [REQUIRE_LABEL]: 'first_second', [TEMPLATE_HASH_LABEL]: '5d8f' },
      ...{ app: 'web', 'controller-revision-hash': 'web-5d8f', empty: '' },
    },
    annotations: {
      ...{ [TARGET_ANNOTATION]: 'Deployment/web', [gateAnnotation('first')]: 'hash' },
      ...{ [OPENED_AGAIN_ANNOTATION]: '1', 'example.com/size': 'größe 🧱', 'example.com/empty': '' },
    },
    finalizers: ['example.com/kept'],
    ownerReferences: [
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'settings', uid: '3b7a42a4-0001' },
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d8f', uid: '3b7a42a4-0002', controller: true },
    ],
  },
  spec: {
    initContainers: [
      { name: 'sidecar', image: 'sidecar:1', restartPolicy: 'Always', startupProbe: probe },
      { ...waiter, name: containerName('first', 'api') },
      { name: containerName('first', 'db'), image: 'waiter:1', resources: { requests: { cpu: '10m' } } },
      { name: 'behind', image: 'behind:1' },
    ],
    containers: [app, { name: 'other', image: 'other' }],
    volumes,
    ...{ terminationGracePeriodSeconds: 5, nodeName: 'sandbox', restartPolicy: 'OnFailure' },
    tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }],
  },
  status: {
    phase: 'Pending',
    conditions: [
      { type: 'PodScheduled', status: 'True', lastTransitionTime: startedAt },
      { type: 'Initialized', status: 'False', reason: 'ContainersNotInitialized', message: 'not yet' },
    ],
    ...{ podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }], startTime: startedAt, qosClass: 'Burstable' },
    initContainerStatuses: [
      containerStatus('sidecar', { running: { startedAt } }, { started: true, ready: true }),
      containerStatus(
        containerName('first', 'api'),
        { running: {} },
        {
          ...{ started: false, restartCount: 3 },
          lastState: {
            terminated: {
              ...{ exitCode: -1, reason: 'Error', message: 'waiting for api: NXDOMAIN', startedAt },
              finishedAt: '2026-11-27T10:00:01Z',
            },
          },
        },
      ),
      containerStatus(containerName('first', 'db'), { terminated: { exitCode: 0 } }),
    ],
    containerStatuses: [waiting, { ...waiting, name: 'other' }],
  },
};

export const RICH_PODS: readonly RichPod[] = [
  RICH_POD,
  {
    metadata: { name: 'bare' },
    spec: { containers: [{ name: 'app', image: 'app' }] },
    status: { phase: 'Running' },
  },
  {
    metadata: { name: 'held', labels: { [REQUIRE_LABEL]: 'first' } },
    spec: {
      ...{ restartPolicy: 'Never', containers: [app], volumes },
      schedulingGates: [{ name: 'example.com/other' }, { name: HOLD_GATE }],
    },
    status: {
      conditions: [
        { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message: 'held by gates' },
      ],
    },
  },
  {
    metadata: { name: 'opened', annotations: { [gateAnnotation('first')]: 'hash' } },
    spec: {
      ...{ containers: [app], volumes },
      initContainers: [
        { name: 'sidecar', image: 'sidecar:1', restartPolicy: 'Always' },
        { ...waiter, name: containerName('first', 'api'), resources: { limits: { cpu: '1' } } },
        { name: containerName('first', 'db'), image: 'waiter:1', restartPolicy: 'Always' },
      ],
    },
    status: {
      initContainerStatuses: [
        containerStatus('sidecar', { running: { startedAt } }, { started: true }),
        containerStatus(containerName('first', 'api'), {
          waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image' },
        }),
      ],
    },
  },
];
