import { expect } from 'chai';
import type { TemplateView } from '../../../src/core/model.ts';
import { drift } from '../../../src/core/render/drift.ts';
import { gatesIn, inject, obstacle } from '../../../src/core/render/inject.ts';
import { viewTemplate } from '../../../src/core/render/template.ts';
import { dns, gate, tcp, workload } from '../builders.ts';
import { injectPatch, removePatch } from '../patches.ts';

const apiFirst = gate('api-first').dependsOn(dns('api'), tcp('redis', 6379));
const dbFirst = gate('db-first').dependsOn(tcp('db', 5432));
const tls = { caFrom: { configMapKeyRef: { name: 'trust', key: 'ca.crt' } } };
const trusting = apiFirst.dependsOn(dns('api'), { name: 'redis', grpc: { host: 'redis', port: 1, tls } });
const injection = { gate: 'api-first', render: apiFirst.render, target: 'Deployment/pinger' };
const current = workload('pinger').own('migrate').carrying(apiFirst).workload.template;

describe('inject', () => {
  it("puts all gates' containers first, sorted by gate, then the template's own", () => {
    const { template } = workload('pinger').own('migrate', 'seed').carrying(dbFirst, apiFirst);
    expect(template.spec.initContainers?.map(({ name }) => name)).to.deep.equal([
      ...['dgate-api-first--api', 'dgate-api-first--redis', 'dgate-db-first--db', 'migrate', 'seed'],
    ]);
  });

  it('marks the template: render hash, target, label', () => {
    const { template } = workload('pinger').carrying(apiFirst);
    expect(template.metadata?.annotations).to.deep.equal({
      'gate.dependencygate.dev/api-first': apiFirst.render.hash,
      'dependencygate.dev/target': 'Deployment/pinger',
    });
    expect(template.metadata?.labels).to.deep.equal({ 'dependencygate.dev/gated': 'true' });
  });

  it("adds one volume for each gate, before the template's own and sorted by gate, in whichever order they come", () => {
    const bare = { spec: { volumes: [{ name: 'data', emptyDir: {} }] } };
    const other = { gate: 'db-first', render: dbFirst.render, target: 'Deployment/pinger' };
    for (const [first, second] of [[injection, other] as const, [other, injection] as const]) {
      const both = inject(inject(inject(bare, first), second), first);
      expect(both.spec.volumes?.map(({ name }) => name)).to.deep.equal([
        ...['dgate-api-first', 'dgate-db-first', 'data'],
      ]);
    }
  });

  it('takes what a new render reads in place of what the old one did', () => {
    const { template } = workload('pinger').carrying(apiFirst).carrying(trusting);
    expect(template.spec.volumes).to.deep.equal(trusting.render.volumes);
  });

  it('takes null lists, which kubectl sends for what Git no longer holds, for empty ones', () => {
    const injected = inject({ metadata: null, spec: { initContainers: null, volumes: null } }, injection);
    expect(injected.spec.initContainers).to.have.length(2);
    expect(injected.spec.volumes).to.have.length(1);
  });

  it('replaces what the gate had put there before', () => {
    const changed = apiFirst.dependsOn(tcp('redis', 6379), dns('cache'));
    const { template } = workload('pinger').own('migrate').carrying(apiFirst).carrying(changed);
    expect(template.spec.initContainers?.map(({ name }) => name)).to.deep.equal([
      ...['dgate-api-first--redis', 'dgate-api-first--cache', 'migrate'],
    ]);
  });

  it('keeps a container whose name only looks like ours', () => {
    const { template } = workload('pinger').own('dgate-exporter').carrying(apiFirst);
    expect(template.spec.initContainers?.at(-1)?.name).to.equal('dgate-exporter');
  });
});

describe('drift', () => {
  const changed = (change: Partial<TemplateView>): TemplateView => ({ ...current, ...change });
  const own = (...names: string[]) => changed({ initContainers: names });
  const [api, redis] = ['dgate-api-first--api', 'dgate-api-first--redis'];

  it('finds nothing in a template that is current', () => {
    expect(drift(current, injection)).to.deep.equal([]);
  });

  it('does not mind another gate', () => {
    const both = workload('pinger').own('migrate').carrying(apiFirst, dbFirst).workload.template;
    expect(drift(both, injection)).to.deep.equal([]);
  });

  const cases: readonly { readonly what: string; readonly template: TemplateView; readonly is: string }[] = [
    { what: 'a container that was taken out', template: own(api, 'migrate'), is: 'missing container' },
    {
      what: 'a container that the render no longer has',
      template: own(api, 'dgate-api-first--gone', redis, 'migrate'),
      is: 'leftover container',
    },
    {
      what: 'an own container before ours',
      template: own('new', api, redis, 'migrate'),
      is: `wrong order: new comes before ${api}`,
    },
    {
      what: 'our containers swapped',
      template: own(redis, api, 'migrate'),
      is: `wrong order: ${redis} comes before ${api}`,
    },
    {
      what: 'gates in the wrong order',
      template: own('dgate-db-first--db', api, redis),
      is: `wrong order: dgate-db-first--db comes before ${api}`,
    },
    {
      what: 'an older render',
      template: changed({
        annotations: { ...current.annotations, 'gate.dependencygate.dev/api-first': 'older' },
      }),
      is: 'stale render',
    },
    { what: 'a volume that was taken out', template: changed({ volumes: [] }), is: 'missing volume' },
    { what: 'a label that was taken off', template: changed({ gated: false }), is: 'missing label' },
    {
      what: 'a template copied from another workload',
      template: changed({
        annotations: { ...current.annotations, 'dependencygate.dev/target': 'Deployment/poller' },
      }),
      is: 'wrong target annotation',
    },
  ];
  for (const { what, template, is } of cases) {
    it(`tells ${what}: ${is}`, () => {
      expect(drift(template, injection)).to.deep.equal([is]);
    });
  }

  it('tells all that is missing in a template that has nothing of the gate', () => {
    expect(drift(workload('pinger').workload.template, injection)).to.have.members([
      ...['missing container', 'stale render', 'missing volume', 'missing label', 'wrong target annotation'],
    ]);
  });
});

