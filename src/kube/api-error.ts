import { z } from 'zod';

/** One of the reasons in the details of a Status, e.g. for a field that was refused. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

export interface ApiErrorFields {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /**
   * `reason` of the Status body, else `Unknown`. With status 0: `NetworkError`, `Timeout`, `Aborted` (by the caller)
   * or `Credentials` (they could not be read).
   */
  readonly reason: string;
  readonly message: string;
  /** How long the server asks to wait, in ms. */
  readonly retryAfterMs?: number | undefined;
  readonly causes?: readonly StatusCause[];
}

/**
 * The one error of the API server and of the way to it. It holds what the server said and nothing of the request, so
 * it can be logged and shown as it is.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly reason: string;
  readonly retryAfterMs: number | undefined;
  readonly causes: readonly StatusCause[];

  constructor(fields: ApiErrorFields) {
    super(fields.message);
    this.status = fields.status;
    this.reason = fields.reason;
    this.retryAfterMs = fields.retryAfterMs;
    this.causes = fields.causes ?? [];
  }
}

const causeSchema = z.object({
  reason: z.string().default(''),
  message: z.string().default(''),
  field: z.string().default(''),
});

const statusSchema = z.object({
  kind: z.literal('Status'),
  code: z.number().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
  details: z
    .object({ causes: z.array(causeSchema).optional(), retryAfterSeconds: z.number().optional() })
    .nullish()
    .catch(undefined),
});

/**
 * The error of an answer that is not a success. `retryAfter` is the header, of which only seconds are understood; `raw` is
 * the Status, where it did not come as JSON.
 */
export function errorFromAnswer(
  status: number,
  retryAfter: string | undefined,
  body: string,
  raw = parseJson(body),
): ApiError {
  const error = errorFromStatus(raw, status, body);
  const seconds = Number.parseInt(retryAfter ?? '', 10);
  if (Number.isNaN(seconds)) return error;
  const { reason, message, causes } = error;
  return new ApiError({ status, reason, message, causes, retryAfterMs: seconds * 1000 });
}

/** What a proxy says in front of the API server is a page rather than a sentence. */
const LONGEST_TEXT = 200;

/**
 * The error that a Status object stands for, as in a watch's ERROR event. `status` counts when the object names no
 * code; `text` is what is shown of something that is not a Status.
 */
export function errorFromStatus(raw: unknown, status = 0, text = ''): ApiError {
  const parsed = statusSchema.safeParse(raw);
  if (!parsed.success) {
    const message = text.trim().slice(0, LONGEST_TEXT) || `HTTP ${status}`;
    return new ApiError({ status, reason: 'Unknown', message });
  }
  const { code, reason, message = '', details } = parsed.data;
  const seconds = details?.retryAfterSeconds;
  const causes = details?.causes ?? [];
  return new ApiError({
    status: status || (code ?? 0),
    reason: reason || 'Unknown',
    message: inOrder(message, causes) || reason || `HTTP ${status || code}`,
    retryAfterMs: seconds === undefined ? undefined : seconds * 1000,
    causes,
  });
}

/**
 * The message of a validation lists what is wrong, `Deployment.apps "web" is invalid: [a: no, b: no]`, in an order that is
 * another one each time. The same refusal is to have the same words each time, since they are stored and compared.
 */
function inOrder(message: string, causes: readonly StatusCause[]): string {
  const lines = [...new Set(causes.map((cause) => `${cause.field}: ${cause.message}`))];
  return message.replace(lines.join(LIST), () => lines.toSorted().join(LIST));
}

const LIST = ', ';

const failureSchema = z.object({ code: z.string().catch(''), message: z.string().catch('') });

/** The error of a request that got no answer, or only a part of one. */
export function errorFromNetwork(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const { code, message } = failureSchema.catch({ code: '', message: '' }).parse(error);
  const reason = code.endsWith('_TIMEOUT') || code === 'ETIMEDOUT' ? 'Timeout' : 'NetworkError';
  return new ApiError({ status: 0, reason, message: message || code || 'no answer' });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Somebody else has changed the object since it was read. */
export const isConflict = (error: unknown): error is ApiError =>
  has(error, 409) && error.reason !== 'AlreadyExists';

/** An object of that name is there already. */
export const isAlreadyExists = (error: unknown): error is ApiError =>
  has(error, 409) && error.reason === 'AlreadyExists';

export const isNotFound = (error: unknown): error is ApiError => has(error, 404);

/** The resource version, or the page of a list, is too old (reasons `Expired` and `Gone`): read everything again. */
export const isGone = (error: unknown): error is ApiError => has(error, 410);

/** Refused for what it says (422 by validation, 400 by decoding): sending it again does not help. */
export const isInvalid = (error: unknown): error is ApiError => has(error, 422) || has(error, 400);

/**
 * Refused by RBAC, admission, quota, or because the namespace is going away. By RBAC for some seconds too where the API
 * server has just started and has not read the roles; nothing but words for people tells these apart.
 */
export const isForbidden = (error: unknown): error is ApiError => has(error, 403);

/** Refused since the namespace is going away, or gone: nothing can be created there any more. */
export const isNamespaceGone = (error: unknown): error is ApiError =>
  (isForbidden(error) && error.causes.some(({ reason }) => reason === 'NamespaceTerminating')) ||
  isNotFound(error);

/** Nothing is wrong with the request: no answer, 429, or the server's own failure. */
export const isTransient = (error: unknown): error is ApiError =>
  error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);

function has(error: unknown, status: number): error is ApiError {
  return error instanceof ApiError && error.status === status;
}
