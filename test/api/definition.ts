import { expect } from 'chai';
import { customResourceDefinition, TITLE_START } from '../../src/api/crd.ts';
import type { JsonSchema } from '../../src/api/json-schema.ts';

/** CustomResourceDefinitions of releases before and after this one. */

type Definition = ReturnType<typeof customResourceDefinition>;

/** That of this release, with what it says of a gate changed. */
export function definition(edit: (gate: JsonSchema) => void = () => {}): Definition {
  const crd = structuredClone(customResourceDefinition());
  for (const { schema } of crd.spec.versions) edit(schema.openAPIV3Schema);
  return crd;
}

/** Of a release before this one: it lacks fields, and tells so. */
export function definitionOfBefore(...paths: readonly string[]): Definition {
  return definition((gate) => {
    lacking(...paths)(gate);
    gate.title = `${TITLE_START}1`;
  });
}

/** Takes out a field of an object, or of a list's items: `status.targets.passed`. */
export function lacking(...paths: readonly string[]): (gate: JsonSchema) => void {
  return (gate) => {
    for (const path of paths) {
      const { parent, name } = placeOf(gate, path);
      expect(parent, path).to.have.property(name);
      delete parent[name];
    }
  };
}

/** Adds a text there. */
export function having(...paths: readonly string[]): (gate: JsonSchema) => void {
  return (gate) => {
    for (const path of paths) {
      const { parent, name } = placeOf(gate, path);
      parent[name] = { type: 'string' };
    }
  };
}

function placeOf(gate: JsonSchema, path: string) {
  const steps = path.split('.');
  const found = steps.slice(0, -1).reduce<JsonSchema>((schema, step) => {
    const next = schema.properties?.[step] ?? expect.fail(`there is no ${step} of ${path}`);
    return next.items ?? next;
  }, gate);
  return { parent: found.properties ?? expect.fail(`${path} is below no object`), name: steps.at(-1) ?? '' };
}
