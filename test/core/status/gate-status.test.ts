import { expect } from 'chai';
import { type GateStatus, statusSchema } from '../../../src/api/status.ts';
import { overdue } from '../../../src/core/progress/overdue.ts';
import { targetsProgress } from '../../../src/core/progress/progress.ts';
import { isRenderOf } from '../../../src/core/render/render.ts';
import { invalidStatus, status } from '../../../src/core/status/gate-status.ts';
import {
  ago,
  container,
  dns,
  type GateBuilder,
  gate,
  NOW,
  type PodBuilder,
  pod,
  refusal,
  tcp,
  type WorkloadBuilder,
  workload,
  world,
} from '../builders.ts';

const apiFirst = gate('api-first')
  .targets('pinger', 'poller')
  .dependsOn(dns('api'), tcp('redis', 6379))
  .rendered();
const pinger = workload('pinger').carrying(apiFirst);
const poller = workload('poller').carrying(apiFirst);
const one = (name: string) => pod(name).of('pinger').carrying(apiFirst);

function observed(of: GateBuilder, ...around: (WorkloadBuilder | PodBuilder)[]) {
  const at = world(of, ...around);
  const { render } = of.gate.status;
  const targets = targetsProgress(at, of.spec, render, NOW);
  return {
    world: at,
    spec: of.spec,
    render,
    isRendered: isRenderOf(render, of.gate.name, of.spec),
    targets,
    evaluated: new Map(),
    overdue: overdue(
      of.spec,
      targets.flatMap(({ pods }) => pods),
      NOW,
    ),
    refusal: undefined,
  };
}
const statusOf = (of: GateBuilder, ...around: (WorkloadBuilder | PodBuilder)[]): GateStatus =>
  status(observed(of, ...around), NOW);

