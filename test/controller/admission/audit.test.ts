import { expect } from 'chai';
import { AdmissionAudit, SETTLE_MS, type Skipped } from '../../../src/controller/admission/audit.ts';
import { createStores } from '../../../src/controller/stores.ts';
import type { Cause } from '../../../src/core/admission/cause.ts';
import {
  NO_POLICIES,
  NO_POLICY,
  type Policy,
  type PolicyView,
} from '../../../src/core/admission/policies.ts';
import { ApiError } from '../../../src/kube/api-error.ts';
import {
  cronJob,
  dns,
  type GateBuilder,
  gate,
  job,
  type WorkloadBuilder,
  workload,
} from '../../core/builders.ts';
import { ManualClock } from '../../kube/manual-clock.ts';

const INJECT = 'dependencygate-inject';
const CRONJOB = 'dependencygate-inject-cronjob';
const PLACE = 'dependencygate-place';
const PLACE_CRONJOB = 'dependencygate-place-cronjob';
const time = (second: number) =>
  new Date(Date.UTC(2026, 2, 1, 10) + second * 1000).toISOString().replace('.000', '');
const THERE: PolicyView = {
  ...NO_POLICY,
  ...{ isThere: true, isBound: true, writtenAt: time(-600), revision: 'one' },
};
const first = gate('first')
  .targets('a', 'b', 'c', 'd', 'CronJob/e')
  .dependsOn(dns('api'))
  .rendered()
  .with({ writtenAt: time(0) });

interface State {
  /** How often the policies were read. */
  looks: number;
  /** What is known by now of others that are first, in whichever workload. */
  known: readonly (readonly string[])[];
  onLook: () => void;
}

/** An audit over stores that begin with one gate; its time is that of the API server's objects only where it says so. */
function rig(...gates: readonly GateBuilder[]) {
  const clock = new ManualClock();
  const stores = createStores();
  const views = {
    ...NO_POLICIES,
    [INJECT]: THERE,
    [CRONJOB]: THERE,
    [PLACE]: THERE,
    [PLACE_CRONJOB]: THERE,
  };
  const skipped: Skipped[] = [];
  const turns: string[] = [];
  const state: State = { looks: 0, known: [], onLook: () => {} };
  const audit = new AdmissionAudit({
    stores,
    clock,
    watch: {
      views,
      look: async () => {
        state.looks += 1;
        state.onLook();
        return views;
      },
    },
    requests: {
      get: () => Promise.reject(new ApiError({ status: 403, reason: 'Forbidden', message: 'no' })),
    },
    othersFirstIn: ({ uid, templateHash }) => state.known.map((names) => ({ uid, templateHash, names })),
    onSkipped: (one) => skipped.push(one),
    onTurn: (policy, idle) => turns.push(`${policy} ${idle?.cause ?? 'acts'}`),
  });
  for (const one of gates) stores.gates.set(one.gate);
  let uid = 0;
  const create = (of: WorkloadBuilder, second: number) => {
    const at = time(second);
    const made = of.with({ uid: `uid-${++uid}`, createdAt: at, otherWroteAt: at });
    stores.workloads[made.workload.kind].set(made.workload);
    return made;
  };
  const settle = () => clock.advance(SETTLE_MS);
  const told = () => skipped.map(({ workload: { name }, isNew }) => `${name}${isNew ? '' : ' again'}`);
  const change = (policy: Policy, view: Partial<PolicyView>) => {
    const before = { ...views };
    views[policy] = { ...views[policy], ...view };
    audit.policiesChanged(views, before);
  };
  return { audit, clock, stores, skipped, turns, state, create, settle, told, change };
}

