import {
  type ContainerCheck,
  type EnvSource,
  type EnvVar,
  MAX_CONTAINER_CHARACTERS,
  type VolumeMount,
} from './container-check.ts';
import { CONTAINER_SIZE_CEL, containerSize } from './container-size.ts';
import { CONTAINER_PREFIX, VOLUME_MOUNT_PATH } from './names.ts';
import { distinct, either, exactlyOne, KEY_SOURCES, present, type Rule } from './rule.ts';

/** Where the rules of the user's own check stand. */
export interface ContainerPlaces {
  readonly 'spec.dependencies[].container': ContainerCheck;
  readonly 'spec.dependencies[].container.securityContext': NonNullable<ContainerCheck['securityContext']>;
  readonly 'spec.dependencies[].container.env[]': EnvVar;
  readonly 'spec.dependencies[].container.env[].valueFrom': NonNullable<EnvVar['valueFrom']>;
  readonly 'spec.dependencies[].container.envFrom[]': EnvSource;
  readonly 'spec.dependencies[].container.volumeMounts[]': VolumeMount;
}

const SOURCES = ['fieldRef', ...KEY_SOURCES] as const;
const OBJECT_SOURCES = ['configMapRef', 'secretRef'] as const;

export const CONTAINER_RULES: { readonly [P in keyof ContainerPlaces]: readonly Rule<ContainerPlaces[P]>[] } =
  {
    'spec.dependencies[].container': [
      {
        cel: 'has(self.image) != has(self.from)',
        message: 'set exactly one of image and from',
        holds: (container) => present(container, ['image', 'from']) === 1,
      },
      {
        cel: '!has(self.from) || has(self.command) || has(self.args)',
        message:
          "from without a command starts the app itself, which does not end: set the command that checks, or the args of the image's own",
        holds: ({ from, command, args }) => from === undefined || command !== undefined || args !== undefined,
      },
      {
        cel: `${CONTAINER_SIZE_CEL} <= ${MAX_CONTAINER_CHARACTERS}`,
        message: `all that stands in a container, but resources and securityContext, has at most ${MAX_CONTAINER_CHARACTERS} characters: put a longer script into the image`,
        holds: (container) => containerSize(container) <= MAX_CONTAINER_CHARACTERS,
      },
      {
        cel: '!has(self.env) || self.env.all(a, self.env.exists_one(b, a.name == b.name))',
        message: 'an environment variable is set twice, and only the last one counts: remove the other',
        field: ['env'],
        holds: ({ env = [] }) => distinct(env.map(({ name }) => name)),
      },
      {
        cel: '!has(self.volumeMounts) || self.volumeMounts.all(a, self.volumeMounts.exists_one(b, a.mountPath == b.mountPath))',
        message: 'two volumes are mounted in one place: choose another mountPath for one of them',
        field: ['volumeMounts'],
        holds: ({ volumeMounts = [] }) => distinct(volumeMounts.map(({ mountPath }) => mountPath)),
      },
    ],
    'spec.dependencies[].container.securityContext': [
      {
        cel: '!has(self.runAsNonRoot) || !self.runAsNonRoot || !has(self.runAsUser) || self.runAsUser != 0',
        message: 'runAsNonRoot refuses the user 0, so the container would never run: remove one of the two',
        holds: ({ runAsNonRoot, runAsUser }) => runAsNonRoot !== true || runAsUser !== 0,
      },
    ],
    'spec.dependencies[].container.env[]': [
      {
        cel: '!has(self.value) || !has(self.valueFrom)',
        message: 'set value or valueFrom, not both',
        holds: ({ value, valueFrom }) => value === undefined || valueFrom === undefined,
      },
    ],
    'spec.dependencies[].container.env[].valueFrom': [
      {
        cel: exactlyOne(SOURCES),
        message: `set exactly one of ${either(SOURCES, 'and')}`,
        holds: (source) => present(source, SOURCES) === 1,
      },
    ],
    'spec.dependencies[].container.envFrom[]': [
      {
        cel: exactlyOne(OBJECT_SOURCES),
        message: `set exactly one of ${either(OBJECT_SOURCES, 'and')}`,
        holds: (source) => present(source, OBJECT_SOURCES) === 1,
      },
    ],
    'spec.dependencies[].container.volumeMounts[]': [
      {
        cel: `!self.name.startsWith('${CONTAINER_PREFIX}')`,
        message: `volumes named ${CONTAINER_PREFIX}… are those of gates, and not the target's own: choose another one`,
        field: ['name'],
        holds: ({ name }) => !name.startsWith(CONTAINER_PREFIX),
      },
      {
        cel: `self.mountPath != '${VOLUME_MOUNT_PATH}'`,
        message: `${VOLUME_MOUNT_PATH} is where waiting containers have their own volume: choose another mountPath`,
        field: ['mountPath'],
        holds: ({ mountPath }) => mountPath !== VOLUME_MOUNT_PATH,
      },
    ],
  };
