import { expect } from 'chai';
import { systemNetwork } from '../../../src/waiter/network/network.ts';
import { DnsServer } from './dns-server.ts';
import { patience } from './loopback.ts';

describe('systemNetwork', () => {
  let dns: DnsServer;
  beforeEach(async () => {
    dns = await DnsServer.start();
  });
  afterEach(() => dns.stop());

  const network = (hosts: Readonly<Record<string, readonly string[]>> = {}) =>
    systemNetwork([dns.address], { search: ['ns.test'], ndots: 2, hosts: new Map(Object.entries(hosts)) });

  describe('resolve', () => {
    it('gives the addresses of the family', async () => {
      dns.scripts.set('api.test', ['10.0.0.1', '10.0.0.2', 'fd00::1']);
      const { resolve } = network();
      expect(await resolve('api.test', 'A', patience())).to.deep.equal({
        addresses: ['10.0.0.1', '10.0.0.2'],
      });
      expect(await resolve('api.test', 'AAAA', patience())).to.deep.equal({ addresses: ['fd00::1'] });
    });

    for (const code of ['NXDOMAIN', 'NODATA', 'SERVFAIL', 'REFUSED'] as const) {
      it(`tells ${code} by its code`, async () => {
        dns.scripts.set('api.test', code);
        expect(await network().resolve('api.test', 'A', patience())).to.deep.equal({ code });
      });
    }

    it('asks for exactly the name', async () => {
      await network().resolve('api', 'A', patience());
      expect(dns.questions).to.deep.equal(['api A']);
    });

    it('sees a name as soon as it is there, however long its absence may be cached', async () => {
      const { resolve } = network();
      expect(await resolve('api.test', 'A', patience())).to.deep.equal({ code: 'NXDOMAIN' });
      dns.scripts.set('api.test', ['10.0.0.1']);
      expect(await resolve('api.test', 'A', patience())).to.deep.equal({ addresses: ['10.0.0.1'] });
    });

    it('gives no addresses where the answer has none: a CNAME alone is not one', async () => {
      const { resolve } = network();
      for (const target of ['gone.test', 'api.test']) {
        dns.scripts.set('api.test', { cname: target, addresses: [] });
        expect(await resolve('api.test', 'A', patience())).to.deep.equal({ code: 'NODATA' });
        expect(await resolve('api.test', 'AAAA', patience())).to.deep.equal({ code: 'NODATA' });
      }
      dns.scripts.set('api.test', { tcp: [] });
      expect(await resolve('api.test', 'A', patience())).to.deep.equal({ code: 'NODATA' });
    });

    it('asks again by TCP where an answer does not fit', async () => {
      dns.scripts.set('api.test', { tcp: ['10.0.0.7'] });
      expect(await network().resolve('api.test', 'A', patience())).to.deep.equal({ addresses: ['10.0.0.7'] });
    });

    it('ends with TIMEOUT as soon as its signal aborts', async () => {
      dns.scripts.set('api.test', 'DROP');
      const attempt = new AbortController();
      dns.onQuestion(() => attempt.abort());
      expect(await network().resolve('api.test', 'A', attempt.signal)).to.deep.equal({ code: 'TIMEOUT' });
    });

    it('asks nothing where the signal has aborted already', async () => {
      expect(await network().resolve('api.test', 'A', AbortSignal.abort())).to.deep.equal({
        code: 'TIMEOUT',
      });
      expect(dns.questions).to.deep.equal([]);
    });

    it('can be used again after an attempt was cut short', async () => {
      dns.scripts.set('api.test', 'DROP');
      const attempt = new AbortController();
      dns.onQuestion(() => attempt.abort());
      const { resolve } = network();
      await resolve('api.test', 'A', attempt.signal);
      dns.scripts.set('api.test', ['10.0.0.1']);
      expect(await resolve('api.test', 'A', patience())).to.deep.equal({ addresses: ['10.0.0.1'] });
    });

    it('says that a name cannot be asked for', async () => {
      const label = 'x'.repeat(64);
      expect(await network().resolve(`${label}.test`, 'A', patience())).to.deep.equal({ code: 'BADNAME' });
    });
  });

  describe('locate', () => {
    for (const address of ['10.0.0.1', 'fd00::1']) {
      it(`takes ${address} as it is`, async () => {
        expect(await network().locate(address, 80, patience())).to.deep.equal([{ host: address, port: 80 }]);
        expect(dns.questions).to.deep.equal([]);
      });
    }

    it('believes the hosts file before any name server', async () => {
      const found = await network({ api: ['10.9.9.9', 'fd00::9'] }).locate('API', 80, patience());
      expect(found).to.deep.equal([
        { host: '10.9.9.9', port: 80 },
        { host: 'fd00::9', port: 80 },
      ]);
      expect(dns.questions).to.deep.equal([]);
    });

    it('follows the search list', async () => {
      dns.scripts.set('api.ns.test', ['10.0.0.1', '10.0.0.2']);
      expect(await network().locate('api', 80, patience())).to.deep.equal([
        { host: '10.0.0.1', port: 80 },
        { host: '10.0.0.2', port: 80 },
      ]);
    });

    it('finds a host that has IPv6 alone, behind a CNAME too', async () => {
      dns.scripts.set('api.ns.test', ['fd00::1']);
      dns.scripts.set('db.ns.test', { cname: 'real.test', addresses: ['fd00::2'] });
      expect(await network().locate('api', 80, patience())).to.deep.equal([{ host: 'fd00::1', port: 80 }]);
      expect(await network().locate('db', 80, patience())).to.deep.equal([{ host: 'fd00::2', port: 80 }]);
    });

    it('gives both families, since only one of them may lead somewhere', async () => {
      dns.scripts.set('api.ns.test', { cname: 'real.test', addresses: ['fd00::1', '10.0.0.1'] });
      expect(await network().locate('api', 80, patience())).to.deep.equal([
        { host: '10.0.0.1', port: 80 },
        { host: 'fd00::1', port: 80 },
      ]);
    });

    it('does without a family that the name server is silent about', async () => {
      dns.scripts.set('api.ns.test A', ['10.0.0.1']).set('api.ns.test AAAA', 'DROP');
      expect(await network().locate('api', 80, patience())).to.deep.equal([{ host: '10.0.0.1', port: 80 }]);
    });

    it('dials no more than 32 addresses of a family, however many a name server tells', async () => {
      const numbers = Array.from({ length: 40 }, (_, index) => index + 1);
      const told = [...numbers.map((one) => `10.0.0.${one}`), ...numbers.map((one) => `fd00::${one}`)];
      dns.scripts.set('api.ns.test', told);
      const found = await network().locate('api', 80, patience());
      const hosts = 'failure' in found ? [] : found.map(({ host }) => host);
      expect(hosts.filter((host) => host.includes(':'))).to.have.length(32);
      expect(hosts.filter((host) => !host.includes(':'))).to.have.length(32);
    });

    it('says why there is nothing to dial', async () => {
      expect(await network().locate('api', 80, patience())).to.deep.equal({ failure: 'NXDOMAIN' });
      for (const script of ['NODATA', { cname: 'gone.test', addresses: [] }] as const) {
        dns.scripts.set('api.ns.test', script);
        expect(await network().locate('api', 80, patience())).to.deep.equal({ failure: 'no data' });
      }
    });
  });
});
