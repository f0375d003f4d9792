import { expect } from 'chai';
import type { ContainerState } from '../../../src/core/model.ts';
import type { PodProgress } from '../../../src/core/progress/pod-progress.ts';
import {
  carriesRender,
  firstUnpassed,
  isLive,
  isPassed,
  isRetried,
  podProgress,
} from '../../../src/core/progress/pod-progress.ts';
import { ago, dns, gate, type PodBuilder, pod, tcp } from '../builders.ts';

const apiFirst = gate('api-first').dependsOn(dns('api'), tcp('redis', 6379));
const dbFirst = gate('db-first').dependsOn(tcp('db', 5432), dns('api'));
const waiting = pod('pinger-1').of('pinger').carrying(apiFirst);

const progress = ({ pod }: PodBuilder, name = 'api-first'): PodProgress => podProgress(pod, name);
/** `api checking, redis pending` */
const states = (builder: PodBuilder, name?: string) =>
  progress(builder, name)
    .dependencies.map(({ dependency, state }) => `${dependency} ${state}`)
    .join(', ');
const message = (builder: PodBuilder, index = 0) => progress(builder).dependencies[index]?.message;

describe('podProgress', () => {
  const cases: readonly { readonly when: string; readonly pod: PodBuilder; readonly is: string }[] = [
    { when: 'the kubelet has reported nothing', pod: waiting, is: 'api starting, redis pending' },
    {
      when: 'the Pod is not scheduled',
      pod: waiting.with({ unscheduled: 'Unschedulable: 0/3 nodes' }),
      is: 'api pending, redis pending',
    },
    {
      when: 'the kubelet has only begun',
      pod: waiting.starting('api', 'PodInitializing').starting('redis', 'PodInitializing'),
      is: 'api starting, redis pending',
    },
    { when: 'the first runs', pod: waiting.checking('api'), is: 'api checking, redis pending' },
    {
      when: 'the first backs off after an error',
      pod: waiting.failed('api').starting('redis', 'PodInitializing'),
      is: 'api failed, redis pending',
    },
    {
      when: 'the first has just ended in an error',
      pod: waiting.ended('api'),
      is: 'api failed, redis pending',
    },
    {
      when: 'the first runs again after an error',
      pod: waiting.checking('api', { restarts: 1 }),
      is: 'api checking, redis pending',
    },
    { when: 'the first has passed', pod: waiting.passed('api'), is: 'api passed, redis starting' },
    {
      when: 'the second runs',
      pod: waiting.passed('api').checking('redis'),
      is: 'api passed, redis checking',
    },
    { when: 'both have passed', pod: waiting.open(), is: 'api passed, redis passed' },
  ];
  for (const { when, pod: builder, is } of cases) {
    it(`says ${is} when ${when}`, () => {
      expect(states(builder)).to.equal(is);
    });
  }

  it('goes by names, in whatever order the statuses come', () => {
    const { statuses } = waiting.passed('api').checking('redis').pod;
    expect(states(waiting.with({ statuses: statuses.toReversed() }))).to.equal('api passed, redis checking');
  });

  it('looks past statuses of containers that it does not know', () => {
    const sidecar = {
      name: 'mesh',
      restarts: 0,
      state: { is: 'running', startedAt: ago(9) },
      last: undefined,
    } as const;
    const { statuses } = waiting.checking('api').pod;
    const beside = waiting.with({ statuses: [sidecar, ...statuses] });
    expect(states(beside)).to.equal('api checking, redis pending');
    expect(progress(beside).blockedBy).to.deep.equal(['api']);
  });

  describe('behind an init container of its own', () => {
    const own = (state: ContainerState): PodBuilder => {
      const { containers, statuses } = waiting.pod;
      return waiting.with({
        containers: ['proxy', ...containers],
        statuses: [...statuses, { name: 'proxy', restarts: 0, state, last: undefined }],
      });
    };
    const crashing = { is: 'waiting', reason: 'CrashLoopBackOff', message: 'back-off 10s' } as const;
    const done = { is: 'terminated', exitCode: 0, reason: '', message: '', finishedAt: ago(7) } as const;

    it('has no dependency whose turn it is, and says what keeps it', () => {
      expect(states(own(crashing))).to.equal('api pending, redis pending');
      expect(progress(own(crashing))).to.deep.include({
        state: 'waiting',
        blockedBy: [],
        behind: 'init container proxy, which is not through (CrashLoopBackOff: back-off 10s)',
      });
      expect(progress(own({ is: 'running', startedAt: ago(3) })).behind).to.equal(
        'init container proxy, which is not through',
      );
    });

    it('waits for the first dependency once that is through, since then', () => {
      expect(states(own(done))).to.equal('api starting, redis pending');
      expect(progress(own(done))).to.deep.include({ blockedBy: ['api'], behind: undefined, since: ago(7) });
    });
  });

  it('is open when all have passed, and waiting before', () => {
    expect(progress(waiting.open()).state).to.equal('open');
    expect(progress(waiting.passed('api').checking('redis')).state).to.equal('waiting');
  });

  it("gives the kubelet's reason for a container that does not start", () => {
    expect(message(waiting.starting('api', 'ImagePullBackOff', 'not found'))).to.equal(
      'ImagePullBackOff: not found',
    );
    expect(message(waiting.starting('api', 'CreateContainerConfigError'))).to.equal(
      'CreateContainerConfigError',
    );
  });

  it('has no words for a container that only has not been started yet', () => {
    expect(message(waiting)).to.equal('');
    expect(message(waiting.starting('api', 'PodInitializing'))).to.equal('');
  });

  it('says why a Pod is not scheduled', () => {
    const unscheduled = waiting.with({ unscheduled: 'Unschedulable: 0/3 nodes are available' });
    expect(message(unscheduled)).to.equal('Unschedulable: 0/3 nodes are available');
  });

  it('tells how the last run ended: exit code, reason, restarts and its own words', () => {
    const run = { exitCode: 9, message: 'no servers could be reached\n', restarts: 3 };
    const text = 'exit code 9 (Error), 3 restarts: no servers could be reached';
    expect(message(waiting.failed('api', run))).to.equal(text);
    expect(message(waiting.checking('api', run))).to.equal(text);
    expect(message(waiting.ended('api', run))).to.equal(text);
    expect(message(waiting.failed('api', { exitCode: 1, reason: '', restarts: 1 }))).to.equal(
      'exit code 1, 1 restart',
    );
    expect(message(waiting.ended('api', { exitCode: 137, reason: 'OOMKilled' }))).to.equal(
      'exit code 137 (OOMKilled)',
    );
  });

  it('fails for good where the Pod is never restarted', () => {
    const never = waiting.with({ restartPolicy: 'Never', phase: 'Failed' }).ended('api', { exitCode: 2 });
    expect(progress(never)).to.deep.include({ state: 'failed', blockedBy: ['api'] });
    expect(states(never)).to.equal('api failed, redis pending');
    const later = waiting.with({ restartPolicy: 'Never', phase: 'Failed' }).passed('api').ended('redis');
    expect(progress(later)).to.deep.include({ state: 'failed', blockedBy: ['redis'] });
  });

  it('goes on waiting after an error where the Pod is restarted, or nothing has ended yet', () => {
    expect(progress(waiting.with({ restartPolicy: 'OnFailure' }).ended('api')).state).to.equal('waiting');
    expect(progress(waiting.with({ restartPolicy: 'Never' }).checking('api')).state).to.equal('waiting');
  });

  it('has failed for good in the gate whose container failed, not in others', () => {
    const both = pod('job-1').of('pinger').carrying(apiFirst, dbFirst);
    const never = both.with({ restartPolicy: 'Never', phase: 'Failed' }).ended('api-first/api');
    expect(progress(never, 'api-first').state).to.equal('failed');
    expect(progress(never, 'db-first').state).to.equal('waiting');
  });

  describe('with several gates on one Pod', () => {
    const both = pod('pinger-1').of('pinger').carrying(dbFirst, apiFirst);

    it('keeps dependencies of the same name apart', () => {
      const halfway = both.passed('api-first/api').passed('redis').checking('db');
      expect(states(halfway, 'api-first')).to.equal('api passed, redis passed');
      expect(states(halfway, 'db-first')).to.equal('db checking, api pending');
    });

    it('blocks a later gate by no dependency of its own while an earlier gate keeps the Pod', () => {
      const inFirst = both.checking('api-first/api');
      expect(progress(inFirst, 'api-first')).to.deep.include({ state: 'waiting', blockedBy: ['api'] });
      expect(progress(inFirst, 'db-first')).to.deep.include({ state: 'waiting', blockedBy: [] });
    });

    it('is open for the earlier gate while the Pod waits in the later one', () => {
      const inSecond = both.passed('api-first/api').passed('redis').checking('db');
      expect(progress(inSecond, 'api-first')).to.deep.include({ state: 'open', blockedBy: [] });
      expect(progress(inSecond, 'db-first')).to.deep.include({ state: 'waiting', blockedBy: ['db'] });
    });

    it('counts the time in a later gate from the end of the container before it', () => {
      const inSecond = both.passed('api-first/api', ago(20)).passed('redis', ago(15)).checking('db');
      expect(progress(inSecond, 'db-first').since).to.equal(ago(15));
    });
  });

  it('counts the time from the creation of the Pod, then from the end of the container before', () => {
    expect(progress(waiting.checking('api')).since).to.equal(ago(40));
    expect(progress(waiting.passed('api', ago(12)).checking('redis')).since).to.equal(ago(12));
  });
});

