import { expect } from 'chai';
import { type Scenario, useNamespace } from './cluster.ts';
import { deployment, dns, gate } from './manifests.ts';
import { ownedFields } from './owned-fields.ts';
import { initNames } from './views.ts';

const OPERATOR = 'dependency-gate-operator';
const TEMPLATE = 'spec.template';
const OWN = `${TEMPLATE}.spec.initContainers[name=own]`;

/** What the operator owns of a target that these gates hold with these checks: nothing that anybody else may own. */
const owned = (...containers: readonly `${string}--${string}`[]) =>
  [
    ...new Set(
      containers.map(
        (name) => `${TEMPLATE}.metadata.annotations.gate.dependencygate.dev/${name.split('--')[0]}`,
      ),
    ),
    `${TEMPLATE}.metadata.annotations.dependencygate.dev/target`,
    `${TEMPLATE}.metadata.labels.dependencygate.dev/gated`,
    ...containers.map((name) => `${TEMPLATE}.spec.initContainers[name=dgate-${name}]`),
    ...new Set(containers.map((name) => `${TEMPLATE}.spec.volumes[name=dgate-${name.split('--')[0]}]`)),
  ].toSorted();

/** Who owns which fields, by the API server's own account of it: for a real one, since the sandbox keeps none. */
export const ownership: Scenario = (on) => {
  describe('the fields of a target', () => {
    const here = useNamespace(on);
    const init = [{ name: 'own', image: 'registry.example/app:1', command: ['true'] }];
    const ofOperator = async () => ownedFields(await here().workload('pinger'), OPERATOR);
    const becomes = (...names: readonly string[]) =>
      here().untilWorkload('pinger', `has ${names}`, (one) => `${initNames(one)}` === `${names}`);

    it("belong to whom they belonged to except for the gates' own, after each step", async () => {
      const app = (more = {}) =>
        here().apply(deployment('pinger', { pod: { initContainers: init }, ...more }));
      await app();
      await here().create(gate('a', ['pinger'], [dns('api')]));
      await becomes('dgate-a--api', 'own');
      expect(await ofOperator()).to.deep.equal(owned('a--api'));

      await app({ image: 'registry.example/app:2' });
      await here().kubectl(['scale', 'deployment/pinger', '--replicas=2']);
      await here().patch('DependencyGate', 'a', { spec: { dependencies: [dns('api'), dns('redis')] } });
      await becomes('dgate-a--api', 'dgate-a--redis', 'own');
      expect(await ofOperator()).to.deep.equal(owned('a--api', 'a--redis'));

      await here().create(gate('b', ['pinger'], [dns('api')]));
      await becomes('dgate-a--api', 'dgate-a--redis', 'dgate-b--api', 'own');
      expect(await ofOperator()).to.deep.equal(owned('a--api', 'a--redis', 'b--api'));

      await here().delete('DependencyGate', 'a');
      await here().untilGone('DependencyGate', 'a');
      expect(await ofOperator()).to.deep.equal(owned('b--api'));
      await here().delete('DependencyGate', 'b');
      await here().untilGone('DependencyGate', 'b');
      expect(await ofOperator()).to.be.empty;
      const left = await here().workload('pinger');
      expect(ownedFields(left, 'kubectl-client-side-apply')).to.include.members([OWN, 'spec.strategy.type']);
      expect(left.spec.replicas).to.equal(2);
    });

    it('are applied on the server side again and again without a conflict, and the order is kept', async () => {
      const object = deployment('pinger', { pod: { initContainers: init } });
      const apply = () => here().kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify(object));
      await apply();
      await here().create(gate('a', ['pinger'], [dns('api')]));
      await becomes('dgate-a--api', 'own');
      const { metadata } = await here().workload('pinger');
      await apply();
      const again = await here().workload('pinger');
      expect(again.metadata.generation).to.equal(metadata.generation);
      expect(await ofOperator()).to.deep.equal(owned('a--api'));
      expect(ownedFields(again, 'kubectl')).to.include(OWN);
    });
  });

  describe('the fields of a gate', () => {
    const here = useNamespace(on);

    it('belong to people, except for the finalizer and the status', async () => {
      await here().create(deployment('pinger'), gate('a', ['pinger'], [dns('api')]));
      const found = await here().untilGate('a', { open: 'False/Waiting' });
      expect(ownedFields(found, OPERATOR)).to.deep.equal(['metadata.finalizers[dependencygate.dev/remove]']);
      expect(ownedFields(found, 'somebody')).to.include.members(['spec.targets', 'spec.dependencies']);
      expect(ownedFields(found, OPERATOR, 'status')).to.include('status.render.hash');
    });
  });
};
