import { z } from 'zod';
import { OPERATOR_SERVICE_ACCOUNT } from '../names.ts';
import { LABEL } from '../text-rules.ts';

/**
 * The values of the Helm chart: what they are for, what they may be and what they are by default. config/chart has its
 * values.yaml, its schema and its README from here. Nothing is here that no template reads.
 */

/** Either nothing, which leaves it to somebody else, or what the pattern says. */
function optional(pattern: string): z.ZodString {
  return z.string().regex(new RegExp(`^(${pattern})?$`));
}

const port = z.int().min(1).max(65535);
const anyObject = z.record(z.string(), z.unknown());
const strings = z.record(z.string(), z.string());

const image = z
  .strictObject({
    repository: z
      .string()
      .min(1)
      .regex(/^[^@\s]+$/)
      .describe('Registry and name.')
      .default('ghcr.io/dependency-gate/dependency-gate'),
    tag: optional('[\\w][\\w.-]{0,127}').describe("Default: the chart's appVersion.").default(''),
    digest: optional('sha256:[0-9a-f]{64}').describe('`sha256:…`; with it the tag is left out.').default(''),
    pullPolicy: z
      .enum(['', 'Always', 'IfNotPresent', 'Never'])
      .describe("Default: Kubernetes' own, `IfNotPresent` for a tag that is a version.")
      .default(''),
    pullSecrets: z
      .array(z.string().min(1))
      .describe(
        'Names of Secrets in the namespace of the release. Waiting containers need one in their own namespace: ' +
          '`spec.waiter.imagePullSecrets` of a gate.',
      )
      .default([]),
  })
  .describe('The image of the operator, which waiting containers run too.');

const waiter = z
  .strictObject({
    image: z.string().describe("Image of the waiting containers. Default: the operator's.").default(''),
    pullPolicy: z
      .enum(['', 'Always', 'IfNotPresent', 'Never'])
      .describe("When it is pulled. Default: Kubernetes' own.")
      .default(''),
    runAsUser: z
      .union([z.int().min(0).max(2_147_483_647), z.literal('none'), z.null()])
      .describe('Their user id; `none` leaves it to the cluster, as OpenShift wants it. Default: 65532.')
      .default(null),
  })
  .describe('What gates give their waiting containers where they say nothing else themselves.');

const policies = z
  .strictObject({
    admission: z
      .union([z.enum(['auto', 'v1beta1']), z.boolean()])
      .describe(
        'MutatingAdmissionPolicies that gate a workload as it is created. `auto`: where the cluster serves them, as ' +
          'Kubernetes 1.36 and newer do, and 1.34 and 1.35 where they are switched on. `v1beta1`: for these, where ' +
          'the chart is rendered without asking a cluster, as by Argo CD. `true`: as v1, whatever is served.',
      )
      .default('auto'),
    firstStarts: z
      .boolean()
      .describe("Policies that refuse a workload's first Pods until they are gated.")
      .default(true),
    guards: z.boolean().describe('Policies by which nobody gains rights through a gate.').default(true),
    guardNamespacesOnly: z
      .boolean()
      .describe(
        'Whether the guards that know this operator look at `namespaces` only, so that there may be a second one for ' +
          'others. Without it each refuses what the other writes.',
      )
      .default(false),
    operatorToken: z
      .boolean()
      .describe("Policies that confine the operator's own token to what it does.")
      .default(true),
  })
  .describe('Admission policies, which have no namespace: they act on all gates of the cluster.');

const metrics = z
  .strictObject({
    port: z
      .union([port, z.null()])
      .describe('A port of their own. Default: beside the probes, on 8081.')
      .default(null),
    access: z
      .enum(['anyone', 'authorized'])
      .describe('`authorized`: for those only whom the API server lets get `/metrics`.')
      .default('anyone'),
    certificateSecret: z
      .string()
      .describe('A Secret of type kubernetes.io/tls: serves them over TLS, at `metrics.port`.')
      .default(''),
  })
  .describe('Who may read the metrics, and where.');

