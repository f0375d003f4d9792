import { expect } from 'chai';
import type { CompletedJob } from '../../../../src/api/completed-job.ts';
import type { Dependency } from '../../../../src/api/spec.ts';
import { gate, pod, workload } from '../../../core/builders.ts';
import { jobDone, jobObject, seen } from '../../../core/evaluated-builders.ts';
import { explained, propose, say, steps } from '../explained.ts';

/** The steps of an open gate that remembers these Jobs. */
function told(dependency: Dependency, ...completed: CompletedJob[]): string[] {
  const of = gate('first').targets('web').dependsOn(dependency).rendered();
  const around = [workload('web').carrying(of), pod('a').of('web').carrying(of).open()];
  const world = explained(of, around, { observations: { migrate: seen(jobObject('migrate', 'Complete')) } });
  const { status } = world.gate;
  const dependencies = status.dependencies?.map((one) => ({ ...one, completed }));
  const all = steps({ ...world, gate: { ...world.gate, status: { ...status, dependencies } } });
  return [...say(all), ...propose(all)];
}

const NOW = { name: 'migrate', uid: '2' };
const SUPERSEDED = { name: 'migrate', uid: '1', superseded: true };
const OF_OTHER_NAME = { name: 'migrate-1', uid: '1' };

describe('what to do about a Job that each release makes anew', () => {
  for (const [what, other] of Object.entries({
    'of the same name': SUPERSEDED,
    'of another name': OF_OTHER_NAME,
  })) {
    it(`is to compare it with the Pods, where one ${what} completed before`, () => {
      const all = told(jobDone('migrate'), other, NOW);
      expect(all[0]).to.match(/^migrate: a Job before this one completed for it.*matchPod: \{image: true\}/);
      expect(all[1]).to.contain('kubectl explain dgate.spec.dependencies.resource.matchPod');
    });
  }

  it('is nothing where there was no other, or it is compared', () => {
    const compared = [
      jobDone('migrate', { matchPod: { image: true } }),
      jobDone('migrate', { expression: 'object.metadata.labels.a == pod.labels.a' }),
    ];
    expect(told(jobDone('migrate'), NOW)).to.deep.equal(['Nothing: the gate is open.']);
    for (const one of compared)
      expect(told(one, SUPERSEDED, NOW)).to.deep.equal(['Nothing: the gate is open.']);
  });
});
