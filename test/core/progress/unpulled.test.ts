import { expect } from 'chai';
import type { GateStatus } from '../../../src/api/status.ts';
import type { World } from '../../../src/core/world.ts';
import {
  container,
  cronJob,
  daemonSet,
  dns,
  type GateBuilder,
  gate,
  job,
  type PodBuilder,
  pod,
  SETTINGS,
  statefulSet,
  type WorkloadBuilder,
  workload,
  world,
} from '../builders.ts';
import { additionsOf, messageOf, writesOf } from '../in-words.ts';
import { carryOut, decide, settle } from '../simulate.ts';
import { NOW } from '../time.ts';

const REASONS = ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull'];
const OTHERS = ['CrashLoopBackOff', 'PodInitializing', 'CreateContainerConfigError', ''];
/** The same name with another tag, which alone rolls nobody. */
const CORRECTED = `${SETTINGS.waiterImage.split(':')[0]}:corrected`;

const first = gate('first').targets('pinger').dependsOn(dns('api'), dns('redis')).rendered();
const pinger = workload('pinger').carrying(first);
const waiting = (name = 'pinger-1') => pod(name).of('pinger').carrying(first);
const stuck = (name?: string) => waiting(name).starting('api', 'ImagePullBackOff', 'not found');

const PINGER = { target: 'Deployment/pinger', uid: 'uid-of-pinger' };

/** The operator was started again, with another image. */
const restarted = (before: World, waiterImage = CORRECTED): World => ({
  ...before,
  settings: { ...before.settings, waiterImage },
});

/** The images of the gate's waiters that the status has then, or would get. */
const imagesOf = (before: World): (string | undefined)[] => {
  const { status } = decide(before, NOW);
  return (status?.render ?? before.gate.status.render)?.initContainers.map(({ image }) => image) ?? [];
};

