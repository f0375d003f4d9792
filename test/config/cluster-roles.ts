import { z } from 'zod';
import { readManifests } from './manifests.ts';

const roleSchema = z.looseObject({
  kind: z.enum(['ClusterRole', 'Role']),
  metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
  rules: z
    .array(
      z.object({
        apiGroups: z.array(z.string()),
        resources: z.array(z.string()),
        resourceNames: z.array(z.string()).optional(),
        verbs: z.array(z.string()),
      }),
    )
    .default([]),
});

export type Role = z.infer<typeof roleSchema>;

/** The roles in a file, of a namespace or not; one that others add to has no rules of its own. */
export function readRoles(file: string): Role[] {
  return readManifests(file)
    .filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role')
    .map((role) => roleSchema.parse(role));
}

/** The ClusterRoles in a file. */
export function readClusterRoles(file: string): Role[] {
  return readRoles(file).filter(({ kind }) => kind === 'ClusterRole');
}
