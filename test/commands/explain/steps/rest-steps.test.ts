import { expect } from 'chai';
import type { Trouble } from '../../../../src/commands/explain/explain-world.ts';
import {
  cronJob,
  daemonSet,
  dns,
  gate,
  job,
  NAMESPACE,
  type PodBuilder,
  pod,
  statefulSet,
  type WorkloadBuilder,
  workload,
} from '../../../core/builders.ts';
import { explained, printed, propose, say, steps } from '../explained.ts';

const NS = `-n ${NAMESPACE}`;
const DEADLINE = 'DeadlineExceeded: Job was active longer than specified deadline';

/** The steps of a gate with one target, as it is, and with such a Pod of it. */
function told(of: WorkloadBuilder, as?: (pod: PodBuilder) => PodBuilder, troubles: [string, Trouble][] = []) {
  const key = `${of.workload.kind}/${of.workload.name}`;
  const first = gate('first').targets(key).dependsOn(dns('api')).rendered();
  const around = as ? [as(pod('a').of(key).carrying(first))] : [];
  return explained(first, [of.carrying(first), ...around], { explain: { troubles: new Map(troubles) } });
}

describe('what to do about a Job that failed', () => {
  const failed = job('seed').resting('failed', DEADLINE);

  it('in the gate is to make it anew, and never nothing', () => {
    const all = steps(told(failed));
    expect(say(all)).to.deep.equal([
      `Job seed failed: ${DEADLINE}. It did so before a Pod of it had passed the gate, and makes no other. Fix the cause, delete the Job and create it again.`,
    ]);
    expect(propose(all)).to.deep.equal([`kubectl describe job/seed ${NS}`, `kubectl delete job/seed ${NS}`]);
  });

  it('in the gate is told with its Pods, where it keeps them', () => {
    const all = say(
      steps(told(failed, (one) => one.with({ restartPolicy: 'Never', phase: 'Failed' }).ended('api'))),
    );
    expect(all[0]).to.match(/^1 Pod failed in the gate for good/);
    expect(all.at(-1)).to.match(/^Job seed failed: DeadlineExceeded/);
  });

  it('behind the gate is to look at the Job itself, although the gate is open', () => {
    const world = told(failed, (one) => one.open().with({ phase: 'Failed', restartPolicy: 'Never' }));
    expect(printed(world)).to.match(/Open +True \(NoPods\)/);
    expect(say(steps(world))).to.deep.equal([
      `Job seed failed: ${DEADLINE}. Its Pods had passed the gate: it failed by itself, and its own log says why.`,
    ]);
    expect(propose(steps(world))).to.include(`kubectl logs job/seed ${NS}`);
  });
});

describe('what to do about a target that wants no Pods', () => {
  const cases: readonly [WorkloadBuilder, RegExp, string][] = [
    [
      workload('web').replicas(0),
      /^Deployment web is scaled to zero\. A Pod of it must pass/,
      'scale deployment/web --replicas=1',
    ],
    [statefulSet('db').replicas(0), /^StatefulSet db is scaled to zero/, 'scale statefulset/db --replicas=1'],
    [
      job('seed').resting('scaled to zero'),
      /^Job seed is scaled to zero/,
      `patch job/seed --type=merge -p '{"spec":{"parallelism":1}}'`,
    ],
    [
      daemonSet('agent').resting('without a node'),
      /^DaemonSet agent has no node to run on\./,
      'describe daemonset/agent',
    ],
    [job('seed').resting('suspended'), /^Job seed is suspended\. .* Kueue/, 'describe job/seed'],
    [cronJob('nightly').resting('suspended'), /^CronJob nightly is suspended\./, 'describe cronjob/nightly'],
    [
      cronJob('nightly'),
      /^CronJob nightly has no Pod between its runs\. .*To let it run now:$/,
      'create job nightly-now --from=cronjob/nightly',
    ],
  ];
  for (const [of, says, command] of cases) {
    const { kind, rest } = of.workload;
    it(`is known where none has passed: a ${kind}, ${rest?.is}`, () => {
      const all = steps(told(of));
      expect(say(all)).to.have.length(1);
      expect(say(all)[0]).to.match(says);
      expect(propose(all)).to.deep.equal([`kubectl ${command} ${NS}`]);
    });
  }

  it('is nothing where Pods have passed, also of a Job that is gone', () => {
    expect(say(steps(told(job('seed').resting('completed'))))).to.deep.equal(['Nothing: the gate is open.']);
    const first = gate('first').targets('Job/seed').dependsOn(dns('api')).rendered();
    const done = explained(first, [job('seed').carrying(first).resting('completed')]);
    const gone = explained(first.withStatus(done.gate.status), []);
    expect(say(steps(gone))).to.deep.equal(['Nothing: the gate is open.']);
    expect(printed(gone)).to.contain(
      'Job seed: Missing; no Pods; Job seed passed the gate, and is gone since',
    );
  });
});

describe('what to do about a target that gets no Pods', () => {
  const web = workload('web').with({ replicas: 0 });

  it("is what its controller says: a quota, a webhook's refusal", () => {
    const message = 'pods "web-1" is forbidden: exceeded quota: small';
    const all = steps(told(web, undefined, [['Deployment/web', { is: 'refused', message }]]));
    expect(say(all)).to.deep.equal([
      `Deployment web has no Pod with the gate's containers yet. Its controller says: ${message}.`,
    ]);
  });

  it('is to resume one that is paused', () => {
    const all = steps(told(web, undefined, [['Deployment/web', { is: 'paused' }]]));
    expect(say(all)[0]).to.match(/^Deployment web is paused, so it makes no Pods/);
    expect(propose(all)).to.deep.equal([`kubectl rollout resume deployment/web ${NS}`]);
  });

  it('is to look at the workload where it says nothing', () => {
    expect(say(steps(told(web)))[0]).to.contain(
      'a quota, an admission webhook that refuses Pods, a paused rollout',
    );
  });

  it('is not to look at another that wants none', () => {
    const two = gate('first').targets('web', 'idle').dependsOn(dns('api')).rendered();
    const all = steps(explained(two, [web.carrying(two), workload('idle').carrying(two).replicas(0)]));
    expect(say(all).join()).to.contain('Deployment web').and.not.to.contain('idle');
  });
});
