import type { Render } from '../../api/rendered.ts';
import type { GateSpec } from '../../api/spec.ts';
import type { Comparisons } from '../comparisons.ts';
import type { Pod } from '../model.ts';
import { isRenderOf } from '../render/render.ts';
import { carriesRender, type PodProgress, podProgress } from './pod-progress.ts';

/**
 * Each reconcile compares all Pods of a gate, and mostly one of them is another than before. Objects in the stores are
 * replaced and never changed, so an answer holds for as long as the object is there, and goes with it.
 */
export class KeptComparisons implements Comparisons<Pod, PodProgress> {
  #ofSpec: { readonly stored: Render; readonly spec: GateSpec; readonly answer: boolean } | undefined;
  #ofPods: { readonly render: Render; readonly carries: (pod: Pod) => boolean } | undefined;
  readonly podProgress = keptWithEach(podProgress);

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

/** The same function, asked once of each Pod: what else it is given is always the same. */
function keptWithEach<Answer, More extends readonly unknown[]>(
  ask: (pod: Pod, ...more: More) => Answer,
): (pod: Pod, ...more: More) => Answer {
  const answers = new WeakMap<Pod, Answer>();
  return (pod, ...more) => {
    const known = answers.get(pod);
    if (known !== undefined) return known;
    const answer = ask(pod, ...more);
    answers.set(pod, answer);
    return answer;
  };
}