describe('AdmissionAudit', () => {
  it('tells a target that came without the containers, and the cause', async () => {
    const { audit, create, settle, skipped, state } = rig(first);
    audit.start();
    create(workload('a'), 60);
    await settle();
    expect(skipped.map(({ gates }) => gates)).to.deep.equal([['first']]);
    const cause: Cause = 'unknown';
    expect(skipped[0]?.diagnosis.cause).to.equal(cause);
    expect(state.looks).to.equal(1);
  });

  it('tells none in which others come first, where that is known to be admission by then, or not known', async () => {
    for (const [known, is] of [
      [[['certs']], []],
      [[], []],
      [[[]], ['a']],
    ] as const) {
      const { audit, create, settle, told, state } = rig(first);
      audit.start();
      create(workload('a').carrying(first).putFirst('certs'), 60);
      state.known = known;
      await settle();
      expect(told(), JSON.stringify(known)).to.deep.equal(is);
    }
  });

  it('looks once for all that came together, and not where nothing did', async () => {
    const { audit, create, settle, clock, state, told } = rig(first);
    audit.start();
    for (const name of ['a', 'b', 'stranger']) create(workload(name), 60);
    create(workload('d').carrying(first), 61);
    await settle();
    expect(told()).to.deep.equal(['a', 'b']);
    expect(state.looks).to.equal(1);
    create(workload('stranger'), 70);
    expect(clock.pending).to.deep.equal([]);
  });

  it('counts each write, and tells a target once until it comes with the containers', async () => {
    const { audit, create, settle, stores, told } = rig(first);
    audit.start();
    const bare = create(workload('a'), 60);
    await settle();
    const again = bare.with({ resourceVersion: '201', otherWroteAt: time(70), generation: 2 });
    stores.workloads.Deployment.set(again.workload);
    await settle();
    const placed = again.carrying(first).with({ resourceVersion: '202', otherWroteAt: time(80) });
    stores.workloads.Deployment.set(placed.workload);
    await settle();
    stores.workloads.Deployment.set(again.with({ resourceVersion: '203', otherWroteAt: time(90) }).workload);
    await settle();
    expect(told()).to.deep.equal(['a', 'a again', 'a']);
  });

  it('tells a workload that is made again under its name as another', async () => {
    const { audit, create, settle, told } = rig(first);
    audit.start();
    for (const second of [60, 70]) {
      create(workload('a'), second);
      await settle();
    }
    expect(told()).to.deep.equal(['a', 'a']);
  });

  it('looks at what was there before it, once the gates are known', async () => {
    const { audit, create, settle, told } = rig(first);
    create(workload('a'), -60);
    create(workload('b'), 60);
    audit.start();
    await settle();
    expect(told()).to.deep.equal(['b']);
  });

  it('tells of a Job that came while no operator was there, and of no other once more', async () => {
    const counts = { open: 0, waiting: 0, ungated: 0 };
    const known = { kind: 'Job', name: 'old', state: 'Immutable', ...counts } as const;
    const of = first.targets('Job/old', 'Job/new');
    const { audit, create, settle, told } = rig(of.withStatus({ ...first.gate.status, targets: [known] }));
    create(job('old'), 60);
    create(job('new'), 60);
    audit.start();
    await settle();
    expect(told()).to.deep.equal(['new']);
    create(job('old'), 90);
    await settle();
    expect(told(), 'another of its name').to.deep.equal(['new', 'old']);
  });

  it('counts from the version of a gate that first had its render, whatever is written of its status later', async () => {
    const { audit, create, settle, stores, told } = rig(first);
    audit.start();
    stores.gates.set(first.with({ writtenAt: time(58), resourceVersion: '101' }).gate);
    create(workload('a'), 60);
    await settle();
    expect(told()).to.deep.equal(['a']);
    stores.gates.set(
      first
        .dependsOn(dns('db'))
        .generation(2)
        .rendered()
        .with({ writtenAt: time(100) }).gate,
    );
    create(workload('b'), 103);
    create(workload('c'), 105);
    await settle();
    expect(told()).to.deep.equal(['a', 'c']);
  });

  it('drops what a gate that has changed meanwhile explains', async () => {
    const changes: ((of: GateBuilder) => GateBuilder)[] = [
      (of) => of.dependsOn(dns('db')).rendered(),
      (of) => of.generation(2),
      (of) => of.deleting(),
      (of) => of.with({ uid: 'another' }),
    ];
    for (const change of changes) {
      const { audit, create, settle, stores, state } = rig(first);
      audit.start();
      create(workload('a'), 60);
      stores.gates.set(change(first).with({ resourceVersion: '101' }).gate);
      await settle();
      expect(state.looks).to.equal(0);
    }
    const { audit, create, settle, stores, state } = rig(first);
    audit.start();
    create(workload('a'), 60);
    stores.gates.delete(`${first.gate.namespace}/first`);
    await settle();
    expect(state.looks).to.equal(0);
  });

  it('drops what was written before the policy was known to the API server, or without one', async () => {
    const { audit, create, settle, change, told, clock } = rig(first);
    audit.start();
    change(INJECT, { writtenAt: time(57), revision: 'two' });
    create(workload('a'), 60);
    await settle();
    change(INJECT, { isThere: false });
    create(workload('b'), 90);
    expect([...told(), ...clock.pending]).to.deep.equal([]);
  });

  it('tells of a policy that is found to be gone, and takes it for no fault of the policy', async () => {
    const { audit, create, settle, skipped, state, change, turns } = rig(first);
    audit.start();
    for (const name of ['a', 'b', 'c']) create(workload(name), 60);
    state.onLook = () => change(INJECT, { isBound: false, revision: 'one, but no binding' });
    await settle();
    expect(skipped.map(({ diagnosis }) => diagnosis.cause)).to.deep.equal(Array(3).fill('binding_missing'));
    expect([...turns, ...audit.idle]).to.be.empty;
  });
});

