import type { Connection, HttpAnswer, Init } from '../../src/kube/client/connection.ts';

/** A request of the operator, as it left it. */
export interface Call {
  readonly method: Init['method'];
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly contentType: string;
  readonly body: unknown;
  /** Of the answer; undefined while there is none, and where there was none. */
  status: number | undefined;
  isUnderWay: boolean;
}

/** A connection that notes every request that is made through it, in their order. */
export function recorded(connection: Connection, calls: Call[]): Connection {
  return {
    async fetch(url: string, init: Init): Promise<HttpAnswer> {
      const [path = '', query = ''] = url.split('?');
      const body: unknown = init.body === undefined ? undefined : JSON.parse(init.body);
      const contentType = init.headers?.['Content-Type'] ?? '';
      const asked = { method: init.method, path, query, contentType, body };
      const call: Call = { ...asked, status: undefined, isUnderWay: true };
      calls.push(call);
      try {
        const answer = await connection.fetch(url, init);
        call.status = answer.status;
        return answer;
      } finally {
        call.isUnderWay = false;
      }
    },
    close: () => connection.close(),
  };
}

/** Requests that can change something. */
export function writes(calls: readonly Call[]): Call[] {
  return calls.filter(({ method }) => method !== 'GET');
}
