import {
  containerName,
  GATED_LABEL,
  gateAnnotation,
  MAX_GATE_CONTAINERS,
  TARGET_ANNOTATION,
  volumeName,
} from '../../src/api/names.ts';
import { place } from '../../src/core/render/place.ts';
import type { PodTemplate } from '../../src/core/render/template.ts';
import { container, dns, type GateBuilder, gate, tcp } from '../core/builders.ts';
import { app } from './admission-api.ts';

/** The gate whose render stands in most templates below, older or newer. */
const tls = {
  caFrom: { configMapKeyRef: { name: 'trust', key: 'ca.crt' } },
  clientCertificateFrom: { secretRef: { name: 'client' } },
};
const hostFrom = { secretKeyRef: { name: 'redis', key: 'host' } };
const portFrom = { configMapKeyRef: { name: 'redis', key: 'port' } };
export const API_FIRST = gate('api-first')
  .dependsOn(dns('api'), { name: 'redis', grpc: { hostFrom, portFrom, tls } })
  .rendered();
const OLDER = gate('api-first')
  .dependsOn(dns('cache'), dns('api', { periodSeconds: 9 }))
  .rendered();
const A = { name: 'A', value: '1' };
const SECRET = { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } };
const SETTINGS = { prefix: 'APP_', configMapRef: { name: 'settings' } };
const CREDENTIALS = { secretRef: { name: 'credentials', optional: true } };
const DATA = { name: 'data', mountPath: '/data', subPath: 'sub', readOnly: true };
/** A gate of whose kind templates below hold the containers of somebody else's making. */
export const OWN_CHECK = gate('own-check')
  .dependsOn({
    name: 'schema',
    container: {
      image: 'registry.example/tools:1',
      command: ['sh', '-c', 'true'],
      env: [A, SECRET],
      envFrom: [SETTINGS, CREDENTIALS],
    },
  })
  .rendered();
/** A gate whose container mounts a volume of the target's own. */
export const MOUNTING = gate('mounting')
  .dependsOn({
    name: 'schema',
    container: {
      image: 'registry.example/tools:1',
      volumeMounts: [DATA, { name: 'data', mountPath: '/all' }],
    },
  })
  .rendered();
const GONE = gate('b-gone').dependsOn(tcp('db', 5432), container('own-check')).rendered();
const LATER = gate('z-gone').dependsOn(dns('z')).rendered();

/** Several gates, whose names begin alike. */
export const NAMED_ALIKE: readonly GateBuilder[] = [
  gate('z-last').dependsOn(dns('z')).rendered(),
  gate('api').dependsOn(dns('api'), container('own-check')).rendered(),
  API_FIRST,
  gate('api-2')
    .dependsOn(tcp('api', 80), dns('b', { successThreshold: 3 }))
    .rendered(),
];

/** Gates whose containers are made from one of the target's. */
export const INHERITING = gate('inheriting')
  .dependsOn(dns('api'), { name: 'schema', container: { from: 'app', command: ['check'] } })
  .rendered();
export const OVERRIDING = gate('overriding')
  .dependsOn({
    name: 'schema',
    container: {
      from: 'app',
      args: ['check'],
      ...{ imagePullPolicy: 'Never', workingDir: '/w', securityContext: { runAsUser: 7 } },
      ...{ env: [{ name: 'HOST', value: 'replica' }, A], envFrom: [SETTINGS] },
      ...{ volumeMounts: [{ name: 'data', mountPath: '/etc/app' }], resources: { limits: { cpu: '1' } } },
    },
  })
  .rendered();

/** Gates that need a registry's credentials, some of them the same. */
const needing = (name: string, ...secrets: string[]) =>
  gate(name)
    .dependsOn(dns('api'))
    .specifying({ waiter: { imagePullSecrets: secrets.map((one) => ({ name: one })) } })
    .rendered();
export const MIRRORED = [needing('mirrored', 'mirror', 'own'), needing('other', 'mirror', 'other')];

export interface TemplateCase {
  readonly what: string;
  /** @param target `<Kind>/<name>` of the workload that the template is of */
  readonly of: (target: string) => PodTemplate;
}

/** What admission makes of a template, by the code that the operator patches with. */
export function placed(template: PodTemplate, gates: readonly GateBuilder[], target: string): PodTemplate {
  return gates
    .filter(({ gate }) => gate.status.render !== undefined && !gate.deleting)
    .map(({ gate, render }) => ({ gate: gate.name, render, target }))
    .reduce(place, template);
}

