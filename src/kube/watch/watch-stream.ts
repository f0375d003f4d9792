import { z } from 'zod';

/** One line of a watch, or one frame. */
export interface WatchEvent {
  readonly type: string;
  /** The object of an ADDED, MODIFIED or DELETED, the Status of an ERROR. */
  readonly object: unknown;
  /** Empty in an ERROR. */
  readonly resourceVersion: string;
  /** A bookmark: all that was there when the watch began has been sent. */
  readonly initialEventsEnd: boolean;
}

/** A line or a frame that is not an event. The object that it was about is unknown, so what has been followed is no longer whole. */
export class MalformedEvent extends Error {
  override readonly name = 'MalformedEvent';
}

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

const eventSchema = z.object({
  type: z.string(),
  object: z.object({
    metadata: z
      .object({
        resourceVersion: z.string().default(''),
        annotations: z.object({ [INITIAL_EVENTS_END]: z.string().optional() }).optional(),
      })
      .default({ resourceVersion: '' }),
  }),
});

/** etcd refuses objects far smaller than this (1.5 MiB); in characters. */
const LONGEST_LINE = 32 * 2 ** 20;

/**
 * Decodes a watch. A last line that was cut off is dropped: the event comes again when the watch is taken up from the
 * last resource version.
 *
 * @throws MalformedEvent for a line that is not an event, and for one that does not end.
 */
export async function* decodeEvents(
  chunks: AsyncIterable<Uint8Array>,
  longestLine = LONGEST_LINE,
): AsyncGenerator<WatchEvent> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const [first = '', ...rest] = decoder.decode(chunk, { stream: true }).split('\n');
    parts.push(first);
    length += first.length;
    if (length > longestLine) throw new MalformedEvent(`a line of more than ${longestLine} characters`);
    for (const start of rest) {
      const line = parts.join('');
      if (line !== '') yield decodeEvent(line);
      parts = [start];
      length = start.length;
    }
  }
}

function decodeEvent(line: string): WatchEvent {
  let raw: unknown;
  try {
    raw = JSON.parse(line);
  } catch {
    throw new MalformedEvent(`a line of ${line.length} characters that is not JSON`);
  }
  return eventOf(raw);
}

/** @throws MalformedEvent for what is no event */
export function eventOf(raw: unknown): WatchEvent {
  const parsed = eventSchema.safeParse(raw);
  if (!parsed.success) throw new MalformedEvent('what was sent can be read, but it is no event');
  const { resourceVersion, annotations } = parsed.data.object.metadata;
  return {
    type: parsed.data.type,
    object: objectOf(raw),
    resourceVersion,
    initialEventsEnd: annotations?.[INITIAL_EVENTS_END] === 'true',
  };
}

/** The object as it was sent: what the schema gives is only what the schema names. */
function objectOf(event: unknown): unknown {
  return typeof event === 'object' && event !== null && 'object' in event ? event.object : undefined;
}
