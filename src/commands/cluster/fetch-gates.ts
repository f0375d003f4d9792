import type { Gate } from '../../core/model.ts';
import type { ObjectName } from '../../kube/resource.ts';
import { projectGate } from '../../projections/project-gate.ts';
import { GATES } from '../../projections/resources.ts';
import { told } from './error-words.ts';
import type { Reader } from './reader.ts';

/** One gate. @throws Error, of one line, where it cannot be read */
export async function readGate(reader: Pick<Reader, 'get'>, target: Required<ObjectName>): Promise<Gate> {
  const what = `DependencyGate ${target.namespace}/${target.name}`;
  return told({ verb: 'read', what }, async () => projectGate(await reader.get(GATES, target)));
}

/** All gates of a namespace, or of all where none is named. @throws Error, of one line, where they cannot be listed */
export async function readGates(
  reader: Pick<Reader, 'list'>,
  namespace: string | undefined,
): Promise<Gate[]> {
  const where = namespace === undefined ? 'all namespaces (name one with --namespace)' : namespace;
  const undertaking = {
    verb: 'read',
    what: `the DependencyGates of ${where}`,
    missing: `there is no namespace ${namespace}`,
  } as const;
  return told(undertaking, async () =>
    (await reader.list(GATES, { namespace })).items.map((item) => projectGate(item)),
  );
}
