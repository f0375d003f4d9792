import { expect } from 'chai';
import { deployment, dns, gate, scripted, service, statefulSet } from '../../scenarios/manifests.ts';
import { initNames, isGated, isReady } from '../../scenarios/views.ts';
import { useStory, type WatchedCluster } from './cluster.ts';
import { untilTold } from './events.ts';
import { PASSING, requiring } from './manifests.ts';

/** What happens at the same time ends in the same state, with one rollout for each change and no more. */
export function changes(on: () => WatchedCluster): void {
  const { here, everyPod, ungated, settle, untilInForce } = useStory(on);
  const gated = async (...gates: readonly string[]) => {
    await here().create(...gates.map((name) => gate(name, ['pinger'], [dns('api')])));
    await untilInForce(deployment('pinger'), ...gates);
    await here().create(deployment('pinger', { replicas: 3 }));
    for (const name of gates) await here().untilGate(name, { open: 'False/Waiting', pods: '0/3' });
  };
  const generation = async () => (await here().workload('pinger')).metadata.generation;
  const setImage = () => here().kubectl(['set', 'image', 'deployment/pinger', 'app=registry.example/app:2']);
  const dependencies = (name: string, ...all: readonly ReturnType<typeof dns>[]) =>
    here().patch('DependencyGate', name, { spec: { dependencies: all } });

  describe('a gate that changes during a rollout', () => {
    it('brings one rollout more, and its targets end with its last render', async () => {
      await gated('first');
      await setImage();
      await here().until('the rollout has begun', async () => (await here().replicaSets('pinger'))[1]);
      await dependencies('first', scripted('second', 'exit 3'));
      await here().untilGate('first', { ready: 'True/InForce', open: 'False/Waiting' });
      await dependencies('first', PASSING);
      await here().untilGate('first', { open: 'True/AllPassed', pods: '3/3', older: 0 });
      await settle('first');
      expect(await generation()).to.equal(4); // made, the image, two renders
      expect(await here().replicaSets('pinger')).to.have.length(4);
      expect(await ungated('pinger', 'first')).to.be.empty;
    });
  });

  describe('a gate that changes while others write its target', () => {
    const ROUNDS = 10;

    it('is in force in the end; an older render that admission still had is fixed once at most', async () => {
      await here().create(gate('first', ['pinger'], [PASSING]));
      await untilInForce(deployment('pinger'), 'first');
      await here().create(deployment('pinger'));
      for (let round = 1; round <= ROUNDS; round++) {
        const before = await generation();
        const name = `round-${round}`;
        const written = writing();
        await dependencies('first', { ...PASSING, name });
        await here().untilWorkload(
          'pinger',
          `has ${name}`,
          (one) => `${initNames(one)}` === `dgate-first--${name}`,
        );
        await here().untilGate('first', { ready: 'True/InForce', targets: 'pinger Current', older: 0 });
        await written.stop();
        await settle('first');
        expect(initNames(await here().workload('pinger'))).to.deep.equal([`dgate-first--${name}`]);
        expect((await generation()) - before, 'generations of a round').to.be.within(1, 3); // new, reverted, fixed
      }
      expect(await ungated('pinger', 'first')).to.be.empty;
    });

    /** Somebody who writes a label of the target all the time. */
    function writing() {
      let isStopped = false;
      const write = async () => {
        for (let time = 0; !isStopped; time++)
          await here().patch('Deployment', 'pinger', { metadata: { labels: { written: `${time}` } } });
      };
      const done = write();
      const stop = async () => {
        isStopped = true;
        await done;
      };
      return { stop };
    }
  });

  describe('a StatefulSet whose gate is fixed while its first Pod waits', () => {
    it('gets that Pod again, and then the others, in one rollout', async () => {
      await here().create(gate('first', ['StatefulSet/db'], [scripted('schema', 'exit 3')]));
      await untilInForce(statefulSet('db'), 'first');
      await here().create(statefulSet('db', { replicas: 2 }));
      await here().untilGate('first', { open: 'False/Waiting', pods: '0/1' });
      await dependencies('first', PASSING);
      await here().untilGate('first', { open: 'True/AllPassed', pods: '2/2', older: 0 });
      await settle('first');
      expect((await here().workload('db', 'StatefulSet')).metadata.generation).to.equal(2);
      expect((await everyPod('db')).map(({ name }) => name)).to.deep.equal(['db-0', 'db-0', 'db-1']);
      expect(await ungated('db', 'first')).to.be.empty;
    });
  });

  describe('two gates of one target that change at once', () => {
    it('both end in force, with a rollout each at most', async () => {
      await gated('a', 'b');
      await Promise.all([dependencies('a', PASSING), dependencies('b', PASSING)]);
      for (const name of ['a', 'b']) {
        await here().untilGate(name, { open: 'True/AllPassed', pods: '3/3', older: 0 });
        await settle(name);
      }
      expect(initNames(await here().workload('pinger'))).to.deep.equal([
        'dgate-a--schema',
        'dgate-b--schema',
      ]);
      expect(await generation()).to.be.within(2, 3);
      expect(await ungated('pinger', 'a', 'b')).to.be.empty;
    });
  });

  describe('a gate that is deleted while its target is updated', () => {
    it('is out of the target, and the update is in it', async () => {
      await gated('first');
      await Promise.all([here().delete('DependencyGate', 'first'), setImage()]);
      await here().untilGone('DependencyGate', 'first');
      await here().untilPods('pinger', 3, 'run without the gate', (pod) => isReady(pod) && !isGated(pod));
      const workload = await here().workload('pinger');
      expect(JSON.stringify(workload.spec)).to.not.match(/dgate-|dependencygate\.dev/);
      expect(JSON.stringify(workload.spec.template.spec.containers)).to.contain('registry.example/app:2');
      expect(workload.metadata.generation).to.equal(3); // made, the image, cleaned
    });
  });

  describe('a Deployment that is paused', () => {
    it('keeps its held Pods until it is resumed, which replaces them', async () => {
      await here().create(requiring(deployment('pinger'), 'first'));
      await here().until('a Pod is held', async () => (await everyPod('pinger'))[0]);
      await here().kubectl(['rollout', 'pause', 'deployment/pinger']);
      await here().create(gate('first', ['pinger'], [dns('api')]), service('api'));
      const { status } = await here().untilGate('first', {
        ready: 'True/InForce',
        open: 'False/Held',
        openMessage:
          'Deployment pinger is paused, and its Pods are held: it makes others, with the gate, when it is resumed',
      });
      expect(status.pods).to.include({ held: 1, total: 0, ungated: 0 });
      const { regarding, note } = await untilTold(here(), 'Held');
      expect(regarding).to.include({ kind: 'DependencyGate', name: 'first' });
      expect(note).to.contain('Deployment pinger');
      await settle('first');
      expect(await everyPod('pinger')).to.have.length(1);
      await here().kubectl(['rollout', 'resume', 'deployment/pinger']);
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1', older: 0 });
      expect(await ungated('pinger', 'first')).to.be.empty;
      expect(await generation()).to.equal(4); // made, paused, patched, resumed
      expect(await here().replicaSets('pinger')).to.have.length(2);
    });
  });

  describe('a target that is patched again and again by others', () => {
    it('keeps the containers, and has no generation but theirs', async () => {
      await gated('first');
      for (const value of ['1', '2', '3', '4']) {
        const template = { metadata: { annotations: { value } }, spec: { initContainers: null } };
        await here().patch('Deployment', 'pinger', { spec: { template } });
      }
      await here().create(service('api'));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '3/3', older: 0 });
      await settle('first');
      expect(await generation()).to.equal(5);
      expect(await ungated('pinger', 'first')).to.be.empty;
    });
  });
}
