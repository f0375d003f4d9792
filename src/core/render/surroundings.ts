import { z } from 'zod';
import { containerOwner, volumeOwner } from '../../api/names.ts';
import type { TargetReason } from '../../api/reasons.ts';
import { NOT_ON_WINDOWS, type Render, type RenderedContainer } from '../../api/rendered.ts';
import type { TemplateView } from '../model.ts';
import { raised } from './guaranteed.ts';
import { hasSource, inherited, type PlacedContainer } from './inherit.ts';
import type { Obstacle } from './obstacle.ts';

/**
 * What of a Pod's own decides whether our containers are valid beside it. One that is not makes the API server refuse every
 * write of the target, whoever makes it, so it is kept out of there.
 */

/** Of the template's own containers, in words. */
const MAX_NAMED = 5;
const WINDOWS = 'windows';
const OS_LABEL = 'kubernetes.io/os';

const amounts = z.record(z.string(), z.unknown()).nullish().catch(undefined);
const surroundingsSchema = z.object({
  os: z.object({ name: z.unknown() }).nullish().catch(undefined),
  nodeSelector: z.record(z.string(), z.unknown()).nullish().catch(undefined),
  resources: z.object({ requests: amounts, limits: amounts }).nullish().catch(undefined),
  containers: z
    .array(z.object({ name: z.unknown() }))
    .nullish()
    .catch(undefined),
});

/** The parts of a template's view that come from its Pods' own settings. */
export function viewSurroundings(
  spec: unknown,
): Pick<TemplateView, 'isWindows' | 'hasPodResources' | 'takenNames'> {
  const { os, nodeSelector, resources, containers } = surroundingsSchema.parse(spec);
  return {
    isWindows: os?.name === WINDOWS || nodeSelector?.[OS_LABEL] === WINDOWS,
    hasPodResources: isSized(resources),
    takenNames: (containers ?? []).flatMap(({ name }) =>
      typeof name === 'string' && containerOwner(name) !== undefined ? [name] : [],
    ),
  };
}

/** Whether anything is requested, or limited. */
export function isSized(resources: z.infer<typeof surroundingsSchema>['resources']): boolean {
  return [resources?.requests, resources?.limits].some((some) => Object.keys(some ?? {}).length > 0);
}

const WINDOWS_PODS: Obstacle = {
  reason: 'WindowsPods',
  message:
    'its Pods run on Windows, and waiting containers are for Linux: give each dependency a container of your own for Windows, without securityContext, or take the target out',
};

/** Why the containers would not be valid in Pods of this template. */
export function misfit(template: TemplateView, { initContainers }: Render): Obstacle | undefined {
  return unfit(template, initContainers) ?? nameTaken(template, initContainers);
}

const UNFIT: readonly (string | undefined)[] = [
  'WindowsPods',
  'ContainerMissing',
  'VolumeMissing',
  'VolumeOfNode',
] satisfies TargetReason[];

/** Whether no container of the render may stay in such a template: with it nobody could write the target any more. */
export function isUnfit({ reason }: Obstacle): boolean {
  return UNFIT.includes(reason);
}

function unfit(template: TemplateView, initContainers: Render['initContainers']): Obstacle | undefined {
  if (template.isWindows && initContainers.some(needsLinux)) return WINDOWS_PODS;
  return initContainers.flatMap((container) => [
    ...sourceless(template, container),
    ...unmountable(template, container),
  ])[0];
}

/** What a container is made from is there. */
function sourceless(template: TemplateView, { name, from }: RenderedContainer): Obstacle[] {
  if (from === undefined || hasSource(template, from)) return [];
  const there = Object.keys(template.sources).slice(0, MAX_NAMED).join(', ');
  const message = `its Pod template has no container named ${from} (or one that is too large), which the dependency ${dependencyOf(name)} is made from: name one that it has (${there}) in from, or take the target out`;
  return [{ reason: 'ContainerMissing', message }];
}

/** The mounts of a user's container are of the target's own volumes. */
function unmountable(
  { volumes, nodeVolumes }: TemplateView,
  { name: of, volumeMounts = [] }: RenderedContainer,
): Obstacle[] {
  return volumeMounts.flatMap(({ name }): Obstacle[] => {
    if (volumeOwner(name) !== undefined) return [];
    const dependency = dependencyOf(of);
    if (!volumes.includes(name)) {
      const message = `its Pod template has no volume named ${name}, which the dependency ${dependency} mounts: add that volume, or take the mount out of the gate`;
      return [{ reason: 'VolumeMissing', message }];
    }
    if (!nodeVolumes.includes(name)) return [];
    const message = `its volume ${name}, which the dependency ${dependency} mounts, is a folder of the node (hostPath), and gates mount none: take the mount out of the gate`;
    return [{ reason: 'VolumeOfNode', message }];
  });
}

function nameTaken(template: TemplateView, initContainers: Render['initContainers']): Obstacle | undefined {
  const taken = initContainers.find(({ name }) => template.takenNames.includes(name));
  if (!taken) return undefined;
  const message = `its Pod template has a container of its own named ${taken.name}: rename that container`;
  return { reason: 'ContainerNameTaken', message };
}

/** The dependency of a container of ours, for words. */
function dependencyOf(container: string): string {
  return containerOwner(container)?.dependency ?? container;
}

function needsLinux({ securityContext }: RenderedContainer): boolean {
  return NOT_ON_WINDOWS.some((field) => securityContext?.[field] !== undefined);
}

/**
 * The containers as they are placed into a template. Where resources are those of the whole Pod, containers need none, and
 * may not have more than it has; where the Pod is Guaranteed by its own containers, ours leave it so.
 */
export function fitted(
  template: Pick<TemplateView, 'hasPodResources' | 'guaranteed' | 'sources' | 'nodeVolumes'>,
  { initContainers }: Render,
): PlacedContainer[] {
  return initContainers.map((container) => {
    const { resources: _, ...unsized } = container;
    return inherited(template, template.hasPodResources ? unsized : raised(container, template.guaranteed));
  });
}
