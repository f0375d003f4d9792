import { z } from 'zod';
import { TARGET_RESOURCES } from '../../api/target-resources.ts';
import type { Requests } from '../../kube/client/requests.ts';
import { serverVersion } from '../../kube/server-version.ts';
import { SANDBOX_BUILD } from '../../sandbox/server/api-resources.ts';
import { INSTALLED } from '../cluster/installed.ts';
import { ifReadable, orUnread, type Reader, type Unread } from '../cluster/reader.ts';

/** A Deployment of the operator. */
export interface InstalledOperator {
  readonly namespace: string;
  readonly name: string;
  readonly image: string;
  readonly ready: number;
  readonly wanted: number;
}

const container = z.object({ image: z.string() });
const deploymentSchema = z.object({
  metadata: z.object({ namespace: z.string(), name: z.string() }),
  spec: z.object({
    replicas: z.number().default(1),
    template: z.object({ spec: z.object({ containers: z.tuple([container], container) }) }),
  }),
  status: z.object({ readyReplicas: z.number().default(0) }).default({ readyReplicas: 0 }),
});

/** The operators of a cluster, in whatever namespaces; or why they cannot be read. */
export async function readOperators(
  reader: Pick<Reader, 'list'>,
): Promise<readonly InstalledOperator[] | Unread> {
  const read = await orUnread(reader.list(TARGET_RESOURCES.Deployment, INSTALLED));
  if ('unread' in read) return read;
  return read.items.map((raw) => {
    const { metadata, spec, status } = deploymentSchema.parse(raw);
    const [{ image }] = spec.template.spec.containers;
    return { ...metadata, image, ready: status.readyReplicas, wanted: spec.replicas };
  });
}

/** Whether the cluster is the sandbox: the operator works in its process, and no Deployment tells of it. */
export async function isSandbox(requests: Pick<Requests, 'version'>): Promise<boolean> {
  const version = await ifReadable(serverVersion(requests));
  return version?.name.endsWith(SANDBOX_BUILD) ?? false;
}
