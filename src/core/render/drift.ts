import { containerOwner, gateAnnotation, TARGET_ANNOTATION, volumeName } from '../../api/names.ts';
import type { RenderedContainer } from '../../api/rendered.ts';
import type { Drift, TemplateView } from '../model.ts';
import { changedCopy, changedFields, wantedContainers } from './contents.ts';
import { isRaised } from './guaranteed.ts';
import { type Injection, wantedOrder } from './inject.ts';
import { lacksPullSecrets } from './pull-secrets.ts';
import { fitted } from './surroundings.ts';

/**
 * Why a template is not current for this gate; empty when it is.
 *
 * @param othersFirst the names of init containers that admission puts before ours: they may be anywhere
 */
export function drift(
  template: TemplateView,
  injection: Injection,
  othersFirst: readonly string[] = [],
): Drift[] {
  return [
    ...misplaced(template, injection, othersFirst),
    ...changed(template, injection),
    ...lowered(template, injection),
  ];
}

/** Of a template with another render all containers are others. */
function changed(template: TemplateView, { gate, render }: Injection): Drift[] {
  if (template.annotations[gateAnnotation(gate)] !== render.hash) return [];
  const copies = new Set(
    render.initContainers.filter(({ from }) => from !== undefined).map(({ name }) => name),
  );
  return wantedContainers(fitted(template, render)).flatMap((wanted) => {
    const live = template.contents.find(({ name }) => name === wanted.name);
    if (!live) return [];
    const compare = copies.has(wanted.name) ? changedCopy : changedFields;
    const fields = compare(wanted, live, template);
    return fields.length === 0 ? [] : [`changed ${fields.join(', ')} of ${wanted.name}` as const];
  });
}

/** Where a template has become Guaranteed since, or somebody has lowered our requests in one. */
function lowered({ guaranteed, contents, firm }: TemplateView, { render }: Injection): Drift[] {
  if (!guaranteed) return [];
  return render.initContainers
    .filter((container) => isRaised(container) || isSizedBySource(container))
    .filter(({ name }) => contents.some((live) => live.name === name) && !firm.includes(name))
    .map(({ name }) => `changed requests of ${name}` as const);
}

/** It has the resources of a container that is Guaranteed itself. */
function isSizedBySource({ from, resources }: RenderedContainer): boolean {
  return from !== undefined && resources === undefined;
}

function misplaced(
  template: TemplateView,
  { gate, render, target }: Injection,
  othersFirst: readonly string[],
): Drift[] {
  const rendered = render.initContainers.map(({ name }) => name);
  const mine = template.initContainers.filter((name) => containerOwner(name)?.gate === gate);
  const missing = rendered.some((name) => !mine.includes(name));
  const leftover = mine.some((name) => !rendered.includes(name));
  const live = template.initContainers.filter((name) => !othersFirst.includes(name));
  const disorder = wrongOrder(live, wantedOrder(live, gate, render));
  const reasons: [boolean, Drift | undefined][] = [
    [missing, 'missing container'],
    [leftover, 'leftover container'],
    [template.annotations[gateAnnotation(gate)] !== render.hash, 'stale render'],
    [!missing && !leftover, disorder],
    [!template.volumes.includes(volumeName(gate)), 'missing volume'],
    [lacksPullSecrets(template, { gate, render }), 'other pull secrets'],
    [!template.gated, 'missing label'],
    [template.annotations[TARGET_ANNOTATION] !== target, 'wrong target annotation'],
  ];
  return reasons.flatMap(([holds, reason]) => (holds && reason !== undefined ? reason : []));
}

/** How the order of init containers differs from what it is to be; undefined where it does not. */
function wrongOrder(live: readonly string[], wanted: readonly string[]): Drift | undefined {
  const at = wanted.findIndex((name, index) => name !== live[index]);
  return at < 0 ? undefined : `wrong order: ${live[at]} comes before ${wanted[at]}`;
}
