import { z } from 'zod';
import { GROUP, PLURAL } from '../../api/names.ts';
import type { CrdView } from '../../core/admission/cause.ts';
import { isNotFound } from '../../kube/api-error.ts';
import type { Requests } from '../../kube/client/requests.ts';
import { CRDS } from '../../projections/resources.ts';

const crdSchema = z.object({ metadata: z.object({ creationTimestamp: z.string() }) });

/** Since when the custom resource has been there. Whoever may not read it, or gets no answer, knows nothing of it. */
export async function readCrd(requests: Pick<Requests, 'get'>): Promise<CrdView> {
  try {
    const crd = crdSchema.parse(await requests.get(CRDS, { name: `${PLURAL}.${GROUP}` }));
    return { createdAt: crd.metadata.creationTimestamp };
  } catch (error) {
    return isNotFound(error) ? 'absent' : undefined;
  }
}
