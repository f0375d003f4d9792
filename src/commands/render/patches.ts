import { stringify } from 'yaml';
import { z } from 'zod';
import { containerOwner } from '../../api/names.ts';
import { ofOurGroup, type PodTemplate } from '../../core/render/template.ts';
import type { GatedTarget } from './gating.ts';
import { WRITING } from './yaml/text.ts';

const identitySchema = z.looseObject({ apiVersion: z.string() });

/**
 * A strategic merge patch of each target with all its gates in it, for kustomize. Kustomize puts the list items of a
 * patch first, in the patch's order, and what it does not name after them (5.5 to 5.8; it does not know
 * `$setElementOrder`). So a patch names the gates' containers in their order and none of the target's own; in `volumes`,
 * where ours comes last, it names every volume that is there.
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
  const isOfGates = (name: string) => gates.includes(containerOwner(name)?.gate ?? '');
  const old = (before.spec.initContainers ?? []).filter(({ name }) => isOfGates(name));
  const ofAllGates = (after.spec.initContainers ?? []).filter(({ name }) => containerOwner(name));
  const removal = { spec: { initContainers: old.map(({ name }) => ({ name, $patch: 'delete' })) } };
  const addition = {
    metadata: {
      annotations: ofOurGroup(after.metadata?.annotations),
      labels: ofOurGroup(after.metadata?.labels),
    },
    spec: {
      initContainers: ofAllGates.map((container) =>
        isOfGates(container.name) ? container : named(container),
      ),
      ...newVolumes(before, after),
    },
  };
  return [...(old.length > 0 ? [patchOf(target, removal)] : []), patchOf(target, addition)];
}

function newVolumes(before: PodTemplate, after: PodTemplate): object {
  const names = new Set((before.spec.volumes ?? []).map(({ name }) => name));
  const volumes = after.spec.volumes ?? [];
  if (volumes.length === names.size) return {};
  return { volumes: volumes.map((volume) => (names.has(volume.name) ? named(volume) : volume)) };
}

function named({ name }: { readonly name: string }): { readonly name: string } {
  return { name };
}

function patchOf({ object, templateAt }: GatedTarget, template: object): object {
  const { apiVersion } = identitySchema.parse(object.value);
  const { kind, name, namespace } = object;
  const nested = templateAt.reduceRight<object>((inner, field) => ({ [field]: inner }), template);
  return { apiVersion, kind, metadata: { name, ...(namespace && { namespace }) }, ...nested };
}
