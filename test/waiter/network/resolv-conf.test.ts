import { expect } from 'chai';
import fc from 'fast-check';
import { parseResolvConf } from '../../../src/waiter/network/resolv-conf.ts';

describe('parseResolvConf', () => {
  it("reads what the kubelet writes into a Pod's", () => {
    const text = `search my-namespace.svc.cluster.local svc.cluster.local cluster.local
nameserver 10.96.0.10
options ndots:5
`;
    expect(parseResolvConf(text)).to.deep.equal({
      search: ['my-namespace.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
      ndots: 5,
      nameservers: ['10.96.0.10'],
    });
  });

  it("has the resolver's defaults where nothing is said", () => {
    expect(parseResolvConf('')).to.deep.equal({ search: [], ndots: 1, nameservers: [] });
  });

  it('lets the last search or domain line count', () => {
    expect(parseResolvConf('search a b\ndomain c\n').search).to.deep.equal(['c']);
    expect(parseResolvConf('domain c\nsearch a b\n').search).to.deep.equal(['a', 'b']);
  });

  it('leaves out the dot at the end of a domain, and the root itself', () => {
    expect(parseResolvConf('search a.example. .\n').search).to.deep.equal(['a.example']);
  });

  it('keeps name servers in order, and skips what is no address', () => {
    const text =
      'nameserver 10.0.0.1\nnameserver fd00::10\nnameserver dns.example\nnameserver\nnameserver 127.0.0.1:5353\n';
    expect(parseResolvConf(text).nameservers).to.deep.equal(['10.0.0.1', 'fd00::10', '127.0.0.1:5353']);
  });

  for (const [options, ndots] of [
    ['ndots:2 timeout:1', 2],
    ['ndots:0', 0],
    ['ndots:99', 15],
    ['ndots:1 ndots:3', 3],
    ['ndots:x', 1],
    ['ndots:', 1],
    ['rotate', 1],
  ] as const) {
    it(`reads 'options ${options}' as ndots ${ndots}`, () => {
      expect(parseResolvConf(`options ${options}`).ndots).to.equal(ndots);
    });
  }

  it('skips comments, unknown lines and odd white space', () => {
    const text = '# search x\n; search y\n\n  \tsearch\ta  b # c\r\nsortlist 1.2.3.4\nsearchx q\n';
    expect(parseResolvConf(text).search).to.deep.equal(['a', 'b']);
  });

  it('reads back whatever was written', () => {
    const conf = fc.record({
      search: fc.array(fc.domain(), { maxLength: 6 }),
      ndots: fc.integer({ min: 0, max: 15 }),
      nameservers: fc.array(fc.oneof(fc.ipV4(), fc.ipV6()), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(conf, ({ search, ndots, nameservers }) => {
        const lines = [`search ${search.join(' ')}`, `options timeout:2 ndots:${ndots}`];
        const text = [...lines, ...nameservers.map((address) => `nameserver ${address}`)].join('\n');
        expect(parseResolvConf(text)).to.deep.equal({ search, ndots, nameservers });
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseResolvConf(text)));
  });
});
