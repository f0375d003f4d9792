import { readWatchEvent } from '../protobuf/envelope.ts';
import type { Message } from '../protobuf/message.ts';
import { eventOf, MalformedEvent, type WatchEvent } from './watch-stream.ts';

/** The length of a frame stands before it, in four bytes, the highest first. */
const HEADER = 4;

/** As of lines, in bytes. */
const LONGEST_FRAME = 32 * 2 ** 20;

/**
 * Decodes a watch in protobuf. A last frame that was cut off is dropped, as a line is.
 *
 * @throws MalformedEvent for a frame that is not an event, and for one that is too long.
 */
export async function* decodeFrames(
  chunks: AsyncIterable<Uint8Array>,
  message: Message,
  longestFrame = LONGEST_FRAME,
): AsyncGenerator<WatchEvent> {
  let parts: Uint8Array[] = [];
  let have = 0;
  let need = HEADER;
  for await (const chunk of chunks) {
    parts.push(chunk);
    have += chunk.length;
    // Put together only once a frame is whole: else each chunk would copy all those before it.
    if (have < need) continue;
    let rest = parts.length === 1 ? chunk : Buffer.concat(parts);
    for (need = needed(rest, longestFrame); rest.length >= need; need = needed(rest, longestFrame)) {
      yield decodeFrame(rest.subarray(HEADER, need), message);
      rest = rest.subarray(need);
    }
    parts = [rest];
    have = rest.length;
  }
}

/** How many bytes the next frame takes with its header, as far as that is known. */
function needed(bytes: Uint8Array, longest: number): number {
  if (bytes.length < HEADER) return HEADER;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  if (length > longest) throw new MalformedEvent(`a frame of ${length} bytes, which is more than ${longest}`);
  return HEADER + length;
}

function decodeFrame(frame: Uint8Array, message: Message): WatchEvent {
  let raw: unknown;
  try {
    raw = readWatchEvent(frame, message);
  } catch (cause) {
    throw new MalformedEvent(`a frame of ${frame.length} bytes that is no event`, { cause });
  }
  return eventOf(raw);
}
