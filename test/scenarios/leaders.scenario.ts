import { expect } from 'chai';
import { OPERATOR_NAMESPACE, OPERATOR_SERVICE_ACCOUNT } from '../../src/api/names.ts';
import type { OwnLease } from '../../src/controller/leadership.ts';
import { isAlreadyExists, isNotFound } from '../../src/kube/api-error.ts';
import { createRequests } from '../../src/kube/client/http-requests.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { LEASES } from '../../src/kube/election/lease.ts';
import { eventually } from '../cluster/eventually.ts';
import { type Scenario, type TestCluster, useNamespace } from './cluster.ts';
import { deployment, dns, gate, service } from './manifests.ts';
import type { OperatorRunner } from './operator-runner.ts';
import { writes } from './recorder.ts';
import { resourceOf } from './resources.ts';

const LIMIT_MS = 30_000;
const LEASE = { namespace: OPERATOR_NAMESPACE, name: OPERATOR_SERVICE_ACCOUNT };

/** Nobody looks by the clock: who goes on at once has heard of it. */
const UNHURRIED = { leaseMs: 600_000, renewWithinMs: 400_000, retryMs: 200_000 };
/** A Lease counts whole seconds. */
const HASTY = { leaseMs: 2000, renewWithinMs: 1200, retryMs: 300 };

