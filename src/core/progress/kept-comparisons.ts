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
  readonly #progress = new WeakMap<Pod, PodProgress>();

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

  podProgress(pod: Pod, gate: string): PodProgress {
    const known = this.#progress.get(pod);
    if (known) return known;
    const answer = podProgress(pod, gate);
    this.#progress.set(pod, answer);
    return answer;
  }
}

function keptWithEach(holds: (pod: Pod) => boolean): (pod: Pod) => boolean {
  const answers = new WeakMap<Pod, boolean>();
  return (pod) => {
    const known = answers.get(pod);
    if (known !== undefined) return known;
    const answer = holds(pod);
    answers.set(pod, answer);
    return answer;
  };
}
