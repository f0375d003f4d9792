import { z } from 'zod';
import { atomic, pullPolicy, resourcesSchema } from './fields.ts';

/**
 * What a gate puts into the Pod templates of its targets. The schema is closed: a policy copies it into Pods, and a field
 * that the API server does not know would make it refuse the target.
 */

const text = (max: number) => z.string().max(max);
const userId = () => z.int().min(0).max(2147483647).optional();

const optional = () => z.boolean().optional().describe('Whether the container starts without it too.');

const keyRef = (object: string) =>
  z
    .strictObject({
      name: text(253).describe(`Name of the ${object}.`),
      key: text(253).describe('Its key.'),
      optional: optional(),
    })
    .optional()
    .describe(`Key of a ${object}.`);

const fieldRef = z
  .strictObject({ fieldPath: text(253).describe('Path of the field.') })
  .describe('Field of the Pod.');

const renderedEnvVar = z.strictObject({
  name: text(253).describe('Variable name.'),
  value: text(2048).optional().describe('Value.'),
  valueFrom: z
    .strictObject({
      fieldRef: fieldRef.optional(),
      secretKeyRef: keyRef('Secret'),
      configMapKeyRef: keyRef('ConfigMap'),
    })
    .optional()
    .describe('Source of the value.'),
});

const objectRef = (object: string) =>
  z
    .strictObject({ name: text(253).describe(`Name of the ${object}.`), optional: optional() })
    .optional()
    .describe(`All keys of a ${object}.`);

const renderedEnvSource = z.strictObject({
  prefix: text(253).optional().describe('Begins the names of the variables.'),
  configMapRef: objectRef('ConfigMap'),
  secretRef: objectRef('Secret'),
});

const renderedSecurityContext = z.strictObject({
  runAsUser: userId().describe('User id of the process.'),
  runAsGroup: userId().describe('Group id of the process.'),
  runAsNonRoot: z.boolean().optional().describe('Whether root is refused.'),
  readOnlyRootFilesystem: z.boolean().optional().describe('Whether the root file system is read-only.'),
  allowPrivilegeEscalation: z.boolean().optional().describe('Whether more privileges may be gained.'),
  capabilities: z
    .strictObject({ drop: z.array(text(64)).max(64).describe('Capabilities that are dropped.').meta(atomic) })
    .optional()
    .describe('Linux capabilities.'),
  seccompProfile: z
    .strictObject({ type: text(32).describe('Profile type.') })
    .optional()
    .describe('Seccomp profile.'),
});

const volumeMount = z.strictObject({
  name: text(63).describe('Name of the volume.'),
  mountPath: text(256).describe('Where it is mounted.'),
  subPath: text(256).optional().describe('Path in the volume.'),
  readOnly: z.boolean().optional().describe('Whether it is mounted read-only.'),
});

/** Of one container that waits for 16 dependencies, each with 16 headers and all other settings that there are. */
const MAX_ARGUMENTS = 640;
const MAX_VARIABLES = 288;

/**
 * A rendered init container. The schema is closed: it is placed into Pods by admission, and a field in it that the API
 * server does not know would make it refuse the target.
 */
export const renderedContainerSchema = z
  .strictObject({
    name: z.string().min(1).max(63).describe('Name: `dgate-<gate>--<dependency>`, or `dgate-<gate>--all`.'),
    image: text(512).optional().describe('Image.'),
    from: text(63)
      .optional()
      .describe("Container of the target's own that it is made from, where it is placed."),
    imagePullPolicy: pullPolicy().optional().describe('When the image is pulled.'),
    command: z.array(text(3072)).max(32).optional().describe('Entry point.').meta(atomic),
    args: z.array(text(4300)).max(MAX_ARGUMENTS).optional().describe('Arguments.').meta(atomic),
    workingDir: text(512).optional().describe('Working directory.'),
    env: z
      .array(renderedEnvVar)
      .max(MAX_VARIABLES)
      .optional()
      .describe('Environment variables.')
      .meta(atomic),
    envFrom: z
      .array(renderedEnvSource)
      .max(16)
      .optional()
      .describe('Environment variables from whole objects.')
      .meta(atomic),
    resources: resourcesSchema.optional(),
    securityContext: renderedSecurityContext.optional().describe('Security settings.'),
    volumeMounts: z.array(volumeMount).max(16).optional().describe('Volume mounts.').meta(atomic),
    terminationMessagePolicy: z
      .enum(['File', 'FallbackToLogsOnError'])
      .optional()
      .describe('Where its last words come from.'),
  })
  .describe('An init container as it is placed into the targets.');

const downwardItem = z.strictObject({
  path: text(256).describe('Name of the file.'),
  fieldRef,
});

/** Keys of bundles, and the two of a client certificate. */
const MAX_ITEMS = 18;
/** The annotations, and for each dependency what it trusts and what it shows. */
const MAX_SOURCES = 33;

const files = (object: string) =>
  z
    .strictObject({
      name: text(253).describe(`Name of the ${object}.`),
      items: z
        .array(
          z.strictObject({
            key: text(253).describe(`Key of the ${object}.`),
            path: text(520).describe('Path of the file.'),
          }),
        )
        .max(MAX_ITEMS)
        .describe('The files.')
        .meta(atomic),
      optional: z.boolean().optional().describe('Whether the Pod starts without it too.'),
    })
    .optional()
    .describe(`Keys of a ${object} as files.`);

const volumeSource = z.strictObject({
  downwardAPI: z
    .strictObject({ items: z.array(downwardItem).max(4).describe('The files.').meta(atomic) })
    .optional()
    .describe('Fields of the Pod as files.'),
  configMap: files('ConfigMap'),
  secret: files('Secret'),
});

export const renderedVolumeSchema = z
  .strictObject({
    name: text(63).describe('Name of the volume.'),
    projected: z
      .strictObject({
        sources: z.array(volumeSource).max(MAX_SOURCES).describe('What is in it.').meta(atomic),
      })
      .describe('Files from several sources.'),
  })
  .describe('A volume as it is placed into the targets.');

export const renderSchema = z
  .strictObject({
    hash: z
      .string()
      .min(1)
      .max(64)
      .describe('Fingerprint of the parts of the spec that the containers are made of.'),
    after: text(63)
      .optional()
      .describe(
        "Init container of the targets' own that they stand right behind. Default: they stand first.",
      ),
    initContainers: z
      .array(renderedContainerSchema)
      .max(16)
      .describe('The init containers, in order.')
      .meta(atomic),
    imagePullSecrets: z
      .array(z.strictObject({ name: text(253).describe('Name of the Secret.') }))
      .max(4)
      .optional()
      .describe('Secrets that the images are pulled with.')
      .meta(atomic),
    volumes: z.array(renderedVolumeSchema).max(4).describe('The volumes that they need.').meta(atomic),
  })
  .describe('What is placed into the targets.');

export type RenderedContainer = z.infer<typeof renderedContainerSchema>;
export type RenderedVolume = z.infer<typeof renderedVolumeSchema>;
export type Render = z.infer<typeof renderSchema>;

/** Settings of a container's security that a Windows Pod may not have; there is no waiter for Windows. */
export const NOT_ON_WINDOWS = [
  'runAsUser',
  'runAsGroup',
  'readOnlyRootFilesystem',
  'allowPrivilegeEscalation',
  'capabilities',
  'seccompProfile',
] as const satisfies readonly (keyof NonNullable<RenderedContainer['securityContext']>)[];
