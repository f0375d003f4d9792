import { expect } from 'chai';
import { gateEvents } from '../../../src/core/status/gate-events.ts';
import type { World } from '../../../src/core/world.ts';
import {
  ago,
  dns,
  gate,
  NOW,
  type PodBuilder,
  pod,
  statefulSet,
  tcp,
  type WorkloadBuilder,
  workload,
  world,
} from '../builders.ts';
import { additionsOf, conditionOf, writesOf } from '../in-words.ts';
import { carryOut, decide, isSilent, settle } from '../simulate.ts';
import { decided } from '../workload-world.ts';

const apiFirst = gate('api-first').targets('pinger', 'poller').dependsOn(dns('api'), tcp('redis', 6379));
const inForce = apiFirst.rendered();
const [pinger, poller] = [workload('pinger'), workload('poller')];
const [gatedPinger, gatedPoller] = [pinger.carrying(apiFirst), poller.carrying(apiFirst)];

type Around = readonly (WorkloadBuilder | PodBuilder)[];

const passes = (world: World) => settle(world, NOW).plans.map(writesOf);
/** The world as it stands once its status has been written. */
const reported = (before: World) => carryOut(before, { ...decide(before, NOW), writes: [] }, NOW);

describe('decide', () => {
  describe('bringing a gate into force', () => {
    it('takes one step a reconcile: stored render, finalizer, targets; then there is nothing left to do', () => {
      expect(passes(world(apiFirst, pinger, poller))).to.deep.equal([
        [],
        ['add-finalizer'],
        ['patch-target pinger', 'patch-target poller'],
        [],
        [],
      ]);
    });

    it('stores the render with the first status, by which first Pods are refused, and makes no other write', () => {
      const { writes, status } = decide(world(apiFirst, pinger, poller), NOW);
      expect(writes).to.deep.equal([]);
      expect(status?.render).to.deep.equal(apiFirst.render);
    });

    it('says Ready in the first status where no target is there, since the finalizer follows at once', () => {
      expect(conditionOf(decide(world(apiFirst), NOW).status, 'Ready')).to.equal('True InForce');
      const { plans, world: after } = settle(world(apiFirst), NOW);
      expect(plans.map(writesOf)).to.deep.equal([[], ['add-finalizer'], []]);
      expect(conditionOf(after.gate.status, 'Ready')).to.equal('True InForce');
    });

    it('has it that a gate is not Ready whose finalizer is refused: nobody places or patches anything', () => {
      const { writes, status } = decide(reported(world(apiFirst)), NOW);
      expect(writesOf({ writes })).to.deep.equal(['add-finalizer']);
      expect(conditionOf(status, 'Ready')).to.equal('False Rendering');
    });

    it('patches no target, and touches no Pod, before the finalizer is there', () => {
      const waiting = pod('pinger-1').of('pinger').carrying(apiFirst).checking('api');
      const stored = reported(world(apiFirst, gatedPinger, poller, waiting));
      expect(writesOf(decide(stored, NOW))).to.deep.equal(['add-finalizer']);
    });

    it('patches nothing with a render that is not stored', () => {
      const plan = decide(world(apiFirst.withFinalizer(), pinger, poller), NOW);
      expect(plan.writes).to.deep.equal([]);
      expect(plan.status?.render).to.deep.equal(apiFirst.render);
      expect(conditionOf(plan.status, 'Ready')).to.equal('False Patching');
      expect(conditionOf(plan.status, 'Reconciling')).to.equal('True Patching');
    });

    it('then patches each target once, with its resource version as precondition, and nothing of its spec but the template', () => {
      const plan = decide(world(inForce, pinger, poller), NOW);
      expect(writesOf(plan)).to.deep.equal(['patch-target pinger', 'patch-target poller']);
      for (const write of plan.writes) {
        if (write.do !== 'patch-workload') throw new Error(write.do);
        expect(additionsOf({ writes: [write] }).map(({ render }) => render)).to.deep.equal([inForce.render]);
        expect(write.patch).to.have.all.keys('metadata', 'spec');
        expect(write.patch.metadata).to.deep.equal({ resourceVersion: '200' });
        expect(write.patch.spec).to.have.all.keys('template');
      }
    });

    it('patches with the stored render, not with one that the settings of today would give', () => {
      const upgraded = {
        ...world(inForce, pinger),
        settings: { ...world(inForce).settings, waiterImage: 'new:2' },
      };
      expect(JSON.stringify(decide(upgraded, NOW).writes)).not.to.contain('new:2');
    });

    it('replaces a stored render that its spec does not give, whoever wrote it under the right hash', () => {
      const { render } = inForce;
      const [first, ...others] = render.initContainers;
      const forged: readonly Partial<typeof render>[] = [
        { initContainers: [] },
        { initContainers: [...others, ...(first ? [first] : [])] },
        { initContainers: render.initContainers.map((one) => ({ ...one, args: ['wait', 'opened'] })) },
        { initContainers: render.initContainers.map((one) => ({ ...one, command: ['sh', '-c', 'exit 0'] })) },
        { initContainers: render.initContainers.map((one, at) => ({ ...one, image: `evil:${at}` })) },
        {
          initContainers: [
            ...render.initContainers,
            ...(first ? [{ ...first, name: 'dgate-api-first--x' }] : []),
          ],
        },
        { initContainers: render.initContainers.map((one) => ({ ...one, securityContext: {} })) },
        { volumes: [] },
      ];
      for (const change of forged) {
        const stored = inForce.withStatus({ ...inForce.gate.status, render: { ...render, ...change } });
        const before = reported(world(stored, workload('pinger').carrying(apiFirst), gatedPoller));
        expect(before.gate.status.render, JSON.stringify(change)).to.deep.equal(render);
        expect(isSilent(before, decide(before, NOW))).to.equal(true);
        expect(decided(pinger, [stored]).writes, 'a workload waits for the right one').to.deep.equal([]);
      }
    });

    it('rolls nobody after an upgrade: another default image is no reason to do anything', () => {
      const before = reported(world(inForce, gatedPinger, gatedPoller));
      const upgraded = {
        ...before,
        settings: { ...before.settings, waiterImage: 'new:2', runAsUser: undefined },
      };
      expect(isSilent(upgraded, decide(upgraded, NOW))).to.equal(true);
    });

    it('stores a new render when the spec changes, and patches in the reconcile after', () => {
      const changed = inForce.dependsOn(dns('api')).generation(2);
      const { plans } = settle(world(changed, gatedPinger, gatedPoller), NOW);
      expect(plans.slice(0, 2).map(writesOf)).to.deep.equal([
        [],
        ['patch-target pinger', 'patch-target poller'],
      ]);
      expect(plans[0]?.status?.render?.initContainers.map(({ name }) => name)).to.deep.equal([
        'dgate-api-first--api',
      ]);
    });

    it('repairs only the target that has drifted', () => {
      const plan = decide(world(inForce, gatedPinger.without('dgate-api-first--redis'), gatedPoller), NOW);
      expect(writesOf(plan)).to.deep.equal(['patch-target pinger']);
      expect(additionsOf(plan)[0]).to.deep.include({ why: ['missing container'] });
    });
  });

  describe('radio silence', () => {
    const one = pod('pinger-1').of('pinger').carrying(apiFirst);
    const silent: Readonly<Record<string, Around>> = {
      'all is open': [gatedPinger, gatedPoller, one.open(), one.open().of('poller')],
      'a Pod waits': [gatedPinger, gatedPoller, one.passed('api').checking('redis')],
      'a Pod backs off': [gatedPinger, gatedPoller, one.failed('api', { restarts: 3 })],
      'targets are missing': [],
      'a target is refused': [pinger.foreignVolume('api-first'), gatedPoller],
      'a Pod is overdue': [gatedPinger, gatedPoller, one.with({ createdAt: ago(10_000) }).checking('api')],
    };
    for (const [when, around] of Object.entries(silent)) {
      it(`keeps when ${when} and the status says so`, () => {
        const stored = reported(world(inForce, ...around));
        const plan = decide(stored, NOW);
        expect(plan.writes).to.deep.equal([]);
        expect(plan.status).to.deep.equal(stored.gate.status);
      });
    }

    it('keeps as time goes by: no status that says the same changes', () => {
      const stored = reported(world(inForce, gatedPinger, gatedPoller, one.checking('api')));
      expect(isSilent(stored, decide(stored, NOW + 100_000))).to.equal(true);
    });

    it('ends when something becomes overdue, at the time that was announced', () => {
      const stored = reported(world(inForce, gatedPinger, gatedPoller, one.checking('api')));
      const { next = 0 } = decide(stored, NOW);
      expect(next).to.equal(260_000);
      expect(conditionOf(decide(stored, NOW + next - 1).status, 'Open')).to.equal('False Waiting');
      const plan = decide(stored, NOW + next);
      expect(conditionOf(plan.status, 'Open')).to.equal('False Overdue');
      expect(gateEvents(stored.gate.status, plan.status, []).map(({ reason }) => reason)).to.deep.equal([
        'Overdue',
      ]);
      expect(plan.next).to.equal(undefined);
    });
  });

  describe('targets', () => {
    it('patches those that exist, and says which are missing', () => {
      const plan = decide(world(inForce, pinger), NOW);
      expect(writesOf(plan)).to.deep.equal(['patch-target pinger']);
      expect(plan.status?.targets?.map(({ name, state }) => `${name} ${state}`)).to.deep.equal([
        ...['pinger Pending', 'poller Missing'],
      ]);
    });

    it('is in force without any target, and patches one that appears later', () => {
      const { world: settled } = settle(world(inForce), NOW);
      expect(conditionOf(settled.gate.status, 'Ready')).to.equal('True InForce');
      expect(conditionOf(settled.gate.status, 'Open')).to.equal('Unknown TargetMissing');
      const later = { ...settled, workloads: new Map([['Deployment/pinger', pinger.workload]]) };
      expect(writesOf(decide(later, NOW))).to.deep.equal(['patch-target pinger']);
    });

    it('has nothing to do with a target that was born gated, by admission', () => {
      expect(writesOf(decide(world(inForce, gatedPinger, gatedPoller), NOW))).to.deep.equal([]);
    });

    it('leaves a target alone that is being deleted', () => {
      expect(writesOf(decide(world(inForce, pinger.deleting(), gatedPoller), NOW))).to.deep.equal([]);
      expect(
        writesOf(decide(world(inForce.targets('poller'), gatedPinger.deleting(), gatedPoller), NOW)),
      ).to.deep.equal([]);
    });

    it('tells kinds apart: a StatefulSet of the same name is no target', () => {
      expect(writesOf(decide(world(inForce, statefulSet('pinger'), gatedPoller), NOW))).to.deep.equal([]);
    });

    it('opens the waiting Pods of a target that is no longer named, and cleans it', () => {
      const renamed = inForce.targets('poller', 'other');
      const waiting = pod('pinger-1').of('pinger').carrying(apiFirst).checking('api');
      expect(passes(world(renamed, gatedPinger, gatedPoller, workload('other'), waiting))).to.deep.equal([
        ['patch-target other', 'open-pod pinger-1'],
        ['clean-target pinger'],
        [],
      ]);
    });

    it('puts a second gate on a target, and leaves the first where it is', () => {
      const dbFirst = gate('db-first').targets('pinger').dependsOn(dns('api')).rendered();
      const { world: settled } = settle(world(dbFirst, gatedPinger.own('migrate')), NOW);
      expect(settled.workloads.get('Deployment/pinger')?.template.initContainers).to.deep.equal([
        ...['dgate-api-first--api', 'dgate-api-first--redis', 'dgate-db-first--api', 'migrate'],
      ]);
    });
  });

  describe('suspend', () => {
    const suspended = inForce.suspended();

    it('patches nothing, and goes on reporting', () => {
      const waiting = pod('pinger-1').of('pinger').carrying(apiFirst).checking('api');
      const plan = decide(world(suspended, gatedPinger, poller, waiting), NOW);
      expect(writesOf(plan)).to.deep.equal([]);
      expect(plan.status?.pods).to.include({ total: 1, waiting: 1 });
      expect(conditionOf(plan.status, 'Ready')).to.equal('False Suspended');
      expect(conditionOf(plan.status, 'Open')).to.equal('False Waiting');
    });

    it('freezes the render', () => {
      const changed = suspended.dependsOn(dns('other'));
      expect(decide(world(changed, gatedPinger), NOW).status?.render).to.deep.equal(inForce.render);
    });

    it('renders nothing where there was no render, and says that the targets do not carry it', () => {
      const plan = decide(
        world(apiFirst.withFinalizer().suspended(), pinger.replicas(0), poller.replicas(0)),
        NOW,
      );
      expect(plan.status?.render).to.equal(undefined);
      expect(plan.status?.display?.targets).to.equal('0/2');
      expect(conditionOf(plan.status, 'Open')).to.equal('Unknown TargetNotCurrent');
    });

    it('leaves a target alone that is no longer named', () => {
      expect(
        writesOf(decide(world(suspended.targets('poller'), gatedPinger, gatedPoller), NOW)),
      ).to.deep.equal([]);
    });

    it('catches up when it ends', () => {
      const resumed = inForce.dependsOn(dns('other'));
      expect(passes(world(resumed, gatedPinger, gatedPoller)).slice(0, 2)).to.deep.equal([
        ...[[], ['patch-target pinger', 'patch-target poller']],
      ]);
    });

    it('does not keep a deleted gate from being removed', () => {
      expect(passes(world(suspended.deleting(), gatedPinger))).to.deep.equal([
        ['clean-target pinger'],
        ['remove-finalizer'],
        [],
      ]);
    });
  });
});
