import { expect } from 'chai';
import { z } from 'zod';
import {
  gateAnnotation,
  HOLD_GATE,
  REMOVED,
  REQUIRE_LABEL,
  requireValue,
  START_ANNOTATION,
  START_RELEASED,
  START_SUSPENDED,
  START_WAITING,
} from '../../src/api/names.ts';
import { dns, gate } from '../core/builders.ts';
import { app, EFFECT_LIMIT_MS, MERGE_PATCH } from './admission-api.ts';
import { useAdmission } from './admission-cluster.ts';
import { manifestOf, pathOf, TARGET } from './admission-workloads.ts';
import { describeWith } from './describe-with.ts';
import { eventually } from './eventually.ts';
import { SWITCHED_ON } from './versions.ts';

const podSchema = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({ schedulingGates: z.array(z.object({ name: z.string() })).default([]) }),
  status: z.object({ conditions: z.array(z.object({ reason: z.string().optional() })).default([]) }),
});
const jobSchema = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({ suspend: z.boolean().default(false) }),
});
const podsSchema = z.object({ items: z.array(podSchema) });
type Pod = z.infer<typeof podSchema>;

const requiring = (...gates: string[]) => ({ [REQUIRE_LABEL]: requireValue(gates) });
const inPlace = (...gates: string[]) => Object.fromEntries(gates.map((name) => [gateAnnotation(name), 'x']));
const holdsOf = ({ spec }: Pod) => spec.schedulingGates.map(({ name }) => name);

