import { expect } from 'chai';
import type { RenderedContainer } from '../../../src/api/rendered.ts';
import { drift } from '../../../src/core/render/drift.ts';
import { firmContainers, isGuaranteed, raised } from '../../../src/core/render/guaranteed.ts';
import { inject } from '../../../src/core/render/inject.ts';
import { type PodTemplate, viewTemplate } from '../../../src/core/render/template.ts';
import { container, dns, gate } from '../builders.ts';
import { injectPatch } from '../patches.ts';

type Amounts = Readonly<Record<string, string | number>>;

const app = (limits: Amounts | undefined, requests?: Amounts, name = 'app') => ({
  name,
  resources: { ...(limits && { limits }), ...(requests && { requests }) },
});
const FULL = { cpu: '1', memory: '1Gi' };

describe('isGuaranteed', () => {
  const cases: readonly (readonly [what: string, spec: object, is: boolean])[] = [
    ['limits alone, which are requested then', { containers: [app(FULL)] }, true],
    ['requests that are equal', { containers: [app(FULL, FULL)] }, true],
    [
      'the same amounts in other words',
      { containers: [app(FULL, { cpu: '1000m', memory: '1024Mi' })] },
      true,
    ],
    ['numbers', { containers: [app({ cpu: 1, memory: 2 ** 30 }, FULL)] }, true],
    ['fractions and powers of ten', { containers: [app({ ...FULL, cpu: '0.7' }, { cpu: '700m' })] }, true],
    ['an exponent', { containers: [app({ cpu: '1', memory: '1e9' }, { memory: '1G' })] }, true],
    ['a lower request', { containers: [app(FULL, { cpu: '500m' })] }, false],
    ['no limit of CPU', { containers: [app({ memory: '1Gi' }, { memory: '1Gi' })] }, false],
    ['a limit of nothing', { containers: [app({ ...FULL, cpu: '0' })] }, false],
    ['a limit that is no amount', { containers: [app({ ...FULL, cpu: 'x' }, { cpu: 'y' })] }, false],
    ['requests alone', { containers: [app(undefined, FULL)] }, false],
    ['nothing', { containers: [{ name: 'app' }] }, false],
    ['resources that are null', { containers: [{ name: 'app', resources: null }] }, false],
    ['another container without limits', { containers: [app(FULL), { name: 'proxy' }] }, false],
    [
      'an own init container without limits',
      { containers: [app(FULL)], initContainers: [{ name: 'own' }] },
      false,
    ],
    [
      'an own init container with limits, and others of gates',
      { containers: [app(FULL)], initContainers: [{ name: 'dgate-a--b' }, app(FULL, FULL, 'own')] },
      true,
    ],
    ['other resources too', { containers: [app({ ...FULL, 'example.com/gpu': 1 })] }, true],
    ['no containers', {}, false],
  ];
  for (const [what, spec, is] of cases) {
    it(`is ${is} where the containers have ${what}`, () => {
      expect(isGuaranteed(spec)).to.equal(is);
    });
  }
});

describe('firmContainers', () => {
  it('are ours that request what they are limited to', () => {
    const init = [
      app(FULL, FULL, 'dgate-a--b'),
      app(FULL, { cpu: '1m' }, 'dgate-a--c'),
      app(FULL, FULL, 'own'),
    ];
    expect(firmContainers(init)).to.deep.equal(['dgate-a--b']);
  });
});

describe('raised', () => {
  const first = (resources: RenderedContainer['resources']) =>
    gate('a').dependsOn(dns('api')).specifying({ waiter: { resources } }).render.initContainers[0];

  it('has requests that are the limits, and only where the template is Guaranteed', () => {
    const [waiter] = gate('a').dependsOn(dns('api')).render.initContainers;
    if (!waiter) throw new Error('no container');
    expect(raised(waiter, false)).to.equal(waiter);
    expect(waiter.resources?.requests).to.deep.equal({ cpu: '10m', memory: '64Mi' });
    const limits = { cpu: '100m', memory: '96Mi' };
    expect(raised(waiter, true)).to.deep.equal({ ...waiter, resources: { limits, requests: limits } });
  });

  it("leaves what says no limit, and a user's own container", () => {
    const [own] = gate('a').dependsOn(container('own')).render.initContainers;
    const left = [own, first({ requests: { cpu: '5m' }, limits: { memory: '64Mi' } }), first({})];
    for (const one of left) {
      if (!one) throw new Error('no container');
      expect(raised(one, true)).to.equal(one);
    }
  });
});

describe('a template that is Guaranteed', () => {
  const one = gate('a').dependsOn(dns('api'), container('own')).rendered();
  const injection = { gate: 'a', render: one.render, target: 'Deployment/pinger' };
  const templateOf = (...containers: object[]): PodTemplate => ({ spec: { containers } });
  const requestsIn = ({ spec }: PodTemplate) =>
    spec.initContainers?.map(({ resources }) => (resources as { requests?: object } | undefined)?.requests);
  const limits = one.render.initContainers[0]?.resources?.limits;

  it('has our requests raised, by inject and by the patch alike, and no drift then', () => {
    const template = templateOf(app(FULL));
    const injected = inject(template, injection);
    expect(requestsIn(injected)).to.deep.equal([limits, undefined]);
    expect(injectPatch(viewTemplate(template), injection).spec).to.deep.include({
      initContainers: injected.spec.initContainers,
    });
    expect(drift(viewTemplate(injected), injection)).to.deep.equal([]);
  });

  it('has no requests of ours at all beside resources of the whole Pod', () => {
    const template = { spec: { ...templateOf(app(FULL)).spec, resources: { limits: FULL } } };
    expect(viewTemplate(template).guaranteed).to.equal(false);
    expect(requestsIn(inject(template, injection))).to.deep.equal([undefined, undefined]);
    const empty = { spec: { ...template.spec, resources: {} } };
    expect(requestsIn(inject(empty, injection))).to.deep.equal([limits, undefined]);
  });

  it('is put right where it has become so since', () => {
    const before = inject(templateOf({ name: 'app' }), injection);
    expect(drift(viewTemplate(before), injection)).to.deep.equal([]);
    const since = { ...before, spec: { ...before.spec, containers: [app(FULL)] } };
    expect(drift(viewTemplate(since), injection)).to.deep.equal(['changed requests of dgate-a--api']);
  });

  it('keeps what was raised where it is not so any more: another rollout would gain nothing', () => {
    const before = inject(templateOf(app(FULL)), injection);
    const since = { ...before, spec: { ...before.spec, containers: [{ name: 'app' }] } };
    expect(drift(viewTemplate(since), injection)).to.deep.equal([]);
  });
});