describe('isLive', () => {
  const live = ({ pod }: PodBuilder) => isLive(pod, 'api-first');

  it('holds for Pods that wait and run', () => {
    expect(live(waiting)).to.equal(true);
    expect(live(waiting.open())).to.equal(true);
  });

  it('does not hold for Pods that terminate, have succeeded or were evicted: they block nobody', () => {
    expect(live(waiting.deleting())).to.equal(false);
    expect(live(waiting.open().with({ phase: 'Succeeded' }))).to.equal(false);
    expect(live(waiting.checking('api').with({ phase: 'Failed' }))).to.equal(false);
  });

  it('does not hold for a Pod whose app failed after it was through', () => {
    expect(live(waiting.open().with({ phase: 'Failed', restartPolicy: 'Never' }))).to.equal(false);
  });

  it('holds for a Pod that failed for good in the gate: it is why the gate does not open', () => {
    const never = waiting.with({ restartPolicy: 'Never', phase: 'Failed' }).ended('api');
    expect(live(never)).to.equal(true);
  });
});

describe('isRetried', () => {
  const failed = waiting.with({ restartPolicy: 'Never', phase: 'Failed' }).ended('api').pod;
  const next = pod('pinger-2')
    .of('pinger')
    .with({ createdAt: ago(20) }).pod;

  it('holds for a failed Pod whose Job has made a newer one since', () => {
    expect(isRetried(failed, [failed, next])).to.equal(true);
  });

  it('does not hold for the last one, nor beside one of the same second: that runs next to it', () => {
    expect(isRetried(failed, [failed])).to.equal(false);
    expect(isRetried(failed, [failed, { ...next, createdAt: failed.createdAt }])).to.equal(false);
    expect(isRetried(next, [failed, next])).to.equal(false);
  });

  it('does not hold for a Pod that has not failed, or whose containers are started again', () => {
    expect(isRetried({ ...failed, phase: 'Pending' }, [failed, next])).to.equal(false);
    expect(isRetried({ ...failed, restartPolicy: 'Always' }, [failed, next])).to.equal(false);
  });
});

