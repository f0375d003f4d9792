import { expect } from 'chai';
import { openAnnotation } from '../../src/api/names.ts';
import { dns } from '../scenarios/manifests.ts';
import { isReady, type PodView, restarts } from '../scenarios/views.ts';
import { useStory } from './story-namespace.ts';
import { itWentWell, useOperator } from './story-operator.ts';
import { openBySpec, untilAllWait } from './story-waiting.ts';

const WAITER = 'dgate-first--nowhere';
const ATTEMPT = openAnnotation('first', 'nowhere');

describe('opening Pods that wait on a real node', function () {
  this.timeout(300_000);
  const cluster = useOperator();
  const story = useStory(cluster);
  const uids = (pods: readonly PodView[]): string[] => pods.map(({ metadata }) => metadata.uid).toSorted();

  /** They are the same Pods, none of their containers was started again, and it was the annotation that let them go on. */
  async function expectAllToGoOn(waiting: readonly PodView[]): Promise<readonly PodView[]> {
    const count = waiting.length;
    await story().untilGate('first', { open: 'True/AllPassed', pods: `${count}/${count}` });
    const ready = await story().untilPods('app', count, 'are ready', isReady);
    expect(uids(ready)).to.deep.equal(uids(waiting));
    expect(ready.map(restarts)).to.deep.equal(waiting.map(() => 0));
    for (const pod of ready) {
      expect(await story().log(pod, WAITER)).to.match(
        /was opened by an annotation of the Pod\ncontinuing \.\.\.\n$/,
      );
    }
    return ready;
  }

  /** Or a later one: there is one more every few seconds. */
  const untilAttempt = (attempt: number) =>
    story().untilPod(
      'app',
      `has attempt ${attempt}`,
      ({ metadata }) => Number(metadata.annotations[ATTEMPT]) >= attempt,
    );

  for (const count of [1, 10]) {
    it(`lets ${count} at once go on, none with a restart`, async () => {
      const waiting = await untilAllWait(story(), dns('nowhere'), count);
      await openBySpec(story());
      for (const { metadata } of await expectAllToGoOn(waiting)) {
        expect(Number(metadata.annotations[ATTEMPT])).to.be.at.least(1);
      }
    });
  }

  it('is written again, and with no restart, where the kubelet has not brought it into the container', async () => {
    const waiting = await untilAllWait(story(), dns('nowhere'), 1);
    await cluster().withoutKubelet(async () => {
      await openBySpec(story());
      for (const attempt of [1, 2]) await untilAttempt(attempt);
      await story().untilGate('first', { open: 'False/Waiting', pods: '0/1' });
    });
    await expectAllToGoOn(waiting);
  });

  it('is written again where the annotation was there before the operator knew that it is to open', async () => {
    const [waiting] = await untilAllWait(story(), dns('nowhere'), 1);
    const name = waiting?.metadata.name ?? '';
    await cluster().withoutKubelet(async () => {
      await story().kubectl(['annotate', 'pod', name, `${ATTEMPT}=1`]);
      await openBySpec(story());
      await untilAttempt(2);
    });
    await expectAllToGoOn(waiting ? [waiting] : []);
  });

  describe('in the end', () => itWentWell(cluster));
});
