import { expect } from 'chai';
import { openValue } from '../../../src/api/names.ts';
import { openingKey, openings } from '../../../src/core/plan/open.ts';
import { dns, gate, NOW, type PodBuilder, pod, workload, world } from '../builders.ts';
import { service } from '../evaluated-builders.ts';
import { decide } from '../simulate.ts';
import { ago } from '../time.ts';

const first = gate('first')
  .targets('app')
  .dependsOn(dns('api'), service('db'), service('queue'))
  .specifying({ order: 'Parallel' })
  .rendered();
const carrier = workload('app').carrying(first);
const one = pod('app-1').of('app').carrying(first);
const keyOf = (dependency: string) => `open.dependencygate.dev/first.${dependency}`;
const value = (attempt = 1, by?: 'spec') => openValue({ attempt, startedAt: ago(5), by });

interface Given {
  readonly bySpec?: readonly string[];
  readonly there?: readonly string[];
  /** Openings that were written so many seconds ago. */
  readonly sent?: Readonly<Record<string, number>>;
}

/** What is written for a Pod. */
function opened(given: PodBuilder, { bySpec = [], there = [], sent = {} }: Given) {
  const known = Object.entries(sent).map(
    ([dependency, seconds]) => [openingKey(given.pod, keyOf(dependency)), NOW - seconds * 1000] as const,
  );
  const evaluated = ['db', 'queue'].map((name) => {
    const isThere = there.includes(name);
    return [name, { is: isThere ? ('satisfied' as const) : ('waiting' as const) }] as const;
  });
  const open = { bySpec: new Set(bySpec), evaluated: new Map(evaluated), passedBefore: new Map() };
  return openings({ ...world(first, carrier, given), openings: new Map(known) }, open, NOW);
}

const annotationsOf = ({ writes }: ReturnType<typeof opened>) =>
  writes.map((write) => (write.do === 'open-pod' ? write.annotations : {}));

describe('openings of dependencies that share a container', () => {
  it('are for each that is there, for the run of the shared container, in one write', () => {
    const found = opened(one.checking('all'), { there: ['db', 'queue'] });
    expect(annotationsOf(found)).to.deep.equal([{ [keyOf('db')]: value(), [keyOf('queue')]: value() }]);
  });

  it('name those that a person opened, and by which way', () => {
    const { writes } = opened(one.checking('all'), { bySpec: ['api'], there: ['db'] });
    expect(writes).to.have.length(1);
    expect(writes[0]).to.deep.include({
      annotations: { [keyOf('api')]: value(1, 'spec'), [keyOf('db')]: value() },
      told: ['api'],
      why: 'spec.open',
    });
  });

  it('come no second time while the container waits for what is not there, which would bring them along', () => {
    const waiting = one.checking('all').openedForRun('db');
    const known = { there: ['db'], sent: { db: 100 } };
    expect(opened(waiting, known)).to.deep.equal({ writes: [], next: undefined });
    expect(annotationsOf(opened(waiting, { ...known, there: ['db', 'queue'] }))).to.deep.equal([
      { [keyOf('db')]: value(2), [keyOf('queue')]: value() },
    ]);
  });

  it('wait for a container that does not run, and leave out what has passed', () => {
    expect(opened(one.starting('all', 'PodInitializing'), { there: ['db'] }).writes).to.deep.equal([]);
    expect(opened(one.passed('all'), { there: ['db'] }).writes).to.deep.equal([]);
  });

  it('leave a Pod alone that a person opened for all, but for what brings that to its kubelet', () => {
    const byHand = one.checking('all').openedByHand('all', ago(60));
    const { writes } = opened(byHand, { there: ['db', 'queue'] });
    expect(annotationsOf({ writes, next: undefined })).to.deep.equal([
      { 'dependencygate.dev/opened-again': value() },
    ]);
  });

  it('are one for all where the gate is deleted', () => {
    const waiting = one.checking('all').openedForRun('db');
    const { writes } = decide(world(first.deleting(), carrier, waiting), NOW);
    expect(writes.map((write) => (write.do === 'open-pod' ? write.annotations : write.do))).to.deep.equal([
      { [keyOf('all')]: '1' },
    ]);
  });
});
