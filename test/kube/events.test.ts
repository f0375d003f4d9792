import { expect } from 'chai';
import { ApiError } from '../../src/kube/api-error.ts';
import { type EventDraft, EventRecorder } from '../../src/kube/events.ts';
import { ManualClock, settled } from './manual-clock.ts';

const regarding = { apiVersion: 'example.com/v1', kind: 'Gate', namespace: 'ns', name: 'g', uid: 'u-1' };
const event: EventDraft = {
  regarding,
  type: 'Normal',
  reason: 'Opened',
  action: 'Open',
  note: 'all dependencies are there',
};

/** Stands for the API server: remembers the writes, and fails when told to. */
class Writes {
  readonly done: {
    readonly verb: string;
    readonly name: string;
    readonly namespace?: string;
    readonly body: unknown;
  }[] = [];
  failWith: (verb: string) => ApiError | undefined = () => undefined;
  /** While set, answers wait for it. */
  gate: Promise<void> = Promise.resolve();
  /** Those of these namespaces never come. */
  readonly hanging = new Set<string>();
  /** Requests, answered or not. */
  asked = 0;

  async create(_: unknown, namespace: string | undefined, body: unknown): Promise<unknown> {
    const { metadata } = body as { metadata: { name: string } };
    return this.#write({ verb: 'create', name: metadata.name, namespace: namespace ?? '', body });
  }

  async patch(_: unknown, { name }: { name: string }, body: unknown): Promise<unknown> {
    return this.#write({ verb: 'patch', name, body });
  }

  async #write(write: (typeof this.done)[number]): Promise<unknown> {
    this.asked += 1;
    if (this.hanging.has(write.namespace ?? '')) return new Promise(() => {});
    await this.gate;
    const error = this.failWith(write.verb);
    if (error) throw error;
    this.done.push(write);
    return {};
  }
}