const own = (name: string, more: object = {}) => ({ name, image: `registry.example/${name}:1`, ...more });

function withInit(...initContainers: { name: string }[]): PodTemplate {
  return { ...app(), spec: { ...app().spec, initContainers } };
}

function withVolumes(...volumes: { name: string }[]): PodTemplate {
  return { ...app(), spec: { ...app().spec, volumes } };
}

function downward(field: 'labels' | 'annotations') {
  return { downwardAPI: { items: [{ path: field, fieldRef: { fieldPath: `metadata.${field}` } }] } };
}

/** A template whose app has these resources. */
function withResources(resources: object, more: object = {}): PodTemplate {
  const containers = [own('app', { resources })];
  return { ...app(), spec: { ...app().spec, containers, ...more } };
}

const FULL = { cpu: '1', memory: '1Gi' };
const GUARANTEED = withResources({ limits: FULL, requests: { cpu: '1000m' } });

/** The init containers of a template in another order, or others. */
function reordered(
  template: PodTemplate,
  order: (containers: { name: string }[]) => { name: string }[],
): PodTemplate {
  return {
    ...template,
    spec: { ...template.spec, initContainers: order([...(template.spec.initContainers ?? [])]) },
  };
}

function marked(template: PodTemplate, annotations: Record<string, string>, labels = {}): PodTemplate {
  const { metadata } = template;
  return {
    ...template,
    metadata: {
      ...metadata,
      annotations: { ...metadata?.annotations, ...annotations },
      labels: { ...metadata?.labels, ...labels },
    },
  };
}

/** A template with containers of gates that are gone, which leave room for so many of others. */
export function withRoomFor(count: number): PodTemplate {
  const names = Array.from({ length: MAX_GATE_CONTAINERS - count }, (_, index) =>
    containerName('gone', `d${index}`),
  );
  return withInit(...names.map((name) => own(name)));
}

const plain: Readonly<Record<string, PodTemplate>> = {
  'nothing but an app': app(),
  'null in place of every list and map': {
    metadata: null,
    spec: { ...app().spec, initContainers: null, volumes: null },
  },
  'null in place of annotations and labels': { ...app(), metadata: { annotations: null, labels: null } },
  'empty lists and maps': {
    metadata: { annotations: {}, labels: {} },
    spec: { ...app().spec, initContainers: [], volumes: [] },
  },
  'annotations and labels of its own': {
    ...app(),
    metadata: { annotations: { 'example.com/a.b_c': '1' }, labels: { tier: 'back' } },
  },
  'own init containers': withInit(own('migrate'), own('seed'), own('a')),
  'a native sidecar among own init containers': withInit(
    own('first'),
    own('proxy', { restartPolicy: 'Always' }),
    own('last'),
  ),
  'names that only look like ours': withInit(
    ...['dgate-x', 'dgate--x', 'dgatee--x', 'dgate', 'my-dgate-a--b'].map((name) => own(name)),
  ),
  'a container of a gate without a name': withInit(own('dgate---x'), own('migrate')),
  'own volumes': withVolumes({ name: 'data', ...{ emptyDir: {} } }, { name: 'a', ...{ emptyDir: {} } }),
  "a volume of its own under the gate's name": withVolumes(
    { name: 'data', ...{ emptyDir: {} } },
    { name: volumeName('api-first'), ...{ emptyDir: {} } },
  ),
  "a volume of its own under the gate's name, of the same kind": withVolumes({
    name: volumeName('api-first'),
    ...{ projected: { sources: [downward('labels'), { configMap: { name: 'annotations' } }] } },
  }),
  "the gate's volume with other contents, behind others": withVolumes(
    { name: volumeName('z-gone'), ...{ projected: { sources: [downward('annotations')] } } },
    { name: 'data', ...{ emptyDir: {} } },
    {
      name: volumeName('api-first'),
      ...{ projected: { sources: [{ configMap: { name: 'x' } }, downward('annotations')] } },
    },
    { name: volumeName('a-gone'), ...{ emptyDir: {} } },
  ),
  'a Guaranteed app': GUARANTEED,
  'a Guaranteed app beside a sidecar that is not': withResources(
    { limits: FULL },
    { initContainers: [own('proxy', { restartPolicy: 'Always' })] },
  ),
  'a Guaranteed app and a Guaranteed init container': withResources(
    { limits: FULL, requests: FULL },
    { initContainers: [own('migrate', { resources: { limits: { cpu: '0.5', memory: '64M' } } })] },
  ),
  'limits of memory alone': withResources({ limits: { memory: '1Gi' } }),
  'requests below the limits': withResources({ limits: FULL, requests: { cpu: '500m' } }),
  'a limit of nothing': withResources({ limits: { ...FULL, cpu: '0' } }),
  'only the annotation of a gate': marked(app(), { [gateAnnotation('api-first')]: 'removed' }),
  'containers of a gate that is gone, out of order among own ones': withInit(
    ...['z', 'dgate-z-gone--z', 'm', 'dgate-b-gone--y', 'dgate-b-gone--x', 'a'].map((name) => own(name)),
  ),
  'thirty containers of two gates that are gone, mixed': withInit(
    ...Array.from({ length: 30 }, (_, index) => own(`dgate-${index % 2 ? 'b' : 'z'}-gone--d${29 - index}`)),
  ),
};

