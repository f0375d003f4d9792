import { expect } from 'chai';
import { type Condition, conditionSchema } from '../../../src/api/status.ts';
import { targetsProgress } from '../../../src/core/progress/progress.ts';
import { renderHash } from '../../../src/core/render/render.ts';
import {
  conditions,
  evaluate,
  evaluateInvalid,
  type Findings,
  type Verdict,
} from '../../../src/core/status/conditions.ts';
import { dependencyStatuses } from '../../../src/core/status/dependency-status.ts';
import {
  ago,
  dns,
  type GateBuilder,
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

const apiFirst = gate('api-first').targets('pinger').dependsOn(dns('api'), tcp('redis', 6379)).rendered();
const carrier = workload('pinger').carrying(apiFirst);
const one = (name = 'pinger-1') => pod(name).of('pinger').carrying(apiFirst);

type Around = readonly (WorkloadBuilder | PodBuilder)[];

function findings(of: GateBuilder, around: Around, more: Partial<Findings> = {}): Findings {
  const { spec } = of;
  const { render } = of.gate.status;
  const at = world(of, ...around);
  const targets = targetsProgress(at, spec, render, NOW);
  const pods = targets.flatMap((target) => target.pods);
  const dependencies = dependencyStatuses({ world: at, spec, pods, evaluated: new Map(), overdue: [] });
  const isRendered = render?.hash === renderHash(spec);
  const { idleAdmission, firstStarts, foreignPolicies, olderCrd } = at;
  const none = { stall: undefined, failed: [], overdue: [] };
  return {
    spec,
    isRendered,
    targets,
    dependencies,
    idleAdmission,
    firstStarts,
    foreignPolicies,
    olderCrd,
    ...none,
    ...more,
  };
}

/** `Ready=True InForce, Open=False Waiting` */
const summary = (verdicts: readonly Verdict[]) =>
  verdicts.map(({ type, status, reason }) => `${type}=${status} ${reason}`).join(', ');
const evaluated = (of: GateBuilder, around: Around, more?: Partial<Findings>) =>
  summary(evaluate(findings(of, around, more)));
const messageOf = (type: Verdict['type'], verdicts: readonly Verdict[]) =>
  verdicts.find((verdict) => verdict.type === type)?.message;

describe('evaluate', () => {
  it('says of how many targets the gate is in force', () => {
    const said = (of: GateBuilder, around: Around) => messageOf('Ready', evaluate(findings(of, around)));
    expect(said(apiFirst, [carrier])).to.match(/^1 of 1 target exists and carries the containers;/);
    expect(said(apiFirst, [])).to.match(/^0 of 1 target exists and carries the containers;/);
    const two = gate('api-first').targets('pinger', 'db').dependsOn(dns('api')).rendered();
    expect(said(two, [workload('pinger').carrying(two)])).to.match(
      /^1 of 2 targets exist and carry the containers;/,
    );
  });

  it('says what gates first starts, and what keeps admission from it', () => {
    const said = (more: Partial<Findings>) =>
      messageOf('Ready', evaluate(findings(apiFirst, [carrier], more)))?.split('; ')[1];
    expect(said({ firstStarts: 'placed' })).to.equal('first starts are gated by admission');
    expect(said({ firstStarts: 'refused' })).to.equal('first starts are refused until gated');
    expect(said({ firstStarts: 'patched' })).to.equal('first starts run ungated until patched');
    const idleAdmission = new Map([['Deployment', 'it fails']] as const);
    expect(said({ idleAdmission })).to.equal('admission does not act: it fails');
  });

  it('names policies of another release, whatever gates first starts, and is Ready all the same', () => {
    for (const firstStarts of ['placed', 'refused', 'patched'] as const) {
      const foreignPolicies = ['dependencygate-inject', 'dependencygate-first-start'];
      const verdicts = evaluate(findings(apiFirst, [carrier], { firstStarts, foreignPolicies }));
      expect(messageOf('Ready', verdicts)?.split('; ')[2]).to.match(
        /^policies that are not those .* applied: dependencygate-inject, dependencygate-first-start$/,
      );
      expect(summary(verdicts)).to.match(/^Ready=True InForce/);
    }
  });

  it('says which expressions are evaluated late', () => {
    const at = findings(apiFirst, [carrier]);
    const dependencies = at.dependencies.map((one) =>
      one.name === 'redis' ? { ...one, reason: 'EvaluationPostponed' } : one,
    );
    expect(messageOf('Ready', evaluate({ ...at, dependencies }))).to.match(
      /; expressions evaluated late, .*3 s a minute: redis$/,
    );
  });

  const ready = 'Ready=True InForce';
  const cases: readonly { readonly when: string; readonly around: Around; readonly is: string }[] = [
    { when: 'no target exists', around: [], is: `${ready}, Open=Unknown TargetMissing` },
    {
      when: 'the target is being deleted',
      around: [carrier.deleting()],
      is: `${ready}, Open=Unknown TargetMissing`,
    },
    {
      when: 'the target does not carry the containers yet',
      around: [workload('pinger')],
      is: 'Ready=False Patching, Open=Unknown TargetNotCurrent, Reconciling=True Patching',
    },
    { when: 'the target has no Pod yet', around: [carrier], is: `${ready}, Open=Unknown NoPodYet` },
    { when: 'a Pod waits', around: [carrier, one().checking('api')], is: `${ready}, Open=False Waiting` },
    {
      when: 'one Pod of two waits',
      around: [carrier.replicas(2), one('a').open(), one('b').passed('api')],
      is: `${ready}, Open=False Waiting`,
    },
    { when: 'all Pods have passed', around: [carrier, one().open()], is: `${ready}, Open=True AllPassed` },
    {
      when: 'the target is scaled to zero',
      around: [carrier.replicas(0)],
      is: `${ready}, Open=Unknown NonePassedYet`,
    },
    {
      when: 'the only Pod terminates',
      around: [carrier.replicas(0), one().checking('api').deleting()],
      is: `${ready}, Open=Unknown NonePassedYet`,
    },
    {
      when: 'a Pod has failed for good',
      around: [carrier, one().with({ restartPolicy: 'Never', phase: 'Failed' }).ended('api')],
      is: `${ready}, Open=False PodFailed`,
    },
  ];
  for (const { when, around, is } of cases) {
    it(`says ${is} when ${when}`, () => {
      expect(evaluated(apiFirst, around)).to.equal(is);
    });
  }

  it('is not open while one of two targets is missing', () => {
    const two = apiFirst.targets('pinger', 'poller');
    expect(evaluated(two, [carrier, one().open()])).to.equal(
      'Ready=True InForce, Open=Unknown TargetMissing',
    );
  });

  it('is not open while one of two targets has no Pod yet', () => {
    const two = apiFirst.targets('pinger', 'StatefulSet/db');
    const db = statefulSet('db').carrying(apiFirst);
    expect(evaluated(two, [carrier, db, one().open()])).to.equal('Ready=True InForce, Open=Unknown NoPodYet');
  });

  it('is open with Pods in one target and the other scaled to zero', () => {
    const two = apiFirst.targets('pinger', 'poller');
    const idle = workload('poller').carrying(apiFirst).replicas(0);
    expect(evaluated(two, [carrier, idle, one().open()])).to.equal('Ready=True InForce, Open=True AllPassed');
  });

  it('says what waits even where a target is missing: that is what a person must look at', () => {
    const two = apiFirst.targets('pinger', 'poller');
    expect(evaluated(two, [carrier, one().checking('api')])).to.equal(
      'Ready=True InForce, Open=False Waiting',
    );
  });

  it('says Overdue, and which dependencies are, once one is', () => {
    const verdicts = evaluate(findings(apiFirst, [carrier, one().checking('api')], { overdue: ['api'] }));
    expect(summary(verdicts)).to.equal('Ready=True InForce, Open=False Overdue');
    expect(messageOf('Open', verdicts)).to.match(/^overdue: api; /);
  });

  it('says how many Pods wait, for what, and what they hear', () => {
    const pods = [one('a').failed('api', { exitCode: 9, message: 'no servers' }), one('b').open()];
    const verdicts = evaluate(findings(apiFirst, [carrier.replicas(2), ...pods]));
    expect(messageOf('Open', verdicts)).to.equal(
      '1 of 2 Pods waiting: api blocks 1 (exit code 9 (Error): no servers)',
    );
  });

  it('names the gate when Pods wait in another one only', () => {
    const inOther = pod('a')
      .of('pinger')
      .carrying(gate('aa').dependsOn(dns('x')), apiFirst)
      .checking('x');
    expect(messageOf('Open', evaluate(findings(apiFirst, [carrier, inOther])))).to.match(
      /waiting in gate aa$/,
    );
  });

  it('is rendering, and not open, while the render of the spec is not stored', () => {
    const changed = apiFirst.dependsOn(dns('api'));
    expect(evaluated(changed, [carrier, one().open()])).to.equal(
      'Ready=False Rendering, Open=Unknown TargetNotCurrent, Reconciling=True Rendering',
    );
  });

  it('is stalled, and no longer reconciling, where somebody must act', () => {
    const stall = { reason: 'TargetRefused', message: 'Deployment pinger: rename that volume' } as const;
    const verdicts = evaluate(findings(apiFirst, [workload('pinger').foreignVolume('api-first')], { stall }));
    expect(summary(verdicts)).to.equal(
      'Ready=False TargetRefused, Open=Unknown TargetNotCurrent, Stalled=True TargetRefused',
    );
    expect(messageOf('Stalled', verdicts)).to.equal('Deployment pinger: rename that volume');
  });

  it('is ready while suspended, as long as the targets carry what the spec says', () => {
    expect(evaluated(apiFirst.suspended(), [carrier, one().open()])).to.equal(
      'Ready=True InForce, Open=True AllPassed',
    );
  });

  it('is neither ready nor reconciling while suspended with a change that is not in the targets', () => {
    const suspended = 'Ready=False Suspended, Open=Unknown TargetNotCurrent';
    expect(evaluated(apiFirst.suspended(), [workload('pinger')])).to.equal(suspended);
    expect(evaluated(apiFirst.dependsOn(dns('db')).suspended(), [carrier, one().open()])).to.equal(suspended);
  });
});

describe('evaluate, of dependencies that have failed', () => {
  const [a, b] = [one('a'), one('b')];
  const two = carrier.replicas(2);
  /** With what the operator hears of api. */
  function hearing(around: Around, more: Partial<Findings>) {
    const found = findings(apiFirst, around, more);
    const dependencies = found.dependencies.map((dependency) =>
      dependency.name === 'api' ? { ...dependency, answer: 'Job api failed' } : dependency,
    );
    return evaluate({ ...found, dependencies });
  }

  it('says DependencyFailed, which, and why', () => {
    const verdicts = hearing([two, a.checking('api'), b.checking('api')], { failed: ['api'] });
    expect(summary(verdicts)).to.equal(`Ready=True InForce, Open=False DependencyFailed`);
    expect(messageOf('Open', verdicts)).to.equal('2 of 2 Pods waiting, failed: api (Job api failed)');
  });

  const cases: readonly [string, Around, Partial<Findings>, string][] = [
    [
      'is more than overdue',
      [two, a.checking('api'), b],
      { failed: ['api'], overdue: ['api'] },
      'DependencyFailed',
    ],
    [
      'is told although Pods have not come to it yet',
      [two, a.checking('api'), b.checking('api')],
      { failed: ['redis'] },
      'DependencyFailed',
    ],
    [
      'is nothing to Pods that have passed it, and wait for something else',
      [two, a.passed('api').checking('redis'), b.passed('api')],
      { failed: ['api'] },
      'Waiting',
    ],
    [
      'is told while one Pod has not passed it',
      [two, a.passed('api').checking('redis'), b.checking('api')],
      { failed: ['api'] },
      'DependencyFailed',
    ],
    [
      'is less than a Pod that failed for good',
      [two, a.with({ restartPolicy: 'Never', phase: 'Failed' }).ended('api'), b],
      { failed: ['api'] },
      'PodFailed',
    ],
  ];
  for (const [what, around, more, reason] of cases) {
    it(`${what}: ${reason}`, () => {
      expect(summary(hearing(around, more))).to.equal(`Ready=True InForce, Open=False ${reason}`);
    });
  }

  it('is nothing where no Pod waits', () => {
    expect(evaluated(apiFirst, [carrier, one().open()], { failed: ['api'] })).to.match(/Open=True AllPassed/);
    expect(evaluated(apiFirst, [carrier.replicas(0)], { failed: ['api'] })).to.match(
      /Open=Unknown NonePassedYet/,
    );
  });

  it('says what the operator hears of what blocks, but what keeps the container from running comes first', () => {
    const message = (of: PodBuilder) => messageOf('Open', hearing([carrier, of], {}));
    expect(message(a.checking('api'))).to.equal('1 of 1 Pod waiting: api blocks 1 (Job api failed)');
    expect(message(a.starting('api', 'ImagePullBackOff'))).to.match(/api blocks 1 \(ImagePullBackOff\)$/);
  });

  for (const reason of ['InvalidExpression', 'DependencyCycle'] as const) {
    it(`is Stalled by ${reason}, and not reconciling, while Pods wait as they do`, () => {
      const stall = { reason, message: 'dependency api: no good' };
      expect(evaluated(apiFirst, [carrier, a.checking('api')], { stall })).to.equal(
        `Ready=False ${reason}, Open=False Waiting, Stalled=True ${reason}`,
      );
    });
  }
});

describe('evaluateInvalid', () => {
  it('is stalled, with the message that says what to change, and knows nothing of the Pods', () => {
    const verdicts = evaluateInvalid({ reason: 'InvalidSpec', message: 'spec.targets: too many' });
    expect(summary(verdicts)).to.equal(
      'Ready=False InvalidSpec, Open=Unknown InvalidSpec, Stalled=True InvalidSpec',
    );
    expect(messageOf('Stalled', verdicts)).to.equal('spec.targets: too many');
  });
});

describe('conditions', () => {
  const verdict: Verdict = { type: 'Open', status: 'False', reason: 'Waiting', message: 'one waits' };
  const stood = (change: Partial<Condition> = {}): Condition[] => [
    { ...verdict, observedGeneration: 1, lastTransitionTime: ago(3600), ...change },
  ];

  it('gives a new condition the time at which it is decided', () => {
    expect(conditions([verdict], [], 3, NOW + 999)).to.deep.equal([
      { ...verdict, observedGeneration: 3, lastTransitionTime: '2026-01-01T12:00:00Z' },
    ]);
  });

  it('keeps the time while only reason, message and generation change', () => {
    const before = stood({ reason: 'Overdue', message: 'other words' });
    const [after] = conditions([verdict], before, 2, NOW);
    expect(after).to.include({ reason: 'Waiting', observedGeneration: 2, lastTransitionTime: ago(3600) });
  });

  it('moves the time when the status changes', () => {
    const [after] = conditions([verdict], stood({ status: 'True' }), 1, NOW);
    expect(after?.lastTransitionTime).to.equal(ago(0));
  });

  it('goes by the type, not by the place in the list', () => {
    const before = [...stood({ type: 'Ready', lastTransitionTime: ago(7) }), ...stood()];
    expect(conditions([verdict], before, 1, NOW)[0]?.lastTransitionTime).to.equal(ago(3600));
  });

  it('drops conditions that no longer hold', () => {
    expect(conditions([], stood({ type: 'Stalled', status: 'True' }), 1, NOW)).to.deep.equal([]);
  });

  it('cuts a message to what the schema lets through', () => {
    const [after] = conditions([{ ...verdict, message: 'x'.repeat(5000) }], [], 1, NOW);
    expect(() => conditionSchema.parse(after)).not.to.throw();
    const [whole] = conditions([{ ...verdict, message: `${'x'.repeat(2047)}\u{1F680}` }], [], 1, NOW);
    expect(whole?.message.isWellFormed()).to.equal(true);
  });
});

describe('evaluate, of dependencies that share a container', () => {
  it('says once what is to be said of several', () => {
    const shared = gate('api-first')
      .targets('pinger')
      .dependsOn(...['a', 'b', 'c', 'd'].map((name) => dns(name)))
      .specifying({ order: 'Parallel' })
      .rendered();
    const around = (as: PodBuilder) => [workload('pinger').carrying(shared), as];
    const openOf = (as: PodBuilder) =>
      evaluate(findings(shared, around(as))).find(({ type }) => type === 'Open')?.message;
    const waiting = pod('pinger-1').of('pinger').carrying(shared);
    expect(openOf(waiting.checking('all'))).to.equal('1 of 1 Pod waiting: a, b and 2 more block 1');
    expect(openOf(waiting.starting('all', 'ErrImagePull', 'no such image'))).to.equal(
      '1 of 1 Pod waiting: a, b and 2 more block 1 (ErrImagePull: no such image)',
    );
  });
});
