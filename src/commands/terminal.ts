import { print } from './print.ts';
import type { Process } from './process.ts';

/** What a command that asks a cluster reads and writes besides it. */
export interface Terminal {
  readonly env: Process['env'];
  /** To standard output, whole lines. */
  print(text: string): Promise<void>;
  /** A line to standard error, for people. */
  note(line: string): void;
}

export function terminalOf({ env }: Pick<Process, 'env'>): Terminal {
  return {
    env,
    print: (text) => print([text]),
    note: (line) => console.error(line),
  };
}
