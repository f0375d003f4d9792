import { expect } from 'chai';
import fc from 'fast-check';
import { keyOf } from '../../../src/kube/object.ts';
import { Store, type StoreChange } from '../../../src/kube/watch/store.ts';

interface Thing {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly tags: readonly string[];
}

function thing(name: string, resourceVersion: string, ...tags: string[]): Thing {
  return { namespace: 'ns', name, uid: `uid-${name}`, resourceVersion, tags };
}

const newStore = () =>
  new Store<Thing, 'tag' | 'initial'>({
    tag: ({ tags }) => tags,
    initial: ({ name }) => [name.slice(0, 1)],
  });

const byKey = (...things: Thing[]) => new Map(things.map((each) => [keyOf(each), each]));

function recorded(store: Store<Thing, 'tag' | 'initial'>): StoreChange<Thing>[] {
  const changes: StoreChange<Thing>[] = [];
  store.subscribe((change) => changes.push(change));
  return changes;
}

const short = ({ type, key, before, after, initial }: StoreChange<Thing>) =>
  `${type} ${key} ${before?.resourceVersion ?? '-'}→${after?.resourceVersion ?? '-'}${initial ? ' initial' : ''}`;

describe('Store', () => {
  it('finds objects by key and by each value of each index', () => {
    const store = newStore();
    const [a, b] = [thing('ape', '1', 'x', 'y'), thing('ant', '2', 'y')];
    store.set(a);
    store.set(b);
    expect(store.get('ns/ape')).to.equal(a);
    expect(store.get('ns/bee')).to.equal(undefined);
    expect(store.byIndex('tag', 'x')).to.deep.equal([a]);
    expect(store.byIndex('tag', 'y')).to.deep.equal([a, b]);
    expect(store.byIndex('initial', 'a')).to.deep.equal([a, b]);
    expect(store.byIndex('tag', 'z')).to.deep.equal([]);
    expect([...store.values()]).to.deep.equal([a, b]);
    expect(store.size).to.equal(2);
  });

  it('tells of what was added, updated and removed, with before and after', () => {
    const store = newStore();
    const changes = recorded(store);
    store.set(thing('a', '1'));
    store.set(thing('a', '2'));
    store.delete('ns/a');
    store.delete('ns/a');
    expect(changes.map(short)).to.deep.equal(['added ns/a -→1', 'updated ns/a 1→2', 'removed ns/a 2→-']);
  });

  it('is silent about a version that it knows, but not about another object of that name', () => {
    const store = newStore();
    store.set(thing('a', '1'));
    const changes = recorded(store);
    store.set(thing('a', '1'));
    store.set({ ...thing('a', '1'), uid: 'made again' });
    expect(changes.map(short)).to.deep.equal(['updated ns/a 1→1']);
  });

  it('tells of a version that it knows where the whole is told of anew, except of the very same object', () => {
    const store = newStore();
    const same = thing('b', '1');
    store.replace(byKey(thing('a', '1'), same), true);
    const changes = recorded(store);
    store.replace(byKey(thing('a', '1'), same), false);
    expect(changes).to.be.empty;
    store.replace(byKey(thing('a', '1'), same), false, true);
    expect(changes.map(short)).to.deep.equal(['updated ns/a 1→1']);
  });

  it('shows the change already when it tells of it', () => {
    const store = newStore();
    const seen: unknown[] = [];
    store.subscribe(({ key }) => seen.push(store.get(key), store.byIndex('tag', 'x').length));
    const a = thing('a', '1', 'x');
    store.set(a);
    store.delete('ns/a');
    expect(seen).to.deep.equal([a, 1, undefined, 0]);
  });

  it('tells each listener of each change though one throws, and then throws', () => {
    const store = newStore();
    store.subscribe(() => {
      throw new Error('broken');
    });
    const changes = recorded(store);
    expect(() => store.replace(byKey(thing('a', '1'), thing('b', '2')), true)).to.throw(AggregateError);
    expect(changes.map(short)).to.deep.equal(['added ns/a -→1 initial', 'added ns/b -→2 initial']);
  });

  it('tells nothing to who has left', () => {
    const store = newStore();
    const changes: unknown[] = [];
    const leave = store.subscribe((change) => changes.push(change));
    leave();
    store.set(thing('a', '1'));
    expect(changes).to.deep.equal([]);
  });
});

describe('Store.replace', () => {
  it('tells only of what differs, removals first, when the whole is already there', () => {
    const store = newStore();
    store.replace(byKey(thing('a', '1'), thing('b', '2'), thing('c', '3')), true);
    const changes: string[] = [];
    const sizes = new Set<number>();
    store.subscribe((change) => {
      changes.push(short(change));
      sizes.add(store.size);
    });
    store.replace(byKey(thing('a', '1'), thing('c', '7'), thing('d', '8')), false);
    expect(changes).to.deep.equal(['removed ns/b 2→-', 'updated ns/c 3→7', 'added ns/d -→8']);
    expect([...sizes]).to.deep.equal([3]);
  });
});

describe('the indexes of a Store', () => {
  const tag = fc.constantFrom('x', 'y', 'z');
  const arbitrary = fc
    .tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(50), fc.uniqueArray(tag))
    .map(([name, version, tags]) => thing(name, String(version), ...tags));
  const step = fc.oneof(
    arbitrary.map((object) => ({ do: 'set' as const, object })),
    fc.constantFrom('ns/a', 'ns/b', 'ns/c').map((key) => ({ do: 'delete' as const, key })),
    fc.array(arbitrary).map((objects) => ({ do: 'replace' as const, objects: byKey(...objects) })),
  );

  it('equal what one finds by looking at all objects, and the changes add up to the content', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const store = newStore();
        const replayed = new Map<string, Thing>();
        store.subscribe(({ key, before, after }) => {
          expect(replayed.get(key)).to.equal(before);
          if (after) replayed.set(key, after);
          else replayed.delete(key);
        });
        for (const each of steps) {
          if (each.do === 'set') store.set(each.object);
          else if (each.do === 'delete') store.delete(each.key);
          else store.replace(each.objects, false);
          for (const value of ['x', 'y', 'z']) {
            const expected = [...store.values()].filter(({ tags }) => tags.includes(value));
            expect(store.byIndex('tag', value)).to.have.members(expected);
          }
        }
        expect(new Map([...store.values()].map((object) => [keyOf(object), object]))).to.deep.equal(replayed);
      }),
    );
  });
});
