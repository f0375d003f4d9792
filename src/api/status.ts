import { z } from 'zod';
import { resourcesSchema, TARGET_KINDS } from './spec.ts';

/**
 * The status of a gate. It is a function of what is observed, says nothing that changes while nothing changes (no
 * "last checked"), and its lists never grow with the number of Pods.
 */

/** Names of Pods that a list in the status holds at most; a count says how many there are. */
export const MAX_POD_NAMES = 10;

const text = (max: number) => z.string().max(max);
const atomic = { 'x-kubernetes-list-type': 'atomic' };
const count = (what: string) => z.int().min(0).max(1_000_000).describe(what);

export const CONDITION_TYPES = ['Ready', 'Open', 'Reconciling', 'Stalled'] as const;

export const conditionSchema = z
  .strictObject({
    type: z.string().min(1).max(64).describe('Ready, Open, Reconciling or Stalled.'),
    status: z.enum(['True', 'False', 'Unknown']).describe('Whether the condition holds.'),
    reason: z.string().min(1).max(256).describe('One word for programs.'),
    message: text(2048).describe('A sentence for people.'),
    observedGeneration: z.int().min(0).describe('Generation of the gate that this speaks of.'),
    lastTransitionTime: z
      .string()
      .max(64)
      .meta({ format: 'date-time' })
      .describe('When the status last changed.'),
  })
  .describe('A condition.');

const keyRef = z.strictObject({ name: z.string().max(253), key: z.string().max(253) });

/**
 * A rendered init container. The schema is closed: it is placed into Pods by admission, and a field in it that the API
 * server does not know would make it refuse the target.
 */
export const renderedContainerSchema = z
  .strictObject({
    name: z.string().min(1).max(63),
    image: text(512),
    imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
    command: z.array(text(3072)).max(32).optional().meta(atomic),
    args: z.array(text(3072)).max(128).optional().meta(atomic),
    workingDir: text(512).optional(),
    env: z
      .array(
        z.strictObject({
          name: text(253),
          value: text(2048).optional(),
          valueFrom: z
            .strictObject({
              fieldRef: z.strictObject({ fieldPath: text(253) }).optional(),
              secretKeyRef: keyRef.optional(),
              configMapKeyRef: keyRef.optional(),
            })
            .optional(),
        }),
      )
      .max(64)
      .optional()
      .meta(atomic),
    resources: resourcesSchema.optional(),
    securityContext: z
      .strictObject({
        runAsUser: z.int().min(0).max(2147483647).optional(),
        runAsGroup: z.int().min(0).max(2147483647).optional(),
        runAsNonRoot: z.boolean().optional(),
        readOnlyRootFilesystem: z.boolean().optional(),
        allowPrivilegeEscalation: z.boolean().optional(),
        capabilities: z.strictObject({ drop: z.array(text(64)).max(64).meta(atomic) }).optional(),
        seccompProfile: z.strictObject({ type: text(32) }).optional(),
      })
      .optional(),
    volumeMounts: z
      .array(
        z.strictObject({
          name: text(63),
          mountPath: text(256),
          readOnly: z.boolean().optional(),
        }),
      )
      .max(4)
      .optional()
      .meta(atomic),
    terminationMessagePolicy: z.enum(['File', 'FallbackToLogsOnError']).optional(),
  })
  .describe('An init container as it is placed into the targets.');

export const renderedVolumeSchema = z
  .strictObject({
    name: text(63),
    downwardAPI: z.strictObject({
      items: z
        .array(
          z.strictObject({
            path: text(256),
            fieldRef: z.strictObject({ fieldPath: text(253) }),
          }),
        )
        .max(4)
        .meta(atomic),
    }),
  })
  .describe('A volume as it is placed into the targets.');

export const renderSchema = z
  .strictObject({
    hash: z
      .string()
      .min(1)
      .max(64)
      .describe('Fingerprint of the parts of the spec that the containers are made of.'),
    initContainers: z
      .array(renderedContainerSchema)
      .max(16)
      .describe('The init containers, in order.')
      .meta(atomic),
    volumes: z.array(renderedVolumeSchema).max(4).describe('The volumes that they need.').meta(atomic),
  })
  .describe('What is placed into the targets.');

/** `Missing`: does not exist; `Pending`: not patched yet; `Rolling`: has the render, old Pods are being replaced; `Current`. */
export const TARGET_STATES = ['Missing', 'Pending', 'Rolling', 'Current', 'Refused'] as const;

