import { expect } from 'chai';
import fc from 'fast-check';
import type { Resolution, ResolutionCode } from '../../../src/waiter/checks/check.ts';
import {
  type AddressType,
  candidates,
  resolutionOf,
  type Search,
  searchAddresses,
} from '../../../src/waiter/network/search.ts';

const POD = { search: ['ns.svc.cluster.local', 'svc.cluster.local', 'cluster.local'], ndots: 5 };
const PLAIN = { search: ['example.com'], ndots: 1 };

describe('candidates', () => {
  it('tries a name with fewer dots than ndots through the search list first, then as it is', () => {
    expect(candidates('api', POD)).to.deep.equal([
      'api.ns.svc.cluster.local',
      'api.svc.cluster.local',
      'api.cluster.local',
      'api',
    ]);
  });

  it('counts the dots', () => {
    expect(candidates('a.b.c.d.e', POD)[0]).to.equal('a.b.c.d.e.ns.svc.cluster.local');
    expect(candidates('a.b.c.d.e.f', POD)[0]).to.equal('a.b.c.d.e.f');
  });

  it('tries a name with enough dots as it is first, then through the search list', () => {
    expect(candidates('www.example', PLAIN)).to.deep.equal(['www.example', 'www.example.example.com']);
  });

  it('takes a name that ends with a dot as complete', () => {
    expect(candidates('api.', POD)).to.deep.equal(['api']);
  });

  it('tries each name once, and the name itself in any case', () => {
    const search = fc.record({
      search: fc.uniqueArray(fc.domain(), { maxLength: 6 }),
      ndots: fc.nat(15),
    });
    fc.assert(
      fc.property(fc.domain(), search, (host, search) => {
        const names = candidates(host, search);
        expect(new Set(names).size).to.equal(search.search.length + 1);
        expect(names).to.include(host);
      }),
    );
  });
});

