import { expect } from 'chai';
import { OPERATOR_USER, openAnnotation } from '../../src/api/names.ts';
import { deployment, dns, gate, statefulSet } from '../scenarios/manifests.ts';
import { isReady, type PodView, restarts } from '../scenarios/views.ts';
import { readAudit } from './audit.ts';
import { IDLE, running, serviceOf } from './story-apps.ts';
import { useStory } from './story-namespace.ts';
import { itWentWell, useOperator } from './story-operator.ts';

const WAITER = 'dgate-first--api';

describe('what befalls waiting Pods on a real node', function () {
  this.timeout(300_000);
  const cluster = useOperator();
  const story = useStory(cluster);
  const waitForApi = gate('first', ['app'], [dns('api')]);
  const isOpen = { open: 'True/AllPassed', pods: '1/1' };

  /** Which container waits, as the runtime calls it. */
  function waitingContainer({ metadata }: PodView): Promise<string> {
    const path = '--output=jsonpath={.status.initContainerStatuses[0].containerID}';
    return story().kubectl(['get', 'pod', metadata.name, path]);
  }

  it('are opened by an annotation, with no restart', async () => {
    await story().apply(deployment('app', running(IDLE)), waitForApi);
    const pod = await story().untilWaiting('app', WAITER);
    await story().untilLog(pod, WAITER, /NXDOMAIN/);
    await story().kubectl(['annotate', 'pod', pod.metadata.name, `${openAnnotation('first', 'api')}=1`]);
    await story().untilGate('first', isOpen);
    const ready = await story().untilPod('app', 'is ready', isReady);
    expect([ready.metadata.uid, restarts(ready)]).to.deep.equal([pod.metadata.uid, 0]);
    expect(await story().log(ready, WAITER)).to.match(
      /^(waiting for api: .*\n)+api was opened by an annotation of the Pod\ncontinuing \.\.\.\n$/,
    );
  });

  it('are replaced in a StatefulSet, which would keep them for ever, when the gate is fixed', async () => {
    await story().apply(serviceOf('api', 80), statefulSet('db', running(IDLE)));
    await story().apply(gate('first', ['StatefulSet/db'], [dns('misspelt')]));
    const stuck = await story().untilWaiting('db', 'dgate-first--misspelt');
    await story().apply(gate('first', ['StatefulSet/db'], [dns('api')]));
    await story().untilGate('first', isOpen);
    const ready = await story().untilPod('db', 'is ready', isReady);
    expect(ready.metadata.name).to.equal(stuck.metadata.name);
    expect(ready.metadata.uid).to.not.equal(stuck.metadata.uid);
    // Where the kubelet has written meanwhile, the first attempt meets a conflict.
    const deletions = readAudit(cluster().auditLog).filter(
      ({ user, verb, resource, namespace, code }) =>
        user === OPERATOR_USER &&
        verb === 'delete' &&
        resource === 'pods' &&
        namespace === story().namespace &&
        code === 200,
    );
    expect(deletions.map(({ name }) => name)).to.deep.equal(['db-0']);
  });

  it('wait on while the kubelet is killed and started, and open afterwards', async () => {
    await story().apply(deployment('app', running(IDLE)), waitForApi);
    const pod = await story().untilWaiting('app', WAITER);
    const before = await waitingContainer(pod);
    await cluster().restartKubelet();
    await story().kubectl(['wait', '--for=condition=Ready', 'node/node0', '--timeout=60s'], {
      limitMs: 90_000,
    });
    await story().apply(deployment('later', running(IDLE)));
    await story().rolledOut('deployment/later'); // so the kubelet has looked at all its Pods
    expect(await waitingContainer(pod)).to.equal(before);
    await story().untilGate('first', {
      open: 'False/Waiting',
      dependencies: 'api Checking',
      answers: 'api: -',
    });
    await story().apply(serviceOf('api', 80));
    await story().untilGate('first', isOpen);
    const ready = await story().untilPod('app', 'is ready', isReady);
    expect([ready.metadata.uid, restarts(ready)]).to.deep.equal([pod.metadata.uid, 0]);
  });

  it('end at once when they are deleted', async () => {
    const graceSeconds = 120;
    const pod = { terminationGracePeriodSeconds: graceSeconds };
    await story().apply(deployment('app', running(IDLE, {}, pod)), waitForApi);
    const waiting = await story().untilWaiting('app', WAITER);
    const follow = ['logs', '--follow', waiting.metadata.name, `--container=${WAITER}`];
    const log = story().kubectl(follow, { limitMs: graceSeconds * 1000 });
    await story().untilLog(waiting, WAITER, /NXDOMAIN/);
    const began = performance.now();
    await story().kubectl(['delete', 'pod', waiting.metadata.name], { limitMs: 2 * graceSeconds * 1000 });
    expect((performance.now() - began) / 1000).to.be.below(graceSeconds - 20);
    expect(await log).to.match(/^(waiting for api: .*\n)+stopped while waiting for api: .*\n$/);
  });

  describe('in the end', () => itWentWell(cluster));
});
