import { expect } from 'chai';
import { decodeEvents, MalformedEvent } from '../../../src/kube/watch/watch-stream.ts';
import { added, bookmark, errorEvent, initialEnd, thing } from '../client/misbehaving-server.ts';
import { bookmarks, decoded, expectSameHoweverCut } from './decoding.ts';

const decode = (chunks: readonly Uint8Array[], longestLine?: number) =>
  decoded((sent) => decodeEvents(sent, longestLine), chunks);

const bytes = (text: string) => new TextEncoder().encode(text);
const line = (event: unknown) => `${JSON.stringify(event)}\n`;

describe('decodeEvents', () => {
  it('gives the type, the object as it was sent, and its version', async () => {
    const object = { ...thing('a', '7'), futureField: [1] };
    const { events } = await decode([bytes(line({ type: 'ADDED', object }))]);
    expect(events).to.deep.equal([{ type: 'ADDED', object, resourceVersion: '7', initialEventsEnd: false }]);
  });

  it('knows the bookmark that ends the initial events, and errors', async () => {
    const sent = [bookmark('8'), initialEnd('9'), errorEvent(410, 'Expired')];
    const { events } = await decode([bytes(sent.map(line).join(''))]);
    expect(bookmarks(events)).to.deep.equal([
      ['8', false],
      ['9', true],
      ['', false],
    ]);
  });

  it('does not depend on how the bytes are cut, in the midst of a character too', async () => {
    const sent = [added(thing('a', '1', 'größe 🧱')), added(thing('b', '2')), bookmark('3')];
    const whole = bytes(sent.map(line).join(''));
    await expectSameHoweverCut(decode, whole, 3);
  });

  it('drops a last line that was cut off, and empty lines', async () => {
    const { events, error } = await decode([
      bytes(`\n${line(added(thing('a', '1')))}\n{"type":"ADDED","obj`),
    ]);
    expect(events.map(({ type }) => type)).to.deep.equal(['ADDED']);
    expect(error).to.equal(undefined);
  });

  for (const [what, raw] of [
    ['half a line', '{"type":"ADDED","object":{"meta\n'],
    ['a line that is no event', '{"hello":1}\n'],
    ['a line whose object is none', '{"type":"ADDED","object":null}\n'],
    ['text', '<html>\n'],
  ] as const) {
    it(`ends with MalformedEvent at ${what}, after the events before it`, async () => {
      const { events, error } = await decode([bytes(line(bookmark('1')) + raw + line(bookmark('2')))]);
      expect(events.map(({ resourceVersion }) => resourceVersion)).to.deep.equal(['1']);
      expect(error).to.be.instanceOf(MalformedEvent);
    });
  }

  it('ends with MalformedEvent at a line that does not end', async () => {
    const { error } = await decode(Array(5).fill(bytes('x'.repeat(30))), 100);
    expect(error).to.be.instanceOf(MalformedEvent).and.have.property('message').that.includes('100');
  });
});
