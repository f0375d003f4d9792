import fc from 'fast-check';
import type { VolumeMount } from '../../src/api/container-check.ts';
import type { ContainerCheck, Dependency, GateSpec } from '../../src/api/spec.ts';
import { type PodTemplate, podTemplateSchema } from '../../src/core/render/template.ts';
import { container, dns, type GateBuilder, gate, tcp } from './builders.ts';
import { database, jobDone, otherGate, service } from './evaluated-builders.ts';

/** Random gates and templates for properties. Names come from small pools, so that they meet. */

const NAMES = ['a', 'b', 'c', 'api', 'api-2'];

const optional = fc
  .option(fc.boolean(), { nil: undefined })
  .map((is) => (is === undefined ? {} : { optional: is }));

const SETTINGS = { prefix: 'APP_', configMapRef: { name: 'settings' } };
const SECRET_KEY = { secretKeyRef: { name: 'db', key: 'password' } };

/** Variables, whole objects and mounts: of apps, and of the containers that are made from them. */
const environment = fc.record(
  {
    env: fc.subarray(
      [
        { name: 'A', value: '1' },
        { name: 'HOST', value: 'replica' },
        { name: 'PASSWORD', valueFrom: { secretKeyRef: { ...SECRET_KEY.secretKeyRef, optional: true } } },
      ],
      { minLength: 1 },
    ),
    envFrom: optional.map((is) => [SETTINGS, { secretRef: { name: 'credentials', ...is } }]),
  },
  { requiredKeys: [] },
);
const mounts = fc.constantFrom<VolumeMount[]>(
  [{ name: 'data', mountPath: '/data', subPath: 'sub', readOnly: true }],
  [
    { name: 'data', mountPath: '/data' },
    { name: 'zone', mountPath: '/zone' },
  ],
);

/** The user's own check, from an image of its own or the app's. */
const ownCheck: fc.Arbitrary<ContainerCheck> = fc
  .record({
    of: fc.constantFrom(
      { from: 'app' },
      { from: 'gone' },
      { from: 'app', workingDir: '/w' },
      { image: 'check:1' },
    ),
    environment,
    volumeMounts: fc.option(mounts, { freq: 2 }),
  })
  .map(({ of, environment: given, volumeMounts }) => ({
    ...{ ...of, command: ['check'], ...given },
    ...(volumeMounts && { volumeMounts }),
  }));

const TLS = {
  caFrom: { secretKeyRef: { name: 'trust', key: 'ca.crt' } },
  clientCertificateFrom: { secretRef: { name: 'client' } },
};
const ADDRESS = { hostFrom: SECRET_KEY, portFrom: { configMapKeyRef: { name: 'settings', key: 'port' } } };

const name = fc.constantFrom(...NAMES);

const inPods: fc.Arbitrary<Dependency> = fc.oneof(
  name.map((of) => dns(of)),
  name.map((of) => dns(of, { periodSeconds: 7, overdueAfterSeconds: 20 })),
  name.map((of) => tcp(of, 80)),
  name.map((of) => ({ name: of, http: { url: 'https://api', tls: TLS } })),
  name.map((of) => ({ name: of, grpc: { ...ADDRESS, tls: TLS } })),
  name.map((of) => container(of)),
  fc.tuple(name, ownCheck).map(([of, check]) => ({ name: of, container: check })),
);
const evaluated: fc.Arbitrary<Dependency> = fc.oneof(
  name.map((of) => service(of)),
  name.map((of) => jobDone(of)),
  name.map((of) => database(of, { expression: 'object.status.up' })),
  fc.constantFrom('b', 'c').map((of) => otherGate(of)),
);
const dependency = fc.oneof(inPods, evaluated);

export const dependencies = fc.uniqueArray(dependency, {
  selector: ({ name: of }) => of,
  minLength: 1,
  maxLength: 4,
});

/** What stands beside the dependencies: whether they share a container, where the gate's containers come in, and what they are pulled with. */
export const placing: fc.Arbitrary<Partial<GateSpec>> = fc
  .record({
    after: fc.option(fc.constantFrom('a', 'migrate', 'gone'), { freq: 2 }),
    secrets: fc.subarray(['mirror', 'own', 'other']),
    order: fc.constantFrom(undefined, 'Sequential' as const, 'Parallel' as const),
  })
  .map(({ after, secrets, order }) => ({
    ...(order && { order }),
    ...(after !== null && { after }),
    ...(secrets.length > 0 && { waiter: { imagePullSecrets: secrets.map((of) => ({ name: of })) } }),
  }));

/** A gate of this name with random dependencies, that stands first, or behind a container that may be there. */
export const gateNamed = (of: string): fc.Arbitrary<GateBuilder> =>
  fc.tuple(dependencies, placing).map(([some, placed]) =>
    gate(of)
      .targets('pinger')
      .dependsOn(...some)
      .specifying(placed),
  );

/** Names sort before, between and after those of gates, and one only looks like ours. */
const ownContainers = fc.uniqueArray(fc.constantFrom('a', 'z', 'migrate', 'dgate-x', 'dgatee--x'), {
  maxLength: 4,
});

const ownVolumes = fc
  .record({
    names: fc.uniqueArray(fc.constantFrom('data', 'zone', 'a'), { maxLength: 3 }),
    source: fc.constantFrom({ emptyDir: {} }, { emptyDir: {} }, { hostPath: { path: '/tmp', type: '' } }),
  })
  .map(({ names, source }) => names.map((of) => ({ name: of, ...source })));

/** The app, which mounts no volume that the Pod has not: the API server would refuse that. */
const app = fc.record({
  environment,
  volumeMounts: fc.option(mounts),
  image: fc.constantFrom('app:1', 'registry.example/app:2'),
  more: fc.constantFrom({}, { workingDir: '/app', securityContext: { privileged: true, runAsUser: 5 } }),
});

/** Templates that no gate has touched, and that the API server takes; lists and maps may be missing or null. */
export const templates: fc.Arbitrary<PodTemplate> = fc
  .record({
    initContainers: fc.option(
      ownContainers.map((names) =>
        names.map((of, index) => ({ name: of, image: `${of}:${index}`, env: [] })),
      ),
    ),
    volumes: fc.option(ownVolumes),
    secrets: fc.option(fc.subarray(['own', 'mirror', 'last'])),
    app,
    labels: fc.option(fc.constant({ app: 'pinger' })),
    annotations: fc.option(fc.constant({ 'example.com/checksum': '1' })),
  })
  .map(
    ({
      initContainers,
      volumes,
      secrets,
      app: { environment: env, volumeMounts, more, image },
      ...metadata
    }) => {
      const there = volumeMounts?.filter((mount) => volumes?.some((volume) => volume.name === mount.name));
      return podTemplateSchema.parse({
        metadata,
        spec: {
          ...{ initContainers, volumes },
          ...(secrets && { imagePullSecrets: secrets.map((of) => ({ name: of })) }),
          containers: [{ name: 'app', image, ...env, ...more, ...(there && { volumeMounts: there }) }],
        },
      });
    },
  );
