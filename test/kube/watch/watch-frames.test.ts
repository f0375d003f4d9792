import { expect } from 'chai';
import fc from 'fast-check';
import { map, message, one, text } from '../../../src/kube/protobuf/message.ts';
import { decodeFrames } from '../../../src/kube/watch/watch-frames.ts';
import { MalformedEvent } from '../../../src/kube/watch/watch-stream.ts';
import { type EncodedFields, encodeEvent, encodeObject, encodeStatus } from '../protobuf/encode.ts';
import { bookmarks, decoded, expectSameHoweverCut } from './decoding.ts';

const META = message({ name: one(1, text), resourceVersion: one(6, text), annotations: map(12, text) });
const THING = message({ metadata: one(1, META) });

const decode = (chunks: readonly Uint8Array[], longestFrame?: number) =>
  decoded((sent) => decodeFrames(sent, THING, longestFrame), chunks);

function event(type: string, resourceVersion: string, more: EncodedFields = []): Buffer {
  return encodeEvent(type, encodeObject('Thing', [[1, [[1, 'größe'], [6, resourceVersion], ...more]]]));
}

describe('decodeFrames', () => {
  it('gives the type, the object, and its version', async () => {
    const { events, error } = await decode([event('ADDED', '7')]);
    const object = { kind: 'Thing', metadata: { name: 'größe', resourceVersion: '7' } };
    expect(events).to.deep.equal([{ type: 'ADDED', object, resourceVersion: '7', initialEventsEnd: false }]);
    expect(error).to.equal(undefined);
  });

  it('knows the bookmark that ends the initial events, and errors', async () => {
    const end: EncodedFields = [
      [
        12,
        [
          [1, 'k8s.io/initial-events-end'],
          [2, 'true'],
        ],
      ],
    ];
    const error = encodeEvent('ERROR', encodeStatus(410, 'Expired'));
    const { events } = await decode([event('BOOKMARK', '8'), event('BOOKMARK', '9', end), error]);
    expect(bookmarks(events)).to.deep.equal([
      ['8', false],
      ['9', true],
      ['', false],
    ]);
    expect(events.at(-1)?.object).to.include({ kind: 'Status', code: 410, reason: 'Expired' });
  });

  it('does not depend on how the bytes are cut', async () => {
    const whole = Buffer.concat([event('ADDED', '1'), event('MODIFIED', '2'), event('DELETED', '3')]);
    await expectSameHoweverCut(decode, whole, 3);
  });

  it('drops a last frame that was cut off', async () => {
    const whole = event('ADDED', '1');
    for (const end of [1, 3, 4, 5, whole.length - 1])
      expect(await decode([whole, whole.subarray(0, end)]))
        .to.deep.include({ error: undefined })
        .and.to.have.nested.property('events.length', 1);
  });

  for (const [what, raw] of [
    ['an empty frame', Buffer.alloc(4)],
    ['a frame of garbage', Buffer.from([0, 0, 0, 2, 0xff, 0xff])],
    ['an object that is none', encodeEvent('ADDED', Buffer.from('k8s'))],
    ['an object of JSON', encodeEvent('ADDED', Buffer.from('{"metadata":{}}'))],
    ['a line of JSON', Buffer.from('{"type":"ADDED","object":{"metadata":{}}}\n')],
  ] as const) {
    it(`ends with MalformedEvent at ${what}, after the events before it`, async () => {
      const { events, error } = await decode([
        Buffer.concat([event('BOOKMARK', '1'), raw, event('BOOKMARK', '2')]),
      ]);
      expect(events.map(({ resourceVersion }) => resourceVersion)).to.deep.equal(['1']);
      expect(error).to.be.instanceOf(MalformedEvent);
    });
  }

  it('ends with MalformedEvent as soon as a frame is said to be too long', async () => {
    const { error } = await decode([Buffer.from([0, 0, 0, 101, 1])], 100);
    expect(error).to.be.instanceOf(MalformedEvent).and.have.property('message').that.includes('100');
  });

  it('throws nothing but MalformedEvent, whatever comes', async () => {
    const whole = Buffer.concat([event('ADDED', '1'), event('DELETED', '3')]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 5 }),
        async (changes) => {
          const sent = Buffer.from(whole);
          for (const [at, byte] of changes) sent[at] = byte;
          const { error } = await decode([sent.subarray(0, 9), sent.subarray(9)]);
          expect(error === undefined || error instanceof MalformedEvent, String(error)).to.equal(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
