import { expect } from 'chai';
import type { Refusal } from '../../../src/core/model.ts';
import { RETRY_REFUSED_AFTER_MS } from '../../../src/core/progress/standing.ts';
import type { World } from '../../../src/core/world.ts';
import { ago, container, dns, gate, NOW, pod, refusal, tcp, workload, world } from '../builders.ts';
import { additionsOf, conditionOf, messageOf, writesOf } from '../in-words.ts';
import { carryOut, decide, isSilent, settle } from '../simulate.ts';

const apiFirst = gate('api-first').targets('pinger', 'poller').dependsOn(dns('api'), tcp('redis', 6379));
const inForce = apiFirst.rendered();
const [pinger, poller] = [workload('pinger'), workload('poller')];
const [gatedPinger, gatedPoller] = [pinger.carrying(apiFirst), poller.carrying(apiFirst)];

const passes = (world: World) => settle(world, NOW).plans.map(writesOf);
/** The world as it stands once its status has been written. */
const reported = (before: World) => carryOut(before, { ...decide(before, NOW), writes: [] }, NOW);

describe('decide', () => {
  describe('what somebody must act upon', () => {
    it('is a spec that cannot be read: Stalled with what to change, the render stays, nothing is touched', () => {
      const invalid = inForce.generation(2).invalid('spec.targets: remove one of the two');
      const plan = decide(world(invalid, gatedPinger, poller), NOW);
      expect(plan.writes).to.deep.equal([]);
      expect(conditionOf(plan.status, 'Stalled')).to.equal('True InvalidSpec');
      expect(messageOf(plan.status, 'Stalled')).to.equal('spec.targets: remove one of the two');
      expect(plan.status?.render).to.deep.equal(inForce.render);
      expect(plan.status).to.have.all.keys('observedGeneration', 'conditions', 'render', 'display');
      const stored = reported(world(invalid, gatedPinger, poller));
      expect(isSilent(stored, decide(stored, NOW))).to.equal(true);
    });

    it("is a user's volume under our name: Stalled with what to do, and the other target is gated all the same", () => {
      const plan = decide(world(inForce, pinger.foreignVolume('api-first'), poller), NOW);
      expect(writesOf(plan)).to.deep.equal(['patch-target poller']);
      expect(conditionOf(plan.status, 'Stalled')).to.equal('True TargetRefused');
      expect(messageOf(plan.status, 'Stalled')).to.match(/^Deployment pinger: .*rename that volume$/);
    });

    it('is a volume that one target lacks: its dry-run is of the other, which is gated all the same', () => {
      const mounting = gate('api-first')
        .targets('pinger', 'poller')
        .dependsOn({
          name: 'schema',
          container: { image: 'tools:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] },
        });
      const { plans, world: after } = settle(world(mounting, pinger, poller.volume('data')), NOW);
      expect(plans.flatMap(writesOf)).to.deep.equal([
        'try-render poller',
        'add-finalizer',
        'patch-target poller',
      ]);
      expect(after.gate.status.targets?.map(({ reason }) => reason)).to.deep.equal([
        'VolumeMissing',
        undefined,
      ]);
      expect(messageOf(after.gate.status, 'Stalled')).to.match(/^Deployment pinger: .*no volume named data/);
    });

    it('is a 65th gate container', () => {
      const full = pinger.own(...Array.from({ length: 63 }, (_, index) => `dgate-full--d${index}`));
      const plan = decide(world(inForce, full, gatedPoller), NOW);
      expect(plan.writes).to.deep.equal([]);
      expect(messageOf(plan.status, 'Stalled')).to.match(/65 gate containers/);
    });

    const refused = (at: number, more: Partial<Refusal> = {}): World => ({
      ...world(inForce, pinger, gatedPoller),
      refusals: [refusal('target', inForce, { target: 'Deployment/pinger', message: 'denied', at, ...more })],
    });

    it('is a patch that the API server refused: not repeated for five minutes, then tried again', () => {
      const plan = decide(refused(NOW - 1000), NOW);
      expect(plan.writes).to.deep.equal([]);
      expect(messageOf(plan.status, 'Stalled')).to.equal('Deployment pinger: denied');
      expect(plan.next).to.equal(5 * 60_000 - 1000);
      expect(writesOf(decide(refused(NOW - RETRY_REFUSED_AFTER_MS), NOW))).to.deep.equal([
        'patch-target pinger',
      ]);
    });

    it('is looked at again at whichever comes first: the next try, or something overdue', () => {
      const waiting = pod('poller-1').of('poller').carrying(apiFirst).checking('api');
      const around = [pinger, gatedPoller];
      const [soon, late] = [ago(299), ago(40)].map((createdAt) => ({
        ...world(inForce, ...around, waiting.with({ createdAt })),
        refusals: refused(NOW - 60_000).refusals,
      }));
      expect(soon && decide(soon, NOW).next).to.equal(1000);
      expect(late && decide(late, NOW).next).to.equal(240_000);
    });

    it('is no longer a refused patch once the target is another one', () => {
      expect(writesOf(decide(refused(NOW - 1000, { generation: 0 }), NOW))).to.deep.equal([
        'patch-target pinger',
      ]);
    });

    it('is no longer a refused patch once the target was made again, though its generation is the same', () => {
      expect(writesOf(decide(refused(NOW - 1000, { uid: 'uid-of-the-one-before' }), NOW))).to.deep.equal([
        'patch-target pinger',
      ]);
    });

    it('does not look again and again for what is due and cannot be done while suspended', () => {
      const suspended = { ...refused(0), gate: inForce.suspended().gate };
      expect(decide(suspended, NOW)).to.deep.include({ writes: [], next: undefined });
    });
  });

  describe("a render with a user's own container", () => {
    const previous = inForce;
    const own = inForce.dependsOn(container('own')).generation(2);
    const { hash } = own.withStatus({}).render;
    const around = [gatedPinger, gatedPoller];
    const refused = (at: number): World => ({
      ...world(own, ...around),
      refusals: [refusal('render', own.withStatus({}), { message: 'image: Required value', at })],
    });

    it('is tried on a target that exists before it is stored', () => {
      const plan = decide(world(own, gatedPoller), NOW);
      expect(writesOf(plan)).to.deep.equal(['try-render poller']);
      expect(plan.writes[0]).to.include({ hash });
      expect(plan.status?.render).to.deep.equal(previous.render);
    });

    it('is stored once it has been accepted', () => {
      expect(passes(world(own, ...around))).to.deep.equal([
        ['try-render pinger'],
        [],
        ['patch-target pinger', 'patch-target poller'],
        [],
        [],
      ]);
    });

    it('is stored untried where there is no target to try it on', () => {
      const plan = decide(world(own, pinger.deleting()), NOW);
      expect(plan.writes).to.deep.equal([]);
      expect(plan.status?.render?.hash).to.equal(hash);
    });

    it('is not tried again once it is stored', () => {
      const { plans } = settle(world(own.rendered(), ...around), NOW);
      expect(plans.flatMap(writesOf)).not.to.include('try-render pinger');
    });

    it('is not stored once it was refused: Stalled with the words of the API server, and the previous one stays', () => {
      const plan = decide(refused(NOW - 1000), NOW);
      expect(plan.writes).to.deep.equal([]);
      expect(plan.status?.render).to.deep.equal(previous.render);
      expect(conditionOf(plan.status, 'Ready')).to.equal('False InvalidRender');
      expect(conditionOf(plan.status, 'Stalled')).to.equal('True InvalidRender');
      expect(messageOf(plan.status, 'Stalled')).to.contain('image: Required value');
    });

    it('is not stored once it was refused where no target is left to try it on either', () => {
      const { workloads } = world(own, pinger.foreignVolume('api-first'), poller.deleting());
      for (const at of [NOW - 1000, NOW - RETRY_REFUSED_AFTER_MS]) {
        const plan = decide({ ...refused(at), workloads }, NOW);
        expect(plan.writes).to.deep.equal([]);
        expect(plan.status?.render).to.deep.equal(previous.render);
        expect(conditionOf(plan.status, 'Stalled')).to.equal('True InvalidRender');
      }
    });

    it('keeps the previous render in the targets while it is refused', () => {
      const drifted = { ...refused(NOW - 1000), workloads: world(own, pinger, gatedPoller).workloads };
      const plan = decide(drifted, NOW);
      expect(writesOf(plan)).to.deep.equal(['patch-target pinger']);
      expect(additionsOf(plan)[0]).to.deep.include({ render: previous.render });
    });

    it('is tried again after five minutes', () => {
      expect(decide(refused(NOW - 1000), NOW).next).to.equal(5 * 60_000 - 1000);
      expect(writesOf(decide(refused(NOW - RETRY_REFUSED_AFTER_MS), NOW))).to.deep.equal([
        'try-render pinger',
      ]);
    });

    it('is tried at once when the spec has changed since the refusal', () => {
      const fixed = own.dependsOn(container('own', 'busybox:2'));
      const { refusals } = refused(NOW - 1000);
      expect(writesOf(decide({ ...world(fixed, ...around), refusals }, NOW))).to.deep.equal([
        'try-render pinger',
      ]);
    });
  });
});
