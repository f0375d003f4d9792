import { expect } from 'chai';
import { AGGREGATE_LABEL } from '../../src/api/names.ts';
import { useAdmission } from './admission-cluster.ts';
import { policyRefusal } from './operator-token.ts';

describe('a ClusterRole that is labelled for the operator', function () {
  this.timeout(120_000);
  const cluster = useAdmission();
  const rule = (verbs: string[], resources = ['widgets'], apiGroups = ['example.com']) => ({
    ...{ apiGroups, resources, verbs },
  });
  const create = (
    rules: object[] | undefined,
    labels: Record<string, string> = { [AGGREGATE_LABEL]: 'true' },
  ) =>
    cluster().send(
      'POST',
      '/apis/rbac.authorization.k8s.io/v1/clusterroles',
      { metadata: { generateName: 'labelled-', labels }, rules },
      { dryRun: true },
    );

  it('may hold the verbs of reading', async () => {
    await create([rule(['get', 'list', 'watch']), rule(['list'], ['*'])]);
    await create(undefined);
  });

  for (const rules of [
    [rule(['*'])],
    [rule(['list', 'watch']), rule(['patch'])],
    [rule(['list'], ['secrets'], [''])],
    [rule(['list'], ['*'], [''])],
    [rule(['list'], ['*'], ['*'])],
  ]) {
    it(`may not hold ${JSON.stringify(rules)}`, async () => {
      expect(await policyRefusal(create(rules))).to.contain(
        `a ClusterRole with the label ${AGGREGATE_LABEL} may`,
      );
    });
  }

  it('is no other one: what the operator does not get is no business of it', async () => {
    await create([rule(['*'])], {});
  });
});
