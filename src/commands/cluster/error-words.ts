import { ApiError, isForbidden, isNotFound } from '../../kube/api-error.ts';

/** What was to be done with what, where it could not be. */
export interface Undertaking {
  readonly verb: 'read' | 'change';
  readonly what: string;
  /** Default: that it does not exist. */
  readonly missing?: string;
}

/** @throws Error, of one line for whoever asked, instead of what `work` throws */
export async function told<T>(undertaking: Undertaking, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(whyNot(error, undertaking), { cause: error });
  }
}

function whyNot(error: unknown, { verb, what, missing = `${what} does not exist` }: Undertaking): string {
  if (!(error instanceof ApiError))
    return `${what} cannot be ${verb === 'read' ? 'read' : 'changed'}: ${String(error)}`;
  const { status, reason, message } = error;
  // A path that is not served has no Status, and so no reason, in its answer.
  if (isNotFound(error) && reason !== 'NotFound')
    return 'the cluster knows no DependencyGate: its CustomResourceDefinition is not installed';
  if (isNotFound(error)) return missing;
  if (isForbidden(error)) return `you may not ${verb} ${what}: ${message}`;
  if (status === 401) return 'the cluster does not accept the credentials of the kubeconfig';
  return status === 0 && reason !== 'Credentials' ? `the cluster does not answer: ${message}` : message;
}
