import type { Logger } from 'pino';
import type { Requests } from '../kube/client/requests.ts';
import { type ServerVersion, serverVersion } from '../kube/server-version.ts';

/** The minor versions of Kubernetes 1 that this release is tested against, from the oldest to the newest. */
export const TESTED_MINORS = { oldest: 30, newest: 37 } as const;

/**
 * What whoever runs the operator should know of an API server that no test has seen; undefined where it is within what
 * was tested. Between the versions that tests run against none is told of.
 */
export function remarkOn({ major, minor, name }: ServerVersion): string | undefined {
  const { oldest, newest } = TESTED_MINORS;
  if (major > 1 || minor > newest) {
    return `Kubernetes ${name} is newer than any that this release is tested with (1.${newest}): create a target of a gate in a test namespace and see that it comes with its containers, and watch the metrics dependency_gate_admission_acting and dependency_gate_admission_skipped_total, and Events AdmissionSkipped`;
  }
  if (minor >= oldest) return undefined;
  return `Kubernetes ${name} is older than any that this release is tested with (1.${oldest}): see that gates become Ready and their targets' Pods open, and that a first start is gated at all (docs/first-starts.md)`;
}

/** Asks the API server once which version it is of, and says what is to be watched where no test has seen it. */
export async function logVersion(
  requests: Pick<Requests, 'version'>,
  log: Pick<Logger, 'info' | 'warn'>,
): Promise<void> {
  try {
    const version = await serverVersion(requests);
    const remark = remarkOn(version);
    if (remark === undefined) log.info({ kubernetes: version.name }, 'the version of Kubernetes is tested');
    else log.warn({ kubernetes: version.name }, remark);
  } catch (error) {
    log.warn({ err: error }, 'failed to ask for the version of Kubernetes');
  }
}