/** Two operators of one cluster. */
export const leaders: Scenario = (on) => {
  describe('of two operators', () => {
    const here = useNamespace(on);
    let first: OperatorRunner;
    let second: OperatorRunner;

    beforeEach('stop the only one, and have two', async () => {
      await on().operator.stop();
      await makeNamespace(on());
      await removeLease(on());
      [first, second] = [on().anotherOperator(), on().anotherOperator()];
    });
    afterEach('stop both', async () => {
      await Promise.all([first.stop(), second.stop()]);
      await removeLease(on());
    });

    const lease = (identity: string, timings: OwnLease['timings']) => ({ ...LEASE, identity, timings });
    const startBoth = async (timings: OwnLease['timings']) => {
      await first.start({ lease: lease('first', timings) });
      await leads(first);
      await second.start({ lease: lease('second', timings) });
    };
    /** Those of the scenario's objects, without those of the Lease. */
    const made = (by: OperatorRunner) =>
      writes(by.calls).filter(({ path }) => path.includes(`/namespaces/${here().name}/`));
    const inForce = async (name: string) => {
      await here().create(deployment(`${name}-app`), gate(name, [`${name}-app`], [dns('api')]));
      await here().untilGate(name, { ready: 'True/InForce' });
    };

    it('one works, and the other is ready and writes nothing', async () => {
      await startBoth(UNHURRIED);
      await inForce('one');
      expect(made(first)).not.to.be.empty;
      expect([second.isReady, second.isLeader]).to.deep.equal([true, false]);
      expect(writes(second.calls)).to.be.empty;
      const status = 'leader_election_master_status';
      const labels = { name: LEASE.name };
      expect([await first.gauge(status, labels), await second.gauge(status, labels)]).to.deep.equal([1, 0]);
    });

    it('the other goes on as soon as the first has stopped, with all that it did not finish', async () => {
      await startBoth(UNHURRIED);
      await inForce('one');
      await first.stop();
      await leads(second);
      await here().create(service('api'));
      await here().untilGate('one', { open: 'True/AllPassed', pods: '1/1' });
      await inForce('two');
      expect(made(second)).not.to.be.empty;
    });

    it('a reconcile under way as the first is stopped is ended, and only then the other leads', async () => {
      await startBoth(UNHURRIED);
      await here().create(deployment('app'), gate('one', ['app'], [dns('api')]));
      await here().until('it writes', () => (made(first).length > 0 ? true : undefined));
      await first.stop();
      const answers = made(first).map(({ status }) => status);
      expect(answers).to.not.include(undefined);
      await leads(second);
      await here().untilGate('one', { ready: 'True/InForce', open: 'False/Waiting' });
    });

    it('the other goes on when the time of the Lease is over, where the first is gone without a word', async () => {
      await startBoth(HASTY);
      await inForce('one');
      await first.kill();
      expect(second.isLeader).to.equal(false);
      await leads(second);
      await inForce('two');
    });

    it('one that reaches nobody stops writing before the other begins, and stands by when it is back', async () => {
      await startBoth(HASTY);
      await inForce('one');
      first.cutOff();
      await eventually('it has lost the Lease', LIMIT_MS, () => (first.isLeader ? undefined : true));
      expect(second.isLeader).to.equal(false);
      await leads(second);
      first.heal();
      await inForce('two');
      expect(made(first).filter(({ path }) => path.includes('two'))).to.be.empty;
      expect([first.isLeader, second.isLeader]).to.deep.equal([false, true]);
      await second.stop();
      await leads(first);
      await inForce('three');
      expect(made(first).filter(({ path }) => path.includes('three'))).not.to.be.empty;
    });

    it('one leads again where the Lease is deleted by hand, or taken away', async () => {
      await startBoth(HASTY);
      await removeLease(on());
      await eventually('the Lease is there', LIMIT_MS, () => holder(on()));
      await inForce('one');
      expect([first.isLeader, second.isLeader].filter(Boolean)).to.have.length(1);
      const requests = createRequests({ connection: on().connection, clock: systemClock });
      await requests.patch(LEASES, LEASE, { spec: { holderIdentity: 'nobody' } }, { type: 'merge' });
      await eventually('neither leads', LIMIT_MS, () =>
        first.isLeader || second.isLeader ? undefined : true,
      );
      await eventually('one does', LIMIT_MS, () => first.isLeader || second.isLeader || undefined);
      await inForce('two');
    });

    it('both may work at once, without an election: what comes of it is the same, in few writes', async () => {
      const alone = on().anotherOperator();
      await alone.start();
      await inForce('alone');
      await here().create(service('api'));
      await here().untilGate('alone', { open: 'True/AllPassed' });
      await alone.stop();
      const once = made(alone).length;
      await here().delete('Service', 'api');

      await Promise.all([first.start(), second.start()]);
      await inForce('both');
      await here().create(service('api'));
      await here().untilGate('both', { open: 'True/AllPassed', pods: '1/1', older: 0, ungated: 0 });
      const passes = [first, second].map((one) =>
        eventually('it has looked', LIMIT_MS, () => one.passes(`${here().name}/both`) > 0 || undefined),
      );
      await Promise.all(passes);
      const before = [made(first).length, made(second).length];
      await here().patch('DependencyGate', 'both', { metadata: { annotations: { look: 'again' } } });
      await here().untilGate('both', { open: 'True/AllPassed' });
      const accepted = [...made(first), ...made(second)].filter(({ status }) => status === 200);
      expect(accepted.length, `of ${before}, against ${once} of one alone`).to.be.at.most(2 * once + 2);
      const app = await here().workload('both-app');
      expect(app.metadata.generation, 'written once').to.be.at.most(2);
      expect(await here().replicaSets('both-app')).to.have.length.at.most(2);
    });
  });
};

async function leads(operator: OperatorRunner): Promise<void> {
  await eventually('it leads', LIMIT_MS, () => operator.isLeader || undefined);
}

/** A real cluster has it with the operator's permissions, the sandbox has not. */
async function makeNamespace({ connection }: TestCluster): Promise<void> {
  const requests = createRequests({ connection, clock: systemClock });
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: LEASE.namespace } };
  await requests.create(resourceOf('Namespace'), undefined, namespace).catch((error: unknown) => {
    if (!isAlreadyExists(error)) throw error;
  });
}

async function removeLease({ connection }: TestCluster): Promise<void> {
  const requests = createRequests({ connection, clock: systemClock });
  await requests.delete(LEASES, LEASE).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}

/** Whether there is a Lease. */
async function holder({ connection }: TestCluster): Promise<true> {
  const requests = createRequests({ connection, clock: systemClock });
  await requests.get(LEASES, LEASE);
  return true;
}
