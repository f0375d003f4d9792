import { nodeProblem } from './node-version.ts';

/**
 * Runs the command that the process was started with, to its end. The waiter is loaded apart from everything else, since
 * it starts with every waiting Pod.
 *
 * @returns the code to exit with at once; undefined where the process ends by itself
 */
export async function start(): Promise<number | undefined> {
  const [, , command, ...rest] = process.argv;
  if (command === 'wait') {
    const { run } = await import('./waiter/run.ts');
    return run(rest, process);
  }
  const problem = nodeProblem(process.versions.node);
  if (problem !== undefined) {
    console.error(`dependency-gate: ${problem}`);
    return 1;
  }
  const { runCommandLine } = await import('./command-line.ts');
  await runCommandLine(process.argv, process);
  return undefined;
}
