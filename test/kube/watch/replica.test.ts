import { expect } from 'chai';
import { z } from 'zod';
import { type Meta, metaOf } from '../../../src/kube/object.ts';
import { Replica } from '../../../src/kube/watch/replica.ts';
import { Store } from '../../../src/kube/watch/store.ts';
import { thing } from '../client/misbehaving-server.ts';

interface Thing extends Meta {
  readonly word: string;
}

const schema = z.object({ data: z.object({ word: z.string().min(1) }) });

function build() {
  const store = new Store<Thing>({});
  const errors: Error[] = [];
  const project = (raw: unknown) => ({ ...metaOf(raw), word: schema.parse(raw).data.word });
  const replica = new Replica<Thing>(store, project, (error) => errors.push(error));
  const words = () => [...store.values()].map(({ name, word }) => `${name}=${word}`);
  return { replica, errors, words };
}

describe('Replica', () => {
  it('gathers without a trace in the store, and then shows the whole', () => {
    const { replica, words } = build();
    replica.put(thing('old', '1', 'there'));
    replica.begin();
    replica.put(thing('a', '2', 'one'));
    replica.put(thing('b', '3', 'two'));
    replica.remove(thing('b', '4'));
    expect([words(), replica.gathering]).to.deep.equal([['old=there'], true]);
    replica.commit(true);
    expect([words(), replica.gathering]).to.deep.equal([['a=one'], false]);
  });

  it('drops what was gathered when it begins again', () => {
    const { replica, words } = build();
    replica.begin();
    replica.put(thing('ghost', '1', 'x'));
    replica.begin();
    replica.put(thing('a', '2', 'one'));
    replica.commit(true);
    expect(words()).to.deep.equal(['a=one']);
  });

  it('keeps the last version of an object that could be read, also of one just gathered', () => {
    const { replica, errors, words } = build();
    replica.put(thing('a', '1', 'old'));
    replica.begin();
    replica.put(thing('a', '2', ''));
    replica.put(thing('b', '3', 'first'));
    replica.put(thing('b', '4', ''));
    replica.put(thing('c', '5', ''));
    replica.commit(false);
    expect(words()).to.deep.equal(['a=old', 'b=first']);
    expect(errors.map(({ message }) => message)).to.deep.equal([
      'cannot read ns/a',
      'cannot read ns/b',
      'cannot read ns/c',
    ]);
  });

  it('has what a watch tells read with the version before in mind, and a list read anew', () => {
    const store = new Store<Thing>({});
    const known: (string | undefined)[] = [];
    const project = (raw: unknown, before?: Thing) => {
      known.push(before?.resourceVersion);
      return { ...metaOf(raw), word: '' };
    };
    const replica = new Replica<Thing>(store, project, () => {});
    for (const version of ['1', '2']) replica.put(thing('a', version, 'x'));
    replica.begin();
    replica.put(thing('a', '3', 'x'));
    replica.commit(false);
    replica.put(thing('a', '4', 'x'));
    expect(known).to.deep.equal([undefined, '1', undefined, '3']);
  });

  it('throws at something that has no name: it is no object', () => {
    const { replica } = build();
    expect(() => replica.put({ metadata: {} })).to.throw();
  });
});
