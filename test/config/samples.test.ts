import { expect } from 'chai';
import { z } from 'zod';
import { type ValidGate, validateGate } from '../../src/api/gate.ts';
import { KIND, REQUIRE_LABEL, targetAnnotationValue } from '../../src/api/names.ts';
import { renderSchema } from '../../src/api/rendered.ts';
import { sharingOne } from '../../src/api/settled.ts';
import { CHECKS, TARGET_KINDS } from '../../src/api/spec.ts';
import { drift } from '../../src/core/render/drift.ts';
import { inject } from '../../src/core/render/inject.ts';
import { render } from '../../src/core/render/render.ts';
import { podTemplateSchema, viewTemplate } from '../../src/core/render/template.ts';
import { kustomized, type Manifest, manifestFiles, readManifests } from './manifests.ts';

const SAMPLES = 'config/samples';
const STORY = `${SAMPLES}/story`;
const CONTAINER = `${SAMPLES}/story-container`;
const MIGRATIONS = `${SAMPLES}/migrations`;
const RELEASE_JOB = `${SAMPLES}/release-job`;
const OF_CHECKS = `${SAMPLES}/checks`;
const OF_TARGETS = `${SAMPLES}/targets`;
const OF_OTHERS = [MIGRATIONS, RELEASE_JOB, OF_TARGETS];
const SETTINGS = { waiterImage: 'dependency-gate', waiterImagePullPolicy: undefined, runAsUser: 65532 };

const files = manifestFiles(SAMPLES);
const gateFiles = files.filter((path) => readManifests(path).some(({ kind }) => kind === KIND));

const deploymentSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  spec: z.looseObject({
    selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
    template: podTemplateSchema,
  }),
});
const serviceSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  spec: z.object({
    selector: z.record(z.string(), z.string()),
    ports: z.array(z.object({ port: z.int(), targetPort: z.union([z.int(), z.string()]) }).loose()),
  }),
});
const podPortsSchema = z.object({
  containers: z.array(
    z.object({ ports: z.array(z.object({ name: z.string(), containerPort: z.int() })).default([]) }),
  ),
});

const made = z.looseObject({ template: podTemplateSchema });
/** The Pod template of a workload; of a CronJob that of its Jobs. */
const templateSchema = z.union([
  z.looseObject({ spec: made }).transform(({ spec }) => spec.template),
  z
    .looseObject({ spec: z.looseObject({ jobTemplate: z.looseObject({ spec: made }) }) })
    .transform(({ spec }) => spec.jobTemplate.spec.template),
]);

function objectsOf(kind: string): Manifest[] {
  return files.flatMap(readManifests).filter((object) => object.kind === kind);
}

const deployments = objectsOf('Deployment').map((object) => deploymentSchema.parse(object));
const services = objectsOf('Service').map((object) => serviceSchema.parse(object));

function deploymentNamed(name: string) {
  const found = deployments.find(({ metadata }) => metadata.name === name);
  if (!found) throw new Error(`no Deployment ${name} in the samples`);
  return found;
}

function gateIn(path: string): ValidGate {
  const [object] = readManifests(path);
  const result = validateGate(object);
  if (!result.valid) throw new Error(`${path}: ${JSON.stringify(result.causes)}`);
  return result.gate;
}

function portsOf(name: string) {
  const { spec } = deploymentNamed(name).spec.template;
  return podPortsSchema.parse(spec).containers.flatMap(({ ports }) => ports);
}

describe('config/samples', () => {
  it('holds gates, and each is one file', () => {
    expect(gateFiles).to.deep.equal([
      ...CHECKS.map((check) => `${OF_CHECKS}/${check}.yaml`).toSorted(),
      ...['airflow', 'django', 'flyway', 'rails', 'superset'].map((app) => `${MIGRATIONS}/${app}.yaml`),
      'config/samples/order/parallel.yaml',
      `${RELEASE_JOB}/by-image.yaml`,
      `${RELEASE_JOB}/selected-by-label.yaml`,
      `${CONTAINER}/gate-corrected.yaml`,
      `${CONTAINER}/gate.yaml`,
      `${STORY}/gate-with-redis.yaml`,
      `${STORY}/gate.yaml`,
      ...TARGET_KINDS.map((kind) => `${OF_TARGETS}/${kind.toLowerCase()}.yaml`).toSorted(),
    ]);
    for (const path of gateFiles)
      expect(readManifests(path), path).to.have.length(path.startsWith(OF_TARGETS) ? 2 : 1);
  });

  it('names the namespace in every object, so that each file may be applied alone', () => {
    for (const object of files.flatMap(readManifests)) {
      if (object.kind === 'Namespace') expect(object.metadata.name).to.equal('my-namespace');
      else
        expect(object.metadata.namespace, `${object.kind} ${object.metadata.name}`).to.equal('my-namespace');
    }
  });

  it('has Services that lead to a port of the Pods that they select', () => {
    expect(services.map(({ metadata }) => metadata.name).toSorted()).to.deep.equal([
      'api',
      'pinger',
      'poller',
      'redis',
    ]);
    for (const { metadata, spec } of services) {
      const { selector, template } = deploymentNamed(metadata.name).spec;
      expect(template.metadata?.labels, metadata.name).to.deep.equal(spec.selector);
      expect(selector.matchLabels, metadata.name).to.deep.equal(spec.selector);
      const targets = portsOf(metadata.name).flatMap(({ name, containerPort }) => [name, containerPort]);
      for (const { targetPort } of spec.ports) expect(targets, metadata.name).to.include(targetPort);
    }
  });
});

