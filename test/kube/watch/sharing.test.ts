import { expect } from 'chai';
import fc from 'fast-check';
import { sharing } from '../../../src/kube/watch/sharing.ts';

interface Thing {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly list: readonly { readonly of: string; readonly at: readonly number[] }[];
}

const thing = (name: string, change: Partial<Thing> = {}): Thing => ({
  name,
  labels: { app: 'a' },
  list: [
    { of: 'x', at: [1, 2] },
    { of: 'y', at: [3] },
  ],
  ...change,
});

const isThing = (raw: unknown): raw is Thing => typeof raw === 'object' && raw !== null && 'labels' in raw;
/** Each is a copy, as what is parsed is. */
const project = () => sharing((raw) => (isThing(raw) ? structuredClone(raw) : undefined));

describe('sharing', () => {
  it('gives one that was read after another the same parts', () => {
    const read = project();
    const [first, second] = [read(thing('a')), read(thing('b'))];
    expect(second).to.deep.equal(thing('b'));
    expect(second?.labels).to.equal(first?.labels);
    expect(second?.list).to.equal(first?.list);
  });

  it('shares what is the same in parts that are not', () => {
    const read = project();
    const first = read(thing('a'));
    const other = thing('b', {
      list: [
        { of: 'x', at: [9] },
        { of: 'y', at: [3] },
      ],
    });
    const second = read(other);
    expect(second).to.deep.equal(other);
    expect(second?.list[1]).to.equal(first?.list[1]);
    expect(second?.list[0]).not.to.equal(first?.list[0]);
    expect(first).to.deep.equal(thing('a'));
  });

  it('takes the version before where there is one', () => {
    const read = project();
    const before = read(thing('a', { labels: { app: 'mine' } }));
    read(thing('b'));
    expect(read(thing('a', { labels: { app: 'mine' } }), before)?.labels).to.equal(before?.labels);
  });

  it('passes on what is of no interest, and what another projection gives as it was', () => {
    const read = project();
    const first = read(thing('a'));
    expect(read(undefined)).to.equal(undefined);
    expect(read(thing('b'))?.labels).to.equal(first?.labels);
    const same = thing('c');
    const keeping = sharing((_: unknown, known?: Thing) => known);
    expect(keeping(0, same)).to.equal(same);
  });

  it('never changes what an object says, and nothing in the others', () => {
    fc.assert(
      fc.property(fc.array(fc.object({ withNullPrototype: false })), (all) => {
        const read = sharing((raw) => structuredClone(all.find((one) => one === raw)));
        const made = all.map((one) => read(one));
        expect(made).to.deep.equal(all);
      }),
    );
  });
});
