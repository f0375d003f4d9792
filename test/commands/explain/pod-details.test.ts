import { expect } from 'chai';
import { podDetails } from '../../../src/commands/explain/pod-details.ts';

const stuck = (status: object) =>
  podDetails({ metadata: {}, status }).stuck.map(({ name, isInit, reason, message, hasRun }) =>
    [isInit ? `init ${name}` : name, reason, message, hasRun].join(' | '),
  );
const waiting = (reason: string, message = '') => ({ waiting: { reason, message } });
const ended = (exitCode: number, reason = 'Error') => ({ terminated: { exitCode, reason } });

describe('podDetails', () => {
  it('tells where a Pod is reached, and what it is selected by', () => {
    const read = podDetails({
      metadata: { labels: { app: 'web' } },
      spec: { hostNetwork: true },
      status: { podIPs: [{ ip: '10.0.0.9' }, { ip: 'fd00::9' }] },
    });
    expect(read).to.deep.equal({
      ips: ['10.0.0.9', 'fd00::9'],
      labels: { app: 'web' },
      isOnHostNetwork: true,
      stuck: [],
    });
    expect(podDetails({ metadata: {} })).to.deep.equal({
      ips: [],
      labels: {},
      isOnHostNetwork: false,
      stuck: [],
    });
  });

  it('tells which of its own containers do not run, and why', () => {
    const state = waiting('CrashLoopBackOff', 'back-off 5m0s');
    expect(
      stuck({
        initContainerStatuses: [
          { name: 'dgate-first--api', state: waiting('ImagePullBackOff') },
          { name: 'migrate', state: waiting('ErrImagePull', 'no such image') },
          { name: 'done', state: ended(0, 'Completed') },
        ],
        containerStatuses: [
          { name: 'web', restartCount: 4, state, lastState: ended(1) },
          { name: 'sidecar', restartCount: 1, state: ended(137, 'OOMKilled') },
          { name: 'fine', restartCount: 2, state: { running: {} }, lastState: ended(1) },
          { name: 'next', state: waiting('PodInitializing') },
          { name: 'new', state: waiting('ContainerCreating') },
          { name: 'blank' },
        ],
      }),
    ).to.deep.equal([
      'init migrate | ErrImagePull | no such image | false',
      'web | CrashLoopBackOff | its last run ended with exit code 1 (Error), 4 restarts | true',
      'sidecar | OOMKilled | its last run ended with exit code 137 (OOMKilled), 1 restart | true',
    ]);
  });
});
