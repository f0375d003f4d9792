import type { ExplainWorld } from '../explain-world.ts';

/** Something that a person may do next. */
export interface Step {
  /** What is so, and what helps. */
  readonly text: string;
  /** To be copied into a shell. */
  readonly commands: readonly string[];
}

export function step(text: string, ...commands: readonly string[]): Step {
  return { text, commands };
}

/** A kubectl command in the gate's namespace; `words` are quoted already where they need it. */
export function kubectl(world: ExplainWorld, words: string): string {
  return within(world, `${words} -n ${world.gate.namespace}`);
}

/** A kubectl command for what has no namespace, or names its own. */
export function within({ flags }: ExplainWorld, words: string): string {
  return `kubectl ${words}${flags === '' ? '' : ` ${flags}`}`;
}