/** The template with these fields in all of the gate's containers. */
const written = (current: PodTemplate, fields: object) =>
  reordered(current, (all) =>
    all.map((one) => (one.name.startsWith('dgate-api-first--') ? { ...one, ...fields } : one)),
  );

const SMALL = { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '10m', memory: '16Mi' } };

/** What decides in a Pod whether our containers are valid. */
const surrounded: Readonly<Record<string, object>> = {
  'Pods for Windows': { os: { name: 'windows' } },
  'Pods for Windows nodes': { nodeSelector: { 'kubernetes.io/os': 'windows' } },
  'Pods for Linux': { os: { name: 'linux' }, nodeSelector: { 'kubernetes.io/os': 'linux' } },
  'resources of the whole Pod': { resources: SMALL },
  'requests of the whole Pod': { resources: { requests: SMALL.requests } },
  'no resources of the whole Pod': { resources: {} },
  'an app container under the name of a container of the gate': {
    containers: [own('app'), own(containerName('api-first', 'redis'))],
  },
};

type Change = (current: PodTemplate) => PodTemplate;

const inPod = (current: PodTemplate, more: object): PodTemplate => ({
  ...current,
  spec: { ...current.spec, ...more },
});

const carrying: Readonly<Record<string, Change>> = {
  'no resources': (current) => written(current, { resources: undefined }),
  'what it should have': (current) => current,
  'images of another registry and version': (current) =>
    written(current, { image: 'mirror.example/a/dependency-gate:9@sha256:0123456789abcdef' }),
  'images of another name': (current) => written(current, { image: 'registry.example/app:2' }),
  'other arguments': (current) => written(current, { args: ['serve'] }),
  'no arguments': (current) => written(current, { args: [] }),
  'a command': (current) => written(current, { command: ['true'] }),
  'another working directory': (current) => written(current, { workingDir: '/tmp' }),
  'containers that are sidecars': (current) => written(current, { restartPolicy: 'Always' }),
  'no mounts': (current) => written(current, { volumeMounts: [] }),
  'variables and resources that somebody added': (current) =>
    written(current, {
      env: [
        { name: 'AGENT', value: 'here' },
        { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
      ],
      resources: { limits: { cpu: '2' } },
    }),
  'variables by which somebody changes what the program does': (current) =>
    written(current, { env: [{ name: 'NODE_OPTIONS', value: '--max-old-space-size=4096' }] }),
  'own containers before, between and after': (current) =>
    reordered(current, ([api = own('?'), ...rest]) => [own('1'), api, own('2'), ...rest, own('3')]),
  'our containers swapped': (current) => reordered(current, (all) => all.toReversed()),
  'one of our containers missing': (current) => reordered(current, (all) => all.slice(1)),
  'one container too many': (current) =>
    reordered(current, (all) => [...all, own(containerName('api-first', 'left-over'))]),
  // With its mounts, or no API server would take the template where the gate is gone.
  'the volume missing': (current) =>
    reordered({ ...current, spec: { ...current.spec, volumes: [] } }, (all) =>
      all.map((one) => ({ ...one, volumeMounts: [] })),
    ),
  'an app that has become Guaranteed since': (current) => ({
    ...current,
    spec: { ...GUARANTEED.spec, initContainers: current.spec.initContainers, volumes: current.spec.volumes },
  }),
  'an annotation of another render': (current) => marked(current, { [gateAnnotation('api-first')]: 'older' }),
  'a label of another value': (current) => marked(current, {}, { [GATED_LABEL]: 'false' }),
  'the target annotation of the workload that it was copied from': (current) =>
    marked(current, { [TARGET_ANNOTATION]: 'Deployment/other' }),
  "a volume of its own under the gate's name": (current) => ({
    ...current,
    spec: {
      ...current.spec,
      initContainers: [],
      volumes: [{ name: volumeName('api-first'), ...{ emptyDir: {} } }],
    },
  }),
};

/** What somebody writes into a container of the user's own making. */
const ownChecks: Readonly<Record<string, object>> = {
  'what it should have': {},
  'an image of another registry': { image: 'mirror.example/tools:1' },
  'a digest in place of its tag': { image: 'mirror.example/tools@sha256:0123456789abcdef' },
  'a digest beside its tag': { image: 'mirror.example/tools:1@sha256:0123456789abcdef' },
  'another version': { image: 'registry.example/tools:2' },
  'no version': { image: 'registry.example/tools' },
  'another value of a variable': { env: [{ name: 'A', value: '2' }, SECRET] },
  'another source of a variable': {
    env: [A, { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'other' } } }],
  },
  'a variable that hides another': { env: [A, SECRET, { name: 'A', value: '2' }] },
  'one variable less': { env: [A] },
  'one more': { env: [{ name: 'FIRST', value: '' }, A, SECRET] },
  'a key that is optional': {
    env: [A, { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } }],
  },
  'no objects of variables': { envFrom: [] },
  'another prefix': { envFrom: [{ ...SETTINGS, prefix: 'A_' }, CREDENTIALS] },
  'an object that is needed': { envFrom: [SETTINGS, { secretRef: { name: 'credentials' } }] },
  'one more object of variables, and another order': {
    envFrom: [CREDENTIALS, { configMapRef: { name: 'more' } }, SETTINGS],
  },
};

