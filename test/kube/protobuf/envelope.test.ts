import { expect } from 'chai';
import { isProtobuf, listOf, readObject, readStatus } from '../../../src/kube/protobuf/envelope.ts';
import { MalformedProtobuf, message, one, text } from '../../../src/kube/protobuf/message.ts';
import { encode, encodeObject, encodeStatus } from './encode.ts';

const THING = message({ name: one(1, text) });

describe('readObject', () => {
  it('reads an object of the kind that is expected', () => {
    const sent = encodeObject('Thing', [[1, 'a']]);
    expect(readObject(sent, THING)).to.deep.equal({ kind: 'Thing', name: 'a' });
  });

  it('reads a list', () => {
    const sent = encodeObject('ThingList', [
      [
        1,
        [
          [2, '7'],
          [3, 'next'],
          [4, 1],
        ],
      ],
      [2, [[1, 'a']]],
      [2, [[1, 'b']]],
    ]);
    expect(readObject(sent, listOf(THING))).to.deep.equal({
      kind: 'ThingList',
      metadata: { resourceVersion: '7', continue: 'next' },
      items: [{ name: 'a' }, { name: 'b' }],
    });
  });

  it('reads a Status that came in its place', () => {
    expect(readObject(encodeStatus(410, 'Expired'), THING)).to.deep.equal({
      ...{ kind: 'Status', message: 'said: Expired', reason: 'Expired', code: 410, details: {} },
    });
  });

  for (const [what, sent] of [
    ['nothing', new Uint8Array()],
    ['JSON', Buffer.from('{"kind":"Thing"}')],
    ['a message without an envelope', encode([[1, 'a']])],
    ['half an object', encodeObject('Thing', [[1, 'abc']]).subarray(0, -6)],
    ['an object that is none', encodeObject('Thing', [[1, 5]])],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(() => readObject(sent, THING)).to.throw(MalformedProtobuf);
    });
  }
});

describe('readStatus', () => {
  it('reads the causes, and for how long to wait', () => {
    const sent = encodeObject('Status', [
      [
        5,
        [
          [
            4,
            [
              [1, 'FieldValueInvalid'],
              [2, 'no'],
              [3, 'spec'],
            ],
          ],
          [5, 3],
        ],
      ],
    ]);
    expect(readStatus(sent)?.details).to.deep.equal({
      causes: [{ reason: 'FieldValueInvalid', message: 'no', field: 'spec' }],
      retryAfterSeconds: 3,
    });
  });

  it('gives nothing for what is none', () => {
    expect(readStatus(Buffer.from('upstream connect error'))).to.equal(undefined);
  });
});

describe('isProtobuf', () => {
  it('knows the answer to a list and that to a watch, and nothing else', () => {
    const type = 'application/vnd.kubernetes.protobuf';
    const all = [type, `${type};stream=watch`, `${type} ; a=b`, 'application/json', `${type}2`, undefined];
    expect(all.map(isProtobuf)).to.deep.equal([true, true, true, false, false, false]);
  });
});