describe('status', () => {
  it('shows at a glance how far the gate is', () => {
    const { display } = statusOf(apiFirst, pinger, poller, one('a').open(), one('b').passed('api'), one('c'));
    expect(display).to.deep.equal({
      targets: '2/2',
      pods: '1/3',
      init: 'Init:0/2',
      dependencies: 'api,redis',
      waitingOn: 'api,redis',
      open: 'False',
      message: '2 of 3 Pods waiting: api blocks 1; redis blocks 1',
    });
  });

  it('tells in OPEN a gate that a person opened from one whose dependencies are there', () => {
    const of = gate('one').targets('pinger').dependsOn(dns('api'), tcp('redis', 6379)).rendered();
    const target = workload('pinger').carrying(of);
    const one = (name: string) => pod(name).of('pinger').carrying(of);
    const open = (...pods: PodBuilder[]) => statusOf(of, target, ...pods).display?.open;
    expect(open(one('a').open())).to.equal('True');
    const byHand = one('a').openedByHand('redis', ago(5)).open();
    expect(open(byHand)).to.equal('ByHand');
    expect(open(byHand, one('b'))).to.equal('False');
  });

  it('tells in MESSAGE why a gate is stalled, before why it is open or not', () => {
    const shown = invalidStatus(apiFirst.gate, 'spec.when: unknown field', NOW).display;
    expect(shown).to.include({ targets: '-', open: 'Unknown', message: 'spec.when: unknown field' });
  });

  it('counts in TARGETS the ones that carry the render, of all', () => {
    expect(statusOf(apiFirst, pinger, workload('poller')).display?.targets).to.equal('1/2');
    expect(statusOf(apiFirst, pinger).display?.targets).to.equal('1/2');
    expect(statusOf(apiFirst).display?.targets).to.equal('0/2');
  });

  it('shows a dash where there is nothing to show, so that columns stay columns', () => {
    expect(statusOf(apiFirst, pinger, poller).display).to.include({ pods: '0/0', init: '-', waitingOn: '-' });
  });

  it('shows how far the Pod that is furthest behind has come', () => {
    const init = (...pods: PodBuilder[]) => statusOf(apiFirst, pinger, poller, ...pods).display?.init;
    expect(init(one('a').open(), one('b').passed('api').checking('redis'))).to.equal('Init:1/2');
    expect(init(one('a').open())).to.equal('Init:2/2');
    expect(init(one('a'), one('b').with({ restartPolicy: 'Never' }).ended('api'))).to.equal('Init:Error');
  });

  it('measures that against the render which the Pods carry, not against a spec that is not in force yet', () => {
    const shorter = apiFirst.dependsOn(dns('api')).suspended();
    expect(statusOf(shorter, pinger, poller, one('a').open()).display?.init).to.equal('Init:2/2');
  });

  it('speaks of the generation that it was made from', () => {
    const { observedGeneration, conditions } = statusOf(apiFirst.generation(7), pinger, poller);
    expect(observedGeneration).to.equal(7);
    expect(conditions?.map((condition) => condition.observedGeneration)).to.deep.equal([7, 7]);
  });

  it('keeps the render exactly as it is stored', () => {
    expect(statusOf(apiFirst, pinger).render).to.deep.equal(apiFirst.gate.status.render);
  });

  it('stalls where a target has not the container that the gate is to stand behind, and the target says so', () => {
    const behind = gate('api-first')
      .targets('pinger', 'poller')
      .dependsOn(dns('api'))
      .specifying({ after: 'proxy' });
    const { conditions, targets } = statusOf(
      behind.rendered(),
      workload('pinger').own('proxy').carrying(behind),
      workload('poller').own('migrate').carrying(behind),
    );
    const words =
      'its Pod template has no init container proxy, which spec.after names, so its Pods wait before all of its own: add that container, or correct spec.after';
    expect(conditions?.find(({ type }) => type === 'Stalled')).to.deep.include({
      reason: 'AfterMissing',
      message: `Deployment poller: ${words}`,
    });
    expect(conditions?.find(({ type }) => type === 'Ready')).to.deep.include({ status: 'False' });
    expect(targets?.map(({ reason }) => reason)).to.deep.equal([undefined, 'AfterMissing']);
  });

  it('stalls where a target cannot carry the render, and names every such target', () => {
    const { conditions } = statusOf(
      apiFirst,
      workload('pinger').foreignVolume('api-first'),
      workload('poller').foreignVolume('api-first'),
    );
    const stalled = conditions?.find(({ type }) => type === 'Stalled');
    expect(stalled?.reason).to.equal('TargetRefused');
    expect(stalled?.message).to.match(/^Deployment pinger: .*; Deployment poller: .*rename/);
  });

  it("stalls where the API server refuses the render, with the API server's words", () => {
    const refused = refusal('render', apiFirst, { message: 'image: Required value' });
    const { conditions } = status({ ...observed(apiFirst, pinger, poller), refusal: refused }, NOW);
    const stalled = conditions?.find(({ type }) => type === 'Stalled');
    expect(stalled?.reason).to.equal('InvalidRender');
    expect(stalled?.message).to.match(/image: Required value$/);
  });

  it('counts a Pod with leftovers of a container once, by what comes first', () => {
    const at = observed(apiFirst, pinger, poller, one('a').checking('api'));
    const doubled = at.targets.map((target) => ({
      ...target,
      pods: target.pods.map((pod) => ({
        ...pod,
        dependencies: pod.dependencies.flatMap((each) => [each, { ...each, state: 'failed' as const }]),
      })),
    }));
    expect(status({ ...at, targets: doubled }, NOW)).to.deep.equal(status(at, NOW));
  });

  it('is what the schema of the CRD lets through', () => {
    const all = gate('g')
      .targets('pinger', 'DaemonSet/agent')
      .dependsOn(dns('api'), container('own'))
      .rendered();
    const failing = pod('a')
      .of('pinger')
      .carrying(all)
      .failed('api', { message: 'é'.repeat(5000) });
    const full = statusOf(all, workload('pinger').carrying(all).replicas(3), failing);
    expect(statusSchema.parse(full)).to.deep.equal(full);
  });

  it('lets nothing through of the words of others that steers a terminal or hides itself', () => {
    const message = 'no\x07 \x1b[2J\x9b31mluck\u202e\nforged: line';
    const told = statusOf(
      apiFirst,
      pinger,
      workload('poller').foreignVolume('api-first'),
      one('a').starting('api', 'ImagePullBackOff\u202e', message),
      one('b').passed('api').failed('redis', { message }),
    );
    expect(told.dependencies?.map((dependency) => dependency.message)).to.deep.equal([
      'ImagePullBackOff: no  luck forged: line',
      'exit code 1 (Error): no  luck forged: line',
    ]);
    const { message: open } = told.conditions?.find(({ type }) => type === 'Open') ?? {};
    expect(open).to.include('api blocks 1 (ImagePullBackOff: no  luck forged: line)');
    const other = { ...observed(apiFirst, pinger), refusal: refusal('render', apiFirst, { message }) };
    const { message: stalled } = status(other, NOW).conditions?.find(({ type }) => type === 'Stalled') ?? {};
    expect(stalled).to.equal('the API server refuses the containers: no  luck forged: line');
    expect(JSON.stringify(told)).not.to.match(/[\p{Cc}\p{Cf}]/u);
  });

  describe('of a Pod that cannot be read', () => {
    const why = 'status.phase: Invalid option';
    const strange = one('b').with({ phase: 'Unknown', unreadable: why });
    const said = `Pod b cannot be read (${why}): install a newer operator`;
    const told = (...around: (WorkloadBuilder | PodBuilder)[]) =>
      statusOf(apiFirst, pinger, poller, ...around);
    const openOf = ({ conditions = [] }: GateStatus) => conditions.find(({ type }) => type === 'Open');

    it('says so of its target and of the gate, which is not open', () => {
      const { targets, ...status } = told(one('a').open(), strange);
      expect(targets?.[0]).to.include({ reason: 'PodUnreadable', message: said });
      expect(openOf({ targets, ...status })).to.include({
        status: 'Unknown',
        reason: 'PodUnreadable',
        message: said,
      });
    });

    it('says of the gate what keeps the others first', () => {
      const status = told(one('a').checking('api'), strange);
      expect(openOf(status)).to.include({ status: 'False', reason: 'Waiting' });
      expect(status.targets?.[0]).to.include({ reason: 'PodUnreadable' });
    });

    it('says how many there are', () => {
      const status = told(strange, one('c').with({ unreadable: why }), one('d').with({ unreadable: why }));
      expect(openOf(status)?.message).to.match(/^Pod b and 2 more cannot be read/);
    });
  });
});

