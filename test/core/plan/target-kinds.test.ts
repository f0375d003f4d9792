import { expect } from 'chai';
import { patchOfTemplate } from '../../../src/core/render/template.ts';
import type { World } from '../../../src/core/world.ts';
import { ago, cronJob, dns, gate, job, NOW, pod, statefulSet, workload, world } from '../builders.ts';
import { conditionOf, messageOf, writesOf } from '../in-words.ts';
import { decide } from '../simulate.ts';

const apiFirst = gate('api-first').dependsOn(dns('api'));
const planned = (...args: Parameters<typeof world>) => decide(world(...args), NOW);

describe('patchOfTemplate', () => {
  it('finds the Pod template of every kind', () => {
    const patch = { metadata: { labels: { a: 'b' } } };
    const metadata = { resourceVersion: '200' };
    expect(patchOfTemplate(workload('a').workload, patch)).to.deep.equal({
      metadata,
      spec: { template: patch },
    });
    expect(patchOfTemplate(cronJob('a').workload, patch)).to.deep.equal({
      metadata,
      spec: { jobTemplate: { spec: { template: patch } } },
    });
  });
});

describe('decide, for a Job', () => {
  const migrates = apiFirst.targets('Job/migrate').rendered();

  it('never patches one that exists without the gate, and says why', () => {
    const plan = planned(migrates, job('migrate'));
    expect(plan.writes).to.deep.equal([]);
    expect(plan.status?.targets?.[0]).to.deep.include({ state: 'Immutable', ungated: 1 });
    expect(plan.status?.targets?.[0]?.message).to.match(/delete it and create it again/);
  });

  it('does not keep the gate from Ready, since nobody can fix it, and opens it for nobody', () => {
    const plan = planned(migrates, job('migrate'));
    expect(conditionOf(plan.status, 'Ready')).to.equal('True InForce');
    expect(messageOf(plan.status, 'Ready')).to.equal(
      '0 of 1 target exists and carries the containers; created without them: Job migrate; first starts are gated by admission',
    );
    expect(conditionOf(plan.status, 'Open')).to.equal('Unknown NonePassedYet');
    expect(messageOf(plan.status, 'Open')).to.match(/; Job migrate was created without the containers$/);
  });

  it('follows the Pods of one that was created with the gate', () => {
    const pods = pod('migrate-x')
      .of('Job/migrate')
      .carrying(migrates)
      .with({ restartPolicy: 'Never' })
      .checking('api');
    const plan = planned(migrates, job('migrate').carrying(migrates), pods);
    expect(plan.status?.targets?.[0]).to.include({ state: 'Current', waiting: 1 });
    expect(conditionOf(plan.status, 'Open')).to.equal('False Waiting');
  });

  it('lets a deleted gate go although the Job still carries it', () => {
    expect(writesOf(planned(migrates.deleting(), job('migrate').carrying(migrates)))).to.deep.equal([
      'remove-finalizer',
    ]);
  });
});

describe('decide, for a CronJob', () => {
  it('patches the template of its Jobs', () => {
    const nightly = apiFirst.targets('CronJob/nightly').rendered();
    const plan = planned(nightly, cronJob('nightly'));
    expect(writesOf(plan)).to.deep.equal(['patch-target nightly']);
    expect(plan.writes[0]).to.have.nested.property(
      'patch.spec.jobTemplate.spec.template.spec.initContainers',
    );
    expect(conditionOf(planned(nightly, cronJob('nightly').carrying(nightly)).status, 'Open')).to.equal(
      'Unknown NonePassedYet',
    );
  });
});

