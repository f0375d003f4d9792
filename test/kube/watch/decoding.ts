import { expect } from 'chai';
import fc from 'fast-check';
import type { WatchEvent } from '../../../src/kube/watch/watch-stream.ts';

/** What a decoder has made of what was sent, until it threw. */
export interface Decoded {
  readonly events: readonly WatchEvent[];
  readonly error: unknown;
}

export async function decoded(
  decode: (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<WatchEvent>,
  chunks: readonly Uint8Array[],
): Promise<Decoded> {
  async function* sent() {
    yield* chunks;
  }
  const events: WatchEvent[] = [];
  let error: unknown;
  try {
    for await (const event of decode(sent())) events.push(event);
  } catch (thrown) {
    error = thrown;
  }
  return { events, error };
}

/** Expects so many events, however the bytes are cut. */
export async function expectSameHoweverCut(
  decode: (chunks: readonly Uint8Array[]) => Promise<Decoded>,
  whole: Uint8Array,
  count: number,
): Promise<void> {
  const expected = (await decode([whole])).events;
  expect(expected).to.have.length(count);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: whole.length })), async (cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), whole.length];
      const chunks = places.slice(1).map((end, index) => whole.subarray(places[index], end));
      expect(await decode(chunks)).to.deep.equal({ events: expected, error: undefined });
    }),
  );
}

/** The version of each, and whether it ends the initial events. */
export function bookmarks(events: readonly WatchEvent[]): (readonly [string, boolean])[] {
  return events.map(({ resourceVersion, initialEventsEnd }) => [resourceVersion, initialEventsEnd]);
}
