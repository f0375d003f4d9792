import { expect } from 'chai';
import { type DnsOptions, dnsCheck } from '../../../src/waiter/checks/dns.ts';
import { systemNetwork } from '../../../src/waiter/network/network.ts';
import { DnsServer } from '../network/dns-server.ts';
import { patience } from '../network/loopback.ts';

describe('dnsCheck', () => {
  let dns: DnsServer;
  beforeEach(async () => {
    dns = await DnsServer.start();
  });
  afterEach(() => dns.stop());

  const check = (host: string, type: DnsOptions['type'] = 'any', signal = patience()) => {
    const hosts = new Map([['localhost', ['127.0.0.1']]]);
    const search = { search: ['ns.svc.cluster.local', 'svc.cluster.local'], ndots: 5, hosts };
    const network = systemNetwork([dns.address], search);
    return dnsCheck({ kind: 'dns', host, type }, network, search)(signal);
  };

  it('is satisfied by an address, found through the search list', async () => {
    dns.scripts.set('api.ns.svc.cluster.local', ['10.96.0.12']);
    expect(await check('api')).to.deep.equal({ satisfied: true, answer: '10.96.0.12' });
  });

  it('says the addresses in the same order each time', async () => {
    dns.scripts.set('api.', ['10.0.0.2', '10.0.0.1']);
    dns.scripts.set('api', ['10.0.0.2', '10.0.0.1']);
    expect(await check('api.')).to.deep.equal({ satisfied: true, answer: '10.0.0.1, 10.0.0.2' });
  });

  it('is satisfied by the hosts file, as the app will be, and asks nobody', async () => {
    expect(await check('localhost')).to.deep.equal({ satisfied: true, answer: '127.0.0.1' });
    expect(dns.questions).to.deep.equal([]);
  });

  it('counts only the addresses of its type', async () => {
    dns.scripts.set('api', ['10.0.0.1']);
    expect(await check('api.', 'AAAA')).to.deep.equal({ satisfied: false, answer: 'no data' });
    expect(await check('api.', 'A')).to.deep.equal({ satisfied: true, answer: '10.0.0.1' });
  });

  it('is satisfied by IPv6 alone', async () => {
    dns.scripts.set('api', ['fd00::1']);
    expect(await check('api.')).to.deep.equal({ satisfied: true, answer: 'fd00::1' });
  });

  for (const [script, answer] of [
    ['NXDOMAIN', 'NXDOMAIN'],
    ['NODATA', 'no data'],
    ['SERVFAIL', 'SERVFAIL'],
    ['REFUSED', 'REFUSED'],
  ] as const) {
    it(`tells ${script} apart, and is not satisfied by it`, async () => {
      dns.scripts.set('api', script);
      expect(await check('api.')).to.deep.equal({ satisfied: false, answer });
    });
  }

  for (const type of ['any', 'A', 'AAAA'] as const) {
    it(`is not satisfied by a CNAME alone, asked for ${type}`, async () => {
      dns.scripts.set('api', { cname: 'gone.test', addresses: [] });
      expect(await check('api.', type)).to.deep.equal({ satisfied: false, answer: 'no data' });
    });
  }

  it('counts only addresses of its type behind a CNAME too', async () => {
    dns.scripts.set('api', { cname: 'real.test', addresses: ['fd00::1'] });
    expect(await check('api.', 'A')).to.deep.equal({ satisfied: false, answer: 'no data' });
    expect(await check('api.', 'AAAA')).to.deep.equal({ satisfied: true, answer: 'fd00::1' });
    expect(await check('api.')).to.deep.equal({ satisfied: true, answer: 'fd00::1' });
  });

  it('goes on with the search list behind a CNAME alone, and tells of it where nothing else is found', async () => {
    dns.scripts.set('api.ns.svc.cluster.local', { cname: 'gone.test', addresses: [] });
    expect(await check('api')).to.deep.equal({ satisfied: false, answer: 'no data' });
    dns.scripts.set('api', ['10.0.0.1']);
    expect(await check('api')).to.deep.equal({ satisfied: true, answer: '10.0.0.1' });
  });

  it('tells a name server that is silent', async () => {
    dns.scripts.set('api', 'DROP');
    const attempt = new AbortController();
    dns.onQuestion(() => attempt.abort());
    expect(await check('api.', 'A', attempt.signal)).to.deep.equal({ satisfied: false, answer: 'timeout' });
  });

  it('tells trouble with one name of the search list rather than that another does not exist', async () => {
    dns.scripts.set('api.svc.cluster.local', 'SERVFAIL');
    expect(await check('api')).to.deep.equal({ satisfied: false, answer: 'SERVFAIL' });
    expect(dns.questions.filter((question) => question.endsWith(' A'))).to.include.members([
      'api.ns.svc.cluster.local A',
      'api.svc.cluster.local A',
      'api A',
    ]);
  });

  for (const host of ['10.0.0.1', 'fd00::1']) {
    it(`is satisfied by ${host} at once`, async () => {
      expect(await check(host)).to.deep.equal({ satisfied: true, answer: host });
      expect(dns.questions).to.deep.equal([]);
    });
  }
});