describe('decide, with updatePolicy OnNextRollout', () => {
  const later = apiFirst.targets('pinger').specifying({ updatePolicy: 'OnNextRollout' }).rendered();
  const pinger = workload('pinger');

  it('leaves templates to their next rollout, and is Ready', () => {
    const plan = planned(later, pinger);
    expect(plan.writes).to.deep.equal([]);
    expect(plan.status?.targets?.[0]).to.include({ state: 'Pending' });
    expect(plan.status?.targets?.[0]?.message).to.match(/OnNextRollout/);
    expect(conditionOf(plan.status, 'Ready')).to.equal('True InForce');
    expect(messageOf(plan.status, 'Ready')).to.equal(
      '0 of 1 target exists and carries the containers; with the next rollout: Deployment pinger; first starts are gated by admission',
    );
    expect(conditionOf(plan.status, 'Open')).to.equal('Unknown TargetNotCurrent');
  });

  it('patches at once where the template requires the gate and lacks it', () => {
    expect(writesOf(planned(later, pinger.requiring('api-first')))).to.deep.equal(['patch-target pinger']);
  });

  it('takes a deleted gate out at once', () => {
    expect(writesOf(planned(later.deleting(), pinger.carrying(later)))).to.deep.equal([
      'clean-target pinger',
    ]);
  });

  it('is stalled without the admission policies, which alone would bring the containers in', () => {
    const plan = decide({ ...world(later, pinger), firstStarts: 'patched' }, NOW);
    expect(conditionOf(plan.status, 'Stalled')).to.equal('True NoAdmission');
    expect(messageOf(plan.status, 'Stalled')).to.match(/install them, or use Immediate/);
  });

  it('is stalled where those of its targets do not act, with the reason, and nowhere else', () => {
    const withIdle = (kind: 'Deployment' | 'CronJob') =>
      decide({ ...world(later, pinger), idleAdmission: new Map([[kind, 'the binding is gone']]) }, NOW);
    const { status } = withIdle('Deployment');
    expect(conditionOf(status, 'Stalled')).to.equal('True NoAdmission');
    expect(messageOf(status, 'Stalled')).to.match(/policies that act, and they do not: the binding is gone/);
    expect(conditionOf(withIdle('CronJob').status, 'Ready')).to.equal('True InForce');
  });

  it('changes no render', () => {
    const now = apiFirst.targets('pinger').specifying({ updatePolicy: 'Immediate' }).rendered();
    expect(now.render.hash).to.equal(later.render.hash);
  });
});

describe('the status of a first start without admission', () => {
  const inForce = apiFirst.targets('StatefulSet/db').rendered();
  const status = (createdAt: string, firstStarts: World['firstStarts'], operatorWroteAt = '') => {
    const db = statefulSet('db').with({ createdAt, operatorWroteAt }).carrying(inForce);
    return decide({ ...world(inForce, db), firstStarts }, NOW).status?.targets?.[0]?.message ?? '';
  };

  it('says that Pods of a younger target ran ungated, and what to do', () => {
    expect(status(ago(60), 'patched')).to.match(
      /^FirstStartUngated: .*install the policies that gate first starts/,
    );
  });

  it('says so of a target of the same second: they were applied together', () => {
    expect(status(ago(3600), 'patched')).to.match(/^FirstStartUngated: /);
  });

  it('says so where the policies are there and do not act, and why', () => {
    const idleAdmission = new Map([['StatefulSet', 'it fails']] as const);
    const around = world(
      inForce,
      statefulSet('db')
        .with({ createdAt: ago(60) })
        .carrying(inForce),
    );
    const { status } = decide({ ...around, idleAdmission }, NOW);
    expect(status?.targets?.[0]?.message).to.match(/^FirstStartUngated: .*does not act: see the condition/);
    expect(conditionOf(status, 'Ready')).to.equal('True InForce');
    expect(messageOf(status, 'Ready')).to.match(/; admission does not act: it fails$/);
  });

  it('says so where the policies act and the operator had to patch a young target, with the label as cure', () => {
    expect(status(ago(60), 'placed', ago(50))).to.match(
      /dependencygate\.dev\/require: api-first on its Pod template/,
    );
  });

  it('says nothing of a target that is older than the gate, or that the policies have gated', () => {
    expect(status(ago(7200), 'patched')).to.equal('');
    expect(status(ago(60), 'placed')).to.equal('');
    expect(status(ago(1000), 'placed', ago(50)), 'a later rollout').to.equal('');
  });

  it('says nothing of a target whose Pods are held, although a watch may be behind', () => {
    const young = statefulSet('db').with({ createdAt: ago(60), operatorWroteAt: ago(50) });
    const around = world(inForce, young.requiring('api-first').carrying(inForce));
    expect(decide(around, NOW).status?.targets?.[0]?.reason).to.equal(undefined);
  });

  it('goes on saying it as long as such Pods run', () => {
    const db = statefulSet('db').with({ createdAt: ago(3000) });
    const told = (reason: string) => {
      const target = { kind: 'StatefulSet', name: 'db', state: 'Rolling', reason } as const;
      const counts = { open: 0, waiting: 0, held: 0, ungated: 1 };
      const known = inForce.withStatus({ ...inForce.gate.status, targets: [{ ...target, ...counts }] });
      return decide(world(known, db.carrying(known)), NOW).status?.targets?.[0]?.reason;
    };
    expect([told('FirstStartUngated'), told('ScaledToZero')]).to.deep.equal(['FirstStartUngated', undefined]);
  });
});
