import { expect } from 'chai';
import type { Render } from '../../../src/api/rendered.ts';
import { drift } from '../../../src/core/render/drift.ts';
import { inject, obstacle } from '../../../src/core/render/inject.ts';
import { place } from '../../../src/core/render/place.ts';
import { fitted } from '../../../src/core/render/surroundings.ts';
import { type PodTemplate, podTemplateSchema, viewTemplate } from '../../../src/core/render/template.ts';
import { dns, gate } from '../builders.ts';
import { injectPatch } from '../patches.ts';

const apiFirst = gate('api-first').dependsOn(dns('api'));
const ownCheck = gate('api-first').dependsOn({ name: 'api', container: { image: 'tools:1' } });
const injection = (render: Render = apiFirst.render) => ({
  gate: 'api-first',
  render,
  target: 'Deployment/pinger',
});
const template = (spec: object): PodTemplate =>
  podTemplateSchema.parse({ spec: { containers: [{ name: 'app' }], ...spec } });
const obstacleIn = (spec: object, render?: Render) =>
  obstacle(viewTemplate(template(spec)), injection(render))?.reason;

describe('obstacle, by what the Pods are', () => {
  it('is Windows, for which there is no waiting container', () => {
    expect(obstacleIn({ os: { name: 'windows' } })).to.equal('WindowsPods');
    expect(obstacleIn({ nodeSelector: { 'kubernetes.io/os': 'windows' } })).to.equal('WindowsPods');
    expect(obstacleIn({ os: { name: 'linux' }, nodeSelector: { 'kubernetes.io/os': 'linux' } })).to.equal(
      undefined,
    );
  });

  it('is not Windows where the containers are of the user and set nothing that is for Linux only', () => {
    expect(obstacleIn({ os: { name: 'windows' } }, ownCheck.render)).to.equal(undefined);
    const linux = gate('api-first').dependsOn({
      name: 'api',
      container: { image: 'tools:1', securityContext: { runAsNonRoot: true, runAsUser: 1 } },
    });
    expect(obstacleIn({ os: { name: 'windows' } }, linux.render)).to.equal('WindowsPods');
  });

  const mounting = gate('api-first').dependsOn({
    name: 'api',
    container: { image: 'tools:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] },
  });
  const data = (source: object) => ({ volumes: [{ name: 'data', ...source }] });

  it('is a volume that a container mounts and the target does not have', () => {
    expect(obstacleIn({}, mounting.render)).to.equal('VolumeMissing');
    expect(obstacleIn({ volumes: [{ name: 'other', emptyDir: {} }] }, mounting.render)).to.equal(
      'VolumeMissing',
    );
    expect(obstacleIn(data({ emptyDir: {} }), mounting.render)).to.equal(undefined);
    const { message } = obstacle(viewTemplate(template({})), injection(mounting.render)) ?? {};
    expect(message).to.match(/no volume named data, which the dependency api mounts: add that volume/);
  });

  it('is a volume of the node that a container mounts', () => {
    expect(obstacleIn(data({ hostPath: { path: '/' } }), mounting.render)).to.equal('VolumeOfNode');
    expect(obstacleIn(data({ hostPath: null, emptyDir: {} }), mounting.render)).to.equal(undefined);
    expect(obstacleIn(data({ hostPath: { path: '/' } }))).to.equal(undefined);
  });

  it('is that it has no container of the name that one of ours is made from', () => {
    const like = (from: string) => gate('api-first').dependsOn({ name: 'api', container: { from } }).render;
    expect(obstacleIn({}, like('app'))).to.equal(undefined);
    expect(obstacleIn({}, like('web'))).to.equal('ContainerMissing');
    expect(obstacleIn({ initContainers: [{ name: 'web' }] }, like('web'))).to.equal('ContainerMissing');
    expect(obstacleIn({}, like('constructor'))).to.equal('ContainerMissing');
    const { message } = obstacle(viewTemplate(template({})), injection(like('web'))) ?? {};
    expect(message).to.equal(
      'its Pod template has no container named web (or one that is too large), which the dependency api is made from: name one that it has (app) in from, or take the target out',
    );
  });

  it('is a container of its own under the name of one of ours, and of no other', () => {
    const named = (name: string) => obstacleIn({ containers: [{ name: 'app' }, { name }] });
    expect(named('dgate-api-first--api')).to.equal('ContainerNameTaken');
    expect(named('dgate-api-first--redis')).to.equal(undefined);
  });

  it('is none where the settings cannot be read', () => {
    for (const odd of [{ os: 'windows' }, { nodeSelector: [] }, { containers: {} }, { resources: 'many' }]) {
      expect(obstacleIn(odd), JSON.stringify(odd)).to.equal(undefined);
    }
  });
});

describe('place', () => {
  it('takes our containers out where they are not valid any more, and nothing else', () => {
    const carrying = inject(template({ initContainers: [{ name: 'own' }] }), injection());
    const windows = { ...carrying, spec: { ...carrying.spec, os: { name: 'windows' } } };
    const left = place(windows, injection());
    expect(left.spec.initContainers?.map(({ name }) => name)).to.deep.equal(['own']);
    expect(left.metadata?.annotations).to.not.have.property('gate.dependencygate.dev/api-first');
    const linux = { ...left, spec: { ...left.spec, os: undefined } };
    expect(drift(viewTemplate(place(linux, injection())), injection())).to.deep.equal([]);
  });
});

describe('place, where a target gives up a volume', () => {
  const mounting = gate('api-first').dependsOn({
    name: 'api',
    container: { image: 'tools:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] },
  });

  it('takes the container out that mounts it, so that the target can be written', () => {
    const carrying = inject(
      template({ volumes: [{ name: 'data', emptyDir: {} }] }),
      injection(mounting.render),
    );
    expect(carrying.spec.initContainers).to.have.length(1);
    const volumes = carrying.spec.volumes?.filter(({ name }) => name !== 'data');
    const left = place({ ...carrying, spec: { ...carrying.spec, volumes } }, injection(mounting.render));
    expect(left.spec.initContainers).to.deep.equal([]);
  });
});

describe('the resources of our containers', () => {
  const pod = { resources: { requests: { cpu: '10m' } } };
  const hasResources = ({ spec }: PodTemplate) => 'resources' in (spec.initContainers?.[0] ?? {});

  it('are left out where the Pod has some as a whole, and are there otherwise', () => {
    expect(hasResources(inject(template(pod), injection()))).to.equal(false);
    for (const none of [{}, { resources: {} }, { resources: null }, { resources: { limits: {} } }]) {
      expect(hasResources(inject(template(none), injection())), JSON.stringify(none)).to.equal(true);
    }
    const patch = injectPatch(viewTemplate(template(pod)), injection());
    expect(JSON.stringify(patch)).not.to.contain('resources');
    expect(fitted(viewTemplate(template({})), apiFirst.render)).to.deep.equal(apiFirst.render.initContainers);
  });

  it('are put right when the Pod gets or loses resources as a whole, whatever amounts somebody has set', () => {
    const carrying = inject(template({}), injection());
    const driftWith = (base: PodTemplate, more: object) =>
      drift(viewTemplate({ ...base, spec: { ...base.spec, ...more } }), injection());
    const wrong = ['changed resources of dgate-api-first--api'];
    expect(driftWith(carrying, pod)).to.deep.equal(wrong);
    expect(driftWith(inject(template(pod), injection()), { resources: {} })).to.deep.equal(wrong);
    const [container] = carrying.spec.initContainers ?? [];
    const more = { ...container, name: 'dgate-api-first--api', resources: { limits: { cpu: '9' } } };
    expect(driftWith(carrying, { initContainers: [more] })).to.deep.equal([]);
  });
});
