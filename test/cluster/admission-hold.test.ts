import { expect } from 'chai';
import { z } from 'zod';
import { gateAnnotation, HOLD_GATE, REMOVED, REQUIRE_LABEL, requireValue } from '../../src/api/names.ts';
import { dns, gate } from '../core/builders.ts';
import { app, EFFECT_LIMIT_MS, MERGE_PATCH } from './admission-api.ts';
import { useAdmission } from './admission-cluster.ts';
import { denial } from './admission-denial.ts';
import { manifestOf, pathOf, TARGET } from './admission-workloads.ts';
import { describeWith } from './describe-with.ts';
import { eventually } from './eventually.ts';
import { MUTATING_POLICIES } from './versions.ts';

const podSchema = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({ schedulingGates: z.array(z.object({ name: z.string() })).default([]) }),
  status: z.object({ conditions: z.array(z.object({ reason: z.string().optional() })).default([]) }),
});
const podsSchema = z.object({ items: z.array(podSchema) });
type Pod = z.infer<typeof podSchema>;

const requiring = (...gates: string[]) => ({ [REQUIRE_LABEL]: requireValue(gates) });
const inPlace = (...gates: string[]) => Object.fromEntries(gates.map((name) => [gateAnnotation(name), 'x']));
const holdsOf = ({ spec }: Pod) => spec.schedulingGates.map(({ name }) => name);

describeWith(MUTATING_POLICIES, 'the hold policies', function () {
  this.timeout(120_000);
  const cluster = useAdmission();
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
    const template = { ...app(), metadata: { labels: requiring('api-first', 'db-first') } };
    const job = (name = TARGET) => JSON.stringify(manifestOf('Job', template, name));
    const create = (manifest: string) =>
      cluster().kubectl(['create', '--namespace', namespace, '-f', '-'], { input: manifest });

    it('refuse it until its gates are rendered, say what to do, and let it pass then', async () => {
      await cluster().install(namespace, gate('api-first').dependsOn(dns('api')).rendered());
      expect(await denial(create(job()))).to.contain(
        'Job app requires gate db-first, which is not in force for it, and a Job cannot be gated later. Create the gate first, with this Job or its CronJob as a target',
      );
      await cluster().install(namespace, gate('db-first').dependsOn(dns('db')).rendered());
      expect((await create(job())).stderr).to.equal('');
    });

    it('refuse one that its gates do not name', async () => {
      await cluster().install(namespace, gate('api-first').dependsOn(dns('api')).rendered());
      expect(await denial(create(job('other')))).to.contain(
        'Job other requires gate api-first, db-first, which',
      );
    });

    it('let one pass that requires nothing', async () => {
      const free = JSON.stringify(manifestOf('Job', app()));
      expect((await create(free)).stderr).to.equal('');
    });
  });
});
