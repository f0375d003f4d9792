import { z } from 'zod';

/**
 * The spec of a gate: the one source of its types, its validation and the CRD.
 *
 * Strings and lists are bounded everywhere, since the API server refuses CEL rules whose cost it cannot bound.
 * No default stands in this schema: a default inside a list shows as drift in GitOps tools for ever. Defaults are
 * applied by the code (see `defaults.ts`) and told in the descriptions.
 */

/** A DNS label (RFC 1123): what container names, gates and dependencies are made of. */
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** A DNS subdomain (RFC 1123): the names of Kubernetes objects. */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** A host name or an IP address, as a check dials it. */
const HOST = /^[A-Za-z0-9_.:%-]+$/;

const label = (max: number) => z.string().min(1).max(max).regex(LABEL);
const objectName = () => z.string().min(1).max(253).regex(SUBDOMAIN);
const host = () =>
  z
    .string()
    .min(1)
    .max(253)
    .regex(HOST)
    .describe(
      "Host name or IP address. A name with fewer dots than the Pod's ndots is completed by its search domains, so the name of a Service in the same namespace is enough.",
    );
const port = () => z.int().min(1).max(65535).describe('Port number.');

export const TARGET_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;

export const targetSchema = z
  .strictObject({
    kind: z.enum(TARGET_KINDS).optional().describe('Kind of the workload. Default: Deployment.'),
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
    .describe('Seconds between two attempts, jittered by a tenth. Default: 2.'),
  timeoutSeconds: z
    .int()
    .min(1)
    .max(300)
    .optional()
    .describe('Seconds after which one attempt is given up. Default: 5.'),
  successThreshold: z
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe('Attempts in a row that must succeed. Default: 1.'),
  overdueAfterSeconds: z
    .int()
    .min(1)
    .max(604800)
    .optional()
    .describe(
      'Seconds of waiting after which the dependency counts as overdue: it is reported, and handled as onOverdue says. Default: 300.',
    ),
  onOverdue: z
    .enum(['Wait', 'Open'])
    .optional()
    .describe(
      'What happens when the dependency is overdue: Wait goes on waiting, Open lets the Pod start. Default: Wait.',
    ),
};

const tls = z
  .strictObject({
    serverName: z
      .string()
      .min(1)
      .max(253)
      .regex(HOST)
      .optional()
      .describe("Name that the server's certificate must carry, also sent as SNI. Default: the host."),
    caFrom: z
      .strictObject({
        configMapKeyRef: z
          .strictObject({
            name: objectName().describe("ConfigMap in the gate's namespace."),
            key: z
              .string()
              .min(1)
              .max(253)
              .regex(/^[-._a-zA-Z0-9]+$/)
              .describe('Key that holds the PEM certificates.'),
          })
          .describe('Key of a ConfigMap.'),
      })
      .optional()
      .describe("Certificate authorities to trust instead of the image's own."),
    insecureSkipVerify: z
      .boolean()
      .optional()
      .describe(
        "Accept any certificate: for servers whose certificate is not this check's business. Default: false.",
      ),
  })
  .describe('TLS settings.');

const httpHeader = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(256)
      .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/)
      .describe('Header name.'),
    value: z
      .string()
      .max(1024)
      .optional()
      .describe(
        'Header value, visible to whoever may read the Pod. Exactly one of value and valueFrom is required.',
      ),
    valueFrom: z
      .strictObject({
        secretKeyRef: z
          .strictObject({
            name: objectName().describe("Secret in the gate's namespace."),
            key: z
              .string()
              .min(1)
              .max(253)
              .regex(/^[-._a-zA-Z0-9]+$/)
              .describe('Key whose value is sent.'),
          })
          .describe(
            'Key of a Secret; it reaches the container as an environment variable, never its arguments.',
          ),
      })
      .optional()
      .describe('Source of the value.'),
  })
  .describe('A request header.');

export const dnsCheckSchema = z
  .strictObject({
    host: host(),
    type: z
      .enum(['A', 'AAAA', 'any'])
      .optional()
      .describe('Which addresses count: A (IPv4), AAAA (IPv6) or any of both. Default: any.'),
  })
  .describe(
    "Satisfied when the host's name resolves to at least one address. A Service's name resolves as soon as the Service exists, ready or not: prefer tcp, http or grpc where readiness matters.",
  );

