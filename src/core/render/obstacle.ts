import type { TargetReason } from '../../api/reasons.ts';

/** Why a template cannot carry a render at all. */
export interface Obstacle {
  readonly reason: TargetReason;
  /** For the user. */
  readonly message: string;
}
