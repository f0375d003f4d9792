import type { Render } from '../../api/rendered.ts';
import type { GateSpec } from '../../api/spec.ts';
import type { Comparisons } from '../comparisons.ts';
import type { Pod } from '../model.ts';
import type { Injection } from '../render/inject.ts';
import { driftOf, type WorkloadDrift } from '../render/others-first.ts';
import { isRenderOf } from '../render/render.ts';
import { placesOf } from './dependency-place.ts';
import { carriesRender, type PodProgress, podProgress } from './pod-progress.ts';

/**
 * Each reconcile compares all Pods of a gate, and mostly one of them is another than before. Objects in the stores are
 * replaced and never changed, so an answer holds for as long as the object is there, and goes with it.
 */
export class KeptComparisons implements Comparisons<Pod, PodProgress> {
  #ofSpec: { readonly stored: Render; readonly spec: GateSpec; readonly answer: boolean } | undefined;
  #ofPods: { readonly render: Render; readonly carries: (pod: Pod) => boolean } | undefined;
  /** Pods of one template share what their containers are, and so the places in them. */
  readonly #placesIn = keptWithEach((contents: Pod['contents'], gate: string) =>
    placesOf({ contents }, gate),
  );
  readonly podProgress = keptWithEach((pod: Pod, gate: string) =>
    podProgress(pod, gate, this.#placesIn(pod.contents, gate)),
  );
  readonly driftOf = keptDrift();

  isRenderOf(stored: Render | undefined, gate: string, spec: GateSpec): boolean {
    if (stored === undefined) return false;
    const known = this.#ofSpec;
    if (known?.stored === stored && known.spec === spec) return known.answer;
    const answer = isRenderOf(stored, gate, spec);
    this.#ofSpec = { stored, spec, answer };
    return answer;
  }

  carriesRender(gate: string, render: Render | undefined): (pod: Pod) => boolean {
    if (render === undefined) return carriesRender(gate, render);
    if (this.#ofPods?.render !== render)
      this.#ofPods = { render, carries: keptWithEach(carriesRender(gate, render)) };
    return this.#ofPods.carries;
  }
}

/** The same function, asked once of each object: what else it is given is always the same. */
function keptWithEach<Of extends object, Answer, More extends readonly unknown[]>(
  ask: (of: Of, ...more: More) => Answer,
): (of: Of, ...more: More) => Answer {
  const answers = new WeakMap<Of, Answer>();
  return (of, ...more) => {
    const known = answers.get(of);
    if (known !== undefined) return known;
    const answer = ask(of, ...more);
    answers.set(of, answer);
    return answer;
  };
}

/** The same function as `driftOf`, asked once of each version of a workload while the render and what is known are the same. */
function keptDrift(): typeof driftOf {
  type Asked = Parameters<typeof driftOf>;
  const answers = new WeakMap<Asked[0], { injection: Injection; known: Asked[2]; answer: WorkloadDrift }>();
  return (workload, injection, known) => {
    const last = answers.get(workload);
    if (last && isSameInjection(last.injection, injection) && isSameList(last.known, known))
      return last.answer;
    const answer = driftOf(workload, injection, known);
    answers.set(workload, { injection, known, answer });
    return answer;
  };
}

function isSameInjection(a: Injection, b: Injection): boolean {
  return a.gate === b.gate && a.target === b.target && a.render === b.render;
}

function isSameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}
