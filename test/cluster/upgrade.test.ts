import { expect } from 'chai';
import { z } from 'zod';
import { cronJob, daemonSet, deployment, dns, gate, service, statefulSet } from '../scenarios/manifests.ts';
import { initNames } from '../scenarios/views.ts';
import { startWatchedCluster, useStory } from './first-starts/cluster.ts';
import { requirePrograms } from './programs.ts';
import { untilRefusing } from './refused-starts/cluster.ts';
import { useCluster } from './use.ts';
import { MAIN_VERSION, MUTATING_POLICIES, meets, minorOf, versionUnderTest } from './versions.ts';

const tested = versionUnderTest();
const isOlder = minorOf(tested) < minorOf(MAIN_VERSION);
const [FROM, TO] = isOlder ? [tested, MAIN_VERSION] : [MAIN_VERSION, tested];
const ADMISSION = 'config/admission';
const WORKLOADS = 'deployments,statefulsets,daemonsets,cronjobs,replicasets,pods';
const SAYS = { placed: /; first starts are gated by admission$/, refused: /; first starts are refused/ };

const listSchema = z.looseObject({
  items: z.array(
    z.looseObject({
      kind: z.string(),
      metadata: z.looseObject({ name: z.string(), uid: z.string(), generation: z.int().optional() }),
    }),
  ),
});

/** Between the release under test and the main one, whichever is older: on the main one there is nothing to upgrade. */
const suite = (title: string, stories: (this: Mocha.Suite) => void) =>
  tested === MAIN_VERSION
    ? console.log(`NOT ON ${tested}: "${title}" is between two releases`)
    : describe(title, stories);

suite(`an upgrade of the API server from ${FROM} to ${TO}`, function () {
  this.timeout(240_000);
  const isPlacedBefore = meets(FROM, MUTATING_POLICIES);
  const cluster = useCluster(
    () => requirePrograms(process.env.KUBEBUILDER_ASSETS),
    async () => {
      const started = await startWatchedCluster({}, FROM);
      for (const folder of ['config/first-starts', ...(isPlacedBefore ? [ADMISSION] : [])])
        await started.controlPlane.kubectl(['apply', '-k', folder]);
      return started;
    },
  );
  const { here, everyPod, ungated, settle, untilInForce } = useStory(cluster);
  /** Every object by its kind, name, UID and generation. */
  const standing = async () => {
    const { items } = listSchema.parse(JSON.parse(await here().kubectl(['get', WORKLOADS, '-o=json'])));
    return items
      .map(({ kind, metadata: { name, uid, generation } }) => `${kind} ${name} ${uid} ${generation ?? ''}`)
      .sort();
  };

  it('rolls nothing, and what gates first starts is what the new release has', async () => {
    const targets = ['app', 'StatefulSet/db', 'DaemonSet/agent', 'CronJob/nightly'];
    await here().create(
      gate('first', [...targets, 'waiting', 'later'], [dns('api')]),
      gate('closed', ['waiting'], [dns('never')]),
    );
    await here().create(service('api'));
    const names = isPlacedBefore ? SAYS.placed : SAYS.refused;
    await here().untilGate('first', { ready: 'True/InForce', readyMessage: names });
    // `waiting` keeps a Pod that starts before the API server sees the gate, since its next one never gets ready.
    if (isPlacedBefore) await untilInForce(deployment('waiting'), 'first', 'closed');
    else await untilRefusing(here(), 'Deployment', 'waiting');
    await here().create(
      ...[deployment('app', { replicas: 2 }), deployment('waiting'), statefulSet('db')],
      ...[daemonSet('agent'), cronJob('nightly')],
    );
    await here().untilGate('first', { ready: 'True/InForce', targets: /waiting Current/ });
    await here().untilGate('closed', { ready: 'True/InForce', pods: '0/1' });
    await here().untilGate('first', { pods: '4/5', older: 0, ungated: 0 });
    await settle('first');
    const before = await standing();

    await cluster().controlPlane.restart({ version: TO });
    for (const name of ['first', 'closed']) await settle(name);
    await here().untilGate('first', { ready: 'True/InForce', readyMessage: names, pods: '4/5', older: 0 });
    expect(await standing()).to.deep.equal(before);

    if (!isPlacedBefore) await cluster().controlPlane.kubectl(['apply', '-k', ADMISSION]);
    await here().untilGate('first', { readyMessage: SAYS.placed });
    await untilInForce(deployment('later'), 'first');
    await here().create(deployment('later'));
    const later = await here().workload('later');
    expect(initNames(later)).to.deep.equal(['dgate-first--api']);
    await here().untilGate('first', { pods: '5/6', older: 0, ungated: 0 });
    expect((await here().workload('later')).metadata.generation).to.equal(1);
    expect(await everyPod('later')).to.have.length(1);
    expect(await ungated('later', 'first')).to.be.empty;
    const kept = new Set(await standing());
    expect(before.filter((one) => !kept.has(one))).to.deep.equal([]);
    expect(cluster().operator.errors).to.be.empty;
  });
});
