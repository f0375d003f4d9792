import { expect } from 'chai';
import { z } from 'zod';
import { EDITOR_SCHEMA, formatEditorSchema } from '../../src/api/editor-schema.ts';
import { KIND } from '../../src/api/names.ts';
import { manifestFiles, readManifests } from '../config/manifests.ts';

const text = formatEditorSchema();
const schema = z.fromJSONSchema(z.record(z.string(), z.unknown()).parse(JSON.parse(text)));
const gates = manifestFiles('config/samples')
  .flatMap(readManifests)
  .filter(({ kind }) => kind === KIND);

/** Where the first of them is not what the schema says, and how. */
function firstProblem(change: object): string | undefined {
  const { error } = schema.safeParse({ ...gates[0], ...change });
  return error?.issues.map(({ code, path }) => `${code} at ${path.join('.')}`).join();
}

describe('the schema for editors', () => {
  it('takes every gate of the samples, and one as a cluster gives it back', () => {
    expect(gates.length).to.be.greaterThan(20);
    for (const gate of gates) expect(schema.safeParse(gate).error, gate.metadata.name).to.equal(undefined);
    expect(firstProblem({ status: { conditions: [] } })).to.equal(undefined);
  });

  it('refuses a field that there is not, a type that is not its own, and a spec that lacks its dependencies', () => {
    const spec = { targets: [{ name: 'pinger' }], dependencies: [{ name: 'api', dns: { host: 'api' } }] };
    expect(firstProblem({ spec })).to.equal(undefined);
    expect(firstProblem({ spec: { ...spec, target: [] } })).to.equal('unrecognized_keys at spec');
    expect(firstProblem({ spec: { ...spec, suspend: 'yes' } })).to.equal('invalid_type at spec.suspend');
    expect(firstProblem({ spec: { targets: spec.targets } })).to.equal('invalid_type at spec.dependencies');
    expect(firstProblem({ spec: { ...spec, targets: [{ kind: 'Pod', name: 'a' }] } })).to.equal(
      'invalid_value at spec.targets.0.kind',
    );
  });

  it('is called as kubeconform looks for it, and says nothing that only an API server reads', () => {
    expect(EDITOR_SCHEMA).to.equal('crds/dependencygate_v1alpha1.json');
    expect(text).to.not.contain('x-kubernetes-');
  });
});
