import { expect } from 'chai';
import { MAX_SELECTED } from '../../../src/api/pod-match.ts';
import { Selections } from '../../../src/controller/referenced/selections.ts';
import { referencedByResource } from '../../../src/core/evaluate/references.ts';
import { gate, NAMESPACE } from '../../core/builders.ts';
import { jobDone } from '../../core/evaluated-builders.ts';
import { jobs } from '../../kube/watch/fake-kinds.ts';
import { JOB, ReferencedRig } from './referenced-rig.ts';

const SELECTOR = { matchLabels: { app: 'shop' } };
const resource = { ...JOB, selector: SELECTOR };
const selecting = gate('g').targets('web').dependsOn({ name: 'jobs', resource });
const labelled = (labels: Record<string, string>) => ({
  metadata: { namespace: NAMESPACE, labels },
});

describe('ReferencedWatches, of objects that are selected', () => {
  let rig: ReferencedRig;
  beforeEach(() => {
    rig = new ReferencedRig();
  });
  afterEach(() => rig.end());

  const look = () => {
    const seen = rig.watches.look(referencedByResource(resource), NAMESPACE);
    if (seen?.is !== 'watching') return seen?.is ?? 'unseen';
    const names = (objects: readonly object[] = []) =>
      objects
        .map((one) => /"name":"([^"]*)"/.exec(JSON.stringify(one))?.[1])
        .sort()
        .join(' ');
    return `${names(seen.found)}|${names(seen.gone)}${seen.isTooMany ? '|too many' : ''}`;
  };
  const put = async (name: string, labels: Record<string, string>, namespace = NAMESPACE) => {
    rig.server.put(jobs, {
      metadata: { ...labelled(labels).metadata, name, namespace },
    });
    await rig.quiet();
  };

  it('show those of the namespace that have the labels, as they come, change and go', async () => {
    await put('a', { app: 'shop', more: 'x' });
    await put('b', { app: 'bank' });
    await put('elsewhere', { app: 'shop' }, 'other');
    await rig.set(selecting);
    expect(look()).to.equal('a|');
    rig.told();
    await put('c', { app: 'shop' });
    expect([look(), rig.told().length > 0]).to.deep.equal(['a c|', true]);
    await put('a', { app: 'bank' });
    expect(look()).to.equal('c|a');
    rig.removeJob('c');
    await rig.quiet();
    expect(look()).to.equal('|a c');
    await rig.pass(10_000);
    expect(look()).to.equal('|');
    rig.told();
    await put('b', { app: 'other' });
    expect(rig.told(), 'it was never theirs').to.deep.equal([]);
  });

  it('keep what another gate names, and forget what no gate selects any more', async () => {
    await put('a', { app: 'shop' });
    await put('b', { app: 'shop' });
    await rig.set(selecting);
    const naming = gate('n').targets('web').dependsOn(jobDone('a'));
    await rig.set(naming.with({ uid: 'n' }));
    await rig.pass(100);
    await rig.remove(selecting);
    expect([rig.looks('a'), rig.looks('b')]).to.deep.equal(['watching a', 'absent']);
    await rig.remove(naming);
  });
});

describe('Selections', () => {
  const object = { namespace: 'a', name: '?' };
  const shop = (name: number) => ({ namespace: 'a', name: String(name), labels: { app: 'shop' } });

  it('keep so many objects and no more, and are to be listed again when there is room', () => {
    const selections = new Selections();
    selections.add({ object, matchLabels: { app: 'shop' } });
    for (let one = 0; one < MAX_SELECTED; one++) expect(selections.admit(shop(one))).to.equal(true);
    expect(selections.admit(shop(0)), 'it is there already').to.equal(true);
    expect(selections.get(object)?.isTooMany).to.equal(false);
    expect(selections.admit(shop(MAX_SELECTED))).to.equal(false);
    expect([selections.get(object)?.isTooMany, selections.takeIncomplete()]).to.deep.equal([true, []]);
    selections.release(shop(1));
    expect(selections.takeIncomplete().map((one) => one.object)).to.deep.equal([object]);
    expect(selections.takeIncomplete()).to.deep.equal([]);
    selections.renew(() => false);
    expect(selections.admit(shop(MAX_SELECTED)), 'what was deleted unseen takes no room').to.equal(true);
  });

  it('know objects by all of the labels and the namespace, until they are dropped', () => {
    const selections = new Selections();
    selections.add({ object, matchLabels: { app: 'shop', tier: 'db' } });
    const labels = { app: 'shop', tier: 'db', more: 'x' };
    expect(selections.admit({ namespace: 'a', name: 'x', labels })).to.equal(true);
    expect(selections.admit({ namespace: 'b', name: 'x', labels })).to.equal(false);
    expect(selections.admit({ namespace: 'a', name: 'x', labels: { app: 'shop' } })).to.equal(false);
    selections.drop(object);
    expect(selections.of({ namespace: 'a', name: 'x', labels })).to.deep.equal([]);
  });
});
