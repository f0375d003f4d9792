import { z } from 'zod';

/**
 * The parts of Kubernetes' objects that the simulators read. Everything else is kept as it came: a template that
 * goes from a Deployment into a Pod must not lose a field.
 */

const metadata = z.looseObject({
  name: z.string(),
  namespace: z.string().default('default'),
  uid: z.string(),
  resourceVersion: z.string(),
  generation: z.number().default(0),
  creationTimestamp: z.string().default(''),
  deletionTimestamp: z.string().optional(),
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
  ownerReferences: z
    .array(
      z.looseObject({
        kind: z.string(),
        name: z.string(),
        uid: z.string(),
        controller: z.boolean().default(false),
      }),
    )
    .default([]),
});

const keyReference = z.looseObject({
  name: z.string(),
  key: z.string(),
  optional: z.boolean().default(false),
});
const sourceReference = z.looseObject({ name: z.string(), optional: z.boolean().default(false) });

const container = z.looseObject({
  name: z.string(),
  image: z.string().default(''),
  command: z.array(z.string()).default([]),
  args: z.array(z.string()).default([]),
  env: z
    .array(
      z.looseObject({
        name: z.string(),
        value: z.string().default(''),
        valueFrom: z
          .looseObject({
            fieldRef: z.looseObject({ fieldPath: z.string() }).optional(),
            secretKeyRef: keyReference.optional(),
            configMapKeyRef: keyReference.optional(),
          })
          .optional(),
      }),
    )
    .default([]),
  envFrom: z
    .array(
      z.looseObject({
        prefix: z.string().default(''),
        secretRef: sourceReference.optional(),
        configMapRef: sourceReference.optional(),
      }),
    )
    .default([]),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })).default([]),
  restartPolicy: z.string().optional(),
  ports: z.array(z.looseObject({ name: z.string().optional(), containerPort: z.number() })).default([]),
});

/** Keys of a ConfigMap or Secret as files. */
const files = z
  .looseObject({
    name: z.string(),
    items: z.array(z.looseObject({ key: z.string(), path: z.string() })).default([]),
  })
  .optional();

const volume = z.looseObject({
  name: z.string(),
  projected: z
    .looseObject({
      sources: z.array(z.looseObject({ configMap: files, secret: files })).default([]),
    })
    .optional(),
});

const condition = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
  lastTransitionTime: z.string().nullish(),
  lastUpdateTime: z.string().optional(),
});

const template = z.looseObject({
  metadata: z.looseObject({ labels: z.record(z.string(), z.string()).default({}) }).prefault({}),
});
const selector = z.looseObject({ matchLabels: z.record(z.string(), z.string()).default({}) });
const count = z.number().default(0);
const share = z.union([z.number(), z.string()]).default('25%');

export const deploymentSchema = z.looseObject({
  kind: z.literal('Deployment'),
  metadata,
  spec: z.looseObject({
    replicas: z.number().default(1),
    paused: z.boolean().default(false),
    selector,
    template,
    revisionHistoryLimit: z.number().default(10),
    progressDeadlineSeconds: z.number().default(600),
    strategy: z
      .looseObject({
        type: z.string().default('RollingUpdate'),
        rollingUpdate: z.looseObject({ maxSurge: share, maxUnavailable: share }).nullish(),
      })
      .prefault({}),
  }),
  status: z
    .looseObject({
      replicas: count,
      updatedReplicas: count,
      readyReplicas: count,
      availableReplicas: count,
      conditions: z.array(condition).default([]),
    })
    .prefault({}),
});

export const replicaSetSchema = z.looseObject({
  kind: z.literal('ReplicaSet'),
  metadata,
  spec: z.looseObject({ replicas: z.number().default(1), selector, template }),
  status: z.looseObject({ replicas: count, readyReplicas: count, availableReplicas: count }).prefault({}),
});

/** The DaemonSet controller ties each of its Pods to a node by it. */
const affinity = z.looseObject({
  nodeAffinity: z
    .looseObject({
      requiredDuringSchedulingIgnoredDuringExecution: z
        .looseObject({
          nodeSelectorTerms: z.array(
            z.looseObject({
              matchFields: z
                .array(z.looseObject({ operator: z.string(), values: z.array(z.string()).default([]) }))
                .default([]),
            }),
          ),
        })
        .optional(),
    })
    .optional(),
});

export const podSchema = z.looseObject({
  kind: z.literal('Pod'),
  metadata,
  spec: z.looseObject({
    nodeName: z.string().optional(),
    affinity: affinity.optional(),
    schedulingGates: z.array(z.object({ name: z.string() })).default([]),
    restartPolicy: z.string().default('Always'),
    serviceAccountName: z.string().default('default'),
    initContainers: z.array(container).default([]),
    containers: z.array(container).default([]),
    volumes: z.array(volume).default([]),
  }),
  status: z
    .looseObject({
      phase: z.string().default('Pending'),
      podIP: z.string().optional(),
      conditions: z.array(condition).default([]),
    })
    .prefault({}),
});

export const serviceSchema = z.looseObject({
  kind: z.literal('Service'),
  metadata,
  spec: z
    .looseObject({
      type: z.string().default('ClusterIP'),
      clusterIP: z.string().default(''),
      selector: z.record(z.string(), z.string()).nullish(),
      publishNotReadyAddresses: z.boolean().default(false),
      ports: z
        .array(
          z.looseObject({
            name: z.string().optional(),
            port: z.number(),
            targetPort: z.union([z.number(), z.string()]).optional(),
            protocol: z.string().default('TCP'),
          }),
        )
        .default([]),
    })
    .prefault({}),
});

export const endpointSliceSchema = z.looseObject({
  kind: z.literal('EndpointSlice'),
  metadata,
  endpoints: z
    .array(
      z.looseObject({
        addresses: z.array(z.string()),
        conditions: z
          .looseObject({ ready: z.boolean().nullish(), serving: z.boolean().nullish() })
          .prefault({}),
      }),
    )
    .nullish(),
  ports: z.array(z.looseObject({ name: z.string().nullish(), port: z.number().nullish() })).nullish(),
});

const data = z.record(z.string(), z.string()).nullish();
/** Values are in base64, as on the wire. */
export const secretSchema = z.looseObject({ kind: z.literal('Secret'), metadata, data });
export const configMapSchema = z.looseObject({ kind: z.literal('ConfigMap'), metadata, data });

export type Deployment = z.infer<typeof deploymentSchema>;
export type ReplicaSet = z.infer<typeof replicaSetSchema>;
export type Pod = z.infer<typeof podSchema>;
export type PodContainer = z.infer<typeof container>;
export type PodCondition = z.infer<typeof condition>;
export type Service = z.infer<typeof serviceSchema>;
export type EndpointSlice = z.infer<typeof endpointSliceSchema>;
export type Secret = z.infer<typeof secretSchema>;
export type ConfigMap = z.infer<typeof configMapSchema>;

/** An object of any kind that a collection holds. */
export interface Held {
  readonly kind: string;
  readonly metadata: z.infer<typeof metadata>;
}

/** Whether a condition of this type is True. */
export function isTrue(conditions: readonly PodCondition[], type: string): boolean {
  return conditions.some((one) => one.type === type && one.status === 'True');
}

/** Whether labels hold all of a selector's; an empty selector selects nothing here, as a Service's does. */
export function selects(
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}