describe('AdmissionAudit, of a policy', () => {
  const failing = async (...names: readonly string[]) => {
    const all = rig(first);
    all.audit.start();
    for (const name of names) {
      all.create(workload(name), 60);
      await all.settle();
    }
    return all;
  };

  it('finds it idle after three targets in a row, and says so once', async () => {
    const { audit, turns } = await failing('a', 'b');
    expect([...turns, ...audit.idle]).to.be.empty;
    const three = await failing('a', 'b', 'c', 'd');
    expect(three.turns).to.deep.equal([`${INJECT} unknown`]);
    expect([...three.audit.idle.keys()]).to.have.members(['Deployment', 'StatefulSet', 'DaemonSet', 'Job']);
    expect(three.audit.idle.get('Deployment')).to.contain('apiserver_mutating_admission_policy_check_total');
  });

  it('finds it acting again with the next target that comes with the containers', async () => {
    const { audit, turns, create, settle } = await failing('a', 'b', 'c');
    create(workload('d').carrying(first), 90);
    await settle();
    expect(turns).to.deep.equal([`${INJECT} unknown`, `${INJECT} acts`]);
    expect([...audit.idle]).to.be.empty;
  });

  it('knows nothing of another policy in its place', async () => {
    const { audit, turns, change, create, settle } = await failing('a', 'b', 'c');
    change(INJECT, { revision: 'two' });
    expect(turns).to.deep.equal([`${INJECT} unknown`, `${INJECT} acts`]);
    create(workload('d'), 90);
    await settle();
    expect([...audit.idle]).to.be.empty;
  });

  it('tells that nothing refuses the Jobs of CronJobs where only Pods are refused', () => {
    const { audit, change } = rig(first);
    for (const policy of [INJECT, CRONJOB] as const) change(policy, { isThere: false, revision: 'none' });
    change('dependencygate-first-start', { isThere: true, isBound: true });
    change('dependencygate-first-start-cronjob', { isThere: true, isBound: false });
    expect([...audit.idle]).to.deep.equal([
      [
        'CronJob',
        'ValidatingAdmissionPolicyBinding dependencygate-first-start-cronjob is not there: apply config/first-starts',
      ],
    ]);
    change('dependencygate-first-start-cronjob', { isBound: true });
    expect([...audit.idle]).to.be.empty;
  });

  it('tells that of CronJobs apart', async () => {
    const { audit, create, settle, turns, change } = rig(first);
    audit.start();
    for (const second of [60, 70, 80]) create(cronJob('e'), second);
    await settle();
    expect(turns).to.deep.equal([`${CRONJOB} unknown`]);
    expect([...audit.idle.keys()]).to.deep.equal(['CronJob']);
    change(CRONJOB, { isThere: false, revision: 'none' });
    expect(audit.idle.get('CronJob')).to.match(
      /^MutatingAdmissionPolicy dependencygate-inject-cronjob is not there/,
    );
    change(INJECT, { isThere: false, revision: 'none' });
    expect([...audit.idle], 'where none is there it is told otherwise').to.be.empty;
  });

  it('leaves no timer when it is stopped, and tells nothing any more', async () => {
    const { audit, create, clock, state, skipped, settle } = rig(first);
    audit.start();
    create(workload('a'), 60);
    audit.stop();
    expect(clock.pending).to.deep.equal([]);
    create(workload('b'), 60);
    state.onLook = () => audit.stop();
    await settle();
    expect(skipped).to.be.empty;
  });
});
