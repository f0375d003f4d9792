import type { Lack } from './lacks.ts';
import type { ResourceType } from './served-resources.ts';

/** One finding of a validation, as an API server words it: `field: message`. */
export interface StatusCause {
  /** FieldValueInvalid, FieldValueRequired, FieldValueDuplicate, … */
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

interface Details {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** A refusal, in the reasons and words of the real API server (apimachinery's `api/errors`). */
export class StatusError extends Error {
  /** The HTTP status. */
  readonly status: number;
  readonly reason: string;
  readonly details: Details | undefined;

  constructor(status: number, reason: string, message: string, details?: Details) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.details = details;
  }

  /** The `Status` object that is the body of the response. */
  get body(): Readonly<Record<string, unknown>> {
    const { message, reason, details, status: code } = this;
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      details,
      code,
    };
  }
}

/** `deployments.apps`, or `pods` in the core group. */
export function qualified(type: ResourceType): string {
  return type.group === '' ? type.resource : `${type.resource}.${type.group}`;
}

function about(type: ResourceType, name: string): Details {
  const group = type.group === '' ? {} : { group: type.group };
  return { ...(name === '' ? {} : { name }), ...group, kind: type.resource };
}

export function notFound(type: ResourceType, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${qualified(type)} "${name}" not found`, about(type, name));
}

export function noSuchPath(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function alreadyExists(type: ResourceType, name: string): StatusError {
  const message = `${qualified(type)} "${name}" already exists`;
  return new StatusError(409, 'AlreadyExists', message, about(type, name));
}

export function conflict(type: ResourceType, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualified(type)} "${name}": ${why}`;
  return new StatusError(409, 'Conflict', message, about(type, name));
}

export function modified(type: ResourceType, name: string): StatusError {
  const why = 'the object has been modified; please apply your changes to the latest version and try again';
  return conflict(type, name, why);
}

export function forbidden(
  type: ResourceType,
  name: string,
  why: string,
  causes?: readonly StatusCause[],
): StatusError {
  const message = `${qualified(type)} "${name}" is forbidden: ${why}`;
  return new StatusError(403, 'Forbidden', message, { ...about(type, name), ...(causes ? { causes } : {}) });
}

/** 422: the object was understood and breaks a rule. */
export function invalid(type: ResourceType, name: string, causes: readonly StatusCause[]): StatusError {
  const lines = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const findings = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`;
  const kind = type.group === '' ? type.kind : `${type.kind}.${type.group}`;
  const details = { ...about(type, name), kind: type.kind, causes };
  return new StatusError(422, 'Invalid', `${kind} "${name}" is invalid: ${findings}`, details);
}

/** 422: a patch puts a value of another type into a field. Whose object it is, the API server does not say. */
export function unpatchable(patch: unknown, problem: string): StatusError {
  const message = `Invalid value: ${JSON.stringify(JSON.stringify(patch))}: ${problem}`;
  const causes = [{ reason: 'FieldValueInvalid', message, field: 'patch' }];
  return new StatusError(422, 'Invalid', ` "" is invalid: patch: ${message}`, { causes });
}

/** 422 for a JSON patch whose `test` or path fails. */
export function unprocessable(type: ResourceType, name: string): StatusError {
  const message = 'the server rejected our request due to an error in our request';
  return new StatusError(422, 'Invalid', message, about(type, name));
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

/** 410: what is asked for lies before the history that is kept. */
export function expired(message: string): StatusError {
  return new StatusError(410, 'Expired', message);
}

export function unsupportedMediaType(message: string): StatusError {
  return new StatusError(415, 'UnsupportedMediaType', message);
}

/** 501: Kubernetes has it, and the sandbox does not. */
export function notImplemented({ words }: Lack): StatusError {
  return new StatusError(501, 'NotImplemented', words);
}

export function methodNotAllowed(): StatusError {
  const message = 'the server does not allow this method on the requested resource';
  return new StatusError(405, 'MethodNotAllowed', message, {});
}
