import { expect } from 'chai';
import { z } from 'zod';
import {
  gateAnnotation,
  QUEUE_LABEL,
  REMOVED,
  REQUIRE_LABEL,
  START_ANNOTATION,
  START_RELEASED,
  START_SUSPENDED,
  START_WAITING,
} from '../../src/api/names.ts';
import { dns, type GateBuilder, gate } from '../core/builders.ts';
import { app, EFFECT_LIMIT_MS, gatePath, MERGE_PATCH, OPERATOR } from './admission-api.ts';
import { useAdmission } from './admission-cluster.ts';
import { completed, pathOf, TARGET } from './admission-workloads.ts';
import { describeWith } from './describe-with.ts';
import { eventually } from './eventually.ts';
import { type QueueWebhook, startQueueWebhook } from './queue-webhook.ts';
import { SWITCHED_ON } from './versions.ts';

const strings = z.record(z.string(), z.string()).default({});
const jobSchema = z
  .object({
    metadata: z.object({ annotations: strings }),
    spec: z.object({
      suspend: z.boolean().default(false),
      template: z.object({ metadata: z.object({ labels: strings }).prefault({}) }),
    }),
  })
  .transform(({ metadata, spec }) => ({
    suspended: spec.suspend,
    start: metadata.annotations[START_ANNOTATION],
    requires: spec.template.metadata.labels[REQUIRE_LABEL],
  }));

const ALONE = { suspended: false, start: undefined, requires: undefined };
const HELD = { suspended: true, start: START_SUSPENDED, requires: 'first' };
const SUSPEND = { suspend: true };
const QUEUED = { labels: { [QUEUE_LABEL]: 'queue' } };

