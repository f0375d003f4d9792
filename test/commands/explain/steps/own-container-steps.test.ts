import { expect } from 'chai';
import type { StuckContainer } from '../../../../src/commands/explain/pod-details.ts';
import { dns, gate, NAMESPACE, type PodBuilder, pod, workload } from '../../../core/builders.ts';
import { explained, propose, say, steps } from '../explained.ts';

const NS = `-n ${NAMESPACE}`;
const first = gate('first').targets('web').dependsOn(dns('api')).rendered();
const named = (name: string) => pod(name).of('web').carrying(first);
const CRASHING: StuckContainer = {
  name: 'web',
  isInit: false,
  reason: 'CrashLoopBackOff',
  message: 'its last run ended with exit code 1 (Error), 4 restarts',
  hasRun: true,
};

function told(stuck: StuckContainer, ...pods: PodBuilder[]) {
  const web = workload('web').carrying(first).replicas(pods.length);
  const facts = { ips: [], labels: {}, isOnHostNetwork: false, stuck: [stuck] };
  const known = new Map(pods.map(({ pod: { name } }) => [name, facts]));
  return steps(explained(first, [web, ...pods], { explain: { facts: known } }));
}

describe('what to do about Pods that the gate has let through', () => {
  it('is to see why the app crashes, and not to look at the gate', () => {
    const all = told(CRASHING, named('web-1').open());
    expect(say(all)).to.deep.equal([
      'The gate has let Pod web-1 through, and its own container web does not run: CrashLoopBackOff, its last run ended with exit code 1 (Error), 4 restarts. The gate has nothing to do with that.',
    ]);
    expect(propose(all)).to.deep.equal([`kubectl logs web-1 -c web --previous ${NS}`]);
  });

  it('is to describe one whose own init container cannot be pulled', () => {
    const pulled = {
      name: 'migrate',
      isInit: true,
      reason: 'ImagePullBackOff',
      message: 'not found',
      hasRun: false,
    };
    const all = told(pulled, named('web-1').open());
    expect(say(all)[0]).to.contain(
      'its own init container migrate does not run: ImagePullBackOff, not found.',
    );
    expect(propose(all)).to.deep.equal([`kubectl describe pod web-1 ${NS}`]);
  });

  it('is told once of all that have the same', () => {
    const all = told(CRASHING, named('web-1').open(), named('web-2').open());
    expect(say(all)).to.have.length(1);
    expect(say(all)[0]).to.contain('2 Pods (web-1, web-2) through, and their own container web');
  });

  it('is nothing of Pods that wait, or go', () => {
    expect(say(told(CRASHING, named('web-1').checking('api'))).join()).not.to.contain('let Pod');
    expect(say(told(CRASHING, named('web-1').open().deleting())).join()).not.to.contain('let Pod');
  });
});

describe('what to do about Pods that have not come to the gate', () => {
  it('is to see why their own init container before it does not start', () => {
    const waiting = named('web-1');
    const own = {
      name: 'proxy',
      restarts: 0,
      state: { is: 'waiting', reason: 'ImagePullBackOff', message: 'not found' },
      last: undefined,
    } as const;
    const containers = ['proxy', ...waiting.pod.containers];
    const behind = waiting.with({ containers, statuses: [own] });
    const all = steps(explained(first, [workload('web').carrying(first), behind]));
    expect(say(all)).to.deep.equal([
      "Pod web-1 has not come to the gate: it is at its own init container proxy, which is not through (ImagePullBackOff: not found). The gate's containers stand behind that one, and start once it has; see why it has not.",
    ]);
    expect(propose(all)).to.deep.equal([`kubectl describe pod web-1 ${NS}`]);
  });
});
