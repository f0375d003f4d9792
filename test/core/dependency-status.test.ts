import { expect } from 'chai';
import type { DependencyStatus } from '../../src/api/status.ts';
import { dependencyStatuses, type Seen } from '../../src/core/dependency-status.ts';
import { targetsProgress } from '../../src/core/progress.ts';
import {
  ago,
  container,
  dns,
  type GateBuilder,
  gate,
  NOW,
  type PodBuilder,
  pod,
  tcp,
  workload,
  world,
} from './builders.ts';

const apiFirst = gate('api-first').targets('pinger').dependsOn(dns('api'), tcp('redis', 6379)).rendered();
const one = (name = 'pinger-1') => pod(name).of('pinger').carrying(apiFirst);

function seen(of: GateBuilder, pods: readonly PodBuilder[], more: Partial<Seen> = {}): Seen {
  const at = world(of, workload('pinger').carrying(of), ...pods);
  const progress = targetsProgress(at, of.spec, of.render, NOW).flatMap((target) => target.pods);
  return { world: at, spec: of.spec, pods: progress, judged: new Map(), overdue: [], ...more };
}

describe('dependencyStatuses', () => {
  function statuses(of: GateBuilder, ...pods: PodBuilder[]): DependencyStatus[] {
    return dependencyStatuses(seen(of, pods));
  }
  const ofApi = (...pods: PodBuilder[]) => statuses(apiFirst, ...pods)[0];

  it('names each dependency and its check, in order', () => {
    const all = apiFirst.dependsOn(
      dns('a'),
      tcp('b', 1),
      { name: 'c', http: { url: 'http://c/' } },
      { name: 'd', grpc: { host: 'd', port: 1 } },
      container('e'),
    );
    expect(statuses(all).map(({ name, check }) => `${name} ${check}`)).to.deep.equal([
      ...['a dns', 'b tcp', 'c http', 'd grpc', 'e container'],
    ]);
  });

  it('is Pending and blocks nobody where there are no Pods', () => {
    const none = { pending: 0, starting: 0, checking: 0, failed: 0, passed: 0, opened: 0, blocked: 0 };
    expect(ofApi()).to.deep.equal({ name: 'api', check: 'dns', state: 'Pending', ...none });
  });

  it('counts Pods by state, and says who is blocked, since when and why', () => {
    const pods = [
      one('d').open(),
      one('c')
        .checking('api')
        .with({ createdAt: ago(90) }),
      one('b').failed('api', { exitCode: 9, message: 'no servers' }),
      one('a').starting('api', 'ImagePullBackOff'),
      one('e').with({ unscheduled: 'Unschedulable' }),
    ];
    expect(ofApi(...pods)).to.deep.equal({
      ...{
        name: 'api',
        check: 'dns',
        state: 'Failed',
        pending: 1,
        starting: 1,
        checking: 1,
        failed: 1,
        passed: 1,
        opened: 0,
      },
      since: ago(90),
      message: 'exit code 9 (Error): no servers',
      blockedPods: ['a', 'b', 'c', 'e'],
      blocked: 4,
    });
  });

  it('is Passed once all Pods have passed, and has no more to say', () => {
    const [api] = statuses(apiFirst, one('a').open(), one('b').passed('api').checking('redis'));
    expect(api).to.include({ state: 'Passed', passed: 2, blocked: 0 });
    expect(api).not.to.have.any.keys('since', 'message', 'blockedPods');
  });

  it('names ten Pods at most, and counts them all', () => {
    const pods = Array.from({ length: 12 }, (_, index) => one(`pod-${index + 10}`).checking('api'));
    const api = ofApi(...pods.toReversed());
    expect(api?.blockedPods).to.deep.equal(Array.from({ length: 10 }, (_, index) => `pod-${index + 10}`));
    expect(api?.blocked).to.equal(12);
  });

  it('cuts an endless message', () => {
    const pods = [one().failed('api', { message: 'x'.repeat(4096) })];
    expect(ofApi(...pods)?.message).to.have.length(1024);
    for (const begin of ['.', '..']) {
      const words = one().failed('api', { message: begin + '\u{1F680}'.repeat(1024) });
      expect(ofApi(words)?.message?.isWellFormed()).to.equal(true);
    }
  });

  it('blocks nobody who waits in another gate', () => {
    const both = [
      pod('a')
        .of('pinger')
        .carrying(gate('aa').dependsOn(dns('first')), apiFirst)
        .checking('first'),
    ];
    expect(ofApi(...both)).to.include({ state: 'Pending', pending: 1, blocked: 0 });
  });
});
