import { expect } from 'chai';
import { type Key, keyOf, type Meta } from '../../../src/kube/object.ts';
import { partOf } from '../../../src/kube/watch/part.ts';
import { Store, type StoreChange } from '../../../src/kube/watch/store.ts';

const one = (namespace: string, name: string): Meta => ({ namespace, name, uid: name, resourceVersion: '1' });
const all = (...objects: readonly Meta[]) => new Map<Key, Meta>(objects.map((each) => [keyOf(each), each]));

describe('partOf', () => {
  it("swaps a namespace's objects as a whole, and leaves those of the others alone", () => {
    const store = new Store<Meta>({});
    const [a, b] = [partOf(store, 'a'), partOf(store, 'b')];
    a.replace(all(one('a', 'x'), one('a', 'y')), true);
    b.replace(all(one('b', 'x')), true);
    const changes: StoreChange<Meta>[] = [];
    store.subscribe((change) => changes.push(change));
    a.replace(all(one('a', 'y'), one('a', 'z')), false);
    expect(changes.map(({ type, key }) => `${type} ${key}`)).to.deep.equal(['removed a/x', 'added a/z']);
    expect([...store.values()].map(keyOf)).to.have.members(['a/y', 'a/z', 'b/x']);
  });

  it('tells anew of its own namespace only', () => {
    const store = new Store<Meta>({});
    const [a, b] = [partOf(store, 'a'), partOf(store, 'b')];
    a.replace(all(one('a', 'x')), true);
    b.replace(all(one('b', 'x')), true);
    const changes: StoreChange<Meta>[] = [];
    store.subscribe((change) => changes.push(change));
    a.replace(all(one('a', 'x')), false, true);
    expect(changes.map(({ type, key }) => `${type} ${key}`)).to.deep.equal(['updated a/x']);
  });

  it('passes single objects on', () => {
    const store = new Store<Meta>({});
    const part = partOf(store, 'a');
    part.set(one('a', 'x'));
    expect(part.get('a/x')).to.deep.equal(one('a', 'x'));
    part.delete('a/x');
    expect(store.size).to.equal(0);
  });
});
