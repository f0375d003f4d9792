import { expect } from 'chai';
import { openValue } from '../../../src/api/names.ts';
import { FIRST_RETRY_MS, openingKey, openings } from '../../../src/core/plan/open.ts';
import { container, dns, gate, NOW, type PodBuilder, pod, tcp, workload, world } from '../builders.ts';
import { conditionOf, writesOf } from '../in-words.ts';
import { decide } from '../simulate.ts';
import { ago } from '../time.ts';

const apiFirst = gate('api-first')
  .targets('pinger')
  .dependsOn(dns('api'), tcp('redis', 6379), container('own'))
  .rendered();
const carrier = workload('pinger').carrying(apiFirst);
const one = pod('pinger-1').of('pinger').carrying(apiFirst);
const API = 'open.dependencygate.dev/api-first.api';
const REDIS = 'open.dependencygate.dev/api-first.redis';
/** The first attempt, for the run that `checking` tells of. */
const FIRST = openValue({ attempt: 1, startedAt: ago(5), by: 'spec' });
const NONE: ReadonlyMap<string, string> = new Map();
const sentNow = new Map([[openingKey(one.pod, API), NOW]]);
const opening = (...names: string[]) => apiFirst.specifying({ open: names });

/** What is written for the Pods when api and redis are to be opened: Pod → annotations. */
function opened(pods: readonly PodBuilder[], known: ReadonlyMap<string, number> = new Map(), now = NOW) {
  const at = { ...world(apiFirst, carrier, ...pods), openings: known };
  const { writes, next } = openings(
    at,
    { bySpec: new Set(['api', 'redis']), evaluated: new Map(), passedBefore: NONE },
    now,
  );
  const written = writes.flatMap((write) =>
    write.do === 'open-pod' ? [[write.pod.name, write.annotations]] : [],
  );
  return { written: Object.fromEntries(written), next };
}

describe('openings', () => {
  it('are for no Pod of a workload that the gate does not name, though it waits in its name', () => {
    const copy = pod('copy-1').of('copy').carrying(apiFirst).checking('api');
    expect(opened([copy, one.checking('api')]).written).to.deep.equal({ 'pinger-1': { [API]: FIRST } });
  });

  it('annotate a Pod that waits, for the run that waits', () => {
    expect(opened([one.checking('api')]).written).to.deep.equal({ 'pinger-1': { [API]: FIRST } });
  });

  it('say nothing to a container that does not run: its run is still to come', () => {
    expect(opened([one, one.starting('api', 'PodInitializing')])).to.deep.equal({
      written: {},
      next: undefined,
    });
  });

  it('are for one run: the next one is opened by itself, and at once', () => {
    const before = one.openedForRun('api', 3, ago(60));
    expect(opened([before.checking('api')], sentNow).written).to.deep.equal({ 'pinger-1': { [API]: FIRST } });
    expect(opened([before])).to.deep.equal({ written: {}, next: undefined });
  });

  it('come to a Pod that has run before: its sandbox was made again', () => {
    const again = one.with({ phase: 'Running' }).checking('api');
    expect(opened([again]).written).to.deep.equal({ 'pinger-1': { [API]: FIRST } });
  });

  it('leave out what the Pod has passed, and Pods that are through, going away or without the gate', () => {
    const pods = [
      one.passed('api').checking('redis'),
      pod('open').of('pinger').carrying(apiFirst).open().with({ phase: 'Running' }),
      pod('going').of('pinger').carrying(apiFirst).with({ deleting: true }),
      pod('bare').of('pinger'),
    ];
    expect(opened(pods).written).to.deep.equal({ 'pinger-1': { [REDIS]: FIRST } });
  });

  it('write the next attempt when the container still runs 5 s later, and then later and later', () => {
    const waiting = one.openedForRun('api').checking('api');
    expect(opened([waiting], sentNow)).to.deep.equal({ written: {}, next: FIRST_RETRY_MS });
    expect(opened([waiting], sentNow, NOW + FIRST_RETRY_MS).written).to.deep.equal({
      'pinger-1': { [API]: openValue({ attempt: 2, startedAt: ago(5), by: 'spec' }) },
    });
    expect(opened([waiting.openedForRun('api', 3)], sentNow).next).to.equal(FIRST_RETRY_MS * 4);
  });

  it('go on at once with the next attempt when it is not known when the last was, as after a restart', () => {
    const waiting = one.openedForRun('api').checking('api');
    expect(opened([waiting]).written).to.deep.equal({
      'pinger-1': { [API]: openValue({ attempt: 2, startedAt: ago(5), by: 'spec' }) },
    });
  });

  it('write again what was lost', () => {
    expect(opened([one.checking('api')], sentNow).written['pinger-1']).to.include({ [API]: FIRST });
  });
});

