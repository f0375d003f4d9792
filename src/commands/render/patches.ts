import { stringify } from 'yaml';
import { z } from 'zod';
import {
  containerOwner,
  PULL_SECRETS_SEPARATOR,
  pullSecretsAnnotation,
  volumeName,
  volumeOwner,
} from '../../api/names.ts';
import { ofOurGroup, type PodTemplate } from '../../core/render/template.ts';
import type { GatedTarget } from './gating.ts';
import { WRITING } from './yaml/text.ts';

const identitySchema = z.looseObject({ apiVersion: z.string() });

/**
 * A strategic merge patch of each target with all its gates in it, for kustomize. Kustomize puts the list items of a
 * patch first, in the patch's order, and what it does not name after them (5.5 to 5.8; it does not know
 * `$setElementOrder`). So a patch names the gates' containers and volumes in their order, and of the target's own those before them.
 */
export function formatPatches(targets: readonly GatedTarget[]): string {
  return targets
    .flatMap(patches)
    .map((patch) => stringify(patch, WRITING))
    .join('---\n');
}

/**
 * Kustomize merges a list item that is there with one of that name in the patch, and would keep fields that the new
 * render no longer has: what the target holds of these gates already is taken out by a patch of its own, before.
 */
function patches(target: GatedTarget): unknown[] {
  const { gates, before, after } = target;
  const inPlace = ofGates(before, gates);
  const removal = {
    ...(inPlace.initContainers.length > 0 && { initContainers: inPlace.initContainers.map(deletion) }),
    ...(inPlace.volumes.length > 0 && { volumes: inPlace.volumes.map(deletion) }),
  };
  const addition = {
    metadata: {
      annotations: ofOurGroup(after.metadata?.annotations),
      labels: ofOurGroup(after.metadata?.labels),
    },
    spec: { ...ofAllGates(after, gates), ...secretsOf(after, gates) },
  };
  const isEmpty = Object.keys(removal).length === 0;
  return [...(isEmpty ? [] : [patchOf(target, { spec: removal })]), patchOf(target, addition)];
}

interface Named {
  readonly name: string;
}

interface Parts {
  readonly initContainers: readonly Named[];
  readonly volumes: readonly Named[];
}

/** What a template holds of these gates. */
function ofGates({ spec }: PodTemplate, gates: readonly string[]): Parts {
  const names = gates.map(volumeName);
  return {
    initContainers: (spec.initContainers ?? []).filter(({ name }) =>
      gates.includes(containerOwner(name)?.gate ?? ''),
    ),
    volumes: (spec.volumes ?? []).filter(({ name }) => names.includes(name)),
  };
}

/**
 * What it holds of any gate, in its order, and the init containers of its own that stand before one; of other gates than these,
 * and of its own, only the names.
 */
function ofAllGates(template: PodTemplate, gates: readonly string[]): Parts {
  const { initContainers, volumes } = template.spec;
  const mine = ofGates(template, gates);
  const whole = (items: readonly Named[]) => (item: Named) =>
    items.includes(item) ? item : { name: item.name };
  const all = initContainers ?? [];
  const last = all.findLastIndex(({ name }) => containerOwner(name) !== undefined);
  return {
    initContainers: all.slice(0, last + 1).map(whole(mine.initContainers)),
    volumes: (volumes ?? []).filter(({ name }) => volumeOwner(name) !== undefined).map(whole(mine.volumes)),
  };
}

/** The secrets that these gates have put in. */
function secretsOf(
  { metadata }: PodTemplate,
  gates: readonly string[],
): { imagePullSecrets?: readonly Named[] } {
  const records = gates.flatMap((gate) => metadata?.annotations?.[pullSecretsAnnotation(gate)] ?? []);
  const names = new Set(records.flatMap((record) => record.split(PULL_SECRETS_SEPARATOR)));
  return names.size === 0 ? {} : { imagePullSecrets: [...names].map((name) => ({ name })) };
}

function deletion({ name }: Named): object {
  return { name, $patch: 'delete' };
}

function patchOf({ object, templateAt }: GatedTarget, template: object): object {
  const { apiVersion } = identitySchema.parse(object.value);
  const { kind, name, namespace } = object;
  const nested = templateAt.reduceRight<object>((inner, field) => ({ [field]: inner }), template);
  return { apiVersion, kind, metadata: { name, ...(namespace && { namespace }) }, ...nested };
}
