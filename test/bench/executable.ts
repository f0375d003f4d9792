import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, read } from '../config/manifests.ts';

/**
 * How long the single executable takes to start, against Node with dist/: `make dist executable`, then
 *
 *     node test/bench/executable.ts [rounds]
 *
 * The two take turns, so that what else the machine does falls on both. The least of all rounds is what the work itself
 * takes; the median is what was seen.
 */
const ROUNDS = Number(process.argv[2] ?? 21);
const EXECUTABLE = join(ROOT, '.cache/executable/kubectl-dgate');
const WITH_NODE = [process.execPath, join(ROOT, 'dist/dependency-gate.js')];

const GATE = ['gate', 'pinger', 'poller']
  .map((name) => read(`config/samples/story/${name}.yaml`))
  .join('---\n');
const COMMANDS = [
  ['--version'],
  ['explain', '--help'],
  ['render', '--waiter-image=registry.example/dgate:1'],
  ['wait', '--help'],
];

console.log(`${EXECUTABLE}: ${mb(EXECUTABLE)} MB; Node: ${mb(process.execPath)} MB`);
for (const command of COMMANDS) {
  const times = { node: [] as number[], executable: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    times.node.push(milliseconds([...WITH_NODE, ...command]));
    times.executable.push(milliseconds([EXECUTABLE, ...command]));
  }
  const ratio = (of: (numbers: readonly number[]) => number) =>
    (of(times.executable) / of(times.node)).toFixed(2);
  const least = Math.min(...times.node).toFixed(0);
  console.log(
    `${command[0]}: ${ratio(median)} in the median, ${ratio((all) => Math.min(...all))} of ${least} ms`,
  );
}

function milliseconds([program = '', ...args]: readonly string[]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(program, args, { input: GATE, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program}: ${status}: ${stderr}`);
  return performance.now() - started;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function mb(path: string): string {
  return (statSync(path).size / 1e6).toFixed(1);
}
