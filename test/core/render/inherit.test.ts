import { expect } from 'chai';
import fc from 'fast-check';
import type { ContainerCheck } from '../../../src/api/spec.ts';
import { drift } from '../../../src/core/render/drift.ts';
import { type Injection, inject, obstacle } from '../../../src/core/render/inject.ts';
import { place } from '../../../src/core/render/place.ts';
import { type PodTemplate, podTemplateSchema, viewTemplate } from '../../../src/core/render/template.ts';
import { gate } from '../builders.ts';
import { injectPatch } from '../patches.ts';
import { patchTemplate } from '../simulate.ts';

const VOLUMES = [
  { name: 'config', configMap: { name: 'config' } },
  { name: 'data', emptyDir: {} },
  { name: 'clock', hostPath: { path: '/etc/localtime' } },
];
const WEB = {
  name: 'web',
  image: 'registry.example/web:1',
  imagePullPolicy: 'Always',
  command: ['serve'],
  args: ['--port=80'],
  ports: [{ containerPort: 80 }],
  readinessProbe: { tcpSocket: { port: 80 } },
  workingDir: '/app',
  env: [
    { name: 'HOST', value: 'db' },
    { name: 'URL', value: 'postgres://$(HOST)' },
    { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
  ],
  envFrom: [{ secretRef: { name: 'credentials' } }],
  volumeMounts: [
    { name: 'config', mountPath: '/etc/app', subPathExpr: '$(HOST)' },
    { name: 'clock', mountPath: '/etc/localtime' },
  ],
  resources: { limits: { memory: '1Gi' } },
  securityContext: {
    privileged: true,
    runAsUser: 50000,
    seLinuxOptions: { level: 's0' },
    capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
  },
};

const template = (web: object = {}, spec: object = {}): PodTemplate =>
  podTemplateSchema.parse({
    spec: {
      containers: [
        { name: 'sidecar', image: 'sidecar:1' },
        { ...WEB, ...web },
      ],
      volumes: VOLUMES,
      ...spec,
    },
  });
const checking = (check: Partial<ContainerCheck> = {}): Injection => ({
  gate: 'schema',
  render: gate('schema').dependsOn({ name: 'head', container: { from: 'web', command: ['check'], ...check } })
    .render,
  target: 'Deployment/web',
});
const placedIn = (of: PodTemplate, check?: Partial<ContainerCheck>) => {
  const [{ name: _, ...container } = { name: '' }] = inject(of, checking(check)).spec.initContainers ?? [];
  return container;
};

describe('a container that is made from one of the target', () => {
  it('has its image, environment, volumes and settings, and the command of the gate', () => {
    expect(placedIn(template())).to.deep.equal({
      image: 'registry.example/web:1',
      imagePullPolicy: 'Always',
      workingDir: '/app',
      command: ['check'],
      env: WEB.env,
      envFrom: WEB.envFrom,
      volumeMounts: [WEB.volumeMounts[0]],
      resources: WEB.resources,
      securityContext: { runAsUser: 50000, seLinuxOptions: { level: 's0' }, capabilities: { drop: ['ALL'] } },
    });
  });

  it('has what the gate gives in place of that, and variables and mounts besides', () => {
    const given = {
      imagePullPolicy: 'Never' as const,
      workingDir: '/',
      env: [
        { name: 'MORE', value: '1' },
        { name: 'HOST', value: 'replica' },
      ],
      envFrom: [{ configMapRef: { name: 'more' } }],
      volumeMounts: [
        { name: 'data', mountPath: '/etc/app' },
        { name: 'data', mountPath: '/data', readOnly: true },
      ],
      resources: { requests: { cpu: '1m' } },
      securityContext: { runAsNonRoot: true },
    };
    expect(placedIn(template(), given)).to.deep.equal({
      image: WEB.image,
      command: ['check'],
      ...given,
      env: [WEB.env[1], WEB.env[2], ...given.env],
      envFrom: [...WEB.envFrom, ...given.envFrom],
    });
  });

  it('has nothing that the other has not, and no resources where the Pod has some as a whole', () => {
    const bare = podTemplateSchema.parse({
      spec: { containers: [{ name: 'web', image: 'web:1', env: null }] },
    });
    expect(placedIn(bare)).to.deep.equal({ image: 'web:1', command: ['check'] });
    const whole = template({}, { resources: { limits: { memory: '2Gi' } } });
    expect(placedIn(whole)).not.to.have.property('resources');
  });

  it('is told of no drift once it is placed, whatever the other is', () => {
    const some = <T>(value: T) => fc.constantFrom(value, undefined);
    const web = fc.record({
      ...{ imagePullPolicy: some(WEB.imagePullPolicy), workingDir: some('/app'), env: some(WEB.env) },
      ...{ envFrom: some(WEB.envFrom), volumeMounts: some(WEB.volumeMounts), resources: some(WEB.resources) },
      securityContext: some(WEB.securityContext),
    });
    const check: fc.Arbitrary<Partial<ContainerCheck>> = fc.record(
      {
        env: fc.constant([{ name: 'HOST', value: 'replica' }]),
        volumeMounts: fc.constant([{ name: 'data', mountPath: '/etc/app' }]),
        workingDir: fc.constant('/other'),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(web, check, (fields, given) => {
        const placed = inject(template(fields), checking(given));
        expect(drift(viewTemplate(placed), checking(given))).to.deep.equal([]);
        const patched = patchTemplate(
          template(fields),
          injectPatch(viewTemplate(template(fields)), checking(given)),
        );
        expect(patched).to.deep.equal(placed);
      }),
    );
  });

  const changes: readonly (readonly [what: string, web: object, is: string])[] = [
    ['another image', { image: 'registry.example/web:2' }, 'image'],
    ['another working directory', { workingDir: '/srv' }, 'workingDir'],
    ['another value', { env: [{ name: 'HOST', value: 'other' }, ...WEB.env.slice(1)] }, 'env'],
    ['a variable less', { env: WEB.env.slice(1) }, 'env'],
    ['a variable more', { env: [...WEB.env, { name: 'NEW', value: '' }] }, 'env'],
    ['no objects of variables', { envFrom: [] }, 'envFrom'],
    ['one more', { envFrom: [...WEB.envFrom, { configMapRef: { name: 'new' } }] }, 'envFrom'],
    ['no mounts', { volumeMounts: [] }, 'volumeMounts'],
    ['another mount', { volumeMounts: [{ name: 'data', mountPath: '/d' }] }, 'volumeMounts'],
    ['resources no longer', { resources: {} }, ''],
    ['another port and probe', { ports: [], readinessProbe: undefined }, ''],
    ['other arguments', { args: ['--port=81'] }, ''],
  ];
  for (const [what, web, is] of changes) {
    it(`is ${is === '' ? 'current' : 'renewed'} where the other has ${what}`, () => {
      const { initContainers, volumes } = inject(template(), checking()).spec;
      const placed = inject(template(), checking());
      const next = template(web, { initContainers, volumes });
      const changed = { ...placed, spec: next.spec };
      const found = drift(viewTemplate(changed), checking());
      expect(found).to.deep.equal(is === '' ? [] : [`changed ${is} of dgate-schema--head`]);
      expect(drift(viewTemplate(inject(changed, checking())), checking())).to.deep.equal([]);
    });
  }

  it('is made from no container that is too large for the operator to keep', () => {
    const env = [{ name: 'LONG', value: 'y'.repeat(30_000) }];
    expect(obstacle(viewTemplate(template({ env })), checking())?.reason).to.equal('ContainerMissing');
    expect(obstacle(viewTemplate(template({ env: WEB.env })), checking())).to.equal(undefined);
  });

  it('is made anew whenever admission sees it, from what the other is then', () => {
    const placed = place(template(), checking());
    expect(place(placed, checking())).to.deep.equal(placed);
    const containers = [{ ...WEB, image: 'registry.example/web:2' }];
    const renewed = place({ ...placed, spec: { ...placed.spec, containers } }, checking());
    expect(renewed.spec.initContainers?.[0]).to.include({ image: 'registry.example/web:2' });
  });

  it('goes where the other goes, so that the target can be written', () => {
    const placed = place(template(), checking());
    const containers = [{ ...WEB, name: 'app' }];
    const left = place({ ...placed, spec: { ...placed.spec, containers } }, checking());
    expect(left.spec.initContainers).to.deep.equal([]);
    expect(obstacle(viewTemplate(left), checking())?.reason).to.equal('ContainerMissing');
  });
});
