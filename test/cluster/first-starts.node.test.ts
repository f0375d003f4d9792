import { expect } from 'chai';
import { gateAnnotation, HOLD_GATE } from '../../src/api/names.ts';
import type { KubeObject } from '../../src/sandbox/cluster.ts';
import { deployment, dns, gate } from '../scenarios/manifests.ts';
import { viewPod, viewWorkload } from '../scenarios/views.ts';
import { eventually } from './eventually.ts';
import { isUngated } from './first-starts/cluster.ts';
import { requiring } from './first-starts/manifests.ts';
import { PodHistory, type PodRecord } from './first-starts/pod-history.ts';
import { PodWatch } from './pod-watch.ts';
import { POLICY, podOf, requiringPod } from './refused-starts/cluster.ts';
import { IDLE, running, serviceOf } from './story-apps.ts';
import { useStory } from './story-namespace.ts';
import { itWentWell, useOperator } from './story-operator.ts';
import { MUTATING_POLICIES, meets, versionUnderTest } from './versions.ts';

const IN_FORCE_MS = 120_000;
/** Else they are refused. */
const IS_PLACED = meets(versionUnderTest(), MUTATING_POLICIES);

describe('first starts on a real node', function () {
  this.timeout(300_000);
  const cluster = useOperator();
  const story = useStory(cluster);
  const app = (name: string) => deployment(name, running(IDLE));

  const untilRefused = (object: KubeObject) =>
    eventually('it is refused', IN_FORCE_MS, async () => {
      const refusal = await story()
        .dryRun(object)
        .then(() => '', String);
      return POLICY.test(refusal) ? true : undefined;
    });
  /** Waits until the policies keep what requires a gate from starting. */
  const untilInForce = () => {
    const pod = requiringPod('first');
    return IS_PLACED ? story().untilStoredWith(pod, HOLD_GATE) : untilRefused(pod);
  };
  /** Waits until they know this gate of a Deployment that is yet to come. */
  const untilKnown = (name: string, gate: string) =>
    IS_PLACED
      ? story().untilStoredWith(app(name), gateAnnotation(gate))
      : untilRefused(podOf('Deployment', name));
  /** Waits until what the Deployment makes does not start. */
  const untilStopped = async (name: string) => {
    if (IS_PLACED) {
      await story().untilPod(name, 'is there', () => true);
      const held = new RegExp(`^${name}-\\S+ +0/1 +SchedulingGated +0 `, 'm');
      return expect(await story().kubectl(['get', 'pods'])).to.match(held);
    }
    const events = ['get', 'events', '--field-selector=reason=FailedCreate'];
    return eventually(`Pods of ${name} are refused`, IN_FORCE_MS, async () =>
      (await story().kubectl(events)).includes(`replicaset/${name}-`) ? true : undefined,
    );
  };
  const generation = async (name: string) =>
    viewWorkload(await story().get('deployment', name)).metadata.generation;

  it('never run an app before its dependency is there: labelled before its gate, or not labelled after it', async () => {
    const watch = await PodWatch.begin(cluster(), story().namespace);
    const history = new PodHistory(watch, new AbortController().signal);
    const everyPod = async (name: string): Promise<PodRecord[]> => {
      await watch.look();
      return history.of(story().namespace).filter((record) => record.app === name);
    };
    const starts = async () =>
      [...(await everyPod('labelled')), ...(await everyPod('plain'))].flatMap(({ appStarts }) => [
        ...appStarts,
      ]);

    await untilInForce();
    await story().apply(requiring(app('labelled'), 'first'));
    await untilStopped('labelled');

    await story().apply(gate('first', ['labelled', 'plain'], [dns('api')]));
    await story().untilGate('first', { ready: 'True/InForce', targets: /^labelled (Rolling|Current)/ });
    await untilKnown('plain', 'first');
    await story().apply(app('plain'));
    for (const name of ['labelled', 'plain']) await story().untilWaiting(name, 'dgate-first--api');
    await story().untilGate('first', { open: 'False/Waiting', pods: '0/2', ungated: 0 });
    expect(await starts(), 'apps that ran before there was a Service').to.deep.equal([]);

    await story().apply(serviceOf('api', 80));
    await story().untilGate('first', { open: 'True/AllPassed', pods: '2/2', older: 0, ungated: 0 });
    await story().rolledOut('deployment/labelled', 'deployment/plain');
    const born = viewPod(await story().get('service', 'api')).metadata.creationTimestamp;
    const times = await starts();
    expect(times).to.have.length(2);
    for (const time of times) expect(time >= born, `${time} is not before ${born}`).to.equal(true);

    const [labelled, plain] = [await everyPod('labelled'), await everyPod('plain')];
    expect([...labelled, ...plain].filter((pod) => isUngated(pod, ['first']))).to.be.empty;
    const ran = { wasHeld: false, wasBound: true };
    const records = [labelled, plain].map((of) => of.map(({ wasHeld, wasBound }) => ({ wasHeld, wasBound })));
    const ofLabelled = IS_PLACED ? [{ wasHeld: true, wasBound: false }, ran] : [ran];
    expect(records).to.deep.equal([ofLabelled, [ran]]);
    const generations = [await generation('labelled'), await generation('plain')];
    expect(generations).to.deep.equal([2, IS_PLACED ? 1 : 2]);
  });

  describe('in the end', () => itWentWell(cluster));
});
