import { expect } from 'chai';
import fc from 'fast-check';
import { containerOwner, volumeOwner } from '../../../src/api/names.ts';
import type { Render } from '../../../src/api/rendered.ts';
import type { GateSpec } from '../../../src/api/spec.ts';
import type { TemplateView } from '../../../src/core/model.ts';
import { drift } from '../../../src/core/render/drift.ts';
import { hasSource } from '../../../src/core/render/inherit.ts';
import { type Injection, inject } from '../../../src/core/render/inject.ts';
import { type PodTemplate, podTemplateSchema, viewTemplate } from '../../../src/core/render/template.ts';
import { gateNamed, templates } from '../arbitraries.ts';
import type { GateBuilder } from '../builders.ts';
import { injectPatch, removePatch } from '../patches.ts';
import { patchTemplate } from '../simulate.ts';

const target = 'Deployment/pinger';
const injectionOf = ({ gate, render }: GateBuilder): Injection => ({ gate: gate.name, render, target });
const injected = (template: PodTemplate, ...gates: GateBuilder[]) =>
  gates.reduce((so, gate) => inject(so, injectionOf(gate)), template);
const names = (template: PodTemplate) => (template.spec.initContainers ?? []).map(({ name }) => name);

/** Empty lists and maps say the same as none, and so does null. */
function tidy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(tidy);
  const kept = Object.entries(value).map(([key, inner]) => [key, tidy(inner)] as const);
  return Object.fromEntries(kept.filter(([, inner]) => !isEmpty(inner)));
}

/** As an API server stores it: without nulls. */
const stored = (template: PodTemplate) =>
  podTemplateSchema.parse(
    JSON.parse(JSON.stringify(template, (_key, value: unknown) => (value === null ? undefined : value))),
  );

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}

/** A template that gates of these names have, or have not, been put into: an older render of each may stand there. */
const gated = fc
  .tuple(
    templates,
    fc.subarray(['api', 'api-2', 'z']),
    fc.array(gateNamed('any'), { minLength: 3, maxLength: 3 }),
  )
  .map(([template, present, renders]) =>
    present.reduce((so, name, index) => {
      const render = renders[index]?.with({ name }).render;
      return render ? inject(so, { gate: name, render, target }) : so;
    }, template),
  );

const one = gateNamed('api');

/** The user's own stand behind the one that the others share. */
function containersOf({ order, dependencies }: GateSpec): string[] {
  const own = dependencies
    .filter(({ container }) => order !== 'Parallel' || container)
    .map(({ name }) => name);
  const all = own.length < dependencies.length ? ['all', ...own] : own;
  return all.map((name) => `dgate-api--${name}`);
}

