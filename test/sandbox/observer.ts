import type { ServerResponse } from 'node:http';
import type { ApiAnswer } from '../../src/sandbox/server/api.ts';
import { type Around, asAnswer, type Exchange } from '../../src/sandbox/server/http-exchange.ts';
import { StatusError } from '../../src/sandbox/server/status-error.ts';
import { type Effect, Faults } from './faults.ts';
import { Journal, type JournalEntry } from './journal.ts';

/** What stands around the API of a sandbox in tests: it notes each request, and lets faults strike. */
export interface Observer {
  readonly faults: Faults;
  readonly journal: Journal;
  readonly around: Around;
}

const JOURNAL_LIMIT = 20_000;

const REASONS: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Expired',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

export function observed(): Observer {
  const [faults, journal] = [new Faults(), new Journal(JOURNAL_LIMIT)];
  return {
    faults,
    journal,
    async around(exchange, handle) {
      const { message, request, response } = exchange;
      const url = message.url ?? '/';
      const entry = entryOf(exchange);
      journal.record(entry);
      const effect = faults.take(request.method, url);
      if (effect?.do === 'delay') await effect.until();
      if (effect?.do === 'drop') return void response.destroy();
      const answer = effect?.do === 'fail' ? failure(effect, response) : handle();
      if (effect?.do === 'lose') return void response.destroy();
      if ('stream' in answer) faults.track(url, response);
      return noted(answer, entry);
    },
  };
}

function entryOf({ request, message }: Exchange): JournalEntry {
  const { method, path, query, contentType, body } = request;
  const userAgent = message.headers['user-agent'] ?? '';
  return { method, path, query: `${query}`, contentType, body, userAgent, status: undefined };
}

function failure(
  { status, message = 'injected fault', retryAfterSeconds }: Extract<Effect, { do: 'fail' }>,
  response: ServerResponse,
): ApiAnswer {
  const details = retryAfterSeconds === undefined ? undefined : { retryAfterSeconds };
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', String(retryAfterSeconds));
  return asAnswer(new StatusError(status, REASONS[status] ?? '', message, details));
}

/** The answer, which leaves its status in the entry; a stream may turn out to be a refusal when it begins. */
function noted(answer: ApiAnswer, entry: JournalEntry): ApiAnswer {
  if (!('stream' in answer)) {
    entry.status = answer.status;
    return answer;
  }
  return {
    stream: (response) => {
      entry.status = 200;
      try {
        answer.stream(response);
      } catch (error) {
        entry.status = asAnswer(error).status;
        throw error;
      }
    },
  };
}
