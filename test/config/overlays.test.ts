import { expect } from 'chai';
import { z } from 'zod';
import { POLICIES, storedName } from '../../src/core/admission/policies.ts';
import { outputOf, useProgram } from '../commands/programs.ts';
import { type Manifest, parseManifests } from './manifests.ts';
import { operatorDeployment } from './operator-deployment.ts';
import { type Overlay, withOverlay } from './overlay.ts';

const binding = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    policyName: z.string(),
    paramRef: z.looseObject({ namespace: z.string().optional(), name: z.string().optional() }).optional(),
  }),
});
const subjects = z.array(z.object({ kind: z.string(), name: z.string(), namespace: z.string() }));
const rules = z
  .array(
    z.object({ resources: z.array(z.string()).default([]), resourceNames: z.array(z.string()).default([]) }),
  )
  .default([]);

const OVERLAYS: Readonly<Record<string, Omit<Overlay, 'resources'>>> = {
  'a namespace': { namespace: 'platform-ops' },
  'a prefix': { namePrefix: 'team-' },
  'a suffix': { nameSuffix: '-x' },
  'all of them': { namespace: 'platform-ops', namePrefix: 'team-', nameSuffix: '-x' },
};

/** Those that have an operator, with what else may stand beside it. */
const BASES = ['config/default', 'config/without-admission', 'config/namespaced'];

describe('an overlay', function () {
  this.timeout(120_000);
  const kubectl = useProgram('kubectl');
  const kustomize = useProgram('kustomize');

  for (const base of BASES)
    for (const [what, overlay] of Object.entries(OVERLAYS))
      it(`of ${base} with ${what} is one operator, and everything that names it knows it`, async () => {
        const resources = [base, 'config/metrics-access', 'config/more-kinds'];
        const [text, same] = await withOverlay({ ...overlay, resources }, (folder) => [
          outputOf([kubectl(), 'kustomize', folder]),
          outputOf([kustomize(), 'build', folder]),
        ]);
        expect(same).to.equal(text);
        isConsistent(parseManifests(text ?? ''), overlay);
      });
});

function isConsistent(
  objects: readonly Manifest[],
  { namespace = 'dependency-gate-system', namePrefix = '', nameSuffix = '' }: Omit<Overlay, 'resources'>,
): void {
  const ofKind = (kind: string) => objects.filter((object) => object.kind === kind);
  const names = (kind: string) => ofKind(kind).map(({ metadata }) => metadata.name);
  const renamed = (name: string) => `${namePrefix}${name}${nameSuffix}`;
  const operator = { namespace, name: renamed('dependency-gate-operator') };
  expect(names('Namespace')).to.deep.equal([namespace]);
  expect(ofKind('ServiceAccount').map(({ metadata }) => metadata)).to.have.nested.property(
    '[0].name',
    operator.name,
  );

  const bindings = [
    ...ofKind('ValidatingAdmissionPolicyBinding'),
    ...ofKind('MutatingAdmissionPolicyBinding'),
  ];
  const policies = [...names('ValidatingAdmissionPolicy'), ...names('MutatingAdmissionPolicy')];
  const parsed = bindings.map((one) => binding.parse(one));
  expect(parsed.map(({ spec }) => spec.policyName)).to.have.members(policies);
  const known = parsed.flatMap(({ metadata, spec: { paramRef } }) =>
    paramRef?.name === undefined ? [] : [[metadata.name, paramRef.namespace, paramRef.name]],
  );
  expect(known).to.have.deep.members(
    ['guard-status', 'guard-removal'].map((guard) => [
      renamed(`dependencygate-${guard}`),
      operator.namespace,
      operator.name,
    ]),
  );

  const bound = objects.flatMap((one) => ('subjects' in one ? subjects.parse(one.subjects) : []));
  expect(bound).to.not.be.empty;
  for (const subject of bound) expect(subject).to.deep.equal({ kind: 'ServiceAccount', ...operator });

  const { container } = operatorDeployment(objects);
  const lease = container.env.find((one) => one.name === 'LEASE')?.value;
  expect(lease, 'as the Deployment is called').to.equal(names('Deployment')[0]);
  const leaseRole = objects.find((one) => one.kind === 'Role' && one.metadata.name.includes('-lease'));
  const [, named] = rules.parse(leaseRole?.rules);
  expect(named?.resourceNames).to.deep.equal([lease]);
  expect(names('PodDisruptionBudget')).to.deep.equal([lease]);

  const policy = container.env.find(({ name }) => name === 'ADMISSION_POLICY')?.value;
  const watched = POLICIES.map((one) => storedName(one, String(policy)));
  const readable = ofKind('ClusterRole').flatMap((role) => rules.parse(role.rules));
  for (const kind of ['ValidatingAdmissionPolicy', 'MutatingAdmissionPolicy']) {
    const [plural] = [`${kind.toLowerCase().replace(/y$/, 'ies')}`];
    const there = names(kind).filter((name) => watched.includes(name));
    const named = readable.filter(({ resources }) => resources.includes(plural));
    expect(named, plural).to.not.be.empty;
    if (names(kind).length === 0) continue;
    expect(there, plural).to.not.be.empty;
    for (const { resourceNames } of named) expect(resourceNames).to.have.members(there);
  }
}
