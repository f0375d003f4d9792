import { expect } from 'chai';
import fc from 'fast-check';
import { formatHostPort, isHost, parseHostPort } from '../../../src/waiter/network/address.ts';

describe('parseHostPort', () => {
  for (const [text, host, port] of [
    ['redis:6379', 'redis', 6379],
    ['redis.my-namespace.svc:1', 'redis.my-namespace.svc', 1],
    ['10.0.0.1:65535', '10.0.0.1', 65535],
    ['[fd00::1]:443', 'fd00::1', 443],
    ['[fe80::1%eth0]:80', 'fe80::1%eth0', 80],
  ] as const) {
    it(`reads ${text}`, () => {
      expect(parseHostPort(text)).to.deep.equal({ host, port });
    });
  }

  for (const text of [
    '',
    'redis',
    'redis:',
    ':6379',
    'redis:0',
    'redis:65536',
    'redis:x',
    'redis:-1',
    'redis:1e3',
    'fd00::1:443',
    '[fd00::1]',
    '[]:1',
    're dis:1',
    'http://redis:1',
    'redis:1 ',
  ]) {
    it(`refuses '${text}'`, () => {
      expect(parseHostPort(text)).to.equal(undefined);
    });
  }

  it('reads what formatHostPort writes', () => {
    const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(host, fc.integer({ min: 1, max: 65535 }), (host, port) => {
        expect(parseHostPort(formatHostPort({ host, port }))).to.deep.equal({ host, port });
      }),
    );
  });
});

describe('isHost', () => {
  it('takes names and addresses of up to 253 characters', () => {
    expect(isHost('a'.repeat(253))).to.equal(true);
    expect(isHost('a'.repeat(254))).to.equal(false);
  });

  for (const text of ['', 'a b', 'a/b', '[::1]', 'a\n']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(isHost(text)).to.equal(false);
    });
  }
});
