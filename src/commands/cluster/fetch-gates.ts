import type { Gate } from '../../core/model.ts';
import { ApiError, isForbidden, isNotFound } from '../../kube/api-error.ts';
import type { ObjectName } from '../../kube/resource.ts';
import { projectGate } from '../../projections/project-gate.ts';
import { GATES } from '../../projections/resources.ts';
import type { Reader } from './reader.ts';

/** One gate. @throws Error, of one line, where it cannot be read */
export async function readGate(reader: Pick<Reader, 'get'>, target: Required<ObjectName>): Promise<Gate> {
  const gate = `DependencyGate ${target.namespace}/${target.name}`;
  return told(async () => projectGate(await reader.get(GATES, target)), {
    missing: `${gate} does not exist`,
    read: gate,
  });
}

/** All gates of a namespace, or of all where none is named. @throws Error, of one line, where they cannot be listed */
export async function readGates(
  reader: Pick<Reader, 'list'>,
  namespace: string | undefined,
): Promise<Gate[]> {
  const where = namespace === undefined ? 'all namespaces (name one with --namespace)' : namespace;
  return told(async () => (await reader.list(GATES, { namespace })).items.map(projectGate), {
    missing: `there is no namespace ${namespace}`,
    read: `the DependencyGates of ${where}`,
  });
}

/** What is said where the object is not there, and of what it is said that it cannot be read. */
interface Words {
  readonly missing: string;
  readonly read: string;
}

async function told<T>(reading: () => Promise<T>, words: Words): Promise<T> {
  try {
    return await reading();
  } catch (error) {
    throw new Error(whyNot(error, words), { cause: error });
  }
}

function whyNot(error: unknown, { missing, read }: Words): string {
  if (!(error instanceof ApiError)) return `${read} cannot be read: ${String(error)}`;
  const { status, reason, message } = error;
  // A path that is not served has no Status, and so no reason, in its answer.
  if (isNotFound(error) && reason !== 'NotFound')
    return 'the cluster knows no DependencyGate: its CustomResourceDefinition is not installed';
  if (isNotFound(error)) return missing;
  if (isForbidden(error)) return `you may not read ${read}: ${message}`;
  if (status === 401) return 'the cluster does not accept the credentials of the kubeconfig';
  return status === 0 && reason !== 'Credentials' ? `the cluster does not answer: ${message}` : message;
}
