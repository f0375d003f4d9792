import { expect } from 'chai';
import { deploymentStatus, progressDeadline } from '../../../src/sandbox/simulation/deployment-status.ts';
import { observedDeployment, observedReplicaSet } from './builders.ts';

const EARLIER = '2026-01-01T00:00:00Z';
const NOW = '2026-01-01T00:05:00Z';
const MUCH_LATER = '2026-01-01T01:00:00Z';

const progressing = (reason: string, status = 'True', message = 'ReplicaSet "new" is progressing.') => ({
  type: 'Progressing',
  status,
  reason,
  message,
  lastUpdateTime: EARLIER,
  lastTransitionTime: EARLIER,
});
const waiting = observedReplicaSet('new', 1, { replicas: 1 });
const ready = observedReplicaSet('new', 2, { replicas: 2, readyReplicas: 2, availableReplicas: 2 });
const old = observedReplicaSet('old', 2, { replicas: 2, readyReplicas: 2, availableReplicas: 2 });

describe('deploymentStatus', () => {
  const verdict = (status: Record<string, unknown>, type: string) =>
    (status.conditions as { type: string }[]).find((condition) => condition.type === type);

  it('counts the Pods of all sets, and those of the new one as updated', () => {
    const status = deploymentStatus(observedDeployment({ replicas: 2 }), waiting, [old, waiting], NOW);
    expect(status).to.include({
      observedGeneration: 3,
      replicas: 3,
      updatedReplicas: 1,
      readyReplicas: 2,
      availableReplicas: 2,
      unavailableReplicas: 1,
    });
  });

  it('leaves counts of 0 out', () => {
    const empty = observedReplicaSet('new', 0, {});
    const status = deploymentStatus(observedDeployment({ replicas: 0 }), empty, [empty], NOW);
    expect(status.readyReplicas).to.equal(undefined);
    expect(status.replicas).to.equal(undefined);
  });

  it('says that too few Pods are available', () => {
    const status = deploymentStatus(observedDeployment({ replicas: 2 }), waiting, [waiting], NOW);
    expect(verdict(status, 'Available')).to.include({
      status: 'False',
      reason: 'MinimumReplicasUnavailable',
    });
  });

  it('says that enough Pods are available while the old ones serve', () => {
    const status = deploymentStatus(observedDeployment({ replicas: 2 }), waiting, [old, waiting], NOW);
    expect(verdict(status, 'Available')).to.include({ status: 'True', reason: 'MinimumReplicasAvailable' });
  });

  for (const [what, spec, before, sets, now, expected] of [
    ['begins as progressing', {}, [], [old, waiting], NOW, ['True', 'ReplicaSetUpdated', NOW]],
    ['ends as available', {}, [], [ready], NOW, ['True', 'NewReplicaSetAvailable', NOW]],
    [
      'begins again after an earlier rollout',
      {},
      [progressing('NewReplicaSetAvailable')],
      [old, waiting],
      NOW,
      ['True', 'ReplicaSetUpdated', NOW],
    ],
    [
      'stays finished when a Pod fails later',
      {},
      [progressing('NewReplicaSetAvailable')],
      [waiting],
      NOW,
      ['True', 'NewReplicaSetAvailable', NOW],
    ],
    [
      'gives up at the deadline',
      { replicas: 2 },
      [progressing('ReplicaSetUpdated')],
      [old, waiting],
      MUCH_LATER,
      ['False', 'ProgressDeadlineExceeded', MUCH_LATER],
    ],
    [
      'stays given up',
      { replicas: 2 },
      [progressing('ProgressDeadlineExceeded', 'False', 'ReplicaSet "new" has timed out progressing.')],
      [old, waiting],
      NOW,
      ['False', 'ProgressDeadlineExceeded', EARLIER],
    ],
    [
      'keeps its times while nothing moves',
      { replicas: 2 },
      [progressing('ReplicaSetUpdated')],
      [old, waiting],
      NOW,
      ['True', 'ReplicaSetUpdated', EARLIER],
    ],
    [
      'is unknown while paused',
      { paused: true },
      [progressing('ReplicaSetUpdated')],
      [old, waiting],
      NOW,
      ['Unknown', 'DeploymentPaused', NOW],
    ],
  ] as const) {
    it(`of a rollout ${what}`, () => {
      const counts = { replicas: 3, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2 };
      const deployment = observedDeployment({ replicas: 2, ...spec }, { ...counts, conditions: before });
      const condition = verdict(deploymentStatus(deployment, sets.at(-1), sets, now), 'Progressing');
      const [status, reason, lastUpdateTime] = expected;
      expect(condition).to.include({ status, reason, lastUpdateTime });
    });
  }

  it('counts a further available Pod as progress, which puts the deadline off', () => {
    const deployment = observedDeployment(
      { replicas: 4 },
      {
        replicas: 3,
        updatedReplicas: 1,
        readyReplicas: 1,
        availableReplicas: 1,
        conditions: [progressing('ReplicaSetUpdated')],
      },
    );
    const status = deploymentStatus(deployment, waiting, [old, waiting], MUCH_LATER);
    expect(verdict(status, 'Progressing')).to.include({
      reason: 'ReplicaSetUpdated',
      lastUpdateTime: MUCH_LATER,
      lastTransitionTime: EARLIER,
    });
  });
});

describe('progressDeadline', () => {
  it('is the time of the last progress and the seconds that the Deployment allows', () => {
    const deployment = observedDeployment(
      { progressDeadlineSeconds: 60 },
      { conditions: [progressing('ReplicaSetUpdated')] },
    );
    expect(progressDeadline(deployment)).to.equal(Date.parse(EARLIER) + 60_000);
  });

  it('is none when nothing is under way', () => {
    expect(progressDeadline(observedDeployment({}))).to.equal(undefined);
    const finished = observedDeployment({}, { conditions: [progressing('NewReplicaSetAvailable')] });
    expect(progressDeadline(finished)).to.equal(undefined);
  });
});