export const targetStatusSchema = z
  .strictObject({
    kind: z.enum(TARGET_KINDS).describe('Kind of the workload.'),
    name: text(253).describe('Name of the workload.'),
    state: z
      .enum(TARGET_STATES)
      .describe(
        'Missing: does not exist. Pending: does not carry the containers yet. Rolling: carries them, older Pods are still there. Current: carries them, as do all its Pods. Refused: cannot carry them, see message.',
      ),
    message: text(1024).optional().describe('Why it is not current.'),
    open: count('Pods that have passed the gate.'),
    waiting: count('Pods that wait in it.'),
    ungated: count('Pods that run without it, since they are older than it.'),
  })
  .describe('A target as it stands.');

export const dependencyStatusSchema = z
  .strictObject({
    name: text(53).describe('Name of the dependency.'),
    check: text(16).describe('Which check it is.'),
    state: z
      .enum(['Pending', 'Starting', 'Checking', 'Failed', 'Passed'])
      .describe('The state of the Pod that is furthest behind.'),
    pending: count('Pods that have not come to it yet.'),
    starting: count('Pods whose container is being started.'),
    checking: count('Pods that check.'),
    failed: count('Pods whose last attempt failed.'),
    passed: count('Pods that have passed it.'),
    since: z
      .string()
      .max(64)
      .meta({ format: 'date-time' })
      .optional()
      .describe('Since when the longest waiting Pod waits for it.'),
    message: text(1024)
      .optional()
      .describe("The last answer: of the kubelet, or of the container's last run."),
    blockedPods: z
      .array(text(253))
      .max(MAX_POD_NAMES)
      .optional()
      .describe('Pods that wait for it now: at most 10 names.')
      .meta(atomic),
    blocked: count('How many Pods wait for it now.'),
  })
  .describe('A dependency as it stands, over the current Pods of all targets.');

export const podCountsSchema = z
  .strictObject({
    total: count('Current Pods: those that carry the current render.'),
    open: count('Current Pods that have passed the gate.'),
    waiting: count('Current Pods that wait in it.'),
    failed: count('Current Pods that will never pass it: their restart policy is Never and a check failed.'),
    older: count('Pods that carry an older render.'),
    ungated: count('Pods of the targets that run without the gate, since they are older than it.'),
  })
  .describe('The Pods of all targets.');

/** The strings behind the printer columns. */
export const displaySchema = z
  .strictObject({
    targets: text(32).describe('Targets that carry the render, of all: 2/2.'),
    pods: text(32).describe('Pods that have passed, of all current ones: 1/3.'),
    init: text(64).describe('How far the Pod that is furthest behind has come: Init:1/2.'),
    dependencies: text(1024).describe('The dependencies in order.'),
    waitingOn: text(1024).describe('The dependencies that block Pods now.'),
  })
  .describe('Strings for kubectl get.');

export const statusSchema = z
  .strictObject({
    observedGeneration: z
      .int()
      .min(0)
      .optional()
      .describe('Generation of the spec that this status speaks of.'),
    conditions: z
      .array(conditionSchema)
      .max(8)
      .optional()
      .describe(
        'Ready: the gate is in force. Open: every current Pod has passed. Reconciling and Stalled exist only while True.',
      )
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] }),
    render: renderSchema.optional(),
    targets: z
      .array(targetStatusSchema)
      .max(16)
      .optional()
      .describe('The targets, in the order of the spec.')
      .meta(atomic),
    dependencies: z
      .array(dependencyStatusSchema)
      .max(16)
      .optional()
      .describe('The dependencies, in order.')
      .meta(atomic),
    pods: podCountsSchema.optional(),
    display: displaySchema.optional(),
  })
  .describe('What is observed.');

export type Condition = z.infer<typeof conditionSchema>;
export type ConditionType = (typeof CONDITION_TYPES)[number];
export type RenderedContainer = z.infer<typeof renderedContainerSchema>;
export type RenderedVolume = z.infer<typeof renderedVolumeSchema>;
export type Render = z.infer<typeof renderSchema>;
export type TargetStatus = z.infer<typeof targetStatusSchema>;
export type DependencyStatus = z.infer<typeof dependencyStatusSchema>;
export type PodCounts = z.infer<typeof podCountsSchema>;
export type GateStatus = z.infer<typeof statusSchema>;