describe('searchAddresses', () => {
  const KNOWN: Search = {
    ...PLAIN,
    hosts: new Map([
      ['db', ['10.0.0.9', 'fd00::9']],
      ['old', ['10.0.0.8']],
    ]),
  };

  /** A name server that knows these names, by `<name> <type>`; others do not exist. */
  function server(answers: Readonly<Record<string, readonly string[] | ResolutionCode>>) {
    const asked: string[] = [];
    const resolve = async (name: string, type: 'A' | 'AAAA'): Promise<Resolution> => {
      asked.push(`${name} ${type}`);
      const answer = answers[`${name} ${type}`] ?? 'NXDOMAIN';
      return typeof answer === 'string' ? { code: answer } : resolutionOf(answer);
    };
    const find = (host: string, type: AddressType = 'any', signal = new AbortController().signal) =>
      searchAddresses(host, type, KNOWN, resolve, signal);
    return { asked, find };
  }

  it('ends with the first name that has addresses', async () => {
    const { find, asked } = server({ 'api.example.com A': ['10.0.0.1'], 'api A': ['10.0.0.2'] });
    expect(await find('api')).to.deep.equal({ addresses: ['10.0.0.1'] });
    expect(asked).to.deep.equal(['api.example.com A', 'api.example.com AAAA']);
  });

  it('goes on where a name exists without addresses of the type', async () => {
    const { find } = server({ 'api.example.com A': 'NODATA', 'api A': ['10.0.0.2'] });
    expect(await find('api', 'A')).to.deep.equal({ addresses: ['10.0.0.2'] });
  });

  it('goes on where a name server fails for a name', async () => {
    const { find } = server({ 'api.example.com A': 'SERVFAIL', 'api A': ['10.0.0.2'] });
    expect(await find('api', 'A')).to.deep.equal({ addresses: ['10.0.0.2'] });
  });

  it('asks for the type that it is told only', async () => {
    const { find, asked } = server({ 'api.example.com A': ['10.0.0.1'], 'api AAAA': ['fd00::2'] });
    expect(await find('api', 'AAAA')).to.deep.equal({ addresses: ['fd00::2'] });
    expect(asked).to.deep.equal(['api.example.com AAAA', 'api AAAA']);
  });

  it('is content with IPv6 where there is no IPv4', async () => {
    const { find } = server({ 'api.example.com A': 'NODATA', 'api.example.com AAAA': ['fd00::1'] });
    expect(await find('api')).to.deep.equal({ addresses: ['fd00::1'] });
  });

  it('does not wait for IPv6 where there is IPv4', async () => {
    const resolve = async (_: string, type: 'A' | 'AAAA'): Promise<Resolution> =>
      type === 'A' ? { addresses: ['10.0.0.1'] } : new Promise(() => undefined);
    const { signal } = new AbortController();
    const found = await searchAddresses('api', 'any', KNOWN, resolve, signal);
    expect(found).to.deep.equal({ addresses: ['10.0.0.1'] });
  });

  it('gives both families of a name where all are wanted, and does without one that is not there', async () => {
    const { find } = server({ 'api A': ['10.0.0.1'], 'api AAAA': ['fd00::1'], 'old AAAA': ['fd00::8'] });
    expect(await find('api', 'all')).to.deep.equal({ addresses: ['10.0.0.1', 'fd00::1'] });
    expect(await find('api', 'any')).to.deep.equal({ addresses: ['10.0.0.1'] });
    expect(await find('old', 'all'), 'old').to.deep.equal({ addresses: ['10.0.0.8'] });
    expect(await find('db', 'all')).to.deep.equal({ addresses: ['10.0.0.9', 'fd00::9'] });
  });

  it('takes an answer without addresses for none at all, and goes on', async () => {
    const { find } = server({ 'api.example.com A': [], 'api.example.com AAAA': [], 'api AAAA': ['fd00::1'] });
    expect(await find('api', 'A')).to.deep.equal({ code: 'NODATA' });
    expect(await find('api')).to.deep.equal({ addresses: ['fd00::1'] });
  });

  for (const [first, second, told] of [
    ['NXDOMAIN', 'NXDOMAIN', 'NXDOMAIN'],
    ['NODATA', 'NXDOMAIN', 'NODATA'],
    ['NXDOMAIN', 'NODATA', 'NODATA'],
    ['SERVFAIL', 'NXDOMAIN', 'SERVFAIL'],
    ['NXDOMAIN', 'SERVFAIL', 'SERVFAIL'],
    ['TIMEOUT', 'NXDOMAIN', 'TIMEOUT'],
    ['REFUSED', 'NODATA', 'REFUSED'],
    ['REFUSED', 'SERVFAIL', 'SERVFAIL'],
    ['BADNAME', 'NXDOMAIN', 'NXDOMAIN'],
  ] as const) {
    it(`tells ${told} of ${first} and ${second}`, async () => {
      const { find } = server({ 'api.example.com A': first, 'api A': second });
      expect(await find('api', 'A')).to.deep.equal({ code: told });
    });
  }

  it('asks nobody for a name of the hosts file, however it is written', async () => {
    const { find, asked } = server({});
    expect(await find('DB')).to.deep.equal({ addresses: ['10.0.0.9', 'fd00::9'] });
    expect(await find('db', 'A')).to.deep.equal({ addresses: ['10.0.0.9'] });
    expect(await find('db', 'AAAA')).to.deep.equal({ addresses: ['fd00::9'] });
    expect(asked).to.deep.equal([]);
  });

  it('asks for a name that the hosts file has without an address of the type', async () => {
    const { find } = server({ 'old AAAA': ['fd00::8'] });
    expect(await find('old', 'AAAA')).to.deep.equal({ addresses: ['fd00::8'] });
  });

  it('asks no more once its time is over', async () => {
    const { find, asked } = server({});
    expect(await find('api', 'A', AbortSignal.abort())).to.deep.equal({ code: 'TIMEOUT' });
    expect(asked).to.deep.equal(['api.example.com A']);
  });
});
