import { z } from 'zod';
import { readManifests } from './manifests.ts';

const clusterRoleSchema = z.looseObject({
  kind: z.literal('ClusterRole'),
  metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
  rules: z
    .array(
      z.object({
        apiGroups: z.array(z.string()),
        resources: z.array(z.string()),
        verbs: z.array(z.string()),
      }),
    )
    .default([]),
});

export type ClusterRole = z.infer<typeof clusterRoleSchema>;

/** The ClusterRoles in a file; one that others add to has no rules of its own. */
export function readClusterRoles(file: string): ClusterRole[] {
  return readManifests(file)
    .filter(({ kind }) => kind === 'ClusterRole')
    .map((role) => clusterRoleSchema.parse(role));
}
