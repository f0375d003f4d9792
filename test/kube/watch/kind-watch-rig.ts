import { expect } from 'chai';
import { type Meta, metaOf } from '../../../src/kube/object.ts';
import { KindWatch } from '../../../src/kube/watch/kind-watch.ts';
import { Store } from '../../../src/kube/watch/store.ts';
import { ManualClock, settled } from '../manual-clock.ts';
import { FakeKinds, jobs } from './fake-kinds.ts';

/** A watch of Jobs of which only some names are of interest. Jitter is off: pauses are 800, 1600 … ms. */
export class KindWatchRig {
  readonly server = new FakeKinds();
  readonly clock = new ManualClock();
  readonly store = new Store<Meta>({});
  readonly interesting = new Set(['a']);
  readonly states: string[] = [];
  readonly errors: string[] = [];
  readonly watch = new KindWatch<Meta>({
    requests: this.server,
    apiVersion: 'batch/v1',
    kind: 'Job',
    store: this.store,
    project: (raw) => {
      const meta = metaOf(raw);
      return this.interesting.has(meta.name) ? meta : undefined;
    },
    clock: this.clock,
    random: () => 0,
    onChange: () => this.states.push(this.watch.state),
    onError: ({ message }) => this.errors.push(message),
  });

  constructor() {
    this.server.served.set('Job', jobs);
    for (const name of ['a', 'b', 'c']) this.server.put(jobs, { metadata: { namespace: 'ns', name } });
  }

  async start(): Promise<this> {
    this.watch.start();
    await this.quiet();
    return this;
  }

  /** Nothing is left of the watch when it is stopped. */
  async end(): Promise<void> {
    await this.watch.stop();
    await this.quiet();
    expect(this.clock.pending, 'timers that are left').to.deep.equal([]);
    expect(this.server.open, 'watches that are left').to.equal(0);
  }

  /** Until all has happened that waits for no timer. */
  async quiet(): Promise<void> {
    for (let turn = 0; turn < 8; turn++) await settled();
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await this.quiet();
  }

  widen(name: string): number {
    this.interesting.add(name);
    return this.watch.widen();
  }

  get content(): string {
    return [...this.store.values()].map(({ name }) => name).join(' ');
  }
}
