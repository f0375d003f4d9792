import type { ServerResponse } from 'node:http';

/** What goes wrong with a request. */
export type Effect =
  /** It is handled when the promise resolves. */
  | { readonly do: 'delay'; readonly until: () => Promise<unknown> }
  /** It is not handled, and answered with this status. */
  | {
      readonly do: 'fail';
      readonly status: number;
      readonly message?: string;
      readonly retryAfterSeconds?: number;
    }
  /** It is not handled, and the connection breaks. */
  | { readonly do: 'drop' }
  /** It is handled, and the connection breaks instead of the answer. */
  | { readonly do: 'lose' };

export interface Fault {
  /** Default: every method. */
  readonly method?: string;
  /** Tested against path and query. Default: every path. */
  readonly path?: RegExp;
  /** How many requests it hits. Default: 1. */
  readonly times?: number;
  readonly effect: Effect;
}

/** Faults that a test injects in front of the sandbox's API. */
export class Faults {
  readonly #faults = new Map<Fault, number>();
  readonly #streams = new Map<ServerResponse, string>();

  /** Adds a fault behind those that are there. Returns what removes it. */
  add(fault: Fault): () => void {
    this.#faults.set(fault, fault.times ?? 1);
    return () => this.#faults.delete(fault);
  }

  /** Breaks the open watches and logs with a matching path (and query), and says how many. */
  cut(path = /./): number {
    const hit = [...this.#streams].filter(([, url]) => path.test(url));
    for (const [response] of hit) response.destroy();
    return hit.length;
  }

  /** The effect on this request: of the first fault that matches. */
  take(method: string, url: string): Effect | undefined {
    for (const [fault, left] of this.#faults) {
      if ((fault.method ?? method) !== method || !(fault.path ?? /./).test(url)) continue;
      if (left > 1) this.#faults.set(fault, left - 1);
      else this.#faults.delete(fault);
      return fault.effect;
    }
    return undefined;
  }

  /** Remembers a response that stays open, until it closes. */
  track(url: string, response: ServerResponse): void {
    this.#streams.set(response, url);
    response.on('close', () => this.#streams.delete(response));
  }
}