const withData = (volume: object = { emptyDir: {} }): PodTemplate =>
  withVolumes({ name: 'a', ...{ emptyDir: {} } }, { name: 'data', ...volume });

/** What the app is that containers are made from. */
const apps: Readonly<Record<string, object>> = {
  'nothing but an image': {},
  'everything that is taken over, and more': {
    ...{
      imagePullPolicy: 'Always',
      command: ['serve'],
      args: ['x'],
      workingDir: '/app',
      ports: [{ containerPort: 1 }],
    },
    env: [{ name: 'HOST', value: 'db' }, { name: 'URL', value: 'pg://$(HOST)' }, SECRET, { name: 'EMPTY' }],
    envFrom: [CREDENTIALS, { configMapRef: { name: 'a' } }],
    volumeMounts: [
      { name: 'data', mountPath: '/etc/app', readOnly: true },
      { name: 'a', mountPath: '/a', subPathExpr: '$(HOST)' },
      { name: 'node', mountPath: '/node' },
    ],
    resources: { requests: { cpu: '1m' }, limits: { memory: '1Gi' } },
    securityContext: {
      ...{ privileged: true, runAsUser: 5, seLinuxOptions: { level: 's0' } },
      capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] },
    },
  },
  'nothing but privileges': { securityContext: { privileged: true, capabilities: { add: ['NET_ADMIN'] } } },
  'nothing but folders of the node': { volumeMounts: [{ name: 'node', mountPath: '/node' }] },
  'empty lists': { env: [], envFrom: [], volumeMounts: [], resources: {}, securityContext: {} },
  'a Guaranteed size': { resources: { limits: FULL } },
};

const appIs = (fields: object, more: object = {}): PodTemplate => ({
  ...app(),
  spec: {
    containers: [own('other', { env: [A] }), own('app', fields)],
    volumes: [
      { name: 'a', ...{ emptyDir: {} } },
      { name: 'data', ...{ emptyDir: {} } },
      { name: 'node', ...{ hostPath: { path: '/tmp', type: '' } } },
    ],
    ...more,
  },
});

/** What becomes of the mounts of a container of the user's own making. */
const mounts: Readonly<Record<string, object>> = {
  'what it should have': {},
  'no mounts': { volumeMounts: [] },
  'another part of the volume': {
    volumeMounts: [
      { ...DATA, subPath: 'other' },
      { name: 'data', mountPath: '/all' },
    ],
  },
  'one more mount': {
    volumeMounts: [{ name: 'data', mountPath: '/all' }, DATA, { name: 'a', mountPath: '/a' }],
  },
};

