import { readFileSync } from 'node:fs';
import { z } from 'zod';

const EVENT = z.object({
  stage: z.string(),
  verb: z.string(),
  requestURI: z.string(),
  user: z.object({ username: z.string().default('') }),
  objectRef: z
    .object({
      apiGroup: z.string().default(''),
      resource: z.string().default(''),
      subresource: z.string().default(''),
      namespace: z.string().default(''),
      name: z.string().default(''),
    })
    .prefault({}),
  responseStatus: z.object({ code: z.number().default(0) }).prefault({}),
  annotations: z.record(z.string(), z.string()).default({}),
});

/** A request that the API server answered (`ResponseComplete`) or, for a watch, has begun to (`ResponseStarted`). */
export interface AuditedRequest {
  readonly stage: string;
  /** `system:serviceaccount:<namespace>:<name>` for a ServiceAccount. */
  readonly user: string;
  /** RBAC's verb: get, list, watch, create, update, patch, delete, deletecollection. */
  readonly verb: string;
  /** '' for the core group, and for requests of no resource. */
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly uri: string;
  /** The HTTP status. */
  readonly code: number;
  /** Whether authorization let it through. What is allowed may still be refused, by admission with 403 too. */
  readonly allowed: boolean;
}

/** Reads an API server's audit log: every request so far, in the order of the answers. */
export function readAudit(file: string): AuditedRequest[] {
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1); // the last line may be in the middle of being written
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { objectRef, user, requestURI, ...event } = EVENT.parse(JSON.parse(line));
      const { apiGroup: group, ...rest } = objectRef;
      return {
        stage: event.stage,
        user: user.username,
        verb: event.verb,
        group,
        ...rest,
        uri: requestURI,
        code: event.responseStatus.code,
        allowed: event.annotations['authorization.k8s.io/decision'] === 'allow',
      };
    });
}
