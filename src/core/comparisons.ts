import type { Render } from '../api/rendered.ts';
import type { GateSpec } from '../api/spec.ts';
import type { driftOf } from './render/others-first.ts';

/** How one gate's render compares with its spec, its targets and its Pods. */
export interface Comparisons<Pod, PodProgress> {
  /** Whether the spec gives this render. */
  isRenderOf(stored: Render | undefined, gate: string, spec: GateSpec): boolean;
  /** How it compares with a target's template. */
  readonly driftOf: typeof driftOf;
  /** Which Pods carry this very render. */
  carriesRender(gate: string, render: Render | undefined): (pod: Pod) => boolean;
  /** How far a Pod has come. */
  podProgress(pod: Pod, gate: string): PodProgress;
}
