import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { gateJsonSchema } from '../../../src/api/crd.ts';
import { GROUP, OPERATOR_USER, PLURAL } from '../../../src/api/names.ts';
import { MAX_GUARDED_TARGETS } from '../../../src/api/policies/guard.ts';
import { CONTAINER_FIELDS } from '../../../src/api/policies/guard-operator-templates.ts';
import { MAX_GUARDED_DEPENDENCIES, READABLE_KINDS } from '../../../src/api/policies/guard-reads.ts';
import { POLICY_MANIFESTS } from '../../../src/api/policies/manifests.ts';
import { IS_AN_OPERATOR } from '../../../src/api/policies/policy.ts';
import { renderedContainerSchema } from '../../../src/api/rendered.ts';
import { TARGET_KINDS } from '../../../src/api/spec.ts';
import { TARGET_RESOURCES } from '../../../src/api/target-resources.ts';
import { POLICIES } from '../../../src/core/admission/policies.ts';
import { readClusterRoles } from '../../config/cluster-roles.ts';

const ruleSchema = z.object({
  apiGroups: z.array(z.string()),
  resources: z.array(z.string()),
  operations: z.array(z.string()),
});
const expressions = z.array(z.object({ name: z.string(), expression: z.string() })).default([]);
const objectSchema = z.object({
  apiVersion: z.literal('admissionregistration.k8s.io/v1'),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    policyName: z.string().optional(),
    failurePolicy: z.string().optional(),
    matchConstraints: z.looseObject({ resourceRules: z.array(ruleSchema) }).optional(),
    matchConditions: expressions,
    variables: expressions,
    mutations: z.array(z.looseObject({ jsonPatch: z.object({ expression: z.string() }) })).default([]),
    validations: z.array(z.looseObject({ expression: z.string() })).default([]),
  }),
});

const objects = Object.values(POLICY_MANIFESTS).flatMap((format) =>
  parseAllDocuments(format()).map((document) => objectSchema.parse(document.toJS())),
);
const policies = objects.filter(({ kind }) => kind.endsWith('Policy'));
const bindings = objects.filter(({ kind }) => kind.endsWith('PolicyBinding'));
const policy = (name: string) => {
  const [found] = policies.filter(({ metadata }) => metadata.name === `dependencygate-${name}`);
  return found?.spec ?? expect.fail(`no policy ${name}`);
};
/** `apps/deployments CREATE`, for each that the policy is asked about. */
const requests = (name: string) =>
  (policy(name).matchConstraints?.resourceRules ?? []).flatMap(({ apiGroups, resources, operations }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => operations.map((operation) => `${group}/${resource} ${operation}`)),
    ),
  );