const monitoring = z
  .strictObject({
    service: z.boolean().describe('A Service for the metrics.').default(false),
    serviceMonitor: z
      .boolean()
      .describe("The Service, and a ServiceMonitor of Prometheus' operator for it.")
      .default(false),
    podMonitor: z.boolean().describe('A PodMonitor, which needs no Service.').default(false),
    prometheusRule: z.boolean().describe('The alerts, as a PrometheusRule.').default(false),
    dashboard: z
      .boolean()
      .describe(
        "The dashboard, as a ConfigMap that Grafana's sidecar takes: with the label `grafana_dashboard`.",
      )
      .default(false),
    labels: strings
      .describe(
        'More labels of ServiceMonitor, PodMonitor and PrometheusRule, by which Prometheus selects them.',
      )
      .default({}),
    interval: optional('([0-9]+(ms|[smhdwy]))+')
      .describe("How often the metrics are read. Default: Prometheus' own.")
      .default(''),
    authorization: anyObject
      .describe(
        'Of the endpoint of either monitor: whose token is sent, where `metrics.access` is `authorized`.',
      )
      .default({}),
    tlsConfig: anyObject
      .describe('Of the same: which certificate is taken, where `metrics.certificateSecret` is set.')
      .default({}),
  })
  .describe('For Prometheus and Grafana.');

const networkPolicy = z
  .strictObject({
    enabled: z.boolean().describe('Creates it.').default(false),
    apiServerPorts: z
      .array(port)
      .min(1)
      .describe('Ports of the API server: of its Service, and those behind it.')
      .default([443, 6443]),
    metricsFrom: z
      .array(anyObject)
      .describe('NetworkPolicyPeers that may reach the port 8082, or `metrics.port`.')
      .default([{ namespaceSelector: { matchLabels: { metrics: 'enabled' } } }]),
  })
  .describe('Who may talk to the operator, and to whom it may, where the network enforces it.');

/** All of them. */
export const chartValues = z.strictObject({
  image,
  replicas: z
    .int()
    .min(0)
    .max(5)
    .describe('One works, the others stand by and go on where it stops; 0 stops the operator.')
    .default(2),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).describe('Least severe lines to log.').default('info'),
  concurrency: z
    .union([z.int().min(1).max(100), z.null()])
    .describe('Gates and workloads that are reconciled at a time. Default: 4.')
    .default(null),
  namespaces: z
    .array(z.string().min(1).max(63).regex(LABEL))
    .describe('Namespaces to work in, with permissions in these only; they must exist. Default: all.')
    .default([]),
  waiter,
  policies,
  rbac: z
    .strictObject({
      aggregate: z
        .boolean()
        .describe('Lets the roles `edit`, `admin` and `view` of a namespace write and read its gates.')
        .default(true),
      moreKinds: z
        .boolean()
        .describe('Lets dependencies name PersistentVolumeClaims, Namespaces and CustomResourceDefinitions.')
        .default(false),
    })
    .describe('Who may do what, besides the operator.'),
  crds: z
    .strictObject({
      install: z.boolean().describe('Installs the custom resource, and upgrades it.').default(true),
      keep: z.boolean().describe('Leaves it, and all gates, where the release is uninstalled.').default(true),
    })
    .describe('The custom resource.'),
  serviceAccount: z
    .strictObject({
      create: z.boolean().describe('Creates it.').default(true),
      name: optional(`[a-z0-9.-]*${OPERATOR_SERVICE_ACCOUNT}[a-z0-9.-]*`)
        .describe(
          `Must contain \`${OPERATOR_SERVICE_ACCOUNT}\`: the policies know the operator by it. Default: that, after the ` +
            "release's name where this is not `dependency-gate`.",
        )
        .default(''),
      annotations: strings.describe('Its annotations.').default({}),
    })
    .describe("The operator's ServiceAccount."),
  metrics,
  monitoring,
  networkPolicy,
  resources: anyObject
    .describe(
      'Of each: 95 MiB of memory without gates; the limit is for the caches of a large cluster, and the heap has three quarters of it.',
    )
    .default({ requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } }),
  podSecurityContext: anyObject.describe("The Pod's. A key is taken out by `null`.").default({
    runAsNonRoot: true,
    runAsUser: 65532,
    runAsGroup: 65532,
    seccompProfile: { type: 'RuntimeDefault' },
  }),
  securityContext: anyObject.describe("The container's.").default({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  }),
  podAnnotations: strings.describe("The Pod's annotations.").default({}),
  podLabels: strings.describe('More labels of the Pod.').default({}),
  nodeSelector: strings.describe('Where the Pod may run.').default({}),
  tolerations: z.array(anyObject).describe('Taints of nodes that it bears.').default([]),
  affinity: anyObject.describe('Where it rather runs.').default({}),
  priorityClassName: z
    .string()
    .describe(
      '`system-cluster-critical` where no Pod should wait for what the operator evaluates for want of room. Not by ' +
        'default: some clusters have that class only in namespaces with a quota for it.',
    )
    .default(''),
  global: anyObject.describe('Of a chart that has this one as a dependency: not read.').optional(),
  enabled: z
    .boolean()
    .describe('The usual condition of a chart that has this one as a dependency: not read here.')
    .optional(),
});