describe('obstacle', () => {
  it('is none in an empty template, nor in one that carries the gate', () => {
    expect(obstacle(workload('pinger').workload.template, injection)).to.equal(undefined);
    expect(obstacle(current, injection)).to.equal(undefined);
  });

  it("is a volume of the user's own under the gate's name, and says what to do", () => {
    const { template } = workload('pinger').foreignVolume('api-first').workload;
    const found = obstacle(template, injection);
    expect(found?.reason).to.equal('VolumeNameTaken');
    expect(found?.message).to.match(/volume of its own named dgate-api-first: rename that volume$/);
  });

  it("is not a volume of the user's own under another gate's name", () => {
    const { template } = workload('pinger').foreignVolume('db-first').workload;
    expect(obstacle(template, injection)).to.equal(undefined);
  });

  it('is a 65th gate container', () => {
    const withOthers = (count: number) =>
      workload('pinger').own(...Array.from({ length: count }, (_, index) => `dgate-other--d${index}`))
        .workload.template;
    expect(obstacle(withOthers(62), injection)).to.equal(undefined);
    const found = obstacle(withOthers(63), injection);
    expect(found?.reason).to.equal('TooManyContainers');
    expect(found?.message).to.match(/65 gate containers.*64 is the most/);
  });

  it('does not count what the gate replaces, nor own containers', () => {
    const own = Array.from({ length: 70 }, (_, index) => `own-${index}`);
    const { template } = workload('pinger')
      .own(...own)
      .carrying(apiFirst).workload;
    expect(obstacle(template, injection)).to.equal(undefined);
  });
});

describe('injectPatch', () => {
  const patch = injectPatch(workload('pinger').own('migrate').workload.template, injection);

  it('names ours and then every live container in $setElementOrder', () => {
    expect(patch.spec).to.deep.include({
      '$setElementOrder/initContainers': [
        { name: 'dgate-api-first--api' },
        { name: 'dgate-api-first--redis' },
        { name: 'migrate' },
      ],
    });
  });

  it('touches nothing but init containers, the volume, our annotations and our label', () => {
    expect(patch).to.have.all.keys('metadata', 'spec');
    expect(patch.metadata).to.deep.equal({
      annotations: {
        'gate.dependencygate.dev/api-first': apiFirst.render.hash,
        'dependencygate.dev/target': 'Deployment/pinger',
      },
      labels: { 'dependencygate.dev/gated': 'true' },
    });
    expect(patch.spec).to.have.all.keys(
      ...['$setElementOrder/initContainers', 'initContainers', '$setElementOrder/volumes', 'volumes'],
    );
    expect(patch.spec).to.deep.include({ initContainers: apiFirst.render.initContainers });
  });

  it('takes the volume out and puts it in again, and names every other one', () => {
    const { template } = workload('pinger').foreignVolume('x').carrying(dbFirst, apiFirst).workload;
    const { render, ...rest } = injection;
    expect(injectPatch(template, { ...rest, render: trusting.render }).spec).to.deep.include({
      '$setElementOrder/volumes': ['dgate-api-first', 'dgate-db-first', 'dgate-x'].map((name) => ({ name })),
      volumes: [{ name: 'dgate-api-first', $patch: 'delete' }, ...trusting.render.volumes],
    });
  });
});

describe('removePatch', () => {
  it('takes out exactly our containers, volume, annotations and label with the last gate', () => {
    expect(removePatch(current, 'api-first')).to.deep.equal({
      metadata: {
        annotations: { 'gate.dependencygate.dev/api-first': null, 'dependencygate.dev/target': null },
        labels: { 'dependencygate.dev/gated': null },
      },
      spec: {
        initContainers: [
          { name: 'dgate-api-first--api', $patch: 'delete' },
          { name: 'dgate-api-first--redis', $patch: 'delete' },
        ],
        volumes: [{ name: 'dgate-api-first', $patch: 'delete' }],
      },
    });
  });

  it('leaves what another gate still needs', () => {
    const both = workload('pinger').carrying(apiFirst, dbFirst).workload.template;
    expect(removePatch(both, 'db-first')).to.deep.equal({
      metadata: { annotations: { 'gate.dependencygate.dev/db-first': null } },
      spec: {
        initContainers: [{ name: 'dgate-db-first--db', $patch: 'delete' }],
        volumes: [{ name: 'dgate-db-first', $patch: 'delete' }],
      },
    });
  });

  it("leaves a user's volume of our name", () => {
    const foreign = { ...current, foreignVolumes: ['dgate-api-first'] };
    expect(removePatch(foreign, 'api-first').spec).not.to.have.property('volumes');
  });
});

describe('gatesIn', () => {
  it("finds a gate of which nothing but the volume is left, and takes no volume of a user's own for one", () => {
    const { template } = workload('pinger').foreignVolume('own').carrying(apiFirst);
    const { volumes } = template.spec;
    expect([...gatesIn(viewTemplate({ spec: { volumes } }))]).to.deep.equal(['api-first']);
  });
});
