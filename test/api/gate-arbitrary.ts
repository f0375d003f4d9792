import fc from 'fast-check';
import type { Dependency, GateSpec, Target } from '../../src/api/spec.ts';
import { TARGET_KINDS } from '../../src/api/spec.ts';

/** Valid specs of any size, for properties that must hold of every gate. Names leave room for a gate's of 20. */

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz0123456789'];
const label = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...LETTERS), minLength: 1, maxLength });
const name = fc.array(label(8), { minLength: 1, maxLength: 3 }).map((words) => words.join('-'));
const host = fc.oneof(
  fc.array(label(10), { minLength: 1, maxLength: 4 }).map((words) => words.join('.')),
  fc.ipV4(),
);
const dialled = fc.oneof(host, fc.ipV6());
const port = fc.integer({ min: 1, max: 65535 });
const ref = fc.record({ name, key: label(10) });
const ca = ref.map((configMapKeyRef) => ({ configMapKeyRef }));
const secret = ref.map((secretKeyRef) => ({ secretKeyRef }));
/** The same, of keys that may be missing. */
const lax = fc.record({ name, key: label(10), optional: fc.boolean() }, { requiredKeys: ['name', 'key'] });
const laxSource = fc.oneof(
  lax.map((configMapKeyRef) => ({ configMapKeyRef })),
  lax.map((secretKeyRef) => ({ secretKeyRef })),
  fc
    .constantFrom("metadata.labels['app']", 'spec.nodeName')
    .map((fieldPath) => ({ fieldRef: { fieldPath } })),
);

const source = fc.oneof(secret, ca);
/** A host and a port, each in the gate or in a key. */
const address = fc.oneof(
  fc.record({ host: dialled, port }),
  fc.record({ hostFrom: source, port }),
  fc.record({ host: dialled, portFrom: source }),
  fc.record({ hostFrom: source, portFrom: source }),
);

const clientCertificateFrom = name.map((of) => ({ secretRef: { name: of } }));
const tls = fc.record({ serverName: host, caFrom: source, clientCertificateFrom }, { requiredKeys: [] });
const header = fc.oneof(
  fc.record({ name: label(10), value: label(20) }),
  fc.record({ name: label(10), valueFrom: secret }),
);
const httpSettings = {
  method: fc.constantFrom('GET' as const, 'HEAD' as const, 'POST' as const, 'OPTIONS' as const),
  headers: fc.array(header, { minLength: 1, maxLength: 3 }),
  status: fc.oneof(
    fc.array(fc.integer({ min: 100, max: 599 }), { minLength: 1, maxLength: 4 }),
    fc.constant('any').map((any) => [any]),
  ),
};

const timing = fc.record(
  {
    periodSeconds: fc.integer({ min: 1, max: 3600 }),
    timeoutSeconds: fc.integer({ min: 1, max: 300 }),
    successThreshold: fc.integer({ min: 1, max: 100 }),
    overdueAfterSeconds: fc.integer({ min: 1, max: 604800 }),
    onOverdue: fc.constantFrom('Wait' as const, 'Open' as const),
  },
  { requiredKeys: [] },
);

const httpCheck = fc.oneof(
  fc.record(
    { url: host.map((value) => `http://${value}/healthz?full=1`), ...httpSettings },
    { requiredKeys: ['url'] },
  ),
  fc.record(
    { url: host.map((value) => `https://${value}:8443`), ...httpSettings, tls },
    { requiredKeys: ['url'] },
  ),
  fc.record({ urlFrom: source, ...httpSettings, tls }, { requiredKeys: ['urlFrom'] }),
);

const envVar = fc.oneof(
  fc.record({ name: label(10).map((value) => `V${value}`), value: fc.string({ maxLength: 20 }) }),
  fc.record({ name: label(10).map((value) => `V${value}`), valueFrom: laxSource }),
);