export const tcpCheckSchema = z
  .strictObject({ host: host(), port: port() })
  .describe('Satisfied when a TCP connection is accepted.');

export const httpCheckSchema = z
  .strictObject({
    url: z
      .string()
      .min(8)
      .max(2048)
      .regex(/^https?:\/\/[^\s]+$/)
      .describe('http or https URL. Redirects are not followed.'),
    method: z.enum(['GET', 'HEAD', 'POST', 'OPTIONS']).optional().describe('Request method. Default: GET.'),
    headers: z
      .array(httpHeader)
      .min(1)
      .max(16)
      .optional()
      .describe('Request headers.')
      .meta({ 'x-kubernetes-list-type': 'atomic' }),
    status: z
      .array(z.int().min(100).max(599))
      .min(1)
      .max(32)
      .optional()
      .describe('Status codes that satisfy the check. Default: 200 to 299.')
      .meta({ 'x-kubernetes-list-type': 'atomic' }),
    tls: tls.optional(),
  })
  .describe('Satisfied when an HTTP request is answered with one of the status codes.');

export const grpcCheckSchema = z
  .strictObject({
    host: host(),
    port: port(),
    service: z
      .string()
      .max(253)
      .optional()
      .describe('Service name asked for. Default: empty, the server as a whole.'),
    tls: tls.optional().describe('Use TLS, with these settings ({} for the defaults). Default: plain text.'),
  })
  .describe('Satisfied when grpc.health.v1.Health/Check answers SERVING.');

const quantity = () =>
  z
    .string()
    .min(1)
    .max(32)
    .regex(/^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti|P|Pi|E|Ei)?$/)
    .describe('Quantity, for example 100m or 64Mi.');

const resourceList = z
  .strictObject({
    cpu: quantity().optional(),
    memory: quantity().optional(),
    'ephemeral-storage': quantity().optional(),
  })
  .describe('Amounts by resource.');

export const resourcesSchema = z
  .strictObject({
    requests: resourceList.optional().describe('What is set aside for the container.'),
    limits: resourceList.optional().describe('What the container may use at most.'),
  })
  .describe('Compute resources.');

const envVar = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(253)
      .regex(/^[-._a-zA-Z][-._a-zA-Z0-9]*$/)
      .describe('Variable name.'),
    value: z.string().max(2048).optional().describe('Value; $(NAME) refers to an earlier variable.'),
    valueFrom: z
      .strictObject({
        fieldRef: z
          .strictObject({
            fieldPath: z
              .string()
              .min(1)
              .max(253)
              .describe('Field of the Pod, for example metadata.namespace.'),
          })
          .optional()
          .describe('Field of the Pod.'),
        secretKeyRef: z
          .strictObject({
            name: objectName().describe('Secret.'),
            key: z.string().min(1).max(253).describe('Key.'),
          })
          .optional()
          .describe('Key of a Secret.'),
        configMapKeyRef: z
          .strictObject({
            name: objectName().describe('ConfigMap.'),
            key: z.string().min(1).max(253).describe('Key.'),
          })
          .optional()
          .describe('Key of a ConfigMap.'),
      })
      .optional()
      .describe('Source of the value.'),
  })
  .describe('An environment variable.');

const IMAGE = /^[^\s]+$/;
const pullPolicy = () => z.enum(['Always', 'IfNotPresent', 'Never']);