describe('an image of the waiter that no Pod could pull', () => {
  for (const reason of REASONS)
    it(`makes way for the operator's own where the kubelet says ${reason}, in the gate and then in the template`, () => {
      const before = restarted(world(first, pinger, waiting().starting('api', reason)));
      const { plans, world: after } = settle(before, NOW);
      expect(plans.slice(0, 2).map(writesOf)).to.deep.equal([[], ['patch-target pinger']]);
      expect(plans[1] && additionsOf(plans[1])[0]).to.deep.include({
        why: [`image that no Pod could pull, now ${CORRECTED}`],
      });
      expect(after.gate.status.render?.initContainers.map(({ image }) => image)).to.deep.equal([
        CORRECTED,
        CORRECTED,
      ]);
      expect(after.gate.status.render?.hash).to.equal(first.render.hash);
    });

  for (const reason of OTHERS)
    it(`is none where the kubelet says ${reason || 'nothing'}`, () => {
      expectNothing(restarted(world(first, pinger, waiting().starting('api', reason))));
    });

  it('stays as long as the operator has no other', () => {
    expectNothing(world(first, pinger, stuck()));
  });

  const pulled: Readonly<Record<string, PodBuilder>> = {
    'is through': waiting('pinger-2').open(),
    'runs it': waiting('pinger-2').checking('api'),
    'ran it before': waiting('pinger-2').failed('api'),
    'has passed one of its containers': waiting('pinger-2').passed('api').starting('redis', 'ErrImagePull'),
  };
  for (const [what, other] of Object.entries(pulled))
    it(`stays where another Pod ${what}`, () => {
      expectNothing(restarted(world(first, pinger, stuck(), other)));
    });

  it('does not count a Pod that is being deleted', () => {
    const leaving = waiting('pinger-2').open().deleting();
    expect(imagesOf(restarted(world(first, pinger, stuck(), leaving)))).to.deep.equal([CORRECTED, CORRECTED]);
    expectNothing(restarted(world(first, pinger, stuck().deleting())));
  });

  it('stays where the gate says it, and where the user says an image of a container', () => {
    const named = gate('first')
      .targets('pinger')
      .dependsOn(dns('api'))
      .specifying({ waiter: { image: 'tools:1' } })
      .rendered();
    const own = gate('first').targets('pinger').dependsOn(container('api', 'tools:1')).rendered();
    for (const one of [named, own]) {
      const held = pod('pinger-1').of('pinger').carrying(one).starting('api', 'ErrImagePull');
      expectNothing(restarted(world(one, workload('pinger').carrying(one), held)));
    }
  });

  it('stays while the gate is suspended', () => {
    expectNothing(restarted(world(first.suspended(), pinger, stuck())));
  });

  it('makes way in a target of OnNextRollout too, whose Pods get nowhere', () => {
    const later = gate('first')
      .targets('pinger')
      .dependsOn(dns('api'))
      .specifying({ updatePolicy: 'OnNextRollout' })
      .rendered();
    const held = pod('pinger-1').of('pinger').carrying(later).starting('api', 'ErrImagePull');
    const { plans } = settle(restarted(world(later, workload('pinger').carrying(later), held)), NOW);
    expect(plans.slice(0, 2).map(writesOf)).to.deep.equal([[], ['patch-target pinger']]);
  });

  it('makes way in that target alone whose Pods could not pull it', () => {
    const two = gate('first').targets('pinger', 'poller').dependsOn(dns('api')).rendered();
    const renewed = restarted(world(two)).settings;
    const after = gate('first').targets('pinger', 'poller').dependsOn(dns('api'));
    const current = after.withFinalizer().withStatus({
      ...two.gate.status,
      render: imageIn(two, renewed.waiterImage),
    });
    const before = restarted(
      world(
        current,
        workload('pinger').carrying(two),
        workload('poller').carrying(two),
        pod('pinger-1').of('pinger').carrying(two).starting('api', 'ErrImagePull'),
        pod('poller-1').of('poller').carrying(two).open(),
      ),
    );
    expect(writesOf(decide(before, NOW))).to.deep.equal(['patch-target pinger']);
  });

  const kinds: readonly (readonly [string, WorkloadBuilder])[] = [
    ['StatefulSet', statefulSet('app')],
    ['DaemonSet', daemonSet('app')],
    ['CronJob', cronJob('app')],
  ];
  for (const [kind, app] of kinds)
    it(`makes way in a ${kind}`, () => {
      const one = gate('first').targets(`${kind}/app`).dependsOn(dns('api')).rendered();
      const held = pod('app-1').of(`${kind}/app`).carrying(one).starting('api', 'ErrImagePull');
      const { plans } = settle(restarted(world(one, app.carrying(one), held)), NOW);
      expect(plans.slice(0, 2).map(writesOf)).to.deep.equal([[], ['patch-target app']]);
    });

  it('is put right once for each image: what somebody else puts in its place is no dispute', () => {
    const stuckTemplate = restarted(world(first.withStatus(stored(CORRECTED)), pinger, stuck()));
    const writes: string[][] = [];
    const after = Array.from({ length: 8 }).reduce<World>((before, _, index) => {
      const at = NOW + index * 60_000;
      const round = decide(before, at);
      writes.push(writesOf(round));
      const repairs = additionsOf(round).map(({ mark, why }) => ({ ...PINGER, mark, why, at }));
      // A webhook puts the old image back each time, and the kubelet goes on trying.
      return {
        ...carryOut(before, round, at),
        workloads: before.workloads,
        repairs: [...before.repairs, ...repairs],
      };
    }, stuckTemplate);
    expect(writes.flat()).to.deep.equal(['patch-target pinger']);
    expect(messageOf(after.gate.status, 'Stalled')).to.equal(undefined);
    const again = restarted(
      { ...after, gate: first.withStatus(stored('dependency-gate:2')).gate },
      'dependency-gate:2',
    );
    expect(writesOf(decide(again, NOW)), 'another image is tried too').to.deep.equal(['patch-target pinger']);
  });

  it('stays in a Job that carries it, which is not called one without it', () => {
    const one = gate('first').targets('Job/app').dependsOn(dns('api')).rendered();
    const renewed = one.withStatus({ ...one.gate.status, render: imageIn(one, CORRECTED) });
    const held = pod('app-1').of('Job/app').carrying(one).starting('api', 'ErrImagePull');
    const { writes, status } = decide(restarted(world(renewed, job('app').carrying(one), held)), NOW);
    expect(writes).to.deep.equal([]);
    expect(status?.targets?.[0]).to.include({ state: 'Current' });
  });

  it('makes way in Pods that have it from their birth: they are made anew', () => {
    const inPods = gate('first')
      .targets('pinger')
      .dependsOn(dns('api'))
      .specifying({ placement: 'Pod' })
      .rendered();
    const held = pod('pinger-1').of('pinger').carrying(inPods).starting('api', 'ErrImagePull');
    const runs = pod('pinger-2').of('pinger').carrying(inPods).open();
    const renewed = inPods.withStatus({ ...inPods.gate.status, render: imageIn(inPods, CORRECTED) });
    const around = [workload('pinger'), held, runs] as const;
    const before = { ...restarted(world(renewed, ...around)), inForceSince: NOW - 10_000 };
    expect(writesOf(decide(before, NOW))).to.deep.equal(['delete-pod pinger-1']);
    expect(writesOf(decide({ ...before, gate: inPods.gate, settings: SETTINGS }, NOW))).to.deep.equal([]);
  });
});

function expectNothing(before: World): void {
  expect(decide(before, NOW).writes).to.deep.equal([]);
  expect(imagesOf(before)).to.deep.equal(before.gate.status.render?.initContainers.map(({ image }) => image));
}

function stored(image: string): GateStatus {
  return { ...first.gate.status, render: imageIn(first, image) };
}

function imageIn({ render }: GateBuilder, image: string): GateBuilder['render'] {
  return { ...render, initContainers: render.initContainers.map((one) => ({ ...one, image })) };
}
