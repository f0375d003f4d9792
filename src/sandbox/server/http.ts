import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer, Api, ApiRequest } from './api.ts';
import type { Effect, Faults } from './faults.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { PROTOBUF, readProtobuf } from './protobuf.ts';
import { StatusError } from './status-error.ts';

/** Who a request is from that bears no token. */
export const ADMIN = 'kubernetes-admin';

/** As the real API server's limit of a request's body. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** What stands behind the HTTP layer. */
export interface Handlers {
  readonly api: Api;
  readonly faults: Faults;
  readonly journal: Journal;
}

/** Answers one HTTP request: reads it, notes it in the journal, lets a fault strike, and sends what the API says. */
export async function serve(
  handlers: Handlers,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { faults, journal } = handlers;
  const request = await read(message).catch(asAnswer);
  if ('status' in request) return sendJson(request, response);
  const { method, path, query, contentType, body } = request;
  const userAgent = message.headers['user-agent'] ?? '';
  const entry: JournalEntry = {
    method,
    path,
    query: `${query}`,
    contentType,
    body,
    userAgent,
    status: undefined,
  };
  journal.record(entry);
  const url = message.url ?? '/';
  const effect = faults.take(method, url);
  if (effect?.do === 'delay') await effect.until();
  if (effect?.do === 'drop') return void response.destroy();
  const answer = answerTo(request, handlers.api, effect);
  if (effect?.do === 'lose') return void response.destroy();
  if ('stream' in answer) {
    entry.status = 200;
    faults.track(url, response);
    stream(answer, entry, response);
  } else {
    entry.status = answer.status;
    sendJson(answer, response);
  }
}

async function read(message: IncomingMessage): Promise<ApiRequest> {
  const { method = 'GET', url = '/', headers } = message;
  const { pathname: path, searchParams: query } = new URL(url, 'http://sandbox');
  const contentType = headers['content-type']?.split(';')[0] ?? '';
  const isProtobuf = contentType === PROTOBUF;
  const body = await readBody(message);
  return {
    method,
    path,
    query,
    accept: headers.accept ?? '',
    contentType: isProtobuf ? 'application/json' : contentType,
    user: headers.authorization?.replace(/^Bearer /, '') ?? ADMIN,
    body: isProtobuf ? readProtobuf(body) : parse(body),
  };
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  // Only now: a request that is not read to its end breaks the connection instead of getting its answer.
  if (size > MAX_BODY_BYTES) throw new StatusError(413, 'RequestEntityTooLarge', 'Request entity too large');
  return Buffer.concat(chunks);
}

/** The body as JSON; as text where it is none: the API refuses that by its media type. */
function parse(body: Buffer): unknown {
  const text = body.toString();
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

function answerTo(request: ApiRequest, api: Api, effect: Effect | undefined): Answer {
  try {
    return effect?.do === 'fail' ? failure(effect) : api.answer(request);
  } catch (error) {
    return asAnswer(error);
  }
}

interface Document {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfterSeconds?: number | undefined;
}

function failure({
  status,
  message = 'injected fault',
  retryAfterSeconds,
}: Extract<Effect, { do: 'fail' }>): Document {
  const reasons: Readonly<Record<number, string>> = {
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
  const details = retryAfterSeconds === undefined ? undefined : { retryAfterSeconds };
  return {
    status,
    body: new StatusError(status, reasons[status] ?? '', message, details).body,
    retryAfterSeconds,
  };
}

function asAnswer(error: unknown): Document {
  const known =
    error instanceof StatusError
      ? error
      : new StatusError(500, 'InternalError', `Internal error occurred: ${error}`);
  return { status: known.status, body: known.body };
}

function stream(
  answer: Extract<Answer, { stream: unknown }>,
  entry: JournalEntry,
  response: ServerResponse,
): void {
  try {
    answer.stream(response);
  } catch (error) {
    const refused = asAnswer(error);
    entry.status = refused.status;
    sendJson(refused, response);
  }
}

function sendJson({ status, body, retryAfterSeconds }: Document, response: ServerResponse): void {
  const retry = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  response.writeHead(status, { 'content-type': 'application/json', ...retry });
  response.end(`${JSON.stringify(body)}\n`);
}
