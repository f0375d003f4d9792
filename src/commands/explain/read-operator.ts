import { z } from 'zod';
import type { Gate } from '../../core/model.ts';
import type { ObjectName, Resource } from '../../kube/resource.ts';
import { INSTALLED } from '../cluster/installed.ts';
import { ifReadable, type Reader } from '../cluster/reader.ts';

const BINDINGS: Resource = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: 'validatingadmissionpolicybindings',
  namespaced: false,
};
/** An overlay may have put something before and behind it. */
const GUARD = 'dependencygate-guard-status';

const bindingsSchema = z.array(
  z.object({
    spec: z.object({
      policyName: z.string(),
      paramRef: z.object({ namespace: z.string(), name: z.string() }).optional().catch(undefined),
    }),
  }),
);

/**
 * The ServiceAccount that the guards of the cluster take for the operator: only that one may write the status of gates.
 * Asked only where the status says that no operator writes it; undefined too where whoever asks may not know.
 */
export async function readOperator(
  reader: Pick<Reader, 'list'>,
  gate: Gate,
): Promise<Required<ObjectName> | undefined> {
  if (!lacksOperator(gate)) return undefined;
  const bindings = bindingsSchema.safeParse((await ifReadable(reader.list(BINDINGS, INSTALLED)))?.items).data;
  const guard = bindings?.find(({ spec }) => spec.policyName.includes(GUARD));
  return guard?.spec.paramRef;
}

/** Whether nobody has written the status, or not since the spec has changed. */
export function lacksOperator({ deleting, generation, status }: Gate): boolean {
  const { conditions = [], observedGeneration = 0 } = status;
  return !deleting && (conditions.length === 0 || observedGeneration < generation);
}
