import { z } from 'zod';
import { completedJobSchema, MAX_COMPLETED } from './completed-job.ts';
import { atomic } from './fields.ts';
import { renderSchema } from './rendered.ts';
import { TARGET_KINDS } from './spec.ts';

/**
 * The status of a gate. It is a function of what is observed, says nothing that changes while nothing changes (no
 * "last checked"), and its lists never grow with the number of Pods.
 */

/** Names of Pods that a list in the status holds at most; a count says how many there are. */
export const MAX_POD_NAMES = 10;

/** Characters of a string for `kubectl get`. */
export const MAX_DISPLAY = 1024;

/** So many are remembered of a target: the present one, those of a rollout under way, and one or two to go back to. */
export const MAX_PASSED_TEMPLATES = 4;

const text = (max: number) => z.string().max(max);
const count = (what: string) => z.int().min(0).max(1_000_000).describe(what);
/** A count that came after the first version: an operator that does not know it yet must be able to write its status. */
const later = (what: string) => count(what).optional();

/** The conditions, and what each says. */
export const CONDITIONS = {
  Ready: 'The gate is in force: valid, rendered, and every target that exists carries its containers.',
  Open: 'A Pod of the targets has passed with the present containers, and none waits now. Unknown while none has passed yet, or a target is missing, is not current or has no Pod yet; False while a Pod waits or has failed, or where a Job failed before its Pods had passed.',
  Reconciling: 'The operator is bringing the gate into force. Exists only while True.',
  Stalled:
    'The gate cannot come into force without somebody acting; the message says what to change. Exists only while True.',
} as const;

export type ConditionType = keyof typeof CONDITIONS;

export const conditionSchema = z
  .strictObject({
    type: z
      .string()
      .min(1)
      .max(64)
      .describe(`What it is about: ${Object.keys(CONDITIONS).join(', ')}.`),
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

export const TARGET_STATES = ['Missing', 'Pending', 'Rolling', 'Current', 'Refused', 'Immutable'] as const;

export const passedTemplateSchema = z
  .strictObject({
    template: text(253).describe(
      'What tells it apart: the revision of a StatefulSet or DaemonSet, the UID of a ReplicaSet or Job.',
    ),
    at: z.string().max(64).meta({ format: 'date-time' }).describe('When its first Pod passed.'),
  })
  .describe('A Pod template that has passed.');

export const targetStatusSchema = z
  .strictObject({
    kind: z.enum(TARGET_KINDS).describe('Kind of the workload.'),
    name: text(253).describe('Name of the workload.'),
    state: z
      .enum(TARGET_STATES)
      .describe(
        'Missing: does not exist. Pending: does not carry the containers yet. Rolling: carries them, older Pods are still there. Current: carries them, as do all its Pods. Refused: cannot carry them, see message. Immutable: a Job that was created without them.',
      ),
    reason: text(64)
      .optional()
      .describe('One word for programs: why it is not current, or has no Pods. The message says it.'),
    message: text(1024).optional().describe('Why it is not current, or why it has no Pods.'),
    open: count('Pods that have passed the gate.'),
    waiting: count('Pods that wait in it.'),
    held: later('Pods that are held, since they were made without a gate that they require.'),
    ungated: count('Pods that run without it, since they are older than it.'),
    passed: text(64)
      .optional()
      .describe(
        'UID of the workload, once a Pod of it has passed with the present containers: that counts after the Pod is gone. Void for other containers, and for another workload of the name.',
      ),
    passedTemplates: z
      .array(passedTemplateSchema)
      .max(MAX_PASSED_TEMPLATES)
      .optional()
      .describe(
        'With when: Rollout, the Pod templates of which a Pod has passed by itself with the present containers: further Pods of these start without waiting. The last 4.',
      )
      .meta(atomic),
    firstStart: text(64)
      .optional()
      .describe(
        'UID of the workload, where it came after the gate: its Pods without the gate are refused when they are made (config/first-starts).',
      ),
  })
  .describe('A target as it stands.');

export const dependencyStatusSchema = z
  .strictObject({
    name: text(53).describe('Name of the dependency.'),
    check: text(16).describe('Which check it is.'),
    state: z
      .enum(['Pending', 'Starting', 'Checking', 'Failed', 'Passed'])
      .describe('Failed, Starting, Checking, Pending or Passed: the first of these that a Pod is in.'),
    pending: count('Pods that have not come to it yet.'),
    starting: count('Pods whose container is being started.'),
    checking: count('Pods that check.'),
    failed: count('Pods whose last attempt failed.'),
    passed: count('Pods that have passed it.'),
    opened: later(
      'Pods for which it was opened by a person: by spec.open, or by an annotation that the operator did not write.',
    ),
    skipped: later('Pods that did not wait for it, since their template had passed before (when: Rollout).'),
    openedEarly: later(
      'Pods that the Job of an earlier release let through: they run what the present Job is of, and passed before that was created. Told where nothing compares Job and Pod. Exists only while there are any.',
    ),
    openedByHand: later('Those of them for which somebody annotated the Pod itself.'),
    satisfied: z
      .boolean()
      .optional()
      .describe(
        'Whether it is there, as the operator evaluates it: of service, resource and gate only. Of what is evaluated for each Pod: for all that wait for it now.',
      ),
    reason: text(64)
      .optional()
      .describe('One word for programs: what the operator sees, as the answer says it for people.'),
    answer: text(1024)
      .optional()
      .describe(
        'What the operator sees. Of service, resource and gate: the last answer. Of other checks: a hint from the Service that the host names, while Pods wait.',
      ),
    completed: z
      .array(completedJobSchema)
      .max(MAX_COMPLETED)
      .optional()
      .describe('Jobs that completed, the latest last, so that they count after they were deleted.')
      .meta(atomic),
    question: text(64)
      .optional()
      .describe(
        'Fingerprint of what is asked of the object, whatever its name: what completed counts while this is the same.',
      ),
    fingerprint: text(64)
      .optional()
      .describe(
        'Of what it is evaluated by: the kind and name of the object, and what is asked of it. What is remembered here is void once that changes, and outlives every other change of the gate.',
      ),
    overdue: z
      .boolean()
      .optional()
      .describe('Pods wait for it for longer than overdueAfterSeconds. Exists only while true.'),
    since: z
      .string()
      .max(64)
      .meta({ format: 'date-time' })
      .optional()
      .describe('Since when the longest waiting Pod waits for it.'),
    message: text(1024)
      .optional()
      .describe("The last answer: of the kubelet, or of the container's last run."),
    containerReason: text(256)
      .optional()
      .describe(
        "The kubelet's own word for why its container does not run, or how its last run ended: ImagePullBackOff, OOMKilled.",
      ),
    exitCode: z
      .int()
      .min(-2147483648)
      .max(2147483647)
      .optional()
      .describe('Exit code of the last run of its container that failed.'),
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
    held: later('Pods that are held, since they were made without a gate that they require.'),
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
    open: text(16)
      .optional()
      .describe('Status of the condition Open; ByHand where it is True since a person opened a dependency.'),
    message: text(MAX_DISPLAY).optional().describe('Why the gate is stalled, or else why it is open or not.'),
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
        Object.entries(CONDITIONS)
          .map(([type, meaning]) => `${type}: ${meaning}`)
          .join(' '),
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
export type PassedTemplate = z.infer<typeof passedTemplateSchema>;
export type TargetStatus = z.infer<typeof targetStatusSchema>;
export type DependencyStatus = z.infer<typeof dependencyStatusSchema>;
export type PodCounts = z.infer<typeof podCountsSchema>;
export type GateStatus = z.infer<typeof statusSchema>;
