import { expect } from 'chai';
import { OPENED_AGAIN_ANNOTATION, openAnnotation, readOpenValue } from '../../src/api/names.ts';
import { deployment, dns, gate } from '../scenarios/manifests.ts';
import { isReady, type PodView, restarts } from '../scenarios/views.ts';
import { eventually } from './eventually.ts';
import { IDLE, running, serviceOf } from './story-apps.ts';
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

  const attemptIn = ({ metadata }: PodView, annotation = ATTEMPT): number =>
    readOpenValue(metadata.annotations[annotation] ?? '')?.attempt ?? 0;

  /** Or a later one: there is one more every few seconds. */
  const untilAttempt = (attempt: number, annotation = ATTEMPT) =>
    story().untilPod('app', `has attempt ${attempt}`, (pod) => attemptIn(pod, annotation) >= attempt);

  for (const count of [1, 10]) {
    it(`lets ${count} at once go on, none with a restart`, async () => {
      const waiting = await untilAllWait(story(), dns('nowhere'), count);
      await openBySpec(story());
      for (const pod of await expectAllToGoOn(waiting)) expect(attemptIn(pod)).to.be.at.least(1);
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

  it('is brought again where a person wrote it, as they wrote it', async () => {
    const [waiting] = await untilAllWait(story(), dns('nowhere'), 1);
    const name = waiting?.metadata.name ?? '';
    await cluster().withoutKubelet(async () => {
      await story().kubectl(['annotate', 'pod', name, `${ATTEMPT}=please`]);
      for (const attempt of [1, 2]) await untilAttempt(attempt, OPENED_AGAIN_ANNOTATION);
    });
    const [opened] = await expectAllToGoOn(waiting ? [waiting] : []);
    expect(opened?.metadata.annotations[ATTEMPT]).to.equal('please');
  });

  it('does not come to a copy that kubectl debug makes, whose log has the command that opens it', async () => {
    await story().apply(gate('first', ['app'], [{ name: 'db', service: { name: 'db' } }]));
    await story().apply(serviceOf('db', 5432), deployment('db', running(IDLE)));
    await story().apply(deployment('app', running(IDLE)));
    await story().untilGate('first', { open: 'True/AllPassed', pods: '1/1' });
    const original = await story().untilPod('app', 'is ready', isReady);
    const copying = ['--copy-to=copy', '--container=app', '--', 'sh', '-c', 'exec sleep 3600'];
    await story().kubectl(['debug', original.metadata.name, ...copying]);
    const command = await eventually('the log of the copy has the command', 60_000, async () => {
      const log = await story().kubectl(['logs', 'copy', '--container=dgate-first--db']);
      return /: kubectl (.+)$/m.exec(log)?.[1];
    });
    await story().kubectl(command.split(' '));
    await story().kubectl(['wait', '--for=condition=Ready', 'pod/copy', '--timeout=120s'], {
      limitMs: 130_000,
    });
  });

  describe('in the end', () => itWentWell(cluster));
});
