import { expect } from 'chai';
import { z } from 'zod';
import { START_ANNOTATION, START_RELEASED, START_SUSPENDED, START_WAITING } from '../../../src/api/names.ts';
import type { KubeObject } from '../../../src/sandbox/cluster.ts';
import { deployment, dns, gate, service } from '../../scenarios/manifests.ts';
import { useStory, type WatchedCluster } from './cluster.ts';
import { told, untilTold } from './events.ts';
import { job, requiring } from './manifests.ts';

const jobSchema = z.object({
  metadata: z.object({
    resourceVersion: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.object({ suspend: z.boolean().default(false) }),
});

const FIRST = gate('first', ['web', 'Job/migrate'], [dns('api')]);
/** Of the Job only. */
const ALONE = gate('first', ['Job/migrate'], [dns('api')]);
const MIGRATE = requiring(job('migrate'), 'first');
const WEB = requiring(deployment('web'), 'first');
const WITHOUT_LABEL = { metadata: { labels: { 'dependencygate.dev/require': null } } };

/** Jobs that come before a gate that they require. */
export function suspendedJobs(on: () => WatchedCluster): void {
  describe('a Job that requires a gate', () => {
    const { here, everyPod, ungated, settle } = useStory(on);

    const stored = async () => jobSchema.parse(await here().get('Job', 'migrate'));
    /** Whether it is suspended, and what its annotation says. */
    const state = async () => {
      const { metadata, spec } = await stored();
      return [spec.suspend ? 'suspended' : 'free', metadata.annotations[START_ANNOTATION]];
    };
    const untilState = (...wanted: readonly string[]) =>
      here().until(`the Job is ${wanted.join(', ')}`, async () =>
        String(await state()) === String(wanted) ? true : undefined,
      );
    const jobWrites = () =>
      here()
        .writes()
        .filter(({ path }) => path.includes('/jobs/'));
    const open = async (pods: '1/1' | '2/2' = '1/1') => {
      await here().create(service('api'));
      await here().untilGate('first', { open: 'True/AllPassed', pods, ungated: 0 });
      expect(await ungated('migrate', 'first')).to.be.empty;
    };
    const suspendedBy = (fields: object, metadata: object = {}): KubeObject => ({
      ...MIGRATE,
      metadata: { ...MIGRATE.metadata, ...metadata },
      spec: Object.assign({}, MIGRATE.spec, fields),
    });
    const refusalOf = (request: Promise<unknown>) =>
      request.then(
        () => 'it was let through',
        (error: unknown) => String(error),
      );

    for (const order of permutations([MIGRATE, FIRST, WEB])) {
      it(`waits behind it in the order ${order.map(({ kind }) => kind).join(', ')}`, async () => {
        for (const object of order) await here().apply(object);
        await here().untilGate('first', { open: 'False/Waiting', pods: '0/2', older: 0, ungated: 0 });
        await open('2/2');
        expect(await ungated('web', 'first')).to.be.empty;
      });
    }

    it('says in an Event which gate it waits for in vain', async () => {
      await here().create(requiring(job('migrate'), 'first', 'missing'), ALONE);
      const [event] = await here().until('it is told of', async () => {
        const found = await told(here(), 'HeldWithoutGate');
        return found.length > 0 ? found : undefined;
      });
      expect(event?.note).to.contain(
        'Job migrate is suspended for gate missing, which does not exist: create it',
      );
      expect(await state()).to.deep.equal(['suspended', START_SUSPENDED]);
    });

    it('stays suspended while the operator is away, and is resumed when it returns', async () => {
      await on().operator.stop();
      await here().create(MIGRATE, ALONE);
      expect(await state()).to.deep.equal(['suspended', START_SUSPENDED]);
      await on().operator.start();
      await untilState('free', START_RELEASED);
      await here().untilGate('first', { open: 'False/Waiting', pods: '0/1' });
      await open();
    });

    it('stays suspended when its user resumes it by hand, and starts without when they take the label off', async () => {
      await here().create(MIGRATE);
      await here().patch('Job', 'migrate', { spec: { suspend: false } });
      expect(await state()).to.deep.equal(['suspended', START_SUSPENDED]);
      await here().patch('Job', 'migrate', { spec: { suspend: false, template: WITHOUT_LABEL } });
      await here().until('it has a Pod', async () => (await everyPod('migrate'))[0]);
      expect((await state())[0]).to.equal('free');
      await here().patch('Job', 'migrate', { spec: { suspend: true } });
      await here().create(ALONE);
      await settle('first');
      expect((await state())[0], 'it is suspended by hand').to.equal('suspended');
      expect(jobWrites()).to.be.empty;
    });

    it('is not fought over by whoever applies it again as it is in Git, whichever way', async () => {
      const explicit = suspendedBy({ suspend: false });
      const ways: readonly (readonly [string, () => Promise<unknown>])[] = [
        ['on the client', () => here().apply(MIGRATE)],
        ['on the client, with suspend: false', () => here().apply(explicit)],
        ['on the server', () => serverSide(MIGRATE)],
        ['on the server, with suspend: false', () => serverSide(explicit)],
      ];
      const serverSide = (object: KubeObject) =>
        here().kubectl(['apply', '--server-side', '--force-conflicts', '-f=-'], JSON.stringify(object));
      await here().apply(MIGRATE);
      for (const [way, apply] of [...ways, ...ways]) {
        await apply();
        expect(await state(), way).to.deep.equal(['suspended', START_SUSPENDED]);
      }
      expect(jobWrites()).to.be.empty;
      await here().create(ALONE);
      await untilState('free', START_RELEASED);
      await here().untilGate('first', { open: 'False/Waiting', pods: '0/1' });
      for (const [way, apply] of ways) {
        await apply();
        expect(await state(), way).to.deep.equal(['free', START_RELEASED]);
      }
      expect(jobWrites()).to.have.length(1);
      await open();
    });

    it('is resumed without a gate that is deleted while it waits, and with the others', async () => {
      const second = gate('second', ['Job/migrate'], [dns('api')]);
      await here().create(requiring(job('migrate'), 'first', 'second'), ALONE);
      await here().untilGate('first', { ready: 'True/InForce' });
      await here().delete('DependencyGate', 'first');
      await here().untilGone('DependencyGate', 'first');
      expect(await state()).to.deep.equal(['suspended', START_SUSPENDED]);
      await here().create(second);
      await untilState('free', START_RELEASED);
      await here().untilGate('second', { open: 'False/Waiting', pods: '0/1', targets: 'migrate Current' });
      const [pod] = await everyPod('migrate');
      expect([...(pod?.gates ?? [])]).to.include('second');
      expect(pod?.wasHeld).to.equal(false);
    });

    it('is resumed when the only one is deleted before it was in force', async () => {
      await on().operator.stop();
      await here().create(MIGRATE, gate('first', ['Job/migrate'], [dns('api')], { suspend: true }));
      await on().operator.start();
      // Its first status comes before its finalizer, and without that nobody is told that it goes.
      await here().until('the gate is held until it is cleaned up', async () =>
        (await here().gate('first')).metadata.finalizers.length > 0 ? true : undefined,
      );
      await here().untilGate('first', { ready: 'False/Suspended' });
      await here().delete('DependencyGate', 'first');
      await untilState('free', START_RELEASED);
      const [pod] = await here().until('it has a Pod', async () => {
        const pods = await everyPod('migrate');
        return pods.length > 0 ? pods : undefined;
      });
      expect(pod?.wasHeld).to.equal(false);
      await here().untilGone('DependencyGate', 'first');
    });

    for (const [who, object] of [
      ['its user', suspendedBy({ suspend: true })],
      ['a queue', suspendedBy({ suspend: true }, { labels: { 'kueue.x-k8s.io/queue-name': 'queue' } })],
      [
        'a queue with the mark of admission',
        suspendedBy(
          { suspend: true },
          {
            labels: { 'kueue.x-k8s.io/queue-name': 'queue' },
            annotations: { [START_ANNOTATION]: START_SUSPENDED },
          },
        ),
      ],
    ] as const) {
      it(`that ${who} has suspended is theirs to resume, and its Pods are gated then, not before`, async () => {
        const resume = () => here().patch('Job', 'migrate', { spec: { suspend: false } });
        await here().create(object);
        expect(await state()).to.deep.equal(['suspended', START_WAITING]);
        expect(await refusalOf(resume())).to.contain(
          'Job migrate requires gate first, which is not in force for it yet',
        );
        await here().create(ALONE);
        await untilState('suspended', START_RELEASED);
        await settle('first');
        expect(await state()).to.deep.equal(['suspended', START_RELEASED]);
        expect(jobWrites().map(({ body }) => JSON.stringify(body))).to.have.length(1);
        expect(JSON.stringify(jobWrites()[0]?.body)).to.not.contain('suspend"');
        await resume();
        await here().untilGate('first', { open: 'False/Waiting', pods: '0/1' });
        await open();
      });
    }

    it('that its queue has yet to resume starts without a gate that is deleted before', async () => {
      const labels = { 'kueue.x-k8s.io/queue-name': 'queue' };
      await here().create(suspendedBy({ suspend: true }, { labels }), ALONE);
      await untilState('suspended', START_RELEASED);
      await here().delete('DependencyGate', 'first');
      await here().untilGone('DependencyGate', 'first');
      expect(await state()).to.deep.equal(['suspended', START_RELEASED]);
      await here().patch('Job', 'migrate', { spec: { suspend: false } });
      const pod = await here().until('it has a Pod', async () => (await everyPod('migrate'))[0]);
      expect(pod.wasHeld).to.equal(false);
    });

    const firstPod = async () => {
      await here().create(ALONE, MIGRATE);
      await untilState('free', START_RELEASED);
      return await here().until('it has a Pod', async () => (await everyPod('migrate'))[0]);
    };
    const suspend = async () => {
      await here().patch('Job', 'migrate', { spec: { suspend: true } });
      await here().kubectl(['wait', '--for=condition=Suspended', 'job/migrate']);
    };
    const deleteGate = async () => {
      await here().delete('DependencyGate', 'first');
      await here().untilGone('DependencyGate', 'first');
    };
    const nextPod = (...names: readonly (string | undefined)[]) =>
      here().until('it has another Pod', async () =>
        (await everyPod('migrate')).find(({ name }) => !names.includes(name)),
      );

    const untilFree = (name: string) =>
      here().until(`${name} is free`, async () =>
        (await everyPod('migrate')).find((pod) => pod.name === name && pod.wasFree),
      );

    it('whose gate is deleted while it runs has its next Pods let go, which an Event tells', async () => {
      const first = await firstPod();
      await deleteGate();
      await here().delete('Pod', first.name);
      const second = await nextPod(first.name);
      await untilFree(second.name);
      const { note } = await untilTold(here(), 'HeldPodReleased');
      expect(note).to.contain(`let Pod ${second.name} go, which was held for gate first`);
      expect(await told(here(), 'HeldWithoutGate')).to.be.empty;
    });

    it('whose gate is deleted while the operator is away has its Pods let go when that returns', async () => {
      const first = await firstPod();
      await deleteGate();
      await on().operator.stop();
      await here().delete('Pod', first.name);
      const { name, wasHeld, wasFree } = await nextPod(first.name);
      expect([wasHeld, wasFree]).to.deep.equal([true, false]);
      await on().operator.start();
      await untilFree(name);
    });

    it('of whose two gates one is deleted while it runs has its next Pods let go behind the other', async () => {
      const second = gate('second', ['Job/migrate'], [dns('api')]);
      await here().create(requiring(job('migrate'), 'first', 'second'), ALONE, second);
      await untilState('free', START_RELEASED);
      const first = await here().until('it has a Pod', async () => (await everyPod('migrate'))[0]);
      await deleteGate();
      await here().delete('Pod', first.name);
      const { name } = await nextPod(first.name);
      const { gates } = await untilFree(name);
      expect([...gates]).to.deep.equal(['second']);
    });

    it('whose Pods are held for a gate that exists and does not name it keeps them held', async () => {
      const first = await firstPod();
      await here().patch('DependencyGate', 'first', { spec: { targets: [{ kind: 'Job', name: 'other' }] } });
      await here().untilGate('first', { targets: 'other Missing' });
      await here().delete('Pod', first.name);
      const { name } = await nextPod(first.name);
      await untilTold(here(), 'HeldByOtherGate');
      expect((await everyPod('migrate')).find((pod) => pod.name === name)?.wasFree).to.equal(false);
      await suspend();
      await here().patch('Job', 'migrate', { spec: { suspend: false, template: WITHOUT_LABEL } });
      expect((await nextPod(first.name, name)).wasHeld).to.equal(false);
    });

    it('that ran and is suspended by hand goes on without a gate that is deleted meanwhile', async () => {
      const first = await firstPod();
      await suspend();
      await deleteGate();
      await here().patch('Job', 'migrate', { spec: { suspend: false } });
      expect((await nextPod(first.name)).wasHeld).to.equal(false);
    });

    it('that was resumed is not resumed again when somebody suspends it', async () => {
      await here().create(ALONE, MIGRATE);
      await untilState('free', START_RELEASED);
      await here().patch('Job', 'migrate', { spec: { suspend: true } });
      await settle('first');
      await here().patch('DependencyGate', 'first', {
        spec: { targets: [{ kind: 'Job', name: 'migrate' }] },
      });
      await settle('first');
      expect(await state()).to.deep.equal(['suspended', START_RELEASED]);
      expect(jobWrites()).to.have.length(1);
    });

    it('of which somebody else says that admission has suspended it gets nothing by that but what they may do', async () => {
      const forged = { metadata: { annotations: { [START_ANNOTATION]: START_SUSPENDED } } };
      await here().create(suspendedBy({ suspend: true }));
      await here().patch('Job', 'migrate', forged);
      expect(await state(), 'what admission has marked stays').to.deep.equal(['suspended', START_WAITING]);
      const other = requiring(job('other'), 'first');
      await here().create({ ...job('free'), spec: Object.assign({}, job('free').spec, { suspend: true }) });
      await here().patch('Job', 'free', forged);
      await here().create(ALONE, { ...other, metadata: { ...other.metadata, ...forged.metadata } });
      await settle('first');
      expect(await everyPod('other'), 'the gate does not name it').to.be.empty;
      const free = jobSchema.parse(await here().get('Job', 'free'));
      expect(free.spec.suspend, 'one that requires nothing is not resumed').to.equal(true);
    });
  });
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}
