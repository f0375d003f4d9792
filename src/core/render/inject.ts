import {
  containerOwner,
  GATE_ANNOTATION_PREFIX,
  GATED_LABEL,
  gateAnnotation,
  isGateName,
  MAX_GATE_CONTAINERS,
  REMOVED,
  TARGET_ANNOTATION,
  volumeName,
  volumeOwner,
} from '../../api/names.ts';
import type { Render, RenderedVolume } from '../../api/rendered.ts';
import type { JsonObject, TemplateView } from '../model.ts';
import { requires } from './hold.ts';
import type { Obstacle } from './obstacle.ts';
import { orderWith, type Placed } from './order.ts';
import { changePullSecrets, pullSecretsPatch, withPullSecrets, withRecords } from './pull-secrets.ts';
import { fitted, misfit } from './surroundings.ts';
import { type PodTemplate, viewTemplate } from './template.ts';

/**
 * How renders get into Pod templates and out of them: the containers of gates come first, or behind the one that their
 * gate names, sorted by gate name (`order.ts`); the template's own keep their order. The volumes come first, one of
 * each gate. A template is *current* when names, order, hash, label and volume are as they should be, and what decides
 * about waiting in our containers (`drift.ts`); of whatever else the API server defaults in them, or others set,
 * nothing is compared, nor is the order of volumes, which means nothing.
 */
export interface Injection {
  readonly gate: string;
  readonly render: Render;
  /** `<Kind>/<name>` of the workload that the template belongs to. */
  readonly target: string;
}

/** The names of all init containers in the order that they should have with this render. */
export function wantedOrder(live: readonly string[], gate: string, render: Render): string[] {
  return orderWith(live, new Map([[gate, placed(render)]]));
}

function placed({ initContainers, after }: Render): Placed {
  return { names: initContainers.map(({ name }) => name), after };
}

/** Undefined when the template can carry the render. */
export function obstacle(template: TemplateView, { gate, render }: Injection): Obstacle | undefined {
  const unfit = misfit(template, render);
  if (unfit) return unfit;
  if (template.foreignVolumes.includes(volumeName(gate))) {
    const message = `its Pod template has a volume of its own named ${volumeName(gate)}: rename that volume`;
    return { reason: 'VolumeNameTaken', message };
  }
  const others = template.initContainers.filter((name) => isOfAnotherGate(name, gate)).length;
  const count = others + render.initContainers.length;
  if (count <= MAX_GATE_CONTAINERS) return undefined;
  return {
    reason: 'TooManyContainers',
    message: `it would have ${count} gate containers, and ${MAX_GATE_CONTAINERS} is the most: use fewer gates or dependencies`,
  };
}

/** What is to become of a template, for all its gates at once; a gate is in one of the two lists at most. */
export interface TemplateChange {
  /** Renders that it is to carry, all for the same target. */
  readonly inject: readonly Injection[];
  /** Gates of which nothing is to be left. */
  readonly remove: readonly string[];
  /** Those of them that are placed into Pods from now on: Pods that require them are held where that fails. */
  readonly moved?: readonly string[];
}

/**
 * The strategic merge patch of a Pod template that puts renders in, or in their place, and takes exactly out what other
 * gates have put in. A container that is there is deleted and added again in the same patch, since a merge would keep
 * fields that the new render no longer has; the API server deletes first. The same for volumes. `$setElementOrder` names
 * every live item: the order of the template's own is kept, and ours come first. What all gates share goes with the last one.
 */
export function changePatch(template: TemplateView, change: TemplateChange): JsonObject {
  const { inject, remove } = change;
  const changed = [...inject.map(({ gate }) => gate), ...remove];
  const isLeft = inject.length === 0 && [...gatesIn(template)].every((gate) => changed.includes(gate));
  const order = elementOrder(template, change);
  const rendered = inject.flatMap(({ render }) => fitted(template, render));
  const secrets = changePullSecrets(template, change);
  return {
    metadata: {
      annotations: { ...annotationsOf(template, change, isLeft), ...secrets.records },
      ...(inject.length > 0 && { labels: { [GATED_LABEL]: 'true' } }),
      ...(isLeft && { labels: { [GATED_LABEL]: null } }),
    },
    spec: {
      ...(inject.length > 0 && { '$setElementOrder/initContainers': order.map((name) => ({ name })) }),
      initContainers: [...deletions(template, changed), ...sortedBy(order, rendered)],
      ...volumesPatch(template, change),
      ...pullSecretsPatch(secrets),
    },
  };
}

/** Where `require` names a gate that leaves, its annotation stays and says so, or new Pods would be held for ever. */
function annotationsOf(
  template: TemplateView,
  { inject, remove, moved = [] }: TemplateChange,
  isLeft: boolean,
): JsonObject {
  const left = remove.map((gate) => {
    const isWanted = requires(template, gate) && !moved.includes(gate);
    return [gateAnnotation(gate), isWanted ? REMOVED : null] as const;
  });
  const put = inject.flatMap(({ gate, render, target }) => [
    [gateAnnotation(gate), render.hash] as const,
    [TARGET_ANNOTATION, target] as const,
  ]);
  return Object.fromEntries([...left, ...put, ...(isLeft ? [[TARGET_ANNOTATION, null] as const] : [])]);
}