describe('POLICY_MANIFESTS', () => {
  it('hold each policy with one binding of its own', () => {
    const named = ({ kind, metadata }: (typeof objects)[number]) => `${kind} ${metadata.name}`;
    expect(bindings.map((binding) => `${named(binding)} ${binding.spec.policyName}`)).to.have.members(
      policies.map(({ kind, metadata: { name } }) => `${kind}Binding ${name} ${name}`),
    );
    expect(new Set(policies.map(named)).size).to.equal(policies.length);
  });

  it('have the policies that the operator looks for', () => {
    expect(policies.map(({ metadata }) => metadata.name)).to.include.members(POLICIES);
  });

  it('place renders into every kind of target: at creation, and at changes of all whose template may change', () => {
    const asked = [...requests('inject'), ...requests('inject-cronjob')];
    const wanted = TARGET_KINDS.flatMap((kind) => {
      const { group, plural } = TARGET_RESOURCES[kind];
      const operations = kind === 'Job' ? ['CREATE'] : ['CREATE', 'UPDATE'];
      return operations.map((operation) => `${group}/${plural} ${operation}`);
    });
    expect(asked).to.have.members(wanted);
  });

  it('differ between inject and inject-cronjob by nothing but the path of the template', () => {
    const text = (name: string) =>
      JSON.stringify({ ...policy(name), matchConstraints: undefined })
        .replaceAll('spec.jobTemplate.spec.template', 'spec.template')
        .replaceAll('/spec/jobTemplate/spec/template', '/spec/template');
    expect(text('inject-cronjob')).to.equal(text('inject'));
  });

  it('let workloads through when a placement fails, and nothing through when a guard or a hold does', () => {
    for (const { metadata, spec } of policies) {
      const isOfGates =
        POLICIES.some((policy) => policy === metadata.name) ||
        /-(first-start|require-job)/.test(metadata.name);
      const expected = isOfGates ? 'Ignore' : 'Fail';
      expect(spec.failurePolicy, metadata.name).to.equal(expected);
    }
  });

  it('take no value of a patch from the object, which the API server cannot write from 1.37 on', () => {
    const mutations = policies.flatMap(({ spec }) => spec.mutations);
    const values = mutations.flatMap(({ jsonPatch }) => [
      ...jsonPatch.expression.matchAll(/\bvalue: (\{[^}]*\}|[^}]+)\}/g),
    ]);
    expect(values).to.not.be.empty;
    // Parameters, literals, and text made of them.
    const allowed =
      /^(variables\.render\.[\w.[\]]+|variables\.(?:target|wanted|start|label|required)|string\(variables\.before\[k\]\)|variables\.putSecrets\.join\(','\)|v|\[\]|true|\{.*\}|'.*')$/;
    for (const [, value = ''] of values) expect(value).to.match(allowed);
    const volumes = mutations.filter(({ jsonPatch }) => jsonPatch.expression.includes('value: v}'));
    for (const { jsonPatch } of volumes)
      expect(jsonPatch.expression).to.include('variables.render.volumes.map(v,');
  });

  it('guard creation, change and removal of gates, and each change of their status', () => {
    const gates = `${GROUP}/${PLURAL}`;
    expect(requests('guard')).to.deep.equal([`${gates} CREATE`, `${gates} UPDATE`]);
    expect(requests('guard-old')).to.deep.equal([`${gates} UPDATE`]);
    expect(requests('guard-removal')).to.deep.equal([`${gates} UPDATE`, `${gates} DELETE`]);
    expect(requests('guard-reads')).to.deep.equal([`${gates} CREATE`, `${gates} UPDATE`]);
    expect(requests('guard-status')).to.deep.equal([`${gates}/status UPDATE`]);
  });

  it('say what the operator may write of gates, Pods and every kind of target, and delete of them', () => {
    const all = (...operations: string[]) =>
      TARGET_KINDS.flatMap((kind) => {
        const { group, plural } = TARGET_RESOURCES[kind];
        return operations.map((operation) => `${group}/${plural} ${operation}`);
      });
    const confined = policies
      .map(({ metadata: { name } }) => name.replace(/^dependencygate-/, ''))
      .filter((name) => name.startsWith('operator-'));
    const asked = confined.flatMap(requests);
    expect(asked).to.include.members([...all('CREATE', 'UPDATE', 'DELETE')]);
    for (const resource of ['/pods', `${GROUP}/${PLURAL}`])
      expect(asked).to.include.members(
        ['CREATE', 'UPDATE', 'DELETE'].map((operation) => `${resource} ${operation}`),
      );
    for (const name of confined)
      expect(policy(name).matchConditions.map(({ expression }) => expression)).to.deep.equal([
        IS_AN_OPERATOR,
      ]);
  });

  it("take a ServiceAccount for an operator's by its name, whatever an overlay put around it", () => {
    const [, pattern = ''] = /matches\('(.*)'\)/.exec(IS_AN_OPERATOR) ?? [];
    const users = {
      [OPERATOR_USER]: true,
      'system:serviceaccount:platform-ops:team-dependency-gate-operator-x': true,
      'system:serviceaccount:dependency-gate-system:default': false,
      'system:serviceaccount:dependency-gate-operator:default': false,
      'dependency-gate-operator': false,
      'oidc:system:serviceaccount:a:dependency-gate-operator': false,
    };
    for (const [user, isOne] of Object.entries(users))
      expect(new RegExp(pattern).test(user), user).to.equal(isOne);
  });

  it('let the operator write every field that a render may have', () => {
    // What a container is made from is in no template.
    const { from: _, ...placed } = renderedContainerSchema.shape;
    expect(CONTAINER_FIELDS).to.include.members(Object.keys(placed));
    expect(CONTAINER_FIELDS).not.to.include('from');
  });

  it('ask about as many targets and dependencies as a gate can have, and once for the creation of Jobs', () => {
    const { spec } = gateJsonSchema().properties ?? {};
    expect(spec?.properties?.targets?.maxItems).to.equal(MAX_GUARDED_TARGETS);
    expect(spec?.properties?.dependencies?.maxItems).to.equal(MAX_GUARDED_DEPENDENCIES);
    for (const name of ['guard', 'guard-old', 'guard-removal'])
      expect(policy(name).validations, name).to.have.length(MAX_GUARDED_TARGETS + 1);
    expect(policy('guard-reads').validations).to.have.length(MAX_GUARDED_DEPENDENCIES);
  });

  it('ask for the right to read each kind that the operator may read by default, and claims', () => {
    const roles = ['operator', 'referenced'].flatMap((name) => readClusterRoles(`config/rbac/${name}.yaml`));
    expect(Object.values(READABLE_KINDS)).to.include('persistentvolumeclaims');
    const readable = roles
      .flatMap(({ rules }) => rules)
      .filter(({ verbs }) => verbs.includes('list'))
      .flatMap(({ apiGroups, resources }) =>
        apiGroups.flatMap((group) => resources.map((resource) => `${group}/${resource}`)),
      );
    const asked = Object.entries(READABLE_KINDS).map(
      ([kind, plural]) => `${kind.slice(0, kind.indexOf('/'))}/${plural}`,
    );
    expect([...asked, `${GROUP}/${PLURAL}`]).to.include.members(readable);
  });

  it('call nothing, where they only validate, that API servers before 1.36 do not have', () => {
    const validating = Object.values(POLICY_MANIFESTS).flatMap((format) =>
      format()
        .split('---\n')
        .filter((document) => document.includes('kind: ValidatingAdmissionPolicy\n')),
    );
    expect(validating).to.not.be.empty;
    for (const document of validating)
      expect(document).to.not.match(
        /\blists\.range\(|\.(flatten|sort|sortBy|distinct|slice|reverse|first|last)\(/,
      );
  });

  it('declare every variable before its use', () => {
    for (const { metadata, spec } of policies) {
      const declared = new Set<string>();
      const used = (text: string) => [...text.matchAll(/variables\.(\w+)/g)].map(([, name = '']) => name);
      for (const { name, expression } of spec.variables) {
        for (const one of used(expression)) expect(declared, metadata.name).to.include(one);
        declared.add(name);
      }
      const rest = JSON.stringify({ ...spec, variables: [] });
      for (const one of used(rest)) expect(declared, metadata.name).to.include(one);
      const all = used(JSON.stringify(spec));
      for (const name of declared) expect(all, `${metadata.name} uses ${name}`).to.include(name);
    }
  });
});
