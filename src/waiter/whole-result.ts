import type { Result } from './wait.ts';

/** How the wait for a dependency ended. */
export interface DependencyResult extends Result {
  readonly name: string;
  /** What was checked, e.g. `tcp redis:6379`. */
  readonly check: string;
}

/** How the waits for several dependencies ended, as one. */
export interface WholeResult {
  /** Whether none of them was cut short, however each of the others ended. */
  readonly outcome: 'satisfied' | 'stopped';
  /** Until the last of them ended: all begin together. */
  readonly seconds: number;
  readonly dependencies: readonly DependencyResult[];
}

export function wholeResult(dependencies: readonly DependencyResult[]): WholeResult {
  const isStopped = dependencies.some(({ outcome }) => outcome === 'stopped');
  const seconds = Math.max(...dependencies.map((one) => one.seconds));
  return { outcome: isStopped ? 'stopped' : 'satisfied', seconds, dependencies };
}
