import { expect } from 'chai';
import { aligned, columnWidths, table } from '../../../src/commands/cluster/table.ts';

describe('a table', () => {
  const rows = [
    ['NAME', 'WHY'],
    ['a-long-one', 'Service redis does not exist'],
    ['b', ''],
  ];

  it('has columns as wide as their widest cell, and nothing behind the last', () => {
    expect(table(rows)).to.equal('NAME         WHY\na-long-one   Service redis does not exist\nb\n');
  });

  it('keeps the widths for a row that comes later, which a wider cell moves', () => {
    const widths = columnWidths(rows);
    expect(aligned(['c', 'there'], widths)).to.equal('c            there');
    expect(aligned(['a-longer-one', 'there'], widths)).to.equal('a-longer-one   there');
  });

  it('prints nothing that steers a terminal', () => {
    expect(table([['a\u001b[2J', 'b\nc']])).to.equal('a   b c\n');
  });
});