describe('openings, of what a person opened', () => {
  const AGAIN = 'dependencygate.dev/opened-again';
  const again = (attempt: number) => ({ 'pinger-1': { [AGAIN]: openValue({ attempt, startedAt: ago(5) }) } });
  const justNow = one.checking('api').openedByHand('api', ago(0));
  const seen = (of: PodBuilder) =>
    of.with({
      annotations: { ...of.pod.annotations, [AGAIN]: openValue({ attempt: 1, startedAt: ago(5) }) },
    });
  const sent = new Map([[openingKey(one.pod, AGAIN), NOW]]);

  it('bring it again where the container still runs 5 s later, and leave what was written as it is', () => {
    expect(opened([justNow])).to.deep.equal({ written: {}, next: FIRST_RETRY_MS });
    expect(opened([justNow], new Map(), NOW + FIRST_RETRY_MS).written).to.deep.equal(again(1));
  });

  it('bring it again and again, later and later', () => {
    expect(opened([seen(justNow)], sent)).to.deep.equal({ written: {}, next: FIRST_RETRY_MS });
    expect(opened([seen(justNow)], sent, NOW + FIRST_RETRY_MS).written).to.deep.equal(again(2));
  });

  it('do so for what nobody else would open, and tell nobody', () => {
    const at = world(apiFirst, carrier, justNow);
    const { writes } = openings(
      at,
      { bySpec: new Set(), evaluated: new Map(), passedBefore: NONE },
      NOW + FIRST_RETRY_MS,
    );
    expect(writes.map((write) => write.do === 'open-pod' && [write.annotations, write.told])).to.deep.equal([
      [again(1)['pinger-1'], []],
    ]);
  });

  it('give a container 5 s that found it at its start', () => {
    const early = one.checking('api').openedByHand('api', ago(600));
    expect(opened([early], new Map(), NOW - 1000)).to.deep.equal({ written: {}, next: 1000 });
    expect(opened([early]).written).to.deep.equal(again(1));
  });

  it('bring it at once where its time is not known, or is still to come', () => {
    for (const time of [ago(-3600), 'some day']) {
      const odd = one.checking('api').openedByHand('api', time);
      expect(opened([odd]).written, time).to.deep.equal(again(1));
    }
  });

  for (const [what, of] of [
    ['where nobody tells who wrote it, and when', one.checking('api').opened('api')],
    ['before the container runs', one.openedByHand('api', ago(60))],
    ['once the container has passed', one.passed('api').starting('redis', '').openedByHand('api', ago(60))],
    [
      "for a user's container, which cannot see it",
      one.passed('api').passed('redis').checking('own').openedByHand('own', ago(60)),
    ],
  ] as const) {
    it(`leave it alone ${what}`, () => {
      expect(opened([of])).to.deep.equal({ written: {}, next: undefined });
    });
  }
});