const whole = fc.record({ name, optional: fc.boolean() }, { requiredKeys: ['name'] });
const envSource = fc.oneof(
  fc.record(
    { prefix: label(5).map((value) => `P${value}`), configMapRef: whole },
    { requiredKeys: ['configMapRef'] },
  ),
  fc.record({ secretRef: whole }),
);
const mount = fc.record(
  {
    name: label(8),
    mountPath: label(8).map((value) => `/${value}`),
    subPath: label(8),
    readOnly: fc.boolean(),
  },
  { requiredKeys: ['name', 'mountPath'] },
);

const check = fc.oneof(
  fc.record({
    dns: fc.record(
      { host, type: fc.constantFrom('A' as const, 'AAAA' as const, 'any' as const) },
      { requiredKeys: ['host'] },
    ),
  }),
  fc.record({ tcp: address }),
  fc.record({ http: httpCheck }),
  fc.record({
    grpc: fc
      .tuple(address, fc.record({ service: label(20), tls }, { requiredKeys: [] }))
      .map(([where, how]) => ({ ...where, ...how })),
  }),
);

const resources = fc.constantFrom(
  { requests: { cpu: '10m' } },
  { requests: { cpu: '10m', memory: '1Mi' }, limits: { cpu: '1', memory: '1Gi' } },
);

