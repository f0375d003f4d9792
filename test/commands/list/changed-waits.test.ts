import { expect } from 'chai';
import { ToldWaits } from '../../../src/commands/list/changed-waits.ts';
import type { Wait } from '../../../src/commands/list/waits.ts';

const wait = (dependency: string, more: Partial<Wait> = {}): Wait => ({
  namespace: 'n',
  gate: 'first',
  state: 'Waiting',
  dependency,
  check: `dns ${dependency}`,
  pods: 1,
  why: `Service ${dependency} does not exist`,
  ...more,
});
const first = { namespace: 'n', gate: 'first' };

describe('what a watch tells', () => {
  it('is what is new or other, and nothing twice', () => {
    const told = new ToldWaits([wait('api')]);
    expect(told.changes(first, [wait('api')])).to.deep.equal([]);
    expect(told.changes(first, [wait('api', { pods: 2 }), wait('db')])).to.deep.equal([
      wait('api', { pods: 2 }),
      wait('db'),
    ]);
    expect(told.changes(first, [wait('api', { pods: 2 }), wait('db')])).to.deep.equal([]);
  });

  it('is that nothing waits any more, once', () => {
    const told = new ToldWaits([wait('api'), wait('db')]);
    const over = { ...first, dependency: 'api', check: 'dns api', state: 'Over', pods: 0 };
    const [line, ...more] = told.changes(first, [wait('db')]);
    expect(more).to.deep.equal([]);
    expect(line).to.deep.include(over);
    expect(told.changes(first, []).map(({ dependency }) => dependency)).to.deep.equal(['db']);
    expect(told.changes(first, [])).to.deep.equal([]);
  });

  it('is of each gate by itself', () => {
    const told = new ToldWaits([wait('api')]);
    const second = { namespace: 'n', gate: 'second' };
    expect(told.changes(second, [wait('api', second)])).to.deep.equal([wait('api', second)]);
    expect(told.changes(first, [wait('api')])).to.deep.equal([]);
  });

  it('tells a gate that stalls apart from one that is pending', () => {
    const of = (state: Wait['state']): Wait => ({ ...first, state, pods: 0, why: state });
    const told = new ToldWaits([of('Pending')]);
    const told2 = told.changes(first, [of('Stalled')]).map(({ state }) => state);
    expect(told2).to.deep.equal(['Over', 'Stalled']);
  });
});