describe('carriesRender', () => {
  const { render } = apiFirst;

  it('holds for a Pod of the very render only', () => {
    expect(carriesRender('api-first', render)(waiting.pod)).to.equal(true);
    expect(carriesRender('api-first', { ...render, hash: 'other' })(waiting.pod)).to.equal(false);
    expect(carriesRender('db-first', render)(waiting.pod)).to.equal(false);
  });

  it('does not hold for a Pod that was made while a container was out of its template', () => {
    const partly = waiting.with({ containers: waiting.pod.containers.slice(1) });
    expect(carriesRender('api-first', render)(partly.pod)).to.equal(false);
  });

  it('does not hold for a Pod that was made while somebody else had written into its containers', () => {
    const [container] = render.initContainers;
    const live = {
      ...container,
      image: 'mirror/dependency-gate:1.0.0',
      env: [{ name: 'NODE_OPTIONS', value: 'x' }],
    };
    const name = 'dgate-api-first--api';
    expect(carriesRender('api-first', render)(waiting.overwritten(name, live).pod)).to.equal(true);
    const others = [
      { image: 'app:2' },
      { args: ['serve'] },
      { restartPolicy: 'Always' },
      { volumeMounts: [] },
    ];
    for (const other of others) {
      const overwritten = waiting.overwritten(name, { ...container, ...other });
      expect(carriesRender('api-first', render)(overwritten.pod), JSON.stringify(other)).to.equal(false);
    }
  });

  it('holds for none while there is no render', () => {
    expect(carriesRender('api-first', undefined)(pod('plain').pod)).to.equal(false);
  });
});

describe('firstUnpassed', () => {
  it('names the container of any gate that keeps a Pod', () => {
    const both = pod('pinger-1').of('pinger').carrying(dbFirst, apiFirst);
    expect(firstUnpassed(both.pod)).to.equal('dgate-api-first--api');
    expect(firstUnpassed(both.passed('api-first/api').passed('redis').pod)).to.equal('dgate-db-first--db');
    expect(firstUnpassed(both.open().pod)).to.equal(undefined);
  });
});

describe('isPassed', () => {
  it('holds once a container has ended with exit code 0', () => {
    const halfway = waiting.passed('api').ended('redis', { exitCode: 1 }).pod;
    expect(isPassed(halfway, 'dgate-api-first--api')).to.equal(true);
    expect(isPassed(halfway, 'dgate-api-first--redis')).to.equal(false);
    expect(isPassed(halfway, 'dgate-api-first--unreported')).to.equal(false);
  });
});
