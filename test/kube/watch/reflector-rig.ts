import { z } from 'zod';
import { connect } from '../../../src/kube/client/connection.ts';
import { createRequests } from '../../../src/kube/client/http-requests.ts';
import { kubeconfigCredentials } from '../../../src/kube/client/kubeconfig.ts';
import { type Meta, metaOf } from '../../../src/kube/object.ts';
import type { Message } from '../../../src/kube/protobuf/message.ts';
import { Reflector } from '../../../src/kube/watch/reflector.ts';
import { Store, type StoreChange } from '../../../src/kube/watch/store.ts';
import { kubeconfig } from '../client/connection-rig.ts';
import {
  added,
  initialEnd,
  LiveWatch,
  MisbehavingServer,
  type Step,
  thing,
} from '../client/misbehaving-server.ts';
import { ManualClock, settled } from '../manual-clock.ts';
import { until } from '../until.ts';

export const things = { group: '', version: 'v1', plural: 'configmaps', namespaced: true };

export interface Thing extends Meta {
  readonly word: string;
}

const schema = z.object({ data: z.object({ word: z.string() }) });

/** `poison` cannot be read, `boring` is of no interest. */
function project(raw: unknown): Thing | undefined {
  const { word } = schema.parse(raw).data;
  if (word === 'poison') throw new Error('cannot bear it');
  return word === 'boring' ? undefined : { ...metaOf(raw), word };
}

/** Most stories begin so: a=one and b=two are there, and the watch goes on. */
export const usual = () =>
  new LiveWatch(added(thing('a', '1', 'one')), added(thing('b', '2', 'two')), initialEnd('5'));

/** A reflector with all around it. Jitter is off: delays are 800, 1600 … ms, watches are asked for 300 s. */
export class ReflectorRig {
  readonly server = new MisbehavingServer();
  readonly clock = new ManualClock();
  readonly store = new Store<Thing, 'word'>({ word: ({ word }) => [word] });
  readonly changes: StoreChange<Thing>[] = [];
  readonly errors: Error[] = [];
  readonly #message: Message | undefined;
  #close = async () => {};

  /** @param message what is read of protobuf, which is asked for then */
  constructor(message?: Message) {
    this.#message = message;
  }

  async start(): Promise<Reflector<Thing>> {
    await this.server.start();
    this.store.subscribe((change) => this.changes.push(change));
    const { clock, store, server } = this;
    const kubeconfigText = kubeconfig({ server: `http://127.0.0.1:${server.port}` }, {});
    const connection = connect(kubeconfigCredentials({ kubeconfigText }), { clock, userAgent: 'tests' });
    const reflector = new Reflector({
      requests: createRequests({ connection, clock }),
      resource: things,
      selection: { message: this.#message },
      store,
      project,
      clock,
      random: () => 0,
      onError: (error) => this.errors.push(error),
    });
    this.#close = async () => {
      await reflector.stop();
      await connection.close();
    };
    reflector.start();
    return reflector;
  }

  /** Starts with these answers, and waits for the first whole list. */
  async synced(...steps: readonly Step[]): Promise<Reflector<Thing>> {
    this.server.script(...steps);
    const reflector = await this.start();
    await reflector.synced;
    return reflector;
  }

  async stop(): Promise<void> {
    await this.#close();
    await this.server.stop();
  }

  /** What the store shows: `a=word b=word`. */
  get content(): string {
    const words = [...this.store.values()].map(({ name, word }) => `${name}=${word}`);
    return words.sort().join(' ');
  }

  /** The changes since the last call: `added a`, `removed b`. */
  get news(): string[] {
    return this.changes.splice(0).map(({ type, key }) => `${type} ${key.replace('ns/', '')}`);
  }

  async shows(content: string): Promise<void> {
    await until(`the store shows "${content}", not "${this.content}"`, () => this.content === content);
  }

  /** Waits until these were the requests, and no other for as long as promises take. */
  async asked(...story: readonly string[]): Promise<void> {
    await until(`the requests are ${story}, not ${this.server.story}`, () => {
      return this.server.story.length >= story.length;
    });
    await settled();
    const { story: seen } = this.server;
    if (seen.join() !== story.join()) throw new Error(`the requests were ${seen}, not ${story}`);
  }

  /** Waits until the reflector pauses for that long, and lets the time pass. */
  async pauses(ms: number): Promise<void> {
    await until(`a pause of ${ms} ms, not of ${this.clock.pending}`, () => this.clock.pending.includes(ms));
    await this.clock.advance(ms);
  }
}
