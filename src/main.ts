#!/usr/bin/env node
import { nodeProblem } from './node-version.ts';

/**
 * The command's entry point, and the image's: init containers and the operator differ in their arguments only. The
 * waiter is loaded apart from everything else, since it starts with every waiting Pod.
 */
const [, , command, ...rest] = process.argv;
if (command === 'wait') {
  const { run } = await import('./waiter/run.ts');
  process.exit(await run(rest, process));
}
const problem = nodeProblem(process.versions.node);
if (problem !== undefined) {
  console.error(`dependency-gate: ${problem}`);
  process.exit(1);
}
const { runCommandLine } = await import('./command-line.ts');
await runCommandLine(process.argv, process);
