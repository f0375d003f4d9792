import { expect } from 'chai';
import { REVIEWS_OF_OTHERS, rightsBeyond, WRITES } from '../../../src/commands/operator/own-rights.ts';
import type { Resource } from '../../../src/kube/resource.ts';
import { grantedRights } from '../../cluster/permissions.ts';
import { readClusterRoles, readRoles } from '../../config/cluster-roles.ts';

const READING = /^(get|list|watch) /;

/** What is told of rules like these. */
function beyond(...resourceRules: object[]) {
  const create = async ({ plural }: Resource, _: string | undefined, body: unknown) => {
    expect(plural).to.equal('selfsubjectrulesreviews');
    expect(body).to.deep.equal({ spec: { namespace: 'dependency-gate-system' } });
    return { status: { resourceRules } };
  };
  return rightsBeyond({ create }, { reviews: false });
}

describe('rightsBeyond', () => {
  it('is nothing for the permissions of config/rbac, and those that everybody has', async () => {
    const files = ['rbac/operator', 'rbac/lease', 'rbac/referenced', 'more-kinds/role'];
    const rules = files.flatMap((file) => readRoles(`config/${file}.yaml`)).flatMap((role) => role.rules);
    const own = {
      apiGroups: ['authorization.k8s.io'],
      resources: ['selfsubjectaccessreviews'],
      verbs: ['create'],
    };
    expect(await beyond(...rules, own)).to.deep.equal([]);
  });

  it('expects no more than config/rbac has', () => {
    const writes = ['operator', 'lease']
      .flatMap((file) => grantedRights(`config/rbac/${file}.yaml`))
      .filter((right) => !READING.test(right));
    expect(WRITES).to.have.members(writes);
  });

  it('is what can be written besides, each once, and no reading', async () => {
    const rules = {
      apiGroups: ['apps', 'example.com'],
      resources: ['deployments'],
      verbs: ['list', 'patch', 'delete'],
    };
    expect(await beyond(rules, rules)).to.deep.equal([
      'delete apps/deployments',
      'delete example.com/deployments',
      'patch example.com/deployments',
    ]);
  });

  it('is the reading of Secrets, by name or by a wildcard', async () => {
    expect(await beyond({ apiGroups: [''], resources: ['secrets', 'pods'], verbs: ['list'] })).to.deep.equal([
      'list /secrets',
    ]);
    expect(await beyond({ apiGroups: ['*'], resources: ['*'], verbs: ['get', '*'] })).to.deep.equal([
      '* */*',
      'get */*',
    ]);
  });

  it('is the right to ask about others where it asks nobody, and only there', async () => {
    expect(grantedRights('config/metrics-access/reviewer.yaml')).to.have.members(REVIEWS_OF_OTHERS);
    const resourceRules = readClusterRoles('config/metrics-access/reviewer.yaml').flatMap(
      ({ rules }) => rules,
    );
    const create = async () => ({ status: { resourceRules } });
    expect(await rightsBeyond({ create }, { reviews: true })).to.deep.equal([]);
    expect(await rightsBeyond({ create }, { reviews: false })).to.deep.equal(REVIEWS_OF_OTHERS);
  });

  it('takes rules without resources, as those of paths are', async () => {
    expect(await beyond({ verbs: ['get'] })).to.deep.equal([]);
  });
});