/** The API server refuses a patch whose items are in another order than the one that it asks for. */
function sortedBy<Item extends { readonly name: string }>(
  order: readonly string[],
  items: readonly Item[],
): Item[] {
  return items.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}

function elementOrder({ initContainers }: TemplateView, { inject, remove }: TemplateChange): string[] {
  const changed = new Map<string, Placed>([
    ...remove.map((gate) => [gate, NOWHERE] as const),
    ...inject.map(({ gate, render }) => [gate, placed(render)] as const),
  ]);
  return orderWith(initContainers, changed);
}

const NOWHERE: Placed = { names: [], after: undefined };

function volumesPatch(template: TemplateView, { inject, remove }: TemplateChange): JsonObject {
  const put = inject.flatMap(({ render }) => render.volumes);
  const old = [...inject.map(({ gate }) => gate), ...remove]
    .map(volumeName)
    .filter((name) => template.volumes.includes(name) && !template.foreignVolumes.includes(name));
  if (put.length === 0 && old.length === 0) return {};
  const kept = template.volumes.filter((name) => !old.includes(name));
  const order = put.reduce((so, { name }) => so.toSpliced(volumePlace(so, name), 0, name), kept);
  return {
    ...(put.length > 0 && { '$setElementOrder/volumes': order.map((name) => ({ name })) }),
    volumes: [...old.map((name) => ({ name, $patch: 'delete' })), ...sortedBy(order, put)],
  };
}

/** Where a gate's volume comes in: before all others, but behind those of gates before it, whichever was there first. */
function volumePlace(names: readonly string[], mine: string): number {
  const at = names.findIndex((name) => volumeOwner(name) === undefined || name > mine);
  return at < 0 ? names.length : at;
}

/** The template with the render in it: what the patch results in, for where there is no API server to apply one. */
export function inject(template: PodTemplate, { gate, render, target }: Injection): PodTemplate {
  const live = template.spec.initContainers ?? [];
  const view = viewTemplate(template);
  const rendered = fitted(view, render);
  const secrets = changePullSecrets(view, { inject: [{ gate, render }], remove: [] });
  const kept = live.filter(({ name }) => containerOwner(name)?.gate !== gate);
  const byName = new Map([...kept, ...rendered].map((container) => [container.name, container]));
  const order = wantedOrder(
    live.map(({ name }) => name),
    gate,
    render,
  );
  return {
    ...template,
    metadata: {
      ...template.metadata,
      annotations: {
        ...withRecords(template.metadata?.annotations, secrets),
        [gateAnnotation(gate)]: render.hash,
        [TARGET_ANNOTATION]: target,
      },
      labels: { ...template.metadata?.labels, [GATED_LABEL]: 'true' },
    },
    spec: {
      ...template.spec,
      initContainers: order.flatMap((name) => byName.get(name) ?? []),
      volumes: render.volumes.reduce(withVolume, template.spec.volumes ?? []),
      ...withPullSecrets(secrets),
    },
  };
}

type Volumes = NonNullable<PodTemplate['spec']['volumes']>;

function withVolume(volumes: Volumes, volume: RenderedVolume): Volumes {
  const others = volumes.filter(({ name }) => name !== volume.name);
  const place = volumePlace(
    others.map(({ name }) => name),
    volume.name,
  );
  return others.toSpliced(place, 0, { ...volume });
}

/** Whether the template carries anything of the gate: containers, its volume or its annotation. */
export function carries(template: TemplateView, gate: string): boolean {
  return gatesIn(template).has(gate);
}

/** The gates that have left something in a template; those with containers first. */
export function gatesIn(template: TemplateView): Set<string> {
  const contained = template.initContainers.flatMap((name) => containerOwner(name)?.gate ?? []);
  const mounted = template.volumes
    .filter((name) => !template.foreignVolumes.includes(name))
    .flatMap((name) => volumeOwner(name) ?? []);
  const annotated = Object.entries(template.annotations)
    .filter(([key, value]) => key.startsWith(GATE_ANNOTATION_PREFIX) && value !== REMOVED)
    .map(([key]) => key.slice(GATE_ANNOTATION_PREFIX.length));
  return new Set([...contained, ...mounted, ...annotated].filter(isGateName));
}

function deletions({ initContainers }: TemplateView, gates: readonly string[]): JsonObject[] {
  return initContainers
    .filter((name) => gates.includes(containerOwner(name)?.gate ?? ''))
    .map((name) => ({ name, $patch: 'delete' }));
}

function isOfAnotherGate(name: string, gate: string): boolean {
  const owner = containerOwner(name);
  return owner !== undefined && owner.gate !== gate;
}
