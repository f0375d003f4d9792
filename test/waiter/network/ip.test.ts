import * as net from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { isIP, isIPv6 } from '../../../src/waiter/network/ip.ts';

/** Groups, colons and what else stands in an address, in any order: a half of them nearly right. */
const nearlyIPv6 = fc
  .array(
    fc.constantFrom('0', 'a', 'F', '1234', '12345', ':', '::', '.', '1.2.3.4', '01.2.3.4', '%', '%eth0'),
    {
      maxLength: 18,
    },
  )
  .map((parts) => parts.join(''));

/** Groups with a single colon between them, and two in one place. */
const shortened = fc
  .tuple(fc.array(fc.constantFrom('0', 'ab', 'ffff', '1.2.3.4'), { maxLength: 9 }), fc.nat(9))
  .map(([groups, place]) => `${groups.slice(0, place).join(':')}::${groups.slice(place).join(':')}`);

const any = fc.oneof(
  fc.ipV4(),
  fc.ipV4Extended(),
  fc.ipV6(),
  nearlyIPv6,
  shortened,
  fc.string({ unit: 'binary' }),
  fc.tuple(fc.ipV6(), fc.string()).map(([address, zone]) => `${address}%${zone}`),
);

describe('isIP', () => {
  it('says of any text what Node says', () => {
    fc.assert(
      fc.property(any, (text) => isIP(text) === (net.isIP(text) !== 0)),
      { numRuns: 1_000 },
    );
  });
});

describe('isIPv6', () => {
  it('says of any text what Node says', () => {
    fc.assert(
      fc.property(any, (text) => isIPv6(text) === net.isIPv6(text)),
      { numRuns: 1_000 },
    );
  });

  for (const [text, is] of [
    ['::1', true],
    ['fe00::0', true],
    ['fe80::1%eth0', true],
    ['::ffff:10.0.0.1', true],
    ['fd00:1:2:3:4:5:6:7:8', false],
    ['[::1]', false],
    ['::1]/@[::1', false],
    ['10.0.0.1', false],
    ['redis:6379', false],
    ['', false],
  ] as const)
    it(`says ${is} of '${text}'`, () => {
      expect(isIPv6(text)).to.equal(is);
    });
});
