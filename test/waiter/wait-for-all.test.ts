import { expect } from 'chai';
import fc from 'fast-check';
import type { Network } from '../../src/waiter/checks/check.ts';
import { isOpened, readingOnce } from '../../src/waiter/opened.ts';
import { type WaiterWorld, type WaitsEnd, waitForAll } from '../../src/waiter/wait-for-all.ts';
import { parseWaits } from '../../src/waiter/waits.ts';
import { filesIn } from './in-memory-files.ts';
import { ManualClock, settle } from './manual-clock.ts';

/** When something happens in a story, in ms; undefined: never. */
type Moment = number | undefined;

/** What happens in a story. */
interface Script {
  /** When hosts come to have an address. */
  readonly hosts?: Readonly<Record<string, Moment>>;
  /** When annotations come. */
  readonly annotations?: Readonly<Record<string, Moment>>;
  readonly stop?: Moment;
}

/** The program under way, on a clock that the test moves. */
class Story {
  readonly clock = new ManualClock();
  readonly lines: string[] = [];
  /** How often the annotations were read. */
  reads = 0;
  /** How it ended, and when. */
  end: (WaitsEnd & { readonly at: number }) | undefined;
  readonly #stop = new AbortController();

  constructor(argv: readonly string[], script: Script) {
    void waitForAll(parseWaits(argv, {}), this.#world(script)).then((end) => {
      this.end = { ...end, at: this.clock.now() };
    });
    if (script.stop !== undefined) void this.#stopAt(script.stop);
  }

  /** The termination message. */
  get message(): unknown {
    return this.end && JSON.parse(this.end.message);
  }

  async #stopAt(moment: number): Promise<void> {
    await this.clock.sleep(moment, new AbortController().signal);
    this.#stop.abort();
  }

  #world({ hosts = {}, annotations = {} }: Script): WaiterWorld {
    const { clock } = this;
    const isOver = (moment: Moment) => moment !== undefined && moment <= clock.now();
    const network: Network = {
      resolve: async (host) => (isOver(hosts[host]) ? { addresses: ['10.0.0.1'] } : { code: 'NXDOMAIN' }),
      locate: async () => ({ failure: 'not in this test' }),
    };
    const read = () => {
      this.reads++;
      const present = Object.keys(annotations).filter((key) => isOver(annotations[key]));
      return present.map((key) => `${key}="1"\n`).join('');
    };
    const text = readingOnce(read, clock);
    return {
      environment: {},
      search: { search: [], ndots: 1, hosts: new Map() },
      connect: () => network,
      readFile: filesIn({}),
      isOpened: ({ key, file }) => isOpened(text(file), key, 0),
      print: (lines) => this.lines.push(...lines),
      date: () => new Date(clock.now()),
      clock,
      random: () => 0.5,
      signal: this.#stop.signal,
    };
  }
}

const openedBy = (key: string) => [`--open-key=${key}`, '--annotations-file=/annotations'];
const ALL = ['all', ...openedBy('all')];
const dns = (name: string, ...more: readonly string[]) => ['dns', name, ...openedBy(name), ...more];
const together = (...parts: readonly (readonly string[])[]) => [
  ...ALL,
  ...parts.flatMap((part) => ['--', ...part]),
];