describe('inject, of any template and gate', () => {
  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(gated, one, (template, gate) => {
        const once = injected(template, gate);
        expect(injected(once, gate)).to.deep.equal(once);
      }),
    );
  });

  it("keeps every container that is not the gate's, with its content, and own ones in their order", () => {
    fc.assert(
      fc.property(gated, one, (template, gate) => {
        const others = (of: PodTemplate) =>
          (of.spec.initContainers ?? []).filter(({ name }) => containerOwner(name)?.gate !== 'api');
        expect(others(injected(template, gate))).to.have.deep.members(others(template));
        const own = (of: PodTemplate) => others(of).filter(({ name }) => containerOwner(name) === undefined);
        expect(own(injected(template, gate))).to.deep.equal(own(template));
      }),
    );
  });

  it('has the containers of the gate where it asks for them, sorted among gates, in the order of its dependencies', () => {
    fc.assert(
      fc.property(gated, one, (template, gate) => {
        const all = names(injected(template, gate));
        const wanted = containersOf(gate.spec);
        const at = all.indexOf(wanted[0] ?? '');
        expect(all.slice(at, at + wanted.length)).to.deep.equal(wanted);
        const isOwn = (name: string) => containerOwner(name) === undefined;
        const before = all.slice(0, at);
        const { after = '' } = gate.spec;
        expect(before.findLast(isOwn)).to.equal(all.includes(after) ? after : undefined);
        const beside = all.slice(before.findLastIndex(isOwn) + 1);
        const end = beside.findIndex(isOwn);
        const gates = beside
          .slice(0, end < 0 ? beside.length : end)
          .map((name) => containerOwner(name)?.gate);
        expect(gates).to.deep.equal(gates.toSorted());
      }),
    );
  });

  it('has the volumes of gates first, one of each, sorted by gate, and then own ones as they were', () => {
    fc.assert(
      fc.property(gated, one, (template, gate) => {
        const volumes = injected(template, gate).spec.volumes?.map(({ name }) => name) ?? [];
        const ours = names(injected(template, gate)).flatMap((name) => containerOwner(name)?.gate ?? []);
        const own = (template.spec.volumes ?? []).filter(({ name }) => volumeOwner(name) === undefined);
        expect(volumes).to.deep.equal([
          ...[...new Set(ours)].toSorted().map((owner) => `dgate-${owner}`),
          ...own.map(({ name }) => name),
        ]);
      }),
    );
  });

  it('leaves no drift', () => {
    fc.assert(
      fc.property(gated, one, (template, gate) => {
        expect(drift(viewTemplate(injected(template, gate)), injectionOf(gate))).to.deep.equal([]);
      }),
    );
  });

  it('gives the same template for two gates in either order', () => {
    fc.assert(
      fc.property(gated, one, gateNamed('b'), (template, gate, other) => {
        expect(injected(template, gate, other)).to.deep.equal(injected(template, other, gate));
      }),
    );
  });

  it('is what the API server makes of injectPatch', () => {
    fc.assert(
      fc.property(gated, one, (template, gate) => {
        const patch = injectPatch(viewTemplate(template), injectionOf(gate));
        const patched = patchTemplate(stored(template), patch);
        expect(tidy(patched)).to.deep.equal(tidy(injected(template, gate)));
      }),
    );
  });

  it('is undone by removePatch, whatever other gates stand there', () => {
    const untouched = gated.filter(
      (template) => !names(template).some((name) => containerOwner(name)?.gate === 'api'),
    );
    fc.assert(
      fc.property(untouched, one, (template, gate) => {
        const after = injected(template, gate);
        const removed = patchTemplate(after, removePatch(viewTemplate(after), 'api'));
        expect(tidy(removed)).to.deep.equal(tidy(template));
      }),
    );
  });
});

const RECORD = 'pull-secrets.dependencygate.dev/api';

/** Everything that could be taken from a template, or put into the wrong place. */
function damages(view: TemplateView, render: Render): TemplateView[] {
  const secrets = (render.imagePullSecrets ?? []).map(({ name }) => name);
  const mine = view.initContainers.filter((name) => containerOwner(name)?.gate === 'api');
  const without = (key: string) => Object.entries(view.annotations).filter(([name]) => name !== key);
  return [
    ...mine.map((gone) => ({ ...view, initContainers: view.initContainers.filter((name) => name !== gone) })),
    {
      ...view,
      initContainers: [...view.initContainers.filter((name) => !mine.includes(name)), 'last', ...mine],
    },
    { ...view, initContainers: [...view.initContainers, 'dgate-api--unknown'] },
    ...['gate.dependencygate.dev/api', 'dependencygate.dev/target'].flatMap((key) => [
      { ...view, annotations: Object.fromEntries(without(key)) },
      { ...view, annotations: { ...view.annotations, [key]: `not-${render.hash}` } },
    ]),
    { ...view, volumes: view.volumes.filter((name) => name !== 'dgate-api') },
    { ...view, gated: false },
    ...secrets.map((name) => ({ ...view, pullSecrets: view.pullSecrets.filter((one) => one !== name) })),
    // What a record says that the gate wants is the gate's: of that nothing tells who wrote it.
    { ...view, annotations: { ...view.annotations, [RECORD]: `${view.annotations[RECORD] ?? ''},last` } },
    ...render.initContainers.flatMap(({ from }) =>
      from !== undefined && hasSource(view, from)
        ? [{ ...view, sources: { ...view.sources, [from]: '{"image":"other:9"}' } }]
        : [],
    ),
  ];
}

describe('drift, of any template and gate', () => {
  it('is never empty when anything of ours was taken away, moved or changed', () => {
    fc.assert(
      fc.property(gated, one, (template, gate) => {
        const injection = injectionOf(gate);
        const view = viewTemplate(injected(template, gate));
        for (const damaged of damages(view, injection.render)) {
          expect(drift(damaged, injection), JSON.stringify(damaged)).not.to.deep.equal([]);
        }
      }),
    );
  });
});