describeWith(SWITCHED_ON, 'the hold policies', function () {
  this.timeout(120_000);
  const cluster = useAdmission(() => true, { isSwitchedOn: true });
  let namespace = '';
  beforeEach(async () => {
    namespace = await cluster().namespace();
  });

  /** What is stored of a Pod that is created. */
  async function pod(labels: object, annotations: object = {}, schedulingGates?: readonly object[]) {
    const spec = { ...app().spec, ...(schedulingGates && { schedulingGates }) };
    const manifest = { metadata: { name: 'one', labels, annotations }, spec };
    const path = `/api/v1/namespaces/${namespace}/pods`;
    return podSchema.parse(await cluster().send('POST', path, manifest, { dryRun: true }));
  }

  it('hold a Pod without the gate that its label requires: it is not scheduled', async () => {
    const held = await pod(requiring('api-first'));
    expect(holdsOf(held)).to.deep.equal([HOLD_GATE]);
    expect(held.status.conditions.map(({ reason }) => reason)).to.include('SchedulingGated');
  });

  it('hold a Pod that has some of the gates that it requires, and not one that has all', async () => {
    const both = requiring('api-first', 'db-first');
    expect(holdsOf(await pod(both, inPlace('db-first')))).to.deep.equal([HOLD_GATE]);
    expect(holdsOf(await pod(both, inPlace('api-first')))).to.deep.equal([HOLD_GATE]);
    expect(holdsOf(await pod(both, inPlace('api-first', 'db-first', 'other')))).to.deep.equal([]);
  });

  it('let a Pod pass that no longer has to wait: the gate was removed', async () => {
    expect(holdsOf(await pod(requiring('api-first'), { [gateAnnotation('api-first')]: REMOVED }))).to.be
      .empty;
  });

  it('let Pods pass that require nothing', async () => {
    expect(holdsOf(await pod({}))).to.be.empty;
    expect(holdsOf(await pod({ [REQUIRE_LABEL]: '' }))).to.be.empty;
  });

  it('take two separators in a row for one', async () => {
    expect(holdsOf(await pod({ [REQUIRE_LABEL]: 'a__b' }, inPlace('a', 'b')))).to.be.empty;
    expect(holdsOf(await pod({ [REQUIRE_LABEL]: 'a__b' }, inPlace('a')))).to.deep.equal([HOLD_GATE]);
  });

  it('keep scheduling gates of others, and add theirs once', async () => {
    const others = [{ name: 'example.com/quota' }];
    expect(holdsOf(await pod(requiring('a'), {}, others))).to.deep.equal(['example.com/quota', HOLD_GATE]);
    expect(holdsOf(await pod(requiring('a'), {}, [{ name: HOLD_GATE }]))).to.deep.equal([HOLD_GATE]);
  });

  describe('of a Deployment that comes before its gate', () => {
    const apiFirst = gate('api-first').dependsOn(dns('api')).rendered();
    const deployment = manifestOf('Deployment', { ...app(), metadata: { labels: requiring('api-first') } });
    const scale = { spec: { replicas: 1 } };

    /** Waits for a Pod as described, among all that there are. */
    const untilPod = (what: string, holds: (pod: Pod) => boolean) =>
      eventually(what, EFFECT_LIMIT_MS, async () => {
        const pods = podsSchema.parse(await cluster().send('GET', `/api/v1/namespaces/${namespace}/pods`));
        return pods.items.find(holds);
      });
    const patch = (change: unknown) =>
      cluster().send('PATCH', pathOf('Deployment', namespace, TARGET), change, { type: MERGE_PATCH });

    beforeEach(async () => {
      await cluster().send('POST', pathOf('Deployment', namespace), deployment);
      await patch(scale);
      await untilPod('a Pod is held', (one) => holdsOf(one).includes(HOLD_GATE));
    });

    it('hold its Pods, and let those go that are made with the gate', async () => {
      await cluster().install(namespace, apiFirst);
      await patch({ metadata: { labels: { written: 'again' } } });
      const gated = await untilPod('a Pod has the gate', ({ metadata }) =>
        Object.hasOwn(metadata.annotations, gateAnnotation('api-first')),
      );
      expect(holdsOf(gated)).to.be.empty;
    });

    it('let its Pods go that are made without the label', async () => {
      await patch({ spec: { template: { metadata: { labels: { [REQUIRE_LABEL]: null } } } } });
      await untilPod('a Pod is not held', (one) => holdsOf(one).length === 0);
    });
  });

  describe('of a Job', () => {
    const template = {
      ...app(),
      metadata: { labels: requiring('api-first', 'db-first') },
      spec: { ...app().spec, restartPolicy: 'Never' },
    };
    const both = () => [
      gate('api-first').dependsOn(dns('api')).rendered(),
      gate('db-first').dependsOn(dns('db')).rendered(),
    ];

    /** A Job as it is stored: whether it is suspended, and by whom. */
    async function made({ metadata = {}, spec = {} }: { metadata?: object; spec?: object } = {}) {
      const job = { metadata: { name: TARGET, ...metadata }, spec: { template, ...spec } };
      const stored = await cluster().send('POST', pathOf('Job', namespace), job, { dryRun: true });
      return jobSchema.parse(stored);
    }
    const startOf = async (more?: Parameters<typeof made>[0]) => {
      const job = await made(more);
      return [job.spec.suspend, job.metadata.annotations[START_ANNOTATION]];
    };
    const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'it', uid: 'some', controller: true };

    it('suspend it and say so, and not once all its gates are in force for it', async () => {
      expect(await startOf()).to.deep.equal([true, START_SUSPENDED]);
      expect(await startOf({ metadata: { annotations: { some: 'note' } } })).to.deep.equal([
        true,
        START_SUSPENDED,
      ]);
      await cluster().install(namespace, ...both().slice(0, 1));
      expect(await startOf()).to.deep.equal([true, START_SUSPENDED]);
    });

    it('only say so of one that its user suspends, and of one of a queue or of another manager', async () => {
      const queued = { labels: { 'kueue.x-k8s.io/queue-name': 'q' } };
      const suspend = { suspend: true };
      const waiting = [true, START_WAITING];
      expect(await startOf({ spec: suspend })).to.deep.equal(waiting);
      expect(await startOf({ metadata: queued, spec: suspend })).to.deep.equal(waiting);
      const managed = { ...suspend, managedBy: 'example.com/elsewhere' };
      expect(await startOf({ spec: managed })).to.deep.equal(waiting);
    });

    it('know one that is written again as it was stored', async () => {
      const annotations = { [START_ANNOTATION]: START_SUSPENDED };
      expect(await startOf({ metadata: { annotations }, spec: { suspend: true } })).to.deep.equal([
        true,
        START_SUSPENDED,
      ]);
    });

    it('refuse one that nothing suspends: of a CronJob, which tries again, of a queue, and one without a name', async () => {
      const words =
        /Job (app|some-\w+) requires gate api-first, db-first, which is not in force for it, and nothing suspends it/;
      for (const metadata of [
        { ownerReferences: [owner] },
        { labels: { 'kueue.x-k8s.io/queue-name': 'q' } },
        // No gate can name it.
        { name: undefined, generateName: 'some-' },
        // Whoever marks a Job themselves starts nothing by it.
        { ownerReferences: [owner], annotations: { [START_ANNOTATION]: START_SUSPENDED } },
      ])
        expect(await refusal(made({ metadata }))).to.match(words);
    });

    describe('that is stored', () => {
      const store = (spec: object = {}) =>
        cluster().send('POST', pathOf('Job', namespace), {
          metadata: { name: TARGET },
          spec: { template, ...spec },
        });
      const change = async (body: object) => {
        const path = pathOf('Job', namespace, TARGET);
        const { metadata, spec } = jobSchema.parse(
          await cluster().send('PATCH', path, body, { type: MERGE_PATCH }),
        );
        return [spec.suspend, metadata.annotations[START_ANNOTATION]];
      };
      const resumed = { spec: { suspend: false } };
      const unmarked = { metadata: { annotations: { [START_ANNOTATION]: null } } };

      it('keep it suspended and marked, whatever is written of it', async () => {
        await store();
        for (const body of [resumed, unmarked, { ...unmarked, ...resumed }])
          expect(await change(body)).to.deep.equal([true, START_SUSPENDED]);
        const told = eventually('kubectl prints a warning', EFFECT_LIMIT_MS, async () => {
          const patch = ['patch', 'job', TARGET, '--type=merge', `--patch=${JSON.stringify(resumed)}`];
          const { stderr } = await cluster().kubectl([...patch, `--namespace=${namespace}`]);
          return stderr === '' ? undefined : stderr;
        });
        expect(await told).to.match(
          /Job app is suspended until gate api-first, db-first is in force for it, and then the operator resumes it. To start it without/,
        );
      });

      it('leave it to whoever takes it over, to resume it themselves', async () => {
        await store();
        const taken = { metadata: { annotations: { [START_ANNOTATION]: START_WAITING } } };
        expect(await change(taken)).to.deep.equal([true, START_WAITING]);
        const back = { metadata: { annotations: { [START_ANNOTATION]: START_SUSPENDED } } };
        expect(await change(back)).to.deep.equal([true, START_WAITING]);
      });

      it('let it go with the label taken off in the same write', async () => {
        await store();
        const unlabelled = { metadata: { labels: { [REQUIRE_LABEL]: null } } };
        expect(await change({ spec: { suspend: false, template: unlabelled } })).to.deep.equal([
          false,
          START_SUSPENDED,
        ]);
      });

      it('refuse that it is resumed by whoever has suspended it, with what to do, and keep its mark', async () => {
        await store({ suspend: true });
        expect(await change(unmarked)).to.deep.equal([true, START_WAITING]);
        expect(await refusal(change(resumed))).to.match(
          /Job app requires gate api-first, db-first, which is not in force for it yet: resume it when its annotation dependencygate.dev.start is released. To start it without/,
        );
        const released = { metadata: { annotations: { [START_ANNOTATION]: START_RELEASED } } };
        expect(await change(released), 'only the operator says so').to.deep.equal([true, START_WAITING]);
      });

      it('leave one alone that was created without', async () => {
        const free = { template: { ...template, metadata: {} } };
        await store(free);
        expect(await change({ metadata: { labels: { some: 'label' } } })).to.deep.equal([false, undefined]);
      });
    });

    it('let one pass that requires nothing', async () => {
      const free = { template: { ...template, metadata: {} } };
      expect(await startOf({ spec: free })).to.deep.equal([false, undefined]);
    });
  });
});

async function refusal(request: Promise<unknown>): Promise<string> {
  return request.then(
    (stored) => `it was let through: ${JSON.stringify(stored)}`,
    (error: unknown) => String(error),
  );
}
