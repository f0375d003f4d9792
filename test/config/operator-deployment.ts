import { z } from 'zod';
import type { Manifest } from './manifests.ts';

const probe = z.object({ httpGet: z.object({ path: z.string(), port: z.string() }) });

const deploymentSchema = z.object({
  spec: z.object({
    replicas: z.int(),
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      spec: z.object({
        securityContext: z
          .object({ runAsNonRoot: z.boolean(), runAsUser: z.int(), runAsGroup: z.int() })
          .loose(),
        containers: z.tuple([
          z.looseObject({
            image: z.string(),
            command: z.array(z.string()).optional(),
            args: z.array(z.string()),
            env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })),
            ports: z.array(z.object({ name: z.string(), containerPort: z.int() })),
            livenessProbe: probe,
            readinessProbe: probe,
          }),
        ]),
      }),
    }),
  }),
});

/** The operator's Deployment among the objects, as far as the tests look at it. */
export function operatorDeployment(objects: readonly Manifest[]) {
  const found = objects.filter(({ kind }) => kind === 'Deployment');
  const [{ spec }] = z.tuple([deploymentSchema]).parse(found);
  const { securityContext, containers } = spec.template.spec;
  return { pod: spec.template.metadata, securityContext, container: containers[0] };
}