const containerCheck = fc
  .record({
    container: fc.record(
      {
        command: fc.array(fc.string({ maxLength: 50 }), { minLength: 1, maxLength: 4 }),
        args: fc.array(fc.string({ maxLength: 50 }), { minLength: 1, maxLength: 4 }),
        env: fc.uniqueArray(envVar, { minLength: 1, maxLength: 4, selector: (variable) => variable.name }),
        envFrom: fc.array(envSource, { minLength: 1, maxLength: 3 }),
        volumeMounts: fc.uniqueArray(mount, {
          minLength: 1,
          maxLength: 3,
          selector: ({ mountPath }) => mountPath,
        }),
        imagePullPolicy: fc.constantFrom('Always' as const, 'IfNotPresent' as const, 'Never' as const),
        workingDir: label(8).map((value) => `/${value}`),
        resources,
        securityContext: fc.record(
          { runAsUser: fc.integer({ min: 1, max: 65535 }), runAsNonRoot: fc.boolean() },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    ),
    of: fc.oneof(
      fc.record({ image: label(10) }),
      fc.record({ from: label(10) }).map((from) => ({ ...from, command: ['check'] })),
    ),
  })
  .map(({ container, of }) => ({ container: { ...of, ...container } }));

const condition = fc.record(
  { type: label(10), status: fc.constantFrom('True' as const, 'False' as const, 'Unknown' as const) },
  { requiredKeys: ['type'] },
);
const kindOfObject = {
  apiVersion: fc.constantFrom('v1', 'apps/v1', 'example.com/v1alpha1'),
  kind: label(10).map((value) => `K${value}`),
};
const podMatch = fc
  .record(
    {
      image: fc.boolean(),
      node: fc.boolean(),
      labels: fc.array(
        label(8).map((value) => `example.com/${value}`),
        { minLength: 1, maxLength: 3 },
      ),
    },
    { requiredKeys: [] },
  )
  .filter(({ image, node, labels }) => image === true || node === true || labels !== undefined);
const selector = fc
  .dictionary(label(8), label(8), { minKeys: 1, maxKeys: 3 })
  .map((matchLabels) => ({ matchLabels: { ...matchLabels } }));
/** One object, or those that are selected; of which those count that are the Pod's own, or all. Only Pods are on nodes. */
const resource = fc
  .oneof(
    fc.record(
      { ...kindOfObject, name, matchPod: podMatch },
      { requiredKeys: ['apiVersion', 'kind', 'name'] },
    ),
    fc.record(
      { ...kindOfObject, selector, minReady: fc.integer({ min: 1, max: 100 }), matchPod: podMatch },
      { requiredKeys: ['apiVersion', 'kind', 'selector'] },
    ),
  )
  .map((own) => (own.matchPod?.node ? { ...own, apiVersion: 'v1', kind: 'Pod' } : own));
const expression = fc.constantFrom(
  'object.metadata.generation > 1',
  'object.metadata.labels.commit == pod.annotations.commit',
);

const evaluated = fc.oneof(
  fc.record({
    service: fc.record(
      { name, port, minReady: fc.integer({ min: 1, max: 1000 }) },
      { requiredKeys: ['name'] },
    ),
  }),
  fc.record({ resource }),
  fc.tuple(resource, condition).map(([own, asked]) => ({ resource: { ...own, condition: asked } })),
  fc.tuple(resource, expression).map(([own, asked]) => ({ resource: { ...own, expression: asked } })),
  fc.record({ gate: fc.record({ name: name.map((value) => `other-${value}`) }) }),
);

const lateness = timing.map(({ overdueAfterSeconds, onOverdue }) => ({
  ...(overdueAfterSeconds !== undefined && { overdueAfterSeconds }),
  ...(onOverdue && { onOverdue }),
}));

export const dependencyArbitrary: fc.Arbitrary<Dependency> = fc.oneof(
  {
    arbitrary: fc.tuple(name, check, timing).map(([own, made, when]) => ({ name: own, ...made, ...when })),
    weight: 4,
  },
  {
    arbitrary: fc
      .tuple(name, evaluated, lateness)
      .map(([own, made, when]) => ({ name: own, ...made, ...when })),
    weight: 2,
  },
  { arbitrary: fc.tuple(name, containerCheck).map(([own, made]) => ({ name: own, ...made })), weight: 1 },
);

const target: fc.Arbitrary<Target> = fc.record(
  { kind: fc.constantFrom(...TARGET_KINDS), name },
  { requiredKeys: ['name'] },
);

const waiter = fc.record(
  {
    image: label(10),
    imagePullPolicy: fc.constantFrom('Always' as const, 'Never' as const),
    imagePullSecrets: fc.uniqueArray(fc.record({ name }), {
      minLength: 1,
      maxLength: 4,
      selector: (secretOf) => secretOf.name,
    }),
    resources,
    runAsUser: fc.integer({ min: 1, max: 65535 }),
  },
  { requiredKeys: [] },
);

export const specArbitrary: fc.Arbitrary<GateSpec> = fc
  .record(
    {
      targets: fc.uniqueArray(target, { minLength: 1, maxLength: 16, selector: (value) => value.name }),
      dependencies: fc.uniqueArray(dependencyArbitrary, {
        minLength: 1,
        maxLength: 16,
        selector: (value) => value.name,
      }),
      defaults: timing,
      waiter,
      after: label(20),
      when: fc.constantFrom('EveryStart' as const, 'Rollout' as const),
      suspend: fc.boolean(),
      open: fc.constant('*').map((all) => [all]),
      updatePolicy: fc.constantFrom('Immediate' as const, 'OnNextRollout' as const),
      placement: fc.constantFrom('Template' as const, 'Pod' as const),
    },
    { requiredKeys: ['targets', 'dependencies'] },
  )
  .map(({ when, open, updatePolicy, ...spec }) => {
    const isOfContainers = spec.dependencies.map(({ container }) => container !== undefined);
    return {
      ...spec,
      // A container cannot be opened, and Pods have no rollout to wait for.
      ...(when && (when === 'EveryStart' || !isOfContainers.includes(true)) && { when }),
      ...(open && isOfContainers.includes(false) && { open }),
      ...(updatePolicy && (updatePolicy === 'Immediate' || spec.placement !== 'Pod') && { updatePolicy }),
    };
  });

/** A gate's name that leaves room for every dependency of {@link specArbitrary}. */
export const gateNameArbitrary: fc.Arbitrary<string> = name.filter((value) => value.length <= 20);