describeWith(SWITCHED_ON, 'the policies for Jobs whose gate is stored and not in force', function () {
  this.timeout(120_000);
  const cluster = useAdmission(() => true, { isSwitchedOn: true });
  let namespace = '';
  beforeEach(async () => {
    namespace = await cluster().namespace();
  });
  const coming = (name: string) => gate(name).targets(`Job/${TARGET}`).dependsOn(dns('api'));

  interface Parts {
    readonly metadata?: object;
    readonly spec?: object;
    /** The metadata of the template; default none at all. */
    readonly template?: object;
  }
  const manifest = ({ metadata = {}, spec = {}, template }: Parts = {}) => ({
    metadata: { name: TARGET, ...metadata },
    spec: { template: { ...completed('Job', app()), ...(template && { metadata: template }) }, ...spec },
  });
  /** A Job as it would be stored. */
  const made = async (parts?: Parts) =>
    jobSchema.parse(
      await cluster().send('POST', pathOf('Job', namespace), manifest(parts), { dryRun: true }),
    );
  /** Stores gates, and waits until admission knows them: by a Job that each of them names besides. */
  const install = async (...gates: readonly GateBuilder[]) => {
    for (const one of gates) {
      const { targets } = one.spec;
      await cluster().storeGate(namespace, one.specifying({ targets: [...targets, PROBED] }));
    }
    await cluster().storeGate(namespace, coming('last').specifying({ targets: [PROBED] }));
    await known('last');
  };
  const known = (name: string) =>
    eventually('admission knows the gate', EFFECT_LIMIT_MS, async () =>
      (await made({ metadata: { name: PROBED.name } })).requires?.includes(name) ? true : undefined,
    );

  it('suspend one of any shape, and have its template require the gate', async () => {
    await install(coming('first'));
    for (const parts of [
      {},
      { template: {} },
      { template: { labels: { app: 'it' } } },
      { metadata: { annotations: { some: 'note' } } },
      { spec: { suspend: false } },
      { spec: SUSPEND, metadata: { annotations: { [START_ANNOTATION]: START_SUSPENDED } } },
    ])
      expect(await made(parts), JSON.stringify(parts)).to.deep.equal(HELD);
  });

  it('add to what the template requires, once, and each gate that names it', async () => {
    await install(coming('first'), coming('second'));
    const sorted = async (parts?: Parts) => (await made(parts)).requires?.split('_').toSorted();
    expect(await sorted()).to.deep.equal(['first', 'second']);
    const required = { labels: { [REQUIRE_LABEL]: 'other_first' } };
    expect(await sorted({ template: required })).to.deep.equal(['first', 'other', 'second']);
  });

  it('leave one alone that no such gate names, that carries the gate, or that no gate can name', async () => {
    await install(
      coming('first'),
      gate('other-kind').targets(`CronJob/${TARGET}`, 'bystander').dependsOn(dns('api')),
    );
    const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'it', uid: 'some', controller: true };
    for (const parts of [
      { metadata: { name: 'bystander' } },
      { metadata: { name: undefined, generateName: TARGET } },
      { metadata: { ownerReferences: [owner] } },
      { template: { annotations: { [gateAnnotation('first')]: 'rendered' } } },
    ])
      expect(await made(parts), JSON.stringify(parts)).to.deep.equal(ALONE);
  });

  it('do not wait for a gate that is suspended, being deleted, or cannot come into force', async () => {
    const stalled = coming('stalled');
    await install(
      coming('suspended').specifying({ suspend: true }),
      coming('going').with({ finalizers: ['test/kept'] }),
      stalled,
    );
    await cluster().send('DELETE', gatePath(namespace, 'going'));
    const stall = (observedGeneration: number) => {
      const condition = { type: 'Stalled', status: 'True', reason: 'InvalidSpec', message: 'no' };
      const lastTransitionTime = '2026-01-01T00:00:00Z';
      const conditions = [{ ...condition, observedGeneration, lastTransitionTime }];
      const path = `${gatePath(namespace, 'stalled')}/status`;
      return cluster().send('PATCH', path, { status: { conditions } }, { as: OPERATOR, type: MERGE_PATCH });
    };
    await stall(1);
    await eventually('it is left alone', EFFECT_LIMIT_MS, async () =>
      (await made()).requires === undefined ? true : undefined,
    );
    expect(await made()).to.deep.equal(ALONE);
    await stall(0);
    const repaired = { ...HELD, requires: 'stalled' };
    await eventually('a stall of a spec of before counts for nothing', EFFECT_LIMIT_MS, async () =>
      (await made()).requires === undefined ? undefined : true,
    );
    expect(await made()).to.deep.equal(repaired);
  });

  it('let one start at once with a gate that is in force', async () => {
    await install(coming('first').rendered());
    expect(await made()).to.deep.equal(ALONE);
    await cluster().storeGate(namespace, coming('second'));
    await eventually('it waits for the other one', EFFECT_LIMIT_MS, async () =>
      (await made()).requires === 'second' ? true : undefined,
    );
  });

  it('wait for one that has its render and not yet the finalizer, since nobody places it', async () => {
    await install(coming('first').rendered().with({ finalizers: [] }));
    expect(await made()).to.deep.equal(HELD);
  });

  it('leave one to resume to its user, to its queue and to whoever manages it, where they suspend it', async () => {
    await install(coming('first'));
    const waiting = { ...HELD, start: START_WAITING };
    expect(await made({ spec: SUSPEND })).to.deep.equal(waiting);
    expect(await made({ metadata: QUEUED, spec: SUSPEND })).to.deep.equal(waiting);
    const managedBy = 'example.com/elsewhere';
    expect(await made({ spec: { ...SUSPEND, managedBy } })).to.deep.equal(waiting);
    for (const parts of [{ metadata: QUEUED }, { spec: { managedBy } }])
      expect(await made(parts), 'nobody has suspended it').to.deep.equal(ALONE);
  });

  describe('where a webhook suspends what is of a queue', () => {
    let webhook: QueueWebhook;
    before('start it', async () => {
      webhook = await startQueueWebhook();
      await cluster().controlPlane.apply(JSON.stringify(webhook.manifest));
    });
    after('stop it', async () => {
      await cluster().kubectl(['delete', 'mutatingwebhookconfiguration/queue']);
      await webhook.stop();
    });

    it('have a Job of a queue require the gate, although it was not suspended when the policies were asked', async () => {
      await install(coming('first'), coming('second'));
      const suspended = () => made({ metadata: { ...QUEUED, name: 'bystander' } });
      await eventually('the webhook is asked', EFFECT_LIMIT_MS, async () =>
        (await suspended()).suspended ? true : undefined,
      );
      const { start, requires } = await made({ metadata: QUEUED });
      expect([start, requires?.split('_').toSorted()]).to.deep.equal([START_WAITING, ['first', 'second']]);
    });
  });

  describe('of a Job that is stored', () => {
    const selecting = (parts: Parts) => {
      const labels = { app: TARGET };
      const spec = { manualSelector: true, selector: { matchLabels: labels }, ...parts.spec };
      return manifest({ ...parts, spec, template: { ...parts.template, labels } });
    };
    const path = () => pathOf('Job', namespace, TARGET);
    const replace = async (parts: Parts = {}) => {
      const input = JSON.stringify({ apiVersion: 'batch/v1', kind: 'Job', ...selecting(parts) });
      const args = ['replace', `--namespace=${namespace}`, '-o=json', '-f=-'];
      const { stdout } = await cluster().kubectl(args, { input });
      return jobSchema.parse(JSON.parse(stdout));
    };
    const store = async (parts: Parts = {}) => {
      await install(coming('first'));
      await cluster().send('POST', pathOf('Job', namespace), selecting(parts));
    };

    it('keep what they wrote when it is replaced by its manifest, also when its gate is gone', async () => {
      await store();
      for (const spec of [{}, { suspend: false }]) expect(await replace({ spec })).to.deep.equal(HELD);
      expect(await replace({ metadata: { annotations: { some: 'note' } } })).to.deep.equal(HELD);
      const notes = { [gateAnnotation('gone')]: REMOVED };
      const note = { spec: { template: { metadata: { annotations: notes } } } };
      await cluster().send('PATCH', path(), note, { type: MERGE_PATCH, as: OPERATOR });
      await cluster().send('DELETE', gatePath(namespace, 'first'));
      expect(await replace()).to.deep.equal(HELD);
      expect(JSON.stringify(await cluster().send('GET', path()))).to.contain(gateAnnotation('gone'));
    });

    it('keep it when it is replaced while it runs, where a template that is another would be refused', async () => {
      await store();
      const released = { [START_ANNOTATION]: START_RELEASED };
      const resumed = { metadata: { annotations: released }, spec: { suspend: false } };
      await cluster().send('PATCH', path(), resumed, { type: MERGE_PATCH, as: OPERATOR });
      expect(await replace()).to.deep.equal({ suspended: false, start: START_RELEASED, requires: 'first' });
    });

    it('have one that its user suspends wait, and refuse that its manifest resumes it', async () => {
      await store({ spec: SUSPEND });
      expect(await replace({ spec: SUSPEND })).to.deep.equal({ ...HELD, start: START_WAITING });
      const refused = await replace().then(String, String);
      expect(refused).to.contain('Job app requires gate first, which is not in force for it yet');
    });

    it('let it go when the label is taken off and the annotation is not', async () => {
      await store();
      const annotations = { [START_ANNOTATION]: START_SUSPENDED };
      expect(await replace({ metadata: { annotations } })).to.deep.equal({
        ...ALONE,
        start: START_SUSPENDED,
      });
    });
  });

  it('leave out a gate for which the label has no room, and refuse nothing', async () => {
    await install(coming('first'));
    const requires = (length: number) => ({ labels: { [REQUIRE_LABEL]: 'o'.repeat(length) } });
    expect((await made({ template: requires(57) })).requires).to.equal(`${'o'.repeat(57)}_first`);
    expect((await made({ template: requires(58) })).requires).to.equal('o'.repeat(58));
  });
});

const PROBED = { kind: 'Job', name: 'probed' } as const;
