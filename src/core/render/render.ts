import { DEFAULT_WAITER_RESOURCES } from '../../api/defaults.ts';
import {
  ALL_DEPENDENCIES,
  containerName,
  openAnnotation,
  TOKEN_MOUNT_PATH,
  VOLUME_MOUNT_PATH,
  volumeName,
} from '../../api/names.ts';
import type { Render, RenderedContainer } from '../../api/rendered.ts';
import { evaluatedCheckOf, sharingOne } from '../../api/settled.ts';
import type { ContainerCheck, Dependency, GateSpec } from '../../api/spec.ts';
import { canonicalJson, fingerprint } from '../canonical.ts';
import type { Settings } from '../model.ts';
import { renderVolume } from './volume.ts';
import { type Command, waitAllArguments, waitArguments } from './wait-arguments.ts';

/**
 * The fingerprint of what a gate's containers are made of: parts of the spec as the user wrote them. Neither the
 * operator's settings nor its code are in it, so an upgrade of the operator or a new default image rolls nobody.
 */
export function renderHash(spec: GateSpec): string {
  const { dependencies, defaults, waiter, after, order } = spec;
  return fingerprint({
    dependencies: dependencies.map(inContainer),
    defaults: inContainers(spec, defaults),
    waiter,
    after,
    // Sequential is what renders were before they could be anything else.
    order: order === 'Parallel' ? order : undefined,
  });
}

/**
 * What a dependency's container is made of. One that the operator evaluates only waits to be opened: what it is evaluated by may
 * change without a Pod being rolled.
 */
function inContainer(dependency: Dependency): object {
  if (!evaluatedCheckOf(dependency)) return dependency;
  const { name, overdueAfterSeconds, onOverdue } = dependency;
  // The key is in the fingerprints of renders that clusters carry.
  return { name, judged: true, overdueAfterSeconds, onOverdue };
}

/** The defaults, without those that no container reads where all are opened by the operator. */
function inContainers({ dependencies }: GateSpec, defaults: GateSpec['defaults']): object | undefined {
  if (!defaults || !dependencies.every(evaluatedCheckOf)) return defaults;
  const { overdueAfterSeconds, onOverdue } = defaults;
  const isRead = overdueAfterSeconds !== undefined || onOverdue !== undefined;
  return isRead ? { overdueAfterSeconds, onOverdue } : undefined;
}

/** The init containers of a gate, and the one volume that is theirs. */
export function render(gate: string, spec: GateSpec, settings: Settings): Render {
  return {
    hash: renderHash(spec),
    ...(spec.after !== undefined && { after: spec.after }),
    initContainers: renderContainers(gate, spec, settings),
    volumes: [renderVolume(gate, spec)],
    ...(spec.waiter?.imagePullSecrets && { imagePullSecrets: structuredClone(spec.waiter.imagePullSecrets) }),
  };
}

/**
 * Whether a stored render is one that the spec gives, by whichever settings: those it tells itself. So one that somebody else
 * has written, or changed, is made again, and an operator with another default image makes none again. An operator that
 * renders a spec otherwise than an earlier one must know that one's render here too, or its upgrade rolls every target.
 */
export function isRenderOf(stored: Render | undefined, gate: string, spec: GateSpec): boolean {
  if (stored?.hash !== renderHash(spec)) return false;
  return canonicalJson(stored) === canonicalJson(render(gate, spec, settingsOf(stored, spec)));
}

/** What tells one stored render of a gate from another: an image that no Pod could pull makes way for one with the same hash. */
export function renderIdentity(stored: Render | undefined): string {
  return [stored?.hash, ...(stored?.initContainers.map(({ image }) => image) ?? [])].join(' ');
}

/** The image of its waiters; undefined where all its containers are the user's. */
export function waiterImageOf(stored: Render, spec: GateSpec): string | undefined {
  return firstWaiter(stored, spec)?.image;
}

/** Of containers that share one, that one stands first. */
function firstWaiter({ initContainers }: Render, spec: GateSpec): RenderedContainer | undefined {
  if (sharingOne(spec).length > 0) return initContainers[0];
  return initContainers[spec.dependencies.findIndex(({ container }) => container === undefined)];
}

/** The settings that a render was made with, as its first container tells that is not the user's. */
function settingsOf(stored: Render, spec: GateSpec): Settings {
  const ours = firstWaiter(stored, spec);
  return {
    waiterImage: ours?.image ?? '',
    waiterImagePullPolicy: ours?.imagePullPolicy,
    runAsUser: ours?.securityContext?.runAsUser,
  };
}

/** Whether a render holds a container of the user's own making, which the API server may find wanting. */
export function hasUserContainer(spec: GateSpec): boolean {
  return spec.dependencies.some((dependency) => dependency.container !== undefined);
}

/** One for all that share it, and one for each other dependency, in their order. */
function renderContainers(gate: string, spec: GateSpec, settings: Settings): RenderedContainer[] {
  const sharing = sharingOne(spec);
  const others = spec.dependencies.filter((dependency) => !sharing.includes(dependency));
  const name = containerName(gate, ALL_DEPENDENCIES);
  const command = waitAllArguments(gate, sharing, spec.defaults);
  const shared = sharing.length > 0 ? [waiter({ gate, name, ...command }, spec, settings)] : [];
  return [...shared, ...others.map((dependency) => renderContainer(gate, dependency, spec, settings))];
}

function renderContainer(
  gate: string,
  dependency: Dependency,
  spec: GateSpec,
  settings: Settings,
): RenderedContainer {
  const name = containerName(gate, dependency.name);
  if (dependency.container) return userContainer(name, dependency.container);
  const command = waitArguments(dependency, spec.defaults, openAnnotation(gate, dependency.name));
  return waiter({ gate, name, ...command }, spec, settings);
}

function waiter(
  { gate, name, args, env }: Command & { readonly gate: string; readonly name: string },
  spec: GateSpec,
  settings: Settings,
): RenderedContainer {
  const pullPolicy = spec.waiter?.imagePullPolicy ?? settings.waiterImagePullPolicy;
  return {
    name,
    image: spec.waiter?.image ?? settings.waiterImage,
    ...(pullPolicy && { imagePullPolicy: pullPolicy }),
    args,
    ...(env.length > 0 && { env }),
    resources: spec.waiter?.resources ?? structuredClone(DEFAULT_WAITER_RESOURCES),
    securityContext: restricted(spec.waiter?.runAsUser ?? settings.runAsUser),
    volumeMounts: [VOLUME_MOUNT_PATH, TOKEN_MOUNT_PATH].map((mountPath) => ({
      name: volumeName(gate),
      mountPath,
      readOnly: true,
    })),
  };
}

/** What the `restricted` Pod security standard asks for, and a read-only root file system. */
function restricted(runAsUser: number | undefined): NonNullable<RenderedContainer['securityContext']> {
  return {
    ...(runAsUser !== undefined && { runAsUser, runAsGroup: runAsUser }),
    runAsNonRoot: true,
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** The user's container as it was written: nothing is added to it, so it has the token that any container of the Pod has. */
function userContainer(name: string, container: ContainerCheck): RenderedContainer {
  return { name, ...structuredClone(container) };
}
