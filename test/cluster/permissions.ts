import { readRoles } from '../config/cluster-roles.ts';
import { type AuditedRequest, readAudit } from './audit.ts';

/** The permissions of the roles in a file, one by one: `patch apps/deployments`, `delete /pods`. */
export function grantedRights(file: string): string[] {
  const rules = readRoles(file).flatMap((role) => role.rules);
  return rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`)),
    ),
  );
}

/** What somebody asked for: permissions, as above. */
export interface Permissions {
  readonly used: ReadonlySet<string>;
  readonly denied: ReadonlySet<string>;
}

/** Which permissions somebody has used by an API server's audit log, and which they lacked. */
export function usedRights(auditLog: string, user: string): Permissions {
  const requests = readAudit(auditLog).filter((request) => request.user === user && request.resource !== '');
  return {
    used: new Set(requests.filter(({ allowed }) => allowed).map(right)),
    denied: new Set(requests.filter(({ allowed }) => !allowed).map(right)),
  };
}

function right({ verb, group, resource, subresource }: AuditedRequest): string {
  return `${verb} ${group}/${resource}${subresource === '' ? '' : `/${subresource}`}`;
}
