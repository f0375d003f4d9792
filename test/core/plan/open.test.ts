import { expect } from 'chai';
import { decide } from '../../../src/core/plan/decide.ts';
import { FIRST_RETRY_MS, openingKey, openings } from '../../../src/core/plan/open.ts';
import { container, dns, gate, NOW, type PodBuilder, pod, tcp, workload, world } from '../builders.ts';
import { conditionOf, writesOf } from '../in-words.ts';

const apiFirst = gate('api-first')
  .targets('pinger')
  .dependsOn(dns('api'), tcp('redis', 6379), container('own'))
  .rendered();
const carrier = workload('pinger').carrying(apiFirst);
const one = pod('pinger-1').of('pinger').carrying(apiFirst);
const API = 'open.dependencygate.dev/api-first.api';
const REDIS = 'open.dependencygate.dev/api-first.redis';
const opening = (...names: string[]) => apiFirst.specifying({ open: names });

/** What is written for the Pods when api and redis are to be opened: Pod → annotations. */
function opened(pods: readonly PodBuilder[], known: ReadonlyMap<string, number> = new Map(), now = NOW) {
  const at = { ...world(apiFirst, carrier, ...pods), openings: known };
  const { writes, next } = openings(at, { bySpec: new Set(['api', 'redis']), satisfied: new Set() }, now);
  const written = writes.flatMap((write) =>
    write.do === 'open-pod' ? [[write.pod.name, write.annotations]] : [],
  );
  return { written: Object.fromEntries(written), next };
}

describe('openings', () => {
  it('annotate a Pod that waits, also for what is still before it', () => {
    expect(opened([one.checking('api')]).written).to.deep.equal({ 'pinger-1': { [API]: '1', [REDIS]: '1' } });
  });

  it('leave out what the Pod has passed, and Pods that are through, going away or without the gate', () => {
    const pods = [
      one.passed('api').checking('redis'),
      pod('open').of('pinger').carrying(apiFirst).open().with({ phase: 'Running' }),
      pod('going').of('pinger').carrying(apiFirst).with({ deleting: true }),
      pod('bare').of('pinger'),
    ];
    expect(opened(pods).written).to.deep.equal({ 'pinger-1': { [REDIS]: '1' } });
  });

  it('do not repeat themselves before the container runs, which reads them at its start', () => {
    expect(opened([one.opened('api').opened('redis')])).to.deep.equal({ written: {}, next: undefined });
  });

  it('write the next attempt when the container still runs 5 s later, and then later and later', () => {
    const uid = one.pod.uid;
    const known = new Map([[openingKey({ uid }, API), NOW]]);
    const waiting = one.opened('api').opened('redis').checking('api');
    expect(opened([waiting], known)).to.deep.equal({ written: {}, next: FIRST_RETRY_MS });
    expect(opened([waiting], known, NOW + FIRST_RETRY_MS).written).to.deep.equal({
      'pinger-1': { [API]: '2' },
    });
    const third = waiting.with({ annotations: { ...waiting.pod.annotations, [API]: '3' } });
    expect(opened([third], known).next).to.equal(FIRST_RETRY_MS * 4);
  });

  it('go on at once with the next attempt when it is not known when the last was, as after a restart', () => {
    const waiting = one.opened('api').opened('redis').checking('api');
    expect(opened([waiting]).written).to.deep.equal({ 'pinger-1': { [API]: '2' } });
  });

  it('count what a person wrote in words as one attempt', () => {
    const by = one
      .with({ annotations: { ...one.pod.annotations, [API]: 'please', [REDIS]: '1' } })
      .checking('api');
    expect(opened([by]).written).to.deep.equal({ 'pinger-1': { [API]: '2' } });
  });

  it('write again what was lost', () => {
    const known = new Map([[openingKey(one.pod, API), NOW]]);
    expect(opened([one.checking('api')], known).written['pinger-1']).to.include({ [API]: '1' });
  });
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
    const waiting = one.opened('api').checking('api');
    const at = {
      ...world(opening('api'), carrier, waiting),
      openings: new Map([[openingKey(one.pod, API), NOW]]),
    };
    expect(decide(at, NOW).next).to.equal(FIRST_RETRY_MS);
  });
});

describe('openings, of what is satisfied', () => {
  const three = gate('three').targets('pinger').dependsOn(dns('a'), dns('b'), dns('c')).rendered();
  const fresh = pod('p').of('pinger').carrying(three);

  /** Which dependencies are opened: `satisfied` ones are there, the others are opened by the spec. */
  function openedBy(of: PodBuilder, satisfied: string, bySpec = ''): string {
    const names = (text: string) => new Set(text.split(' ').filter(Boolean));
    const open = { bySpec: names(bySpec), satisfied: names(satisfied) };
    const { writes } = openings(world(three, carrier, of), open, NOW);
    return writes
      .flatMap((write) => (write.do === 'open-pod' ? Object.keys(write.annotations) : []))
      .map((key) => key.replace('open.dependencygate.dev/three.', ''))
      .join(' ');
  }

  const cases: readonly [string, PodBuilder, string, string, string][] = [
    ['the first is opened', fresh, 'a', '', 'a'],
    ['one whose turn has not come is not, since it may be gone again by then', fresh, 'b c', '', ''],
    ['it is once what was before it has passed', fresh.passed('a').checking('b'), 'b', '', 'b'],
    ['a chain is opened as a whole', fresh, 'a b c', '', 'a b c'],
    ['a chain is opened up to the first that waits', fresh, 'a c', '', 'a'],
    ['what the spec opens keeps nothing up', fresh, 'b', 'a', 'a b'],
    ['what the spec opens is opened at once, wherever it stands', fresh, 'b', 'c', 'c'],
    ['what has passed is left alone', fresh.passed('a').passed('b').checking('c'), 'a b', '', ''],
    ['what failed waits as well', fresh.passed('a').failed('b'), 'c', '', ''],
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
    expect(openedBy(both.passed('aa/a').checking('three/a'), 'a b')).to.equal('a b');
  });

  it('does not wait for the containers of gates that come after it', () => {
    const zz = gate('zz').dependsOn(dns('a'));
    expect(openedBy(pod('p').of('pinger').carrying(three, zz), 'a')).to.equal('a');
  });

  it('is no news of a person: the status tells it, once for all Pods', () => {
    const open = { bySpec: new Set(['c']), satisfied: new Set(['a']) };
    const { writes } = openings(world(three, carrier, fresh), open, NOW);
    expect(writes.map((write) => (write.do === 'open-pod' ? write.told : []))).to.deep.equal([['c']]);
  });
});