describe('status, of a target that cannot be read', () => {
  const why = 'spec.replicas: Invalid input';
  const said = `it cannot be read (${why}): install a newer operator`;
  const strange = workload('pinger').with({ unreadable: why });

  it('says so of the target and of the gate, which needs somebody to act', () => {
    for (const one of [strange, strange.carrying(apiFirst)]) {
      const { targets, conditions = [] } = statusOf(apiFirst, one, poller);
      expect(targets?.[0]).to.include({ state: 'Refused', reason: 'WorkloadUnreadable', message: said });
      expect(conditions.find(({ type }) => type === 'Stalled')).to.include({
        status: 'True',
        reason: 'TargetRefused',
        message: `Deployment pinger: ${said}`,
      });
      expect(conditions.find(({ type }) => type === 'Open')).to.include({ status: 'Unknown' });
    }
  });
});

describe('invalidStatus', () => {
  it('keeps the render and whose Pods have passed, and no counts: the Pods go on while nobody looks at them', () => {
    const before = statusOf(apiFirst, pinger, poller, one('a').open());
    const { gate: invalid } = apiFirst.withStatus(before).generation(2).invalid('no targets');
    const { observedGeneration, conditions, display, ...rest } = invalidStatus(invalid, 'no targets', NOW);
    expect(rest).to.deep.equal({ render: before.render, targets: [before.targets?.[0]] });
    expect(display?.pods).to.equal('-');
    expect(observedGeneration).to.equal(2);
    expect(conditions?.map(({ type, status: is }) => `${type}=${is}`)).to.deep.equal([
      ...['Ready=False', 'Open=Unknown', 'Stalled=True'],
    ]);
  });

  it('keeps what is remembered of a Job that is gone, which nothing else could tell', () => {
    const before = statusOf(apiFirst, pinger, poller, one('a').open());
    const [api, redis] = before.dependencies ?? [];
    if (!api || !redis) throw new Error('there are two');
    const completed = [{ name: 'migrate', uid: '1' }];
    const dependencies = [{ ...api, completed }, redis];
    const { gate: invalid } = apiFirst.withStatus({ ...before, dependencies }).invalid('no targets');
    expect(invalidStatus(invalid, 'no targets', NOW).dependencies).to.deep.equal([{ ...api, completed }]);
  });
});