describe('EventRecorder', () => {
  let clock: ManualClock;
  let writes: Writes;
  let errors: unknown[];
  let recorder: EventRecorder;

  beforeEach(() => {
    clock = new ManualClock();
    writes = new Writes();
    errors = [];
    let drawn = 0;
    recorder = new EventRecorder({
      requests: writes,
      controller: 'example.com/tester',
      instance: 'tester-0',
      clock,
      random: () => {
        drawn += 1;
        return drawn / 2 ** 48;
      },
      onError: (error) => errors.push(error),
    });
  });

  const recorded = async (...events: readonly EventDraft[]) => {
    for (const each of events) {
      recorder.record(each);
      await recorder.flush();
    }
    return writes.done;
  };

  it('writes an Event as events.k8s.io/v1 wants it', async () => {
    const [written] = await recorded({ ...event, related: { ...regarding, kind: 'Deployment', name: 'd' } });
    expect(written).to.deep.equal({
      verb: 'create',
      name: 'g.1',
      namespace: 'ns',
      body: {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { namespace: 'ns', name: 'g.1' },
        regarding,
        related: { ...regarding, kind: 'Deployment', name: 'd' },
        type: 'Normal',
        reason: 'Opened',
        action: 'Open',
        note: 'all dependencies are there',
        eventTime: '1970-01-01T00:16:40.000000Z',
        reportingController: 'example.com/tester',
        reportingInstance: 'tester-0',
      },
    });
  });

  it('puts Events about objects outside of namespaces into default', async () => {
    const [written] = await recorded({ ...event, regarding: { ...regarding, namespace: '' } });
    expect(written?.namespace).to.equal('default');
  });

  it('counts the same event in a series instead of writing another Event', async () => {
    await recorded(event);
    await clock.advance(60_000);
    const [, again] = await recorded(event);
    expect(again).to.deep.equal({
      verb: 'patch',
      name: 'g.1',
      body: { series: { count: 2, lastObservedTime: '1970-01-01T00:17:40.000000Z' } },
    });
    await clock.advance(599_999);
    const [, , third] = await recorded(event);
    expect(third?.body).to.have.nested.property('series.count', 3);
  });

  it('writes another Event when the last is 10 minutes ago, and for another object, reason or note', async () => {
    await recorded(event);
    await clock.advance(600_000);
    const others = [
      event,
      { ...event, regarding: { ...regarding, uid: 'u-2' } },
      { ...event, reason: 'Reopened' },
      { ...event, note: 'other' },
    ];
    const done = await recorded(...others);
    expect(done.map(({ verb }) => verb)).to.deep.equal(Array(5).fill('create'));
  });

  it('makes one request of what is repeated while another is under way', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    writes.gate = promise;
    for (let count = 0; count < 10; count += 1) {
      recorder.record(event);
      await settled();
    }
    resolve();
    await recorder.flush();
    expect(writes.done.map(({ verb }) => verb)).to.deep.equal(['create', 'patch']);
    expect(writes.done[1]?.body).to.have.nested.property('series.count', 10);
  });

  it('writes the Event again, with its count, when it is no longer there', async () => {
    await recorded(event);
    writes.failWith = (verb) =>
      verb === 'patch' ? new ApiError({ status: 404, reason: 'NotFound', message: '' }) : undefined;
    const [, again] = await recorded(event);
    expect(again).to.include({ verb: 'create', name: 'g.2' });
    expect(again?.body).to.have.nested.property('series.count', 2);
    writes.failWith = () => undefined;
    const [, , third] = await recorded(event);
    expect(third).to.include({ verb: 'patch', name: 'g.2' });
    expect(errors).to.deep.equal([]);
  });

  it('reports what could not be written, throws nothing, and goes on', async () => {
    const error = new ApiError({ status: 403, reason: 'Forbidden', message: 'no' });
    writes.failWith = () => error;
    await recorded(event);
    expect(errors).to.deep.equal([error]);
    writes.failWith = () => undefined;
    const [first] = await recorded({ ...event, reason: 'Other' });
    expect(first?.verb).to.equal('create');
  });

  it('does not write the Event again when its series could not be counted', async () => {
    await recorded(event);
    const error = new ApiError({ status: 500, reason: 'InternalError', message: '' });
    writes.failWith = (verb) => (verb === 'patch' ? error : undefined);
    await recorded(event);
    expect(writes.done).to.have.length(1);
    expect(errors).to.deep.equal([error]);
  });

  it('cuts a note at 1024 bytes, between characters', async () => {
    const [ascii, wide] = await recorded(
      { ...event, note: 'x'.repeat(1025) },
      { ...event, note: '🧱'.repeat(1000) },
    );
    expect(ascii?.body).to.have.property('note', `${'x'.repeat(1021)}…`);
    expect(wide?.body).to.have.property('note', `${'🧱'.repeat(255)}…`);
    const exact = 'ü'.repeat(512);
    expect((await recorded({ ...event, note: exact }))[2]?.body).to.have.property('note', exact);
  });

  it('remembers at most 1000 series, those that were heard of last', async () => {
    const numbered = (count: number) => ({ ...event, note: String(count) });
    for (let count = 0; count < 1000; count += 1) await recorded(numbered(count));
    await recorded(numbered(0), numbered(1000));
    expect(recorder.remembered).to.equal(1000);
    await recorded(numbered(0), numbered(1));
    const verbs = writes.done.slice(1000).map(({ verb }) => verb);
    expect(verbs).to.deep.equal(['patch', 'create', 'patch', 'create']);
  });

  it('forgets series that are over', async () => {
    await recorded(event, { ...event, note: 'other' });
    await clock.advance(600_000);
    await recorded({ ...event, note: 'third' });
    expect(recorder.remembered).to.equal(1);
  });

  it('drops and reports events when too many wait', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    writes.gate = promise;
    for (let count = 0; count < 1500; count += 1) recorder.record({ ...event, note: String(count) });
    expect(errors).to.have.length(499);
    resolve();
    await recorder.flush();
    expect(writes.done).to.have.length(1001);
    const [again] = (await recorded({ ...event, note: '1499' })).slice(-1);
    expect(again?.body, 'it is counted with the next').to.have.nested.property('series.count', 2);
  });

  it('writes warnings before what says how things go, and drops none of them for these', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    writes.gate = promise;
    for (let count = 0; count < 1500; count += 1) recorder.record({ ...event, note: String(count) });
    recorder.record({ ...event, type: 'Warning', note: 'the last' });
    resolve();
    await recorder.flush();
    const notes = writes.done.map(({ body }) => (body as EventDraft).note);
    expect(notes.indexOf('the last')).to.be.within(1, 4);
  });

  for (const count of [1, 2, 5, 20])
    it(`writes the Events of a namespace although those of ${count} others hang`, async () => {
      const of = (namespace: string, note: string) => {
        return { ...event, regarding: { ...regarding, namespace }, note };
      };
      for (let index = 0; index < count; index += 1) {
        writes.hanging.add(`slow-${index}`);
        for (const note of ['one', 'two', 'three']) recorder.record(of(`slow-${index}`, note));
      }
      const notes = ['one', 'two', 'three'];
      for (const note of notes) recorder.record(of('quick', note));
      await clock.advance(1250);
      expect(writes.done.map(({ namespace }) => namespace)).to.deep.equal(Array(3).fill('quick'));
      expect(writes.asked, 'one of each that hangs').to.equal(count + 3);
      recorder.record(of('quick', 'four'));
      await settled();
      expect(writes.done).to.have.length(4);
    });

  it('drops Events of the namespace of which most wait, and of no other', async () => {
    writes.hanging.add('slow');
    const inSlow = { ...regarding, namespace: 'slow' };
    for (let count = 0; count < 2000; count += 1) {
      recorder.record({ ...event, regarding: inSlow, note: String(count) });
    }
    expect(errors).to.have.length(999);
    for (let count = 0; count < 500; count += 1) recorder.record({ ...event, note: String(count) });
    expect(errors, 'one went out at once').to.have.length(999 + 499);
    await settled();
    expect(writes.done.map(({ namespace }) => namespace)).to.deep.equal(Array(500).fill('ns'));
  });

  it('takes no more when stopped, and ends with the write that is under way', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    writes.gate = promise;
    recorder.record(event);
    recorder.record({ ...event, note: 'waits' });
    const stopped = recorder.stop();
    recorder.record({ ...event, note: 'too late' });
    resolve();
    await stopped;
    expect(writes.done).to.have.length(1);
  });
});
