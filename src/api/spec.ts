import { z } from 'zod';
import { dnsCheckSchema, grpcCheckSchema, httpCheckSchema, tcpCheckSchema } from './checks.ts';
import { containerCheckSchema } from './container-check.ts';
import {
  DEFAULT_ORDER,
  DEFAULT_PLACEMENT,
  DEFAULT_TARGET_KIND,
  DEFAULT_TIMING,
  DEFAULT_UPDATE_POLICY,
  DEFAULT_WAITER_RESOURCES,
  DEFAULT_WHEN,
} from './defaults.ts';
import { gateCheckSchema, resourceCheckSchema, serviceCheckSchema } from './evaluated-checks.ts';
import { atomic, image, label, objectName, pullPolicy, resourcesSchema } from './fields.ts';
import { ALL_DEPENDENCIES, MAX_GATE_AND_DEPENDENCY_LENGTH } from './names.ts';

/**
 * The spec of a gate: the one source of its types, its validation and the CRD. What a schema cannot say stands in
 * `rules.ts`; a spec is valid only if both hold (see `validateGate`).
 *
 * No default stands in this schema: a default inside a list shows as drift in GitOps tools for ever. Defaults are
 * applied by the code (see `defaults.ts`) and told in the descriptions.
 */

export const TARGET_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'] as const;

/** Of one gate. */
export const MAX_DEPENDENCIES = 16;

/** The checks that the operator makes, from what it watches, and tells the waiting Pods of. */
export const JUDGED_CHECKS = ['service', 'resource', 'gate'] as const;

/** The checks; a dependency has exactly one. */
export const CHECKS = ['dns', 'tcp', 'http', 'grpc', ...JUDGED_CHECKS, 'container'] as const;

export const targetSchema = z
  .strictObject({
    kind: z.enum(TARGET_KINDS).optional().describe(`Kind of the workload. Default: ${DEFAULT_TARGET_KIND}.`),
    name: objectName().describe(
      "Name of the workload, in the gate's own namespace. It may appear later than the gate.",
    ),
  })
  .describe('A workload whose Pods wait for the dependencies.');

const timing = {
  periodSeconds: z
    .int()
    .min(1)
    .max(3600)
    .optional()
    .describe(`Seconds between two attempts, jittered by a tenth. Default: ${DEFAULT_TIMING.periodSeconds}.`),
  timeoutSeconds: z
    .int()
    .min(1)
    .max(300)
    .optional()
    .describe(`Seconds after which one attempt is given up. Default: ${DEFAULT_TIMING.timeoutSeconds}.`),
  successThreshold: z
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe(`Attempts in a row that must succeed. Default: ${DEFAULT_TIMING.successThreshold}.`),
  overdueAfterSeconds: z
    .int()
    .min(1)
    .max(604800)
    .optional()
    .describe(
      `Seconds of waiting after which the dependency counts as overdue: it is reported, and handled as onOverdue says. Default: ${DEFAULT_TIMING.overdueAfterSeconds}.`,
    ),
  onOverdue: z
    .enum(['Wait', 'Open'])
    .optional()
    .describe(
      `Action when the dependency is overdue. Wait: keep waiting. Open: treat it as satisfied. Default: ${DEFAULT_TIMING.onOverdue}.`,
    ),
};

export const dependencySchema = z
  .strictObject({
    name: label(53).describe(
      `Name of the dependency, unique in the gate. Together with the gate's name it has at most ${MAX_GATE_AND_DEPENDENCY_LENGTH} characters, since both become the container's name.`,
    ),
    dns: dnsCheckSchema.optional(),
    tcp: tcpCheckSchema.optional(),
    http: httpCheckSchema.optional(),
    grpc: grpcCheckSchema.optional(),
    service: serviceCheckSchema.optional(),
    resource: resourceCheckSchema.optional(),
    gate: gateCheckSchema.optional(),
    container: containerCheckSchema.optional(),
    ...timing,
  })
  .describe('Something that must be there before the targets start: a name, and exactly one check.');

const timingSchema = z.strictObject(timing);

function told(part: 'requests' | 'limits'): string {
  const { cpu, memory } = DEFAULT_WAITER_RESOURCES[part];
  return `${cpu} of CPU and ${memory} of memory`;
}

