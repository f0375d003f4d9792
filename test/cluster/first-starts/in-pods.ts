import { expect } from 'chai';
import { z } from 'zod';
import { gateAnnotation, TARGET_ANNOTATION, TEMPLATE_HASH_LABEL } from '../../../src/api/names.ts';
import type { KubeObject } from '../../../src/sandbox/cluster.ts';
import {
  cronJob,
  daemonSet,
  deployment,
  dns,
  gate,
  service,
  statefulSet,
} from '../../scenarios/manifests.ts';
import type { Kind } from '../../scenarios/resources.ts';
import { initNames, isGated, isHeld, isReady, type PodView } from '../../scenarios/views.ts';
import { useStory, type WatchedCluster } from './cluster.ts';
import { PASSING, requiring } from './manifests.ts';

const RUNNING = 20;
const OWNER = { apiVersion: 'apps/v1', uid: 'probe', controller: true };
const CASES: readonly (readonly [Kind, () => KubeObject])[] = [
  ['Deployment', () => deployment('app', { replicas: 2 })],
  ['StatefulSet', () => statefulSet('app', { replicas: 2 })],
  ['DaemonSet', () => daemonSet('app')],
];

/** `placement: Pod`: templates are never written. */
export function inPods(on: () => WatchedCluster): void {
  describe('a gate with placement Pod', () => {
    const { here, everyPod, ungated, settle } = useStory(on);
    const inPods = (targets: readonly string[], ...dependencies: readonly ReturnType<typeof dns>[]) =>
      gate('first', targets, dependencies, { placement: 'Pod' });
    const change = (spec: object) => here().patch('DependencyGate', 'first', { spec });
    const writesOfWorkloads = () =>
      here()
        .writes()
        .filter(({ path }) =>
          /\/(deployments|statefulsets|daemonsets|replicasets|cronjobs|jobs)\//.test(path),
        )
        .map(({ method, path }) => `${method} ${path}`);
    const hashIn = (pod: PodView) => pod.metadata.annotations[gateAnnotation('first')];

    /** Waits until a Pod that the workload would create now had the gate. */
    const untilPlaced = (app: string) =>
      here().until('admission knows the gate', async () => {
        const probes = (['ReplicaSet', 'StatefulSet', 'DaemonSet'] as const).map((kind) => ({
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: {
            name: `probe-${kind.toLowerCase()}`,
            labels: { [TEMPLATE_HASH_LABEL]: 'x1' },
            // As its template would have it: of a target that is missing yet a Pod without it is refused.
            annotations: { [gateAnnotation('b-template')]: 'in the template' },
            ownerReferences: [{ ...OWNER, kind, name: kind === 'ReplicaSet' ? `${app}-x1` : app }],
          },
          spec: { containers: [{ name: 'app', image: 'none' }] },
        }));
        const input = probes.map((probe) => `---\n${JSON.stringify(probe)}\n`).join('');
        const made = await here().kubectl(['create', '--dry-run=server', '-o=json', '-f=-'], input);
        return made.includes(gateAnnotation('first')) ? true : undefined;
      });

    it(`put on ${RUNNING} running Deployments, changed and removed, rolls none and writes to none`, async function () {
      this.timeout(240_000);
      const names = Array.from({ length: RUNNING }, (_, index) => `app-${index}`);
      await here().create(...names.map((name) => deployment(name)));
      for (const name of names)
        await here().untilWorkload(name, 'is available', ({ status }) => status.availableReplicas === 1);
      const halves = [names.slice(0, 10), names.slice(10)];
      const gates = halves.map((targets, index) =>
        gate(`gate-${index}`, targets, [dns('api')], { placement: 'Pod' }),
      );
      await here().create(...gates);
      for (const index of halves.keys())
        await here().untilGate(`gate-${index}`, {
          ready: 'True/InForce',
          readyMessage:
            '10 of 10 targets exist and have the containers placed into their new Pods; created before it, without them: 10 Pods; first starts are gated by admission',
          ungated: 10,
          pods: '0/0',
          targets: halves[index]?.map((name) => `${name} Current`).join(', ') ?? '',
        });
      await here().patch('DependencyGate', 'gate-0', { spec: { dependencies: [dns('api'), dns('db')] } });
      await here().untilGate('gate-0', { ready: 'True/InForce' });
      // A new Pod in place of one that ran: it waits with what the gate is now.
      await here().until('a new Pod waits', async () => {
        const [pod] = await here().pods('app-0');
        if (pod && isGated(pod)) return true;
        if (pod) await here().delete('Pod', pod.metadata.name);
        return undefined;
      });
      await here().untilGate('gate-0', { pods: '0/1', init: 'Init:0/2', open: 'False/Waiting', ungated: 9 });
      await here().create(service('api'), service('db'));
      await here().untilGate('gate-0', { pods: '1/1', open: 'True/AllPassed' });
      for (const index of halves.keys()) await here().delete('DependencyGate', `gate-${index}`);
      for (const index of halves.keys()) await here().untilGone('DependencyGate', `gate-${index}`);
      for (const name of names) {
        const { metadata, spec } = await here().workload(name);
        expect([
          metadata.generation,
          initNames({ metadata, spec, status: { availableReplicas: 0, replicas: 0 } }),
        ]).to.deep.equal([1, []]);
        expect(await here().replicaSets(name)).to.have.length(1);
      }
      expect(writesOfWorkloads()).to.deep.equal([]);
      expect(await everyPod()).to.have.length(RUNNING + 1);
    });

    for (const [kind, make] of CASES) {
      it(`gates a new ${kind}, and what is scaled out or evicted later, and leaves its template as it is`, async () => {
        await here().create(inPods([`${kind}/app`], dns('api')));
        await here().untilGate('first', { ready: 'True/InForce' });
        await untilPlaced('app');
        await here().create(make());
        const count = kind === 'StatefulSet' ? 1 : kind === 'DaemonSet' ? 1 : 2;
        await here().untilGate('first', { open: 'False/Waiting', pods: `0/${count}`, ungated: 0 });
        await here().create(service('api'));
        const all = kind === 'DaemonSet' ? 1 : 2;
        await here().untilGate('first', {
          open: 'True/AllPassed',
          pods: `${all}/${all}`,
          targets: 'app Current',
        });
        const [gone] = await here().pods('app');
        await here().delete('Pod', gone?.metadata.name ?? '');
        await here().until('another one is made', async () =>
          (await everyPod('app')).length > all ? true : undefined,
        );
        if (kind !== 'DaemonSet') {
          await here().patch(kind, 'app', { spec: { replicas: 3 } });
          await here().untilGate('first', { open: 'True/AllPassed', pods: '3/3' });
        }
        await here().untilGate('first', { open: 'True/AllPassed', older: 0, ungated: 0 });
        await settle('first');
        expect(await ungated('app', 'first')).to.be.empty;
        const workload = await here().workload('app', kind);
        expect(initNames(workload)).to.be.empty;
        expect(workload.metadata.generation).to.equal(kind === 'DaemonSet' ? 1 : 2);
        expect(workload.spec.template.metadata.annotations).to.deep.equal({});
        expect(writesOfWorkloads()).to.deep.equal([]);
      });

      it(`replaces Pods of a ${kind} that were held for it: the template never carries it`, async () => {
        await here().create(requiring(make(), 'first'));
        const first = await here().until('a Pod is held', async () => (await everyPod('app'))[0]);
        expect(first).to.include({ wasHeld: true, wasFree: false });
        await here().create(inPods([`${kind}/app`], dns('api')), service('api'));
        await here().untilGate('first', { open: 'True/AllPassed', targets: 'app Current', ungated: 0 });
        await here().until('none is held', async () =>
          (await here().pods('app')).every((pod) => !isHeld(pod)) ? true : undefined,
        );
        await settle('first');
        expect(await ungated('app', 'first')).to.be.empty;
        expect((await here().workload('app', kind)).metadata.generation).to.equal(1);
        expect(writesOfWorkloads()).to.deep.equal([]);
      });

      it(`replaces Pods of a ${kind} that wait with an older render, and no other`, async () => {
        await here().create(inPods([`${kind}/app`], dns('wrong')));
        await here().untilGate('first', { ready: 'True/InForce' });
        await untilPlaced('app');
        await here().create(make());
        await here().untilGate('first', { open: 'False/Waiting' });
        await change({ dependencies: [dns('api')] });
        await here().create(service('api'));
        const all = kind === 'DaemonSet' ? 1 : 2;
        // A Pod that is still to be made would get what the gate says next, and wait.
        await here().untilGate('first', {
          open: 'True/AllPassed',
          pods: `${all}/${all}`,
          older: 0,
          ungated: 0,
        });
        await change({ dependencies: [dns('other')] });
        const gated = await here().untilGate('first', { ready: 'True/InForce', older: all, pods: '0/0' });
        expect(gated.status.targets?.map(({ state }) => state)).to.deep.equal(['Current']);
        const uids = (await here().pods('app')).map(({ metadata }) => metadata.uid);
        await settle('first');
        expect((await here().pods('app')).map(({ metadata }) => metadata.uid)).to.deep.equal(uids);
        expect(writesOfWorkloads()).to.deep.equal([]);
      });
    }

    it("gates a DaemonSet's Pod on a node that comes later, and leaves those that run", async () => {
      await here().create(daemonSet('app'));
      const [running] = await here().untilPods('app', 1, 'are ready', isReady);
      await here().create(inPods(['DaemonSet/app'], dns('api')));
      await here().untilGate('first', { ready: 'True/InForce', ungated: 1, pods: '0/0' });
      await untilPlaced('app');
      const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'later' } };
      await here().kubectl(['create', '--filename=-'], JSON.stringify(node));
      try {
        // What takes a new node's taint off looks at heartbeats.
        await here().kubectl(['patch', 'node', 'later', '--type=merge', '--patch={"spec":{"taints":null}}']);
        await here().untilGate('first', { pods: '0/1', ungated: 1, open: 'False/Waiting' });
        const pods = await here().pods('app');
        expect(pods.filter((pod) => !isGated(pod)).map(({ metadata }) => metadata.uid)).to.deep.equal([
          running?.metadata.uid,
        ]);
        expect((await here().workload('app', 'DaemonSet')).metadata.generation).to.equal(1);
        expect(writesOfWorkloads()).to.deep.equal([]);
      } finally {
        await here().kubectl(['delete', 'node', 'later']);
      }
    });

    it('lets the Pods go that wait when it is deleted, also in a container of the user', async () => {
      const stuck = {
        ...PASSING,
        container: { ...PASSING.container, image: 'none', command: ['sh', '-c', 'false'] },
      };
      await here().create(inPods(['app'], stuck));
      await here().untilGate('first', { ready: 'True/InForce' });
      await untilPlaced('app');
      await here().create(deployment('app'));
      await here().untilGate('first', { open: 'False/Waiting' });
      await here().delete('DependencyGate', 'first');
      await here().untilGone('DependencyGate', 'first');
      await here().untilPods('app', 1, 'are ready, without it', (pod) => isReady(pod) && !isGated(pod));
      expect((await here().workload('app')).metadata.generation).to.equal(1);
    });

    it('is moved from the template into Pods with one rollout, and back, and no Pod is ever without it', async () => {
      await here().create(gate('first', ['app'], [PASSING]));
      await here().create(requiring(deployment('app'), 'first'));
      await here().untilGate('first', { open: 'True/AllPassed', targets: 'app Current' });
      const { metadata } = await here().workload('app');
      await change({ placement: 'Pod' });
      const moved = await here().untilWorkload(
        'app',
        'is as Git has it',
        (one) => initNames(one).length === 0,
      );
      expect(moved.metadata.generation).to.equal(metadata.generation + 1);
      expect(Object.keys(moved.spec.template.metadata.annotations)).to.not.include.members([
        gateAnnotation('first'),
        TARGET_ANNOTATION,
      ]);
      await here().untilGate('first', {
        open: 'True/AllPassed',
        targets: 'app Current',
        pods: '1/1',
        ungated: 0,
      });
      await here().untilPods('app', 1, 'are there', () => true);
      await change({ placement: 'Template' });
      await here().untilGate('first', {
        open: 'True/AllPassed',
        targets: 'app Current',
        pods: '1/1',
        ungated: 0,
      });
      const back = await here().workload('app');
      expect([back.metadata.generation, initNames(back)]).to.deep.equal([
        metadata.generation + 2,
        ['dgate-first--schema'],
      ]);
      expect(await ungated('app', 'first')).to.be.empty;
    });

    it('gates the Jobs that a CronJob makes, and leaves it as it is', async () => {
      await here().create(inPods(['CronJob/app'], dns('api')), cronJob('app'), service('api'));
      await here().untilGate('first', { ready: 'True/InForce' });
      await here().until('a Job that is made now is gated', async () => {
        const args = ['create', 'job', 'by-hand', '--from=cronjob/app', '--dry-run=server', '-o=json'];
        return (await here().kubectl(args)).includes(gateAnnotation('first')) ? true : undefined;
      });
      await here().kubectl(['create', 'job', 'by-hand', '--from=cronjob/app']);
      const job = z
        .object({
          spec: z.object({ template: z.object({ metadata: z.looseObject({}), spec: z.looseObject({}) }) }),
        })
        .parse(await here().get('Job', 'by-hand'));
      expect(JSON.stringify(job.spec.template))
        .to.contain('dgate-first--api')
        .and.to.contain('"CronJob/app"');
      await here().untilGate('first', { open: 'True/AllPassed', targets: 'app Current' });
      expect(await here().get('CronJob', 'app')).to.not.have.nested.property(
        'spec.jobTemplate.spec.template.spec.initContainers',
      );
      expect(writesOfWorkloads()).to.deep.equal([]);
    });

    it('places again into each Pod what its hash says, whichever gates of either placement there are', async () => {
      await here().create(
        gate('b-template', ['app'], [PASSING]),
        gate('a-pod', ['app'], [PASSING], { placement: 'Pod' }),
        inPods(['app'], PASSING),
      );
      for (const name of ['a-pod', 'b-template', 'first'])
        await here().untilGate(name, { ready: 'True/InForce' });
      await untilPlaced('app');
      await here().create(deployment('app'));
      const [pod] = await here().untilPods('app', 1, 'have all', (one) => hashIn(one) !== undefined);
      expect(pod?.spec.initContainers.map(({ name }) => name)).to.deep.equal([
        'dgate-a-pod--schema',
        'dgate-b-template--schema',
        'dgate-first--schema',
      ]);
      for (const name of ['a-pod', 'b-template', 'first'])
        await here().untilGate(name, { open: 'True/AllPassed' });
      expect(initNames(await here().workload('app'))).to.deep.equal(['dgate-b-template--schema']);
    });
  });
}
