import { z } from 'zod';
import { atomic, dataKey, image, label, objectName, pullPolicy, resourcesSchema } from './fields.ts';
import { ruledText } from './text-rule.ts';
import { TEXT_RULES } from './text-rules.ts';

/**
 * The user's own check. An explicit list of a container's fields, never free form: what stands here is placed into
 * Pods by somebody who may not be allowed to write them.
 */

/** Characters that the strings of a `container` check may have together: every template and status holds a copy. */
export const MAX_CONTAINER_CHARACTERS = 4096;

const optional = (what: string) =>
  z
    .boolean()
    .optional()
    .describe(
      `Whether the container starts without it too; else it waits until the ${what} is there. Default: false.`,
    );

const key = (object: string) =>
  z
    .strictObject({
      name: objectName().describe(`${object} in the gate's namespace.`),
      key: dataKey().describe('Key whose value is taken.'),
      optional: optional('key'),
    })
    .optional()
    .describe(`Key of a ${object}.`);

const envVar = z
  .strictObject({
    name: ruledText(253, TEXT_RULES.variable).describe('Variable name.'),
    value: z.string().max(2048).optional().describe('Value; $(NAME) refers to an earlier variable.'),
    valueFrom: z
      .strictObject({
        fieldRef: z
          .strictObject({
            fieldPath: ruledText(253, TEXT_RULES.fieldPath).describe(
              "Path of the field: metadata.name, .namespace, .uid, .labels['KEY'] or .annotations['KEY'], spec.nodeName, spec.serviceAccountName, status.hostIP, .hostIPs, .podIP or .podIPs.",
            ),
          })
          .optional()
          .describe('Field of the Pod.'),
        secretKeyRef: key('Secret'),
        configMapKeyRef: key('ConfigMap'),
      })
      .optional()
      .describe(
        'Source of the value, instead of value: exactly one of fieldRef, secretKeyRef and configMapKeyRef.',
      ),
  })
  .describe('An environment variable: a name, and at most one of value and valueFrom.');

const whole = (object: string) =>
  z
    .strictObject({
      name: objectName().describe(`${object} in the gate's namespace.`),
      optional: optional(object),
    })
    .optional()
    .describe(`A ${object}, each of whose keys becomes a variable.`);

const envSource = z
  .strictObject({
    prefix: ruledText(253, TEXT_RULES.variable).optional().describe('Begins the name of each variable.'),
    configMapRef: whole('ConfigMap'),
    secretRef: whole('Secret'),
  })
  .describe('Variables from all keys of an object: exactly one of configMapRef and secretRef.');

const volumeMount = z
  .strictObject({
    name: label(63).describe(
      "Volume of the targets' own Pod templates. Folders of the node (hostPath) cannot be mounted.",
    ),
    mountPath: ruledText(256, TEXT_RULES.mountPath).describe('Where it is mounted.'),
    subPath: ruledText(256, TEXT_RULES.subPath)
      .optional()
      .describe('File or folder in the volume. Default: all of it.'),
    readOnly: z.boolean().optional().describe('Mount it read-only. Default: false.'),
  })
  .describe("A volume of the target's own, as the container sees it.");

const securityContext = z
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
          .describe('Capabilities to drop, for example ALL.')
          .meta(atomic),
      })
      .optional()
      .describe('Linux capabilities. None can be added.'),
    seccompProfile: z
      .strictObject({ type: z.enum(['RuntimeDefault', 'Unconfined']).describe('Profile type.') })
      .optional()
      .describe('Seccomp profile.'),
  })
  .describe(
    'Security settings. Nothing is added to what you write; a namespace that enforces the restricted Pod security standard needs all of it here.',
  );

const words = (description: string) =>
  z.array(z.string().max(3072)).min(1).max(32).optional().describe(description).meta(atomic);

export const containerCheckSchema = z
  .strictObject({
    image: image().optional().describe('Image to run.'),
    from: label(63)
      .optional()
      .describe(
        "Container of the target's own whose image runs, instead of image; no init container. Its imagePullPolicy, workingDir, resources and securityContext are taken over where none are given here, and its env, envFrom and volumeMounts besides those given here, as they are in each target; but no privileges, added capabilities and folders of the node. A target without it is left as it is, and told in the status.",
      ),
    imagePullPolicy: pullPolicy().optional().describe("When the image is pulled. Default: Kubernetes' own."),
    command: words("Replaces the image's entry point; not run in a shell."),
    args: words("Replaces the image's arguments."),
    env: z.array(envVar).min(1).max(64).optional().describe('Environment variables.').meta(atomic),
    envFrom: z
      .array(envSource)
      .min(1)
      .max(16)
      .optional()
      .describe('Variables from whole ConfigMaps and Secrets. Those in env take precedence.')
      .meta(atomic),
    volumeMounts: z
      .array(volumeMount)
      .min(1)
      .max(16)
      .optional()
      .describe(
        "Volumes of the target's own. A target that lacks one is left as it is, and told in the status.",
      )
      .meta(atomic),
    workingDir: z.string().min(1).max(512).optional().describe("Working directory. Default: the image's."),
    resources: resourcesSchema.optional(),
    securityContext: securityContext.optional(),
  })
  .describe(
    `The user's own check: a container that exits 0 when the dependency is satisfied. Anything else is retried by the kubelet with its restart back-off. All that stands in it but resources and securityContext has at most ${MAX_CONTAINER_CHARACTERS} characters together.`,
  );

export type ContainerCheck = z.infer<typeof containerCheckSchema>;
export type EnvVar = z.infer<typeof envVar>;
export type EnvSource = z.infer<typeof envSource>;
export type VolumeMount = z.infer<typeof volumeMount>;