describe('decide, with spec.open', () => {
  it('opens Pods by annotation, with no change of the render or the target', () => {
    const plan = decide(world(opening('api'), carrier, one.checking('api')), NOW);
    expect(writesOf(plan)).to.deep.equal(['open-pod pinger-1']);
    expect(opening('api').withStatus({}).render.hash).to.equal(apiFirst.render.hash);
  });

  it('opens older Pods and those of a suspended gate too: it is an incident', () => {
    const before = apiFirst.dependsOn(dns('api')).rendered();
    const older = pod('older').of('pinger').carrying(before).checking('api');
    const plan = decide(world(opening('*').suspended(), carrier, older), NOW);
    expect(writesOf(plan)).to.deep.equal(['open-pod older']);
  });

  it('says in the status how many Pods were opened from outside', () => {
    const plan = decide(
      world(opening('api'), carrier, one.opened('api').passed('api').checking('redis')),
      NOW,
    );
    expect(plan.status?.dependencies?.map(({ opened }) => opened)).to.deep.equal([1, 0, 0]);
    expect(conditionOf(plan.status, 'Open')).to.equal('False Waiting');
  });

  it('looks again when the next attempt is due', () => {
    const waiting = one.openedForRun('api').checking('api');
    const at = {
      ...world(opening('api'), carrier, waiting),
      openings: new Map([[openingKey(one.pod, API), NOW]]),
    };
    expect(decide(at, NOW).next).to.equal(FIRST_RETRY_MS);
  });
});

/** What the operator evaluated to be there, for all Pods. */
const there = (...names: string[]) => new Map(names.map((name) => [name, { is: 'satisfied' as const }]));

describe('openings, of what is satisfied', () => {
  const three = gate('three').targets('pinger').dependsOn(dns('a'), dns('b'), dns('c')).rendered();
  const fresh = pod('p').of('pinger').carrying(three);

  /** Which dependencies are opened: `satisfied` ones are there, the others are opened by the spec. */
  function openedBy(of: PodBuilder, satisfied: string, bySpec = ''): string {
    const names = (text: string) => new Set(text.split(' ').filter(Boolean));
    const open = { bySpec: names(bySpec), evaluated: there(...names(satisfied)), passedBefore: NONE };
    const { writes } = openings(world(three, carrier, of), open, NOW);
    return writes
      .flatMap((write) => (write.do === 'open-pod' ? Object.keys(write.annotations) : []))
      .map((key) => key.replace('open.dependencygate.dev/three.', ''))
      .join(' ');
  }

  const second = fresh.passed('a').checking('b');
  const cases: readonly [string, PodBuilder, string, string, string][] = [
    ['the first is opened once it runs', fresh.checking('a'), 'a', '', 'a'],
    ['nothing is before anything runs', fresh, 'a b c', 'a', ''],
    [
      'one whose turn has not come is not, since it may be gone again by then',
      fresh.checking('a'),
      'b c',
      '',
      '',
    ],
    ['it is once what was before it has passed', second, 'b', '', 'b'],
    ['one after the other is opened, each for its own run', second, 'a b c', '', 'b'],
    ['what the spec opens is opened in its turn too', second, '', 'a b c', 'b'],
    ['what neither says is left alone', second, 'a c', 'a c', ''],
    ['what has passed is left alone', second.passed('b').checking('c'), 'a b', 'a b', ''],
    ['what failed waits as well', fresh.passed('a').failed('b'), 'b c', '', ''],
  ];
  for (const [what, of, satisfied, bySpec, written] of cases) {
    it(`${what}`, () => {
      expect(openedBy(of, satisfied, bySpec)).to.equal(written);
    });
  }

  it("waits for the containers of other gates that are before it, and opens none of another gate's", () => {
    const aa = gate('aa').dependsOn(dns('a'));
    const both = pod('p').of('pinger').carrying(aa, three);
    expect(openedBy(both.checking('aa/a'), 'a b')).to.equal('');
    expect(openedBy(both.passed('aa/a').checking('three/a'), 'a b')).to.equal('a');
  });

  it('does not wait for the containers of gates that come after it', () => {
    const zz = gate('zz').dependsOn(dns('a'));
    expect(openedBy(pod('p').of('pinger').carrying(three, zz).checking('three/a'), 'a')).to.equal('a');
  });

  it('is no news of a person: the status tells it, once for all Pods', () => {
    const told = (bySpec: string) => {
      const open = { bySpec: new Set([bySpec]), evaluated: there('a'), passedBefore: NONE };
      const { writes } = openings(world(three, carrier, fresh.checking('a')), open, NOW);
      return writes.map((write) => (write.do === 'open-pod' ? write.told : []));
    };
    expect(told('c')).to.deep.equal([[]]);
    expect(told('a')).to.deep.equal([['a']]);
  });
});
