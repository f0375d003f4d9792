import { expect } from 'chai';
import { OPERATOR_USER } from '../../src/api/names.ts';
import { read } from '../config/manifests.ts';
import { deployment, gate } from '../scenarios/manifests.ts';
import { Namespace } from '../scenarios/namespace.ts';
import { OperatorRunner } from '../scenarios/operator-runner.ts';
import { SERVICE_ACCOUNT, startRealCluster } from '../scenarios/real-cluster.ts';
import { usedRights } from './permissions.ts';
import { requirePrograms } from './programs.ts';
import { useCluster } from './use.ts';

describe('an operator of some namespaces', function () {
  this.timeout(180_000);
  const cluster = useCluster(() => requirePrograms(process.env.KUBEBUILDER_ASSETS), startRealCluster);
  let namespaces: readonly Namespace[] = [];
  let operator: OperatorRunner | undefined;

  before('give it permissions in two of three namespaces', async () => {
    const { controlPlane } = cluster();
    await controlPlane.kubectl([
      'delete',
      'clusterrolebinding',
      'dependency-gate-operator',
      'dependency-gate-referenced',
    ]);
    await controlPlane.apply(read('config/namespaced/policies-reader.yaml'));
    namespaces = [1, 2, 3].map(() => new Namespace(cluster()));
    for (const one of namespaces) await one.open();
    for (const { name } of namespaces.slice(0, 2))
      await controlPlane.kubectl(['apply', `--namespace=${name}`, '--kustomize=config/namespaced/bindings']);
    const { namespace, name } = SERVICE_ACCOUNT;
    operator = new OperatorRunner(
      { kubeconfigPath: await controlPlane.serviceAccountKubeconfig(namespace, name) },
      namespaces.slice(0, 2).map((one) => one.name),
    );
    await operator.start();
  });
  after('stop it', () => operator?.stop());

  it('gates there, evaluates there, takes the gates away again, and touches nothing else', async () => {
    const [first, second, other] = namespaces;
    if (!first || !second || !other) throw new Error('there are three namespaces');
    for (const one of namespaces)
      await one.create(
        deployment('pinger'),
        gate('first', ['pinger'], [{ name: 'api', service: { name: 'api' } }]),
      );
    for (const one of [first, second]) {
      await one.untilGate('first', { ready: 'True/InForce', waitingOn: 'api' });
      expect(await one.gate('first')).to.have.nested.property('status.dependencies[0].reason', 'NotFound');
      await one.delete('DependencyGate', 'first');
      await one.until('the gate is gone', async () =>
        (await one.get('DependencyGate', 'first')) === undefined ? true : undefined,
      );
    }
    expect(await other.get('DependencyGate', 'first')).to.not.have.property('status');
    expect((await other.workload('pinger')).metadata.generation).to.equal(1);
    expect(operator?.errors).to.deep.equal([]);
    expect(operator?.warnings.filter((line) => line.includes('watch'))).to.deep.equal([]);
    const { auditLog } = cluster().controlPlane;
    if (auditLog !== undefined)
      expect([...usedRights(auditLog, OPERATOR_USER).denied], 'what it asked for in vain').to.deep.equal([]);
  });
});
