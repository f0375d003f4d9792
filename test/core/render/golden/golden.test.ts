import { expect } from 'chai';
import { z } from 'zod';
import { gateJsonSchema } from '../../../../src/api/crd.ts';
import type { JsonSchema } from '../../../../src/api/json-schema.ts';
import { renderSchema } from '../../../../src/api/rendered.ts';
import { isRenderOf } from '../../../../src/core/render/render.ts';
import { goldenGates, rendersNow, storedRenders } from './golden.ts';

/** Of the spec, what no container is made of. */
const IN_NO_CONTAINER = ['suspend', 'open', 'updatePolicy', 'placement', 'when', 'targets'];

describe('stored renders', () => {
  const stored = storedRenders();
  const gates = goldenGates();

  for (const { name, spec } of gates) {
    it(`of the gate ${name} are made the same today`, () => {
      expect(rendersNow()[name], 'see golden.ts for what a change means').to.deep.equal(stored[name]);
    });

    it(`of the gate ${name} are taken for the spec's own, so that an upgrade rolls nobody`, () => {
      expect(isRenderOf(renderSchema.parse(stored[name]), name, spec)).to.equal(true);
    });
  }

  it('are of gates that have, together, each field that reaches a container', () => {
    const spec = gateJsonSchema().properties?.spec;
    const known = paths(spec ?? {}, 'spec').filter(
      (path) =>
        !IN_NO_CONTAINER.some((field) => path === `spec.${field}` || path.startsWith(`spec.${field}.`)),
    );
    const used = new Set(gates.flatMap((gate) => pathsUsed(gate.spec, 'spec')));
    expect(known).to.include.members(['spec.dependencies.http.tls.serverName', 'spec.waiter.runAsUser']);
    expect(known.filter((path) => !used.has(path))).to.deep.equal([]);
  });

  it('are of no gate that is not among them', () => {
    expect(Object.keys(stored)).to.deep.equal(gates.map(({ name }) => name));
  });
});

/** The paths of all fields; lists and maps have no step of their own. */
function paths({ properties = {}, items }: JsonSchema, at: string): string[] {
  const below = Object.entries(properties).flatMap(([name, schema]) => [
    `${at}.${name}`,
    ...paths(schema, `${at}.${name}`),
  ]);
  return [...below, ...(items ? paths(items, at) : [])];
}

function pathsUsed(value: unknown, at: string): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => pathsUsed(one, at));
  const { data } = z.record(z.string(), z.unknown()).safeParse(value);
  return Object.entries(data ?? {}).flatMap(([name, one]) => [
    `${at}.${name}`,
    ...pathsUsed(one, `${at}.${name}`),
  ]);
}
