import { ApiError } from '../api-error.ts';
import type { Requests, Selection, WatchQuery } from '../client/requests.ts';
import type { Clock } from '../clock.ts';
import type { Resource } from '../resource.ts';
import { decodeFrames } from './watch-frames.ts';
import { decodeEvents, type WatchEvent } from './watch-stream.ts';

export interface FollowOptions {
  readonly requests: Pick<Requests, 'watch'>;
  readonly resource: Resource;
  readonly selection: Selection;
  readonly query: WatchQuery;
  readonly clock: Clock;
  /** Ends it with the signal's reason. */
  readonly signal: AbortSignal;
  /** How long the answer may be silent from now on, in ms. Asked whenever some of it has come. */
  readonly idleLimitMs: () => number;
  /** What it throws ends the watch. */
  readonly onEvent: (event: WatchEvent) => void;
}

/**
 * One watch, from its request to its end in order.
 *
 * @throws ApiError (reason `Idle` after too long a silence), MalformedEvent, or what `onEvent` throws.
 */
export async function follow(options: FollowOptions): Promise<void> {
  const { clock, signal } = options;
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener('abort', abort, { once: true });
  let cancel = () => {};
  const touch = () => {
    const ms = options.idleLimitMs();
    cancel();
    cancel = clock.after(ms, () => controller.abort(idle(ms)));
  };
  try {
    const { requests, resource, selection, query } = options;
    const body = await requests.watch(resource, selection, query, controller.signal);
    const chunks = touching(body.chunks, touch);
    const { message } = selection;
    const events = body.isProtobuf && message ? decodeFrames(chunks, message) : decodeEvents(chunks);
    for await (const event of events) options.onEvent(event);
  } finally {
    cancel();
    signal.removeEventListener('abort', abort);
    controller.abort();
  }
}

/** The silence begins when what has come is dealt with, since that may change the limit. */
async function* touching(chunks: AsyncIterable<Uint8Array>, touch: () => void): AsyncGenerator<Uint8Array> {
  touch();
  for await (const chunk of chunks) {
    yield chunk;
    touch();
  }
}

function idle(ms: number): ApiError {
  return new ApiError({ status: 0, reason: 'Idle', message: `the watch was silent for ${ms / 1000} s` });
}