/** Templates of every kind that has come to mind. */
export const TEMPLATES: readonly TemplateCase[] = [
  ...Object.entries(plain).map(([what, template]) => ({ what, of: () => template })),
  ...Object.entries(carrying).map(([what, change]) => ({
    what: `carrying the gate, with ${what}`,
    of: (target: string) => change(placed(withInit(own('migrate')), [API_FIRST], target)),
  })),
  {
    what: 'an older render, with a container that the gate no longer has',
    of: (target) => placed(withInit(own('migrate')), [OLDER], target),
  },
  ...Object.entries(surrounded).map(([what, more]) => ({
    what: `without anything of gates, with ${what}`,
    of: () => inPod(withInit(own('migrate')), more),
  })),
  ...Object.entries(ownChecks).map(([what, fields]) => ({
    what: `the container of a user's own, with ${what}`,
    of: (target: string) =>
      reordered(placed(app(), [OWN_CHECK], target), (all) => all.map((one) => ({ ...one, ...fields }))),
  })),
  ...Object.entries(mounts).map(([what, fields]) => ({
    what: `a container that mounts a volume, with ${what}`,
    of: (target: string) =>
      reordered(placed(withData(), [MOUNTING], target), (all) => all.map((one) => ({ ...one, ...fields }))),
  })),
  ...Object.entries(apps).flatMap(([what, fields]) => [
    { what: `an app that is ${what}`, of: () => appIs(fields) },
    {
      what: `an app that is ${what}, in a Pod of a size`,
      of: () => appIs({ ...fields, resources: undefined }, { resources: SMALL }),
    },
    {
      what: `an app that has become ${what}`,
      of: (target: string) => {
        const before = placed(
          appIs(apps['everything that is taken over, and more'] ?? {}),
          [INHERITING],
          target,
        );
        return inPod(before, { containers: appIs(fields).spec.containers });
      },
    },
  ]),
  ...[['own'], ['mirror', 'last'], ['own', 'old', 'other', 'mirror']].flatMap((names) => {
    const secrets = { imagePullSecrets: names.map((name) => ({ name })) };
    return [
      { what: `with the pull secrets ${names.join()}`, of: () => inPod(app(), secrets) },
      {
        what: `with gates' pull secrets, and then ${names.join()}`,
        of: (target: string) =>
          inPod(placed(inPod(app(), { imagePullSecrets: [{ name: 'own' }] }), MIRRORED, target), secrets),
      },
      {
        what: `with pull secrets of an older render among ${names.join()}`,
        of: (target: string) =>
          placed(inPod(app(), secrets), [needing('mirrored', 'old', 'mirror', 'older')], target),
      },
    ];
  }),
  { what: 'no app of the name', of: () => ({ ...app(), spec: { containers: [own('web')] } }) },
  { what: 'a volume of the node', of: () => withData({ hostPath: { path: '/tmp', type: '' } }) },
  {
    what: 'requests that were raised, of an app that is not Guaranteed any more',
    of: (target) => {
      const { metadata, spec } = placed(GUARANTEED, [API_FIRST], target);
      return { metadata, spec: { ...spec, containers: app().spec.containers } };
    },
  },
  {
    what: 'containers of gates that are gone, before and after',
    of: (target) => placed(withInit(own('migrate')), [GONE, LATER, OLDER], target),
  },
  {
    what: 'containers of gates, there and gone, between and behind its own',
    of: (target) =>
      reordered(placed(withInit(own('migrate'), own('proxy')), [GONE, LATER, API_FIRST], target), (all) => [
        ...all.slice(-2, -1),
        ...all.slice(1, -2).toReversed(),
        ...all.slice(-1),
        ...all.slice(0, 1),
      ]),
  },
  {
    what: 'gates that are gone, in the wrong order',
    of: (target) => reordered(placed(app(), [GONE, LATER], target), (all) => all.toReversed()),
  },
];

/** Templates that carry the gate `API_FIRST` and are changed so that its containers may not be valid there any more. */
export const CONVERSIONS: readonly TemplateCase[] = Object.entries(surrounded)
  .filter(([, more]) => !('containers' in more))
  .map(([what, more]) => ({
    what: `carrying the gate, and now with ${what}`,
    of: (target: string) => inPod(placed(withInit(own('migrate')), [API_FIRST], target), more),
  }));

/** Templates that carry the gate `MOUNTING`, and no longer have what it mounts. */
export const LOST_VOLUMES: readonly TemplateCase[] = [
  { what: 'carrying the gate, without the volume', volumes: [] },
  {
    what: 'carrying the gate, with a folder of the node',
    volumes: [{ name: 'data', hostPath: { path: '/tmp' } }],
  },
].map(({ what, volumes }) => ({
  what,
  of: (target) => {
    const current = placed(withData(), [MOUNTING], target);
    const kept = current.spec.volumes?.filter(({ name }) => name !== 'data') ?? [];
    return inPod(current, { volumes: [...kept, ...volumes] });
  },
}));