describe('waitForAll', () => {
  it('ends with the last of them, and tells each by its name and that it goes on once', async () => {
    const story = new Story(together(dns('api'), dns('db'), dns('web', '--on-overdue=open')), {
      hosts: { api: 500, db: 3_000 },
      annotations: { web: 700 },
    });
    await story.clock.advance(2_999);
    expect(story.end).to.equal(undefined);
    await story.clock.advance(1);
    expect(story.lines).to.deep.equal([
      'waiting for api: NXDOMAIN',
      'waiting for db: NXDOMAIN',
      'waiting for web: NXDOMAIN',
      'web was opened by an annotation of the Pod',
      'api: 10.0.0.1',
      'db: 10.0.0.1',
      'continuing ...',
    ]);
    const there = { outcome: 'satisfied', answer: '10.0.0.1' };
    const missed = { lastError: 'NXDOMAIN' };
    expect(story.end).to.include({ isStopped: false, at: 3_000 });
    expect(story.message).to.deep.equal({
      outcome: 'satisfied',
      seconds: 3,
      dependencies: [
        { name: 'api', check: 'dns api', attempts: 2, seconds: 1, ...missed, ...there },
        { name: 'db', check: 'dns db', attempts: 3, seconds: 3, ...missed, ...there },
        {
          ...{ name: 'web', check: 'dns web', outcome: 'opened', attempts: 1, seconds: 0.75 },
          ...{ ...missed, answer: 'NXDOMAIN' },
        },
      ],
    });
  });

  it('opens all that are not there yet by the annotation of all, and no other', async () => {
    const parts = [dns('api'), dns('db'), ['opened', '--name=job', ...openedBy('job')]];
    const story = new Story(together(...parts), { hosts: { api: 0 }, annotations: { all: 500 } });
    await story.clock.advance(500);
    expect(story.end).to.include({ at: 500 });
    expect(story.lines.filter((line) => line.includes('was opened'))).to.deep.equal([
      'db was opened by an annotation of the Pod',
      'job was opened by an annotation of the Pod',
    ]);
  });

  it('ends all at once where it is stopped, and does not say that it goes on', async () => {
    const story = new Story(together(dns('api'), dns('db'), dns('web')), { hosts: { api: 0 }, stop: 700 });
    await story.clock.advance(700);
    expect(story.end).to.include({ isStopped: true, at: 700 });
    expect(story.lines.slice(-2)).to.deep.equal([
      'stopped while waiting for db: NXDOMAIN',
      'stopped while waiting for web: NXDOMAIN',
    ]);
    expect(story.message).to.include({ outcome: 'stopped', seconds: 0.7 });
    expect(story.clock.sleeping).to.equal(0);
  });

  it('tells each event and then the whole as JSON, if told so', async () => {
    const story = new Story(['all', '--log-format=json', '--', 'dns', 'api', '--', 'dns', 'db'], {
      hosts: { api: 500, db: 3_000 },
    });
    await story.clock.advance(4_000);
    const events = story.lines.map((line): unknown => JSON.parse(line));
    const told = [
      { event: 'waiting', dependency: 'api' },
      { event: 'waiting', dependency: 'db' },
      { event: 'satisfied', dependency: 'api' },
      { event: 'satisfied', dependency: 'db' },
      { event: 'satisfied', dependency: 'all', seconds: 3 },
    ];
    expect(events).to.have.length(told.length);
    for (const [index, event] of told.entries()) expect(events[index]).to.include(event);
  });

  it('tells one dependency by itself as it always did', async () => {
    const story = new Story(dns('api'), { hosts: { api: 0 } });
    await settle();
    expect(story.lines).to.deep.equal(['10.0.0.1', 'continuing ...']);
    expect(story.end?.message).to.equal(
      '{"check":"dns api","outcome":"satisfied","attempts":1,"seconds":0,"answer":"10.0.0.1"}',
    );
  });

  it('reads the annotations every 250 ms, however many dependencies look at them', async () => {
    const story = new Story(together(...Array.from({ length: 16 }, (_, index) => dns(`d${index}`))), {});
    await story.clock.advance(10_000);
    expect(story.reads).to.equal(41);
  });

  it('ends when and only when each of them would have ended by itself, and each as by itself', async () => {
    const horizon = 6_000;
    const moment = fc.option(fc.integer({ min: 0, max: 2 * horizon }), { nil: undefined });
    const dependency = fc.record({ there: moment, opened: moment, overdue: moment });
    const dependencies = fc.array(dependency, { minLength: 1, maxLength: 5 });
    const property = fc.asyncProperty(dependencies, moment, moment, async (parts, openAll, stop) => {
      const argv = parts.map(({ overdue }, index) =>
        dns(`d${index}`, ...(overdue === undefined ? [] : [`--overdue-after=${overdue + 10}ms`, OPEN])),
      );
      const named = (of: (part: (typeof parts)[number]) => Moment) =>
        Object.fromEntries(parts.map((part, index) => [`d${index}`, of(part)]));
      const hosts = named(({ there }) => there);
      const all = new Story(together(...argv), {
        ...{ hosts, stop },
        annotations: { ...named(({ opened }) => opened), all: openAll },
      });
      const annotations = named(({ opened }) => earlier(opened, openAll));
      const alone = argv.map((args) => new Story(args, { hosts, annotations, stop }));
      for (const { clock } of [all, ...alone]) await clock.advance(horizon);
      const ends = alone.flatMap(({ end }) => end ?? []);
      if (ends.length < alone.length) expect(all.end).to.equal(undefined);
      else {
        expect(all.end?.at).to.equal(Math.max(...ends.map(({ at }) => at)));
        expect(all.end?.isStopped).to.equal(ends.some(({ isStopped }) => isStopped));
        const told = alone.map(({ message }, index) => ({ name: `d${index}`, ...Object(message) }));
        expect(all.message).to.have.deep.property('dependencies', told);
      }
    });
    await fc.assert(property, { numRuns: 60 });
  }).timeout(30_000);
});

const OPEN = '--on-overdue=open';

function earlier(one: Moment, other: Moment): Moment {
  const known = [one, other].filter((moment) => moment !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