const waiterSchema = z.strictObject({
  image: image().optional().describe("Image of the waiting containers. Default: the operator's setting."),
  imagePullPolicy: pullPolicy()
    .optional()
    .describe("When that image is pulled. Default: the operator's setting."),
  imagePullSecrets: z
    .array(z.strictObject({ name: objectName().describe("Secret in the gate's namespace.") }))
    .min(1)
    .max(4)
    .optional()
    .describe(
      "Secrets that the images are pulled with. They are added to the targets' own, for all containers of their Pods, and go with the gate; those that a target has itself stay.",
    )
    .meta(atomic),
  resources: resourcesSchema
    .optional()
    .describe(
      `Compute resources of the waiting containers. Default: requests ${told('requests')}, limits ${told('limits')}. In targets whose own containers make their Pods Guaranteed, requests are raised to the limits.`,
    ),
  runAsUser: z
    .int()
    .min(1)
    .max(2147483647)
    .optional()
    .describe(
      "User and group id of the waiting containers, never root's. Istio's redirection leaves 1337 alone. Default: the operator's setting.",
    ),
});

export const specSchema = z
  .strictObject({
    targets: z
      .array(targetSchema)
      .min(1)
      .max(16)
      .describe("Workloads in the gate's own namespace whose Pods wait. Each may stand here once.")
      .meta(atomic),
    dependencies: z
      .array(dependencySchema)
      .min(1)
      .max(MAX_DEPENDENCIES)
      .describe(
        "What the targets wait for, in this order. Each becomes one init container, before all of the workload's own, or behind the one that after names; with order Parallel all but the containers share one.",
      )
      .meta(atomic),
    defaults: timingSchema
      .optional()
      .describe('Settings for the dependencies that do not say otherwise (all but container).'),
    waiter: waiterSchema.optional().describe('Settings of the waiting containers.'),
    after: label(63)
      .optional()
      .describe(
        "Init container of the targets' own that the gate's containers stand right behind, as a native sidecar that the checks go through. A target that has none of that name is told of in the status, and its Pods wait before all of its own. Default: before all of the targets' own.",
      ),
    order: z
      .enum(['Sequential', 'Parallel'])
      .optional()
      .describe(
        `How the dependencies are waited for. Sequential: one after the other, each in an init container of its own. Parallel: all at once, in one init container named dgate-<gate>--${ALL_DEPENDENCIES}, so that a Pod whose dependencies are there starts sooner; one that was satisfied stays so while the others are waited for. Containers keep their own, behind that one. A change of it rolls the targets. Default: ${DEFAULT_ORDER}.`,
      ),
    when: z
      .enum(['EveryStart', 'Rollout'])
      .optional()
      .describe(
        `Which Pods wait. EveryStart: all of them. Rollout: those of a Pod template until one of it has passed; its further Pods start without waiting, as when it is scaled out or a node is drained while the dependency is away. That is the operator's doing: while it is down they wait. Not with a container, which cannot be opened. Default: ${DEFAULT_WHEN}.`,
      ),
    suspend: z
      .boolean()
      .optional()
      .describe('Leave the targets as they are; reporting goes on. Default: false.'),
    open: z
      .array(z.string().max(53))
      .max(16)
      .optional()
      .describe(
        'Dependencies that count as satisfied, opened by hand: names, or * for all. Pods that wait go on with no restart. Not for a container, which cannot see it; * leaves those out.',
      )
      .meta({ 'x-kubernetes-list-type': 'atomic' }),
    updatePolicy: z
      .enum(['Immediate', 'OnNextRollout'])
      .optional()
      .describe(
        `When new or changed containers enter the targets. Immediate: at once, which restarts their Pods. OnNextRollout: when a target is created or its Pod template changes for another reason; needs the admission policies. Not with placement Pod, which changes no template. Default: ${DEFAULT_UPDATE_POLICY}.`,
      ),
    placement: z
      .enum(['Template', 'Pod'])
      .optional()
      .describe(
        `Where the containers are put. Template: into the Pod templates of the targets; each change restarts their Pods. Pod: into each Pod as it is created, by the admission policies (Kubernetes 1.36); no template changes and no Pod restarts, and what runs already stays as it is. Templates of Jobs never change, so into these they are put as the Job is created either way. Default: ${DEFAULT_PLACEMENT}.`,
      ),
  })
  .describe('What waits, and for what.');

export type Target = z.infer<typeof targetSchema>;
export type TargetKind = (typeof TARGET_KINDS)[number];
export type CheckName = (typeof CHECKS)[number];
export type Timing = z.infer<typeof timingSchema>;
export type Dependency = z.infer<typeof dependencySchema>;
export type GateSpec = z.infer<typeof specSchema>;
export type { DnsCheck, GrpcCheck, HttpCheck, TcpCheck } from './checks.ts';
export type { ContainerCheck } from './container-check.ts';
export type { ConditionCheck, GateCheck, ResourceCheck, ServiceCheck } from './evaluated-checks.ts';
export type { Resources } from './fields.ts';
export type { Tls } from './tls.ts';
