import { expect } from 'chai';
import {
  decodeServingStatus,
  encodeHealthRequest,
  statusName,
} from '../../../src/waiter/checks/grpc-messages.ts';

describe('encodeHealthRequest', () => {
  for (const [service, hex] of [
    ['', '0000000000'],
    ['ab', '00000000040a026162'],
    ['ü', '00000000040a02c3bc'],
  ] as const) {
    it(`frames the request for '${service}'`, () => {
      expect(encodeHealthRequest(service).toString('hex')).to.equal(hex);
    });
  }

  it('writes a length above 127 in two bytes', () => {
    const frame = encodeHealthRequest('s'.repeat(253));
    expect(frame.subarray(0, 8).toString('hex')).to.equal('00000001000afd01');
    expect(frame).to.have.length(5 + 256);
  });
});

describe('decodeServingStatus', () => {
  for (const [hex, name] of [
    ['00000000020801', 'SERVING'],
    ['00000000020802', 'NOT_SERVING'],
    ['00000000020803', 'SERVICE_UNKNOWN'],
    ['00000000020800', 'UNKNOWN'],
    ['0000000000', 'UNKNOWN'],
    ['', 'UNKNOWN'],
    ['00000000020809', 'status 9'],
  ] as const) {
    it(`reads ${hex || 'nothing'} as ${name}`, () => {
      expect(decodeServingStatus(Buffer.from(hex, 'hex'))).to.equal(name);
    });
  }
});

describe('statusName', () => {
  it("has gRPC's own names", () => {
    expect([5, 12, 14, 16].map(statusName)).to.deep.equal([
      'NOT_FOUND',
      'UNIMPLEMENTED',
      'UNAVAILABLE',
      'UNAUTHENTICATED',
    ]);
  });

  it('has a name for a code that nobody knows', () => {
    expect(statusName(99)).to.equal('status 99');
  });
});
