import { expect } from 'chai';
import { AGGREGATE_LABEL, OPERATOR_NAMESPACE } from '../../src/api/names.ts';
import { readClusterRoles } from './cluster-roles.ts';
import { readManifests } from './manifests.ts';
import { operatorDeployment } from './operator-deployment.ts';

const files = ['rbac/operator', 'rbac/referenced', 'rbac/aggregated', 'more-kinds/role'];
const roles = files.flatMap((name) => readClusterRoles(`config/${name}.yaml`));
const operator = roles.filter(({ metadata }) => metadata.name === 'dependency-gate-operator');
const referenced = roles.filter(({ metadata }) => /-(referenced|more-kinds)$/.test(metadata.name));
const aggregated = roles.filter(({ metadata }) =>
  Object.keys(metadata.labels).some((label) => label.startsWith('rbac.authorization.k8s.io/aggregate-to-')),
);

const resources = (of: typeof roles) => of.flatMap(({ rules }) => rules.flatMap((rule) => rule.resources));

describe('config/rbac', () => {
  it('gives the operator one Lease in its own namespace, and no other', () => {
    const [role, binding, ...others] = readManifests('config/rbac/lease.yaml');
    expect(others).to.be.empty;
    expect([role, binding].map((one) => one?.metadata.namespace)).to.deep.equal([
      OPERATOR_NAMESPACE,
      OPERATOR_NAMESPACE,
    ]);
    const lease = { apiGroups: ['coordination.k8s.io'], resources: ['leases'] };
    const { container } = operatorDeployment(readManifests('config/operator/deployment.yaml'));
    const name = container.env.find((one) => one.name === 'LEASE')?.value;
    expect(role?.rules).to.deep.equal([
      { ...lease, verbs: ['create'] },
      { ...lease, resourceNames: [name], verbs: ['get', 'list', 'watch', 'patch'] },
    ]);
  });

  it('has one role for the operator, one that others add to, and every other is aggregated', () => {
    expect(operator).to.have.length(1);
    expect([...operator, ...referenced, ...aggregated]).to.have.members(roles);
  });

  it('lets the operator read what dependencies are evaluated by, in roles with the label that its messages name', () => {
    const [collecting, ...collected] = referenced;
    const [manifest] = readManifests('config/rbac/referenced.yaml');
    expect(manifest, 'whose rules are never applied over those that were collected').not.to.have.property(
      'rules',
    );
    expect(JSON.stringify(collecting)).to.include(JSON.stringify({ [AGGREGATE_LABEL]: 'true' }));
    for (const { metadata, rules } of collected) {
      expect(metadata.labels).to.include({ [AGGREGATE_LABEL]: 'true' });
      for (const { verbs } of rules) expect(verbs).to.deep.equal(['list', 'watch']);
    }
    expect(resources(collected)).to.not.include('configmaps');
  });

  it('gives nobody Secrets, and nobody a wildcard', () => {
    expect(resources(roles)).to.not.include('secrets');
    const words = roles.flatMap(({ rules }) =>
      rules.flatMap(({ apiGroups, resources, verbs }) => [...apiGroups, ...resources, ...verbs]),
    );
    expect(words.filter((word) => word.includes('*'))).to.be.empty;
  });

  it("leaves the gates' status to the operator: whoever writes it puts containers into Pods", () => {
    expect(resources(operator)).to.include('dependencygates/status');
    expect(new Set(resources(aggregated))).to.deep.equal(new Set(['dependencygates']));
  });

  it('lets the operator neither create workloads nor change anything but by patch', () => {
    const verbsOn = (resource: string) =>
      operator.flatMap(({ rules }) =>
        rules.filter((rule) => rule.resources.includes(resource)).flatMap(({ verbs }) => verbs),
      );
    for (const resource of ['deployments', 'statefulsets', 'daemonsets', 'dependencygates'])
      expect(verbsOn(resource), resource).to.have.members(['list', 'watch', 'patch']);
    expect(verbsOn('pods')).to.have.members(['list', 'watch', 'patch', 'delete']);
    expect(verbsOn('replicasets/scale')).to.have.members(['get', 'patch']);
    expect(verbsOn('replicasets')).to.deep.equal(['list']);
    expect(verbsOn('dependencygates/status')).to.deep.equal(['patch']);
  });
});