export const containerCheckSchema = z
  .strictObject({
    image: z.string().min(1).max(512).regex(IMAGE).describe('Image to run.'),
    imagePullPolicy: pullPolicy().optional().describe("When the image is pulled. Default: Kubernetes' own."),
    command: z
      .array(z.string().max(3072))
      .min(1)
      .max(32)
      .optional()
      .describe("Replaces the image's entry point; not run in a shell.")
      .meta({ 'x-kubernetes-list-type': 'atomic' }),
    args: z
      .array(z.string().max(3072))
      .min(1)
      .max(32)
      .optional()
      .describe("Replaces the image's arguments.")
      .meta({ 'x-kubernetes-list-type': 'atomic' }),
    env: z
      .array(envVar)
      .min(1)
      .max(32)
      .optional()
      .describe('Environment variables.')
      .meta({ 'x-kubernetes-list-type': 'atomic' }),
    workingDir: z.string().min(1).max(512).optional().describe("Working directory. Default: the image's."),
    resources: resourcesSchema.optional(),
    securityContext: z
      .strictObject({
        runAsUser: z.int().min(0).max(2147483647).optional().describe('User id of the process.'),
        runAsGroup: z.int().min(0).max(2147483647).optional().describe('Group id of the process.'),
        runAsNonRoot: z.boolean().optional().describe('Refuse to run as root.'),
        readOnlyRootFilesystem: z.boolean().optional().describe('Mount the root file system read-only.'),
        allowPrivilegeEscalation: z
          .boolean()
          .optional()
          .describe('Whether a process may gain more privileges than its parent.'),
        capabilities: z
          .strictObject({
            drop: z
              .array(z.string().min(1).max(64))
              .min(1)
              .max(64)
              .describe('Capabilities to drop.')
              .meta({ 'x-kubernetes-list-type': 'atomic' }),
          })
          .optional()
          .describe('Linux capabilities. None can be added.'),
        seccompProfile: z
          .strictObject({
            type: z.enum(['RuntimeDefault', 'Unconfined']).describe('Profile type.'),
          })
          .optional()
          .describe('Seccomp profile.'),
      })
      .optional()
      .describe(
        'Security settings. Nothing is added to what you write; a namespace that enforces the restricted Pod security standard needs all of it here.',
      ),
  })
  .describe(
    "The user's own check: a container that exits 0 when the dependency is satisfied. Anything else is retried by the kubelet with its restart back-off. 4 KB in all.",
  );

/** The checks; a dependency has exactly one. */
export const CHECKS = ['dns', 'tcp', 'http', 'grpc', 'container'] as const;
export type CheckName = (typeof CHECKS)[number];

export const dependencySchema = z
  .strictObject({
    name: label(53).describe(
      "Name of the dependency, unique in the gate. Together with the gate's name at most 55 characters, since both become the container's name.",
    ),
    dns: dnsCheckSchema.optional(),
    tcp: tcpCheckSchema.optional(),
    http: httpCheckSchema.optional(),
    grpc: grpcCheckSchema.optional(),
    container: containerCheckSchema.optional(),
    ...timing,
  })
  .describe(
    'Something that must be there before the targets start: exactly one of dns, tcp, http, grpc and container.',
  );

export const specSchema = z
  .strictObject({
    targets: z
      .array(targetSchema)
      .min(1)
      .max(16)
      .describe("Workloads in the gate's own namespace whose Pods wait. Each may stand here once.")
      .meta({ 'x-kubernetes-list-type': 'atomic' }),
    dependencies: z
      .array(dependencySchema)
      .min(1)
      .max(16)
      .describe(
        'What the targets wait for, in this order. Each becomes one init container, before all of the workload’s own.',
      )
      .meta({ 'x-kubernetes-list-type': 'atomic' }),
    defaults: z
      .strictObject(timing)
      .optional()
      .describe('Defaults for the dependencies that do not say otherwise (all but container).'),
    waiter: z
      .strictObject({
        image: z
          .string()
          .min(1)
          .max(512)
          .regex(IMAGE)
          .optional()
          .describe("Image of the waiting containers. Default: the operator's setting."),
        imagePullPolicy: pullPolicy()
          .optional()
          .describe("When that image is pulled. Default: the operator's setting."),
        resources: resourcesSchema.optional(),
      })
      .optional()
      .describe('Settings of the waiting containers.'),
    suspend: z
      .boolean()
      .optional()
      .describe('Leave the targets as they are; reporting goes on. Default: false.'),
  })
  .describe('What waits, and for what.');

export type Target = z.infer<typeof targetSchema>;
export type TargetKind = (typeof TARGET_KINDS)[number];
export type Dependency = z.infer<typeof dependencySchema>;
export type DnsCheck = z.infer<typeof dnsCheckSchema>;
export type TcpCheck = z.infer<typeof tcpCheckSchema>;
export type HttpCheck = z.infer<typeof httpCheckSchema>;
export type GrpcCheck = z.infer<typeof grpcCheckSchema>;
export type ContainerCheck = z.infer<typeof containerCheckSchema>;
export type Tls = z.infer<typeof tls>;
export type GateSpec = z.infer<typeof specSchema>;
export type Resources = z.infer<typeof resourcesSchema>;