for (const path of gateFiles) {
  describe(path, () => {
    it('is valid', () => {
      expect(validateGate(readManifests(path)[0])).to.deep.include({ valid: true });
    });

    it('renders what the status may store', () => {
      const { metadata, spec } = gateIn(path);
      const made = render(metadata.name, spec, SETTINGS);
      expect(renderSchema.parse(made)).to.deep.equal(made);
      const shared = sharingOne(spec).length;
      const containers = spec.dependencies.length - Math.max(0, shared - 1);
      expect(made.initContainers).to.have.length(containers);
    });

    // Apps of others are not among the samples: test/scenarios has stand-ins for them.
    if (OF_OTHERS.some((folder) => path.startsWith(folder))) return;
    it('targets Deployments of the samples, which then carry its containers', () => {
      const { metadata, spec } = gateIn(path);
      for (const { name } of spec.targets) {
        const injection = {
          gate: metadata.name,
          render: render(metadata.name, spec, SETTINGS),
          target: `Deployment/${name}`,
        };
        const { template } = deploymentNamed(name).spec;
        expect(drift(viewTemplate(template), injection), name).to.not.be.empty;
        expect(drift(viewTemplate(inject(template, injection)), injection), name).to.be.empty;
      }
    });
  });
}

describe(OF_CHECKS, () => {
  for (const check of CHECKS)
    it(`has one for ${check}`, () => {
      const [dependency, ...more] = gateIn(`${OF_CHECKS}/${check}.yaml`).spec.dependencies;
      expect(more).to.be.empty;
      expect(Object.keys(dependency ?? {})).to.deep.equal(['name', check]);
    });
});

describe(OF_TARGETS, () => {
  for (const kind of TARGET_KINDS)
    it(`has one for a ${kind}, which requires its gate and can carry it`, () => {
      const path = `${OF_TARGETS}/${kind.toLowerCase()}.yaml`;
      const { metadata, spec } = gateIn(path);
      const [, workload] = readManifests(path);
      expect(spec.targets).to.deep.equal([{ kind: workload?.kind, name: workload?.metadata.name }]);
      expect(workload?.kind).to.equal(kind);
      const template = templateSchema.parse(workload);
      expect(template.metadata?.labels?.[REQUIRE_LABEL]).to.equal(metadata.name);
      const target = targetAnnotationValue(kind, workload?.metadata.name ?? '');
      const injection = { gate: metadata.name, render: render(metadata.name, spec, SETTINGS), target };
      expect(drift(viewTemplate(inject(template, injection)), injection)).to.be.empty;
    });
});

describe(STORY, () => {
  it('applies everything but what comes later: the Service api and the second dependency', () => {
    const later = manifestFiles(STORY).filter(
      (path) => !kustomized(STORY).resources.includes(path.slice(STORY.length + 1)),
    );
    expect(later).to.deep.equal([`${STORY}/gate-with-redis.yaml`, `${STORY}/service-api.yaml`]);
  });

  it('gives api a Service that maps port 8080 to 80, alone in its file', () => {
    const [service, ...more] = readManifests(`${STORY}/service-api.yaml`);
    expect(more).to.be.empty;
    expect(serviceSchema.parse(service).spec.ports[0]).to.include({ port: 8080, targetPort: 80 });
  });

  it('waits for the Services by their names, and for redis on its port', () => {
    const [api, redis] = gateIn(`${STORY}/gate-with-redis.yaml`).spec.dependencies;
    const names = services.map(({ metadata, spec }) => `${metadata.name}:${spec.ports[0]?.port}`);
    expect(names).to.include.members([`${api?.dns?.host}:8080`, `${redis?.tcp?.host}:${redis?.tcp?.port}`]);
  });

  it('adds the second dependency behind the first, and changes nothing else', () => {
    const [first, second] = ['gate', 'gate-with-redis'].map((name) => gateIn(`${STORY}/${name}.yaml`));
    expect(second?.metadata).to.deep.equal(first?.metadata);
    expect(second?.spec.targets).to.deep.equal(first?.spec.targets);
    expect(second?.spec.dependencies.slice(0, 1)).to.deep.equal(first?.spec.dependencies);
    expect(second?.spec.dependencies).to.have.length(2);
  });
});

describe(CONTAINER, () => {
  it('is the same story, with another check in the same gate', () => {
    expect(kustomized(CONTAINER)).to.deep.equal({ resources: ['../story'], patches: ['gate.yaml'] });
    const typed = gateIn(`${STORY}/gate.yaml`);
    for (const file of ['gate.yaml', 'gate-corrected.yaml']) {
      const own = gateIn(`${CONTAINER}/${file}`);
      expect(own.metadata, file).to.deep.equal(typed.metadata);
      expect(own.spec.targets, file).to.deep.equal(typed.spec.targets);
    }
  });

  it('renders the containers as they are written, and nothing that Kubernetes would expand', () => {
    for (const file of ['gate.yaml', 'gate-corrected.yaml']) {
      const { metadata, spec } = gateIn(`${CONTAINER}/${file}`);
      const [container] = render(metadata.name, spec, SETTINGS).initContainers;
      expect(container, file).to.deep.equal({
        name: 'dgate-api-first--api',
        ...spec.dependencies[0]?.container,
      });
      expect(container?.command?.join(' '), file).to.not.match(/\$\(|\$\$/);
    }
  });
});
