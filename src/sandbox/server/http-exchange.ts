import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Api, ApiAnswer, ApiRequest } from './api.ts';
import { PROTOBUF, readProtobuf } from './protobuf.ts';
import { StatusError } from './status-error.ts';

/** Who a request is from that bears no token. */
export const ADMIN = 'kubernetes-admin';

/** As the real API server's limit of a request's body. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;

/**
 * Stands in front of the API, for tests that look at requests or let something go wrong with them. `handle` asks the API;
 * where no answer is given, none is sent.
 */
export type Around = (exchange: Exchange, handle: () => ApiAnswer) => Promise<ApiAnswer | undefined>;

/** One request, read, and the response that is still to be sent. */
export interface Exchange {
  readonly request: ApiRequest;
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
}

/** Answers one HTTP request: reads it, and sends what the API says. */
export async function serve(
  api: Api,
  around: Around | undefined,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = await read(message).catch(asAnswer);
  if ('status' in request) return sendJson(request, response);
  const handle = () => answerTo(request, api);
  const answer = around ? await around({ request, message, response }, handle) : handle();
  if (!answer) return;
  if ('stream' in answer) stream(answer, response);
  else sendJson(answer, response);
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

function answerTo(request: ApiRequest, api: Api): ApiAnswer {
  try {
    return api.answer(request);
  } catch (error) {
    return asAnswer(error);
  }
}

type Document = Extract<ApiAnswer, { body: unknown }>;

/** What a refusal, or a defect, is answered with. */
export function asAnswer(error: unknown): Document {
  const known =
    error instanceof StatusError
      ? error
      : new StatusError(500, 'InternalError', `Internal error occurred: ${error}`);
  return { status: known.status, body: known.body };
}

function stream(answer: Extract<ApiAnswer, { stream: unknown }>, response: ServerResponse): void {
  try {
    answer.stream(response);
  } catch (error) {
    sendJson(asAnswer(error), response);
  }
}

function sendJson({ status, body, warnings = [] }: Document, response: ServerResponse): void {
  if (warnings.length > 0) response.setHeader('warning', warnings.map(warning));
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}

/** As RFC 7234 has it, and as kubectl shows it; a header takes no other letters. */
function warning(text: string): string {
  return `299 - ${JSON.stringify(text.replaceAll(/[^ -~]/g, '?'))}`;
}
