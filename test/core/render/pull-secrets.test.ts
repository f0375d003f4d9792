import { expect } from 'chai';
import fc from 'fast-check';
import { drift } from '../../../src/core/render/drift.ts';
import { changePatch, type Injection, inject } from '../../../src/core/render/inject.ts';
import { type PodTemplate, podTemplateSchema, viewTemplate } from '../../../src/core/render/template.ts';
import { dns, gate } from '../builders.ts';
import { patchTemplate } from '../simulate.ts';

const injection = (name: string, ...secrets: string[]): Injection => ({
  gate: name,
  render: gate(name)
    .dependsOn(dns('api'))
    .specifying(
      secrets.length === 0 ? {} : { waiter: { imagePullSecrets: secrets.map((one) => ({ name: one })) } },
    ).render,
  target: 'Deployment/pinger',
});
const template = (...secrets: string[]): PodTemplate =>
  podTemplateSchema.parse({
    spec: {
      containers: [{ name: 'app' }],
      ...(secrets.length > 0 && { imagePullSecrets: secrets.map((name) => ({ name })) }),
    },
  });
const put = (of: PodTemplate, ...gates: Injection[]) =>
  patchTemplate(of, changePatch(viewTemplate(of), { inject: gates, remove: [] }));
const remove = (of: PodTemplate, ...gates: string[]) =>
  patchTemplate(of, changePatch(viewTemplate(of), { inject: [], remove: gates }));
const secretsIn = ({ spec }: PodTemplate) => (spec.imagePullSecrets ?? []).map(({ name }) => name);
const records = ({ metadata }: PodTemplate) =>
  Object.fromEntries(
    Object.entries(metadata?.annotations ?? {}).filter(([key]) => key.startsWith('pull-secrets.')),
  );

describe('the pull secrets of gates', () => {
  it('are added behind those of the target, and go with the gate', () => {
    const placed = put(template('own'), injection('a', 'mirror', 'other'));
    expect(secretsIn(placed)).to.deep.equal(['own', 'mirror', 'other']);
    expect(records(placed)).to.deep.equal({ 'pull-secrets.dependencygate.dev/a': 'mirror,other' });
    expect(drift(viewTemplate(placed), injection('a', 'mirror', 'other'))).to.deep.equal([]);
    const left = remove(placed, 'a');
    expect(secretsIn(left)).to.deep.equal(['own']);
    expect(records(left)).to.deep.equal({});
  });

  it('stay where the target has had them itself', () => {
    const placed = put(template('own'), injection('a', 'own', 'mirror'));
    expect(secretsIn(placed)).to.deep.equal(['own', 'mirror']);
    expect(records(placed)).to.deep.equal({ 'pull-secrets.dependencygate.dev/a': 'mirror' });
    expect(secretsIn(remove(placed, 'a'))).to.deep.equal(['own']);
  });

  it('stay for as long as some gate wants them, whichever came first', () => {
    const [a, b] = [injection('a', 'mirror'), injection('b', 'mirror')];
    for (const placed of [put(template(), a, b), put(put(template(), a), b), put(put(template(), b), a)]) {
      expect(secretsIn(placed)).to.deep.equal(['mirror']);
      expect(secretsIn(remove(placed, 'a'))).to.deep.equal(['mirror']);
      expect(secretsIn(remove(remove(placed, 'a'), 'b'))).to.deep.equal([]);
      expect(secretsIn(remove(placed, 'a', 'b'))).to.deep.equal([]);
    }
    const handedOver = changePatch(viewTemplate(put(template(), a)), { inject: [b], remove: ['a'] });
    expect(secretsIn(patchTemplate(put(template(), a), handedOver))).to.deep.equal(['mirror']);
  });

  it('are put back where somebody takes them out, and are the gate’s then', () => {
    const wanting = injection('a', 'own');
    const placed = put(template('own'), wanting);
    const without = { ...placed, spec: { ...placed.spec, imagePullSecrets: [] } };
    expect(drift(viewTemplate(without), wanting)).to.deep.equal(['other pull secrets']);
    expect(records(put(without, wanting))).to.deep.equal({ 'pull-secrets.dependencygate.dev/a': 'own' });
  });

  it('change with the gate', () => {
    const placed = put(template('own'), injection('a', 'one', 'two'));
    expect(secretsIn(put(placed, injection('a', 'two', 'three')))).to.deep.equal(['own', 'three', 'two']);
    expect(secretsIn(put(placed, injection('a')))).to.deep.equal(['own']);
    expect(records(put(placed, injection('a')))).to.deep.equal({});
  });

  it('leave a template as it was, in whichever order gates come and go', () => {
    const names = fc.subarray(['x', 'y', 'z'], { minLength: 0 });
    const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.option(names)), { maxLength: 8 });
    fc.assert(
      fc.property(names, steps, (own, changes) => {
        const step = (of: PodTemplate, [name, secrets]: readonly [string, string[] | null]) => {
          if (secrets === null) return remove(of, name);
          const patched = put(of, injection(name, ...secrets));
          expect(patched).to.deep.equal(inject(of, injection(name, ...secrets)));
          expect(drift(viewTemplate(patched), injection(name, ...secrets))).to.deep.equal([]);
          return patched;
        };
        const last = changes.reduce(step, template(...own));
        expect(secretsIn(last)).to.include.members(own);
        const left = remove(last, 'a', 'b', 'c');
        expect(secretsIn(left)).to.deep.equal(own);
        expect(records(left)).to.deep.equal({});
      }),
    );
  });
});
