import { expect } from 'chai';
import { type PodCondition, podSchema } from '../../../src/sandbox/simulation/objects.ts';
import { type ContainerRecord, podStatus } from '../../../src/sandbox/simulation/pod-status.ts';
import { observedPod } from './builders.ts';

const T0 = '2026-01-01T00:00:00Z';
const T1 = '2026-01-01T00:01:00Z';
const base = { lastState: {}, restartCount: 0 };
const running: ContainerRecord = { ...base, state: { running: { startedAt: T0 } }, ready: false };
const serving: ContainerRecord = { ...running, ready: true };
const done: ContainerRecord = {
  ...base,
  state: { terminated: { exitCode: 0, reason: 'Completed', startedAt: T0, finishedAt: T1 } },
  ready: true,
};

describe('podStatus', () => {
  const app = { name: 'app', image: 'example/app' };
  const init = { name: 'init', image: 'example/init' };

  function statusOf(
    records: Record<string, ContainerRecord>,
    initContainers = [init],
    failed = false,
    before: PodCondition[] = [],
  ) {
    const pod = observedPod('web-1', {
      spec: { initContainers, containers: [app] },
      status: { conditions: before },
    });
    const containers = new Map(Object.entries(records));
    const status = podStatus(pod, { containers, podIP: '10.244.0.1', startTime: T0, failed }, T1);
    return podSchema.parse({ ...pod, status }).status;
  }
  const conditions = (status: ReturnType<typeof statusOf>) =>
    Object.fromEntries(status.conditions.map(({ type, status: value, reason }) => [type, reason ?? value]));
  const state = (status: ReturnType<typeof statusOf>, field: 'containerStatuses' | 'initContainerStatuses') =>
    (status[field] as { state: unknown }[])[0]?.state;

  it('has everything wait at first: for the init containers, or else for its own creation', () => {
    const initializing = statusOf({});
    expect(initializing.phase).to.equal('Pending');
    expect(state(initializing, 'initContainerStatuses')).to.deep.equal({
      waiting: { reason: 'PodInitializing' },
    });
    expect(state(initializing, 'containerStatuses')).to.deep.equal({
      waiting: { reason: 'PodInitializing' },
    });
    const creating = statusOf({}, []);
    expect(state(creating, 'containerStatuses')).to.deep.equal({ waiting: { reason: 'ContainerCreating' } });
    expect(creating).not.to.have.property('initContainerStatuses', []);
  });

  it('names the containers that stand against a condition', () => {
    const status = statusOf({ init: running });
    expect(conditions(status)).to.deep.equal({
      PodReadyToStartContainers: 'True',
      Initialized: 'ContainersNotInitialized',
      Ready: 'ContainersNotReady',
      ContainersReady: 'ContainersNotReady',
      PodScheduled: 'True',
    });
    const messages = status.conditions.map(({ message }) => message).filter(Boolean);
    expect(messages[0]).to.equal('containers with incomplete status: [init]');
    expect(messages[1]).to.equal('containers with unready status: [app]');
  });

  for (const [what, records, phase, initialized, ready] of [
    ['waits in an init container', { init: running }, 'Pending', 'False', 'False'],
    ['has passed its init containers', { init: done }, 'Pending', 'True', 'False'],
    ['has started its app', { init: done, app: running }, 'Running', 'True', 'False'],
    ['has a ready app', { init: done, app: serving }, 'Running', 'True', 'True'],
  ] as const) {
    it(`is ${phase} when it ${what}`, () => {
      const status = statusOf(records);
      const value = (type: string) => status.conditions.find((condition) => condition.type === type)?.status;
      expect([status.phase, value('Initialized'), value('Ready')]).to.deep.equal([phase, initialized, ready]);
    });
  }

  it('counts a sidecar that serves as passed', () => {
    const status = statusOf({ init: serving, app: serving });
    expect(conditions(status)).to.include({ Initialized: 'True', Ready: 'True' });
  });

  it('is Failed when an init container has failed for good', () => {
    expect(statusOf({ init: running }, [init], true).phase).to.equal('Failed');
  });

  it('changes the time of a condition only when its status changes', () => {
    const before = [
      { type: 'Initialized', status: 'False', lastTransitionTime: T0 },
      { type: 'Ready', status: 'False', lastTransitionTime: T0 },
    ];
    const status = statusOf({ init: done }, [init], false, before);
    const time = (type: string) =>
      status.conditions.find((condition) => condition.type === type)?.lastTransitionTime;
    expect(time('Initialized')).to.equal(T1);
    expect(time('Ready')).to.equal(T0);
  });
});
