import { KIND, REQUIRE_LABEL, requiredGates, requireValue, targetAnnotationValue } from '../../api/names.ts';
import { nearest } from '../../api/nearest.ts';
import { isPlacedInPods, targetKind } from '../../api/settled.ts';
import { inject, obstacle } from '../../core/render/inject.ts';
import { lost } from '../../core/render/order.ts';
import {
  type PodTemplate,
  podTemplateSchema,
  templatePath,
  viewTemplate,
} from '../../core/render/template.ts';
import { findTargets, type InputTarget } from './find-targets.ts';
import type { KubernetesObject } from './kubernetes-objects.ts';
import { type GateOfInput, type RenderSettings, renderOf } from './read-gates.ts';
import { InputError, placeOf, type YamlPath } from './yaml/documents.ts';
import { valueAt } from './yaml/value-at.ts';

/** A target in the input, as it is and as it is to be. */
export interface GatedTarget {
  readonly object: KubernetesObject;
  /** Where its Pod template stands in the object. */
  readonly templateAt: YamlPath;
  /** Names of the gates that are put in, sorted. */
  readonly gates: readonly string[];
  readonly before: PodTemplate;
  readonly after: PodTemplate;
  /** Gates that do not stand where they are to, in words. */
  readonly lost: readonly string[];
}

export interface Gating {
  /** In the order of the input. */
  readonly targets: readonly GatedTarget[];
  /** What a person should know; nothing is wrong with the output. */
  readonly warnings: readonly string[];
  /** What is as it was meant, and could surprise. */
  readonly notes: readonly string[];
}

/** Longest value of a label. */
const MAX_LABEL_LENGTH = 63;

/**
 * Puts the renders of gates into the Pod templates of their targets, as admission does.
 * @throws InputError where a target cannot carry them, or it is not clear which workload is meant
 */
export function gateTargets(
  gates: readonly GateOfInput[],
  objects: readonly KubernetesObject[],
  settings: RenderSettings,
): Gating {
  const { found, missing, unclear } = findTargets(gates, objects);
  const problems = [...unclear];
  const targets: GatedTarget[] = [];
  for (const target of found) {
    const gated = gateTarget(target, settings);
    if (typeof gated === 'string') problems.push(`${inWords(target)}: ${gated}`);
    else targets.push(gated);
  }
  if (problems.length > 0) throw new InputError(problems);
  return {
    targets,
    notes: gates.flatMap(inPodsNote),
    warnings: [
      ...missing,
      ...targets.flatMap(lostWarnings),
      ...targets.flatMap(orphanWarning),
      ...targets.flatMap((target) => misspeltGates(target, gates)),
    ],
  };
}

/** The target with its gates' renders in it, or why it cannot carry them. */
function gateTarget({ object, kind, gates }: InputTarget, settings: RenderSettings): GatedTarget | string {
  const templateAt = templatePath(kind);
  const before = podTemplateSchema.safeParse(valueAt(object.value, templateAt)).data;
  if (!before) return 'it has no Pod template that can be read';
  const names = gates.map(({ name }) => name);
  if (new Set(names).size < names.length) return 'gates of one name and several namespaces target it';
  const own = (before.spec.initContainers ?? []).map(({ name }) => name);
  const misplaced: string[] = [];
  let after = before;
  for (const gate of gates) {
    const injection = {
      gate: gate.name,
      render: renderOf(gate, settings),
      target: targetAnnotationValue(kind, object.name),
    };
    const hindrance = obstacle(viewTemplate(after), injection);
    if (hindrance) return hindrance.message;
    after = inject(after, injection);
    const why = lost(own, injection.render.after);
    if (why) misplaced.push(`gate ${gate.name}: ${why.message}`);
  }
  return {
    ...{ object, templateAt, gates: names, before },
    after: requiring(after, names),
    lost: misplaced,
  };
}

/**
 * The template with its gates in the label `require`, beside those that are there: where the operator runs without such
 * a gate, it takes it for one that is still to come and leaves its containers. A value that no label can hold is left out.
 */
function requiring(template: PodTemplate, gates: readonly string[]): PodTemplate {
  const labels = template.metadata?.labels ?? {};
  const value = requireValue([...requiredGates(labels[REQUIRE_LABEL]), ...gates]);
  if (value.length > MAX_LABEL_LENGTH) return template;
  return { ...template, metadata: { ...template.metadata, labels: { ...labels, [REQUIRE_LABEL]: value } } };
}

function lostWarnings({ object, lost }: GatedTarget): string[] {
  return lost.map((why) => `${inWords({ object })}: ${why}`);
}

function inPodsNote({ place, name, spec }: GateOfInput): string[] {
  if (!spec.targets.some((target) => isPlacedInPods(spec, targetKind(target)))) return [];
  return [
    `${place}: ${KIND} ${name} has placement Pod: no manifest is changed, and admission puts its containers into Pods as they are created (Kubernetes 1.36)`,
  ];
}

function orphanWarning({ object, gates, after }: GatedTarget): string[] {
  const required = requiredGates(after.metadata?.labels?.[REQUIRE_LABEL]);
  if (gates.every((gate) => required.includes(gate))) return [];
  return [
    `${inWords({ object })}: the names of its gates are too long together for the label ${REQUIRE_LABEL}: where the operator runs without these gates, it takes their containers out`,
  ];
}

/** Gates that a target requires, and that are not in the input: they may be elsewhere, unless one is that looks like them. */
function misspeltGates({ object, before }: GatedTarget, gates: readonly GateOfInput[]): string[] {
  const names = gates.map(({ name }) => name);
  return requiredGates(before.metadata?.labels?.[REQUIRE_LABEL])
    .filter((name) => !names.includes(name))
    .flatMap((name) => {
      const meant = nearest(name, names);
      if (meant === undefined) return [];
      const why = `requires the gate ${name}, which is not in the input; did you mean ${meant}?`;
      return [`${inWords({ object })}: its label ${REQUIRE_LABEL} ${why}`];
    });
}

function inWords({ object: { document, path, kind, name } }: Pick<InputTarget, 'object'>): string {
  return `${placeOf(document, path)}: ${kind} ${name}`;
}
