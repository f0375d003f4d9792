/**
 * Runs tiers of the tests, all that can run here or those that are named, and adds them up:
 *
 *     node test/run.ts [--no-build] [unit|sandbox|control-plane|node …]
 *     node test/run.ts 1.37 1.34      # the control plane tier on these releases of Kubernetes; `versions`: on each
 *
 * The last line is `N passed, N failed` (`, N skipped`). A tier that cannot run is skipped loudly; where the environment
 * says CI, a skip is a failure. With `--no-build` nothing is built first: what needs a program that is not there yet is
 * skipped.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { selectTiers, type Tier } from './tiers.ts';

const countsSchema = z.object({
  passed: z.int(),
  failed: z.int(),
  skipped: z.int(),
  /** Each failed test's title and the beginning of its message. */
  failures: z.array(z.string()),
  /** The same of each that passed when it was tried again: how its first try failed. */
  unstable: z.array(z.string()).default([]),
});
type Counts = z.infer<typeof countsSchema>;

/** No step takes longer: what does has an open handle that keeps it from ending. */
const LIMIT_MS = 60 * 60_000;

/** So many of some thousand stories may pass at their second try only; where more do, it is no accident. */
const MOST_UNSTABLE = 2;

const { values: options, positionals: names } = parseArgs({
  options: { 'no-build': { type: 'boolean', default: false } },
  allowPositionals: true,
});
const isCi = process.env.CI === 'true';
const total: Counts = { passed: 0, failed: 0, skipped: 0, failures: [], unstable: [] };
const summary: string[] = [];
for (const tier of selectTiers(names)) {
  const began = performance.now();
  const counts = await run(tier);
  add(counts);
  summary.push(lineOf(tier, counts, performance.now() - began));
}
const isUnstable = total.unstable.length > MOST_UNSTABLE;
const failed = total.failed + (isCi ? total.skipped : 0) + (isUnstable ? total.unstable.length : 0);
if (isCi && total.skipped > 0) console.log(`${total.skipped} skipped, which counts as failed in CI`);
console.log(`\n${summary.join('\n')}`);
// Repeated here, since a log of thousands of lines is read from its end.
for (const failure of total.failures) console.log(`\nFAILED ${failure}`);
for (const first of total.unstable) console.log(`\nPASSED ONLY WHEN TRIED AGAIN, to be mended: ${first}`);
if (isUnstable)
  console.log(`\n${total.unstable.length} passed only when tried again, which counts as failed`);
const skipped = !isCi && total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`${total.passed} passed, ${failed} failed${skipped}`);
process.exitCode = failed > 0 ? 1 : 0;

async function run(tier: Tier): Promise<Counts> {
  console.log(`\n=== ${tier.name}: ${tier.what}`);
  const missing = await tier.missing();
  if (missing !== undefined) {
    console.log(`\n!!! SKIPPED, the whole tier: ${missing}`);
    return { passed: 0, failed: 0, skipped: 1, failures: [], unstable: [] };
  }
  for (const step of options['no-build'] ? [] : await tier.before()) {
    const code = await execute(step, tier);
    if (code !== 0) {
      return broken(`${tier.name}: node ${step.join(' ')} exited with ${code}`);
    }
  }
  return mocha(tier);
}

/** Mocha in a process of its own, so that a tier leaves nothing behind for the next. */
async function mocha(tier: Tier): Promise<Counts> {
  const folder = await mkdtemp(join(tmpdir(), 'dependency-gate-counts-'));
  const file = join(folder, 'counts.json');
  const reporter = ['--reporter', 'test/reporter.ts', '--reporter-option', `counts=${file}`];
  const ignored = tier.without.flatMap((pattern) => ['--ignore', pattern]);
  const jobs = tier.jobs === undefined ? [] : ['--parallel', '--jobs', String(tier.jobs)];
  const tries = tier.isOnCluster ? ['--retries', '1'] : [];
  const code = await execute(
    ['node_modules/mocha/bin/mocha.js', ...reporter, ...ignored, ...jobs, ...tries, ...tier.files],
    tier,
  );
  try {
    const counts = countsSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    const isBroken = code !== 0 && counts.failed === 0;
    return isBroken
      ? { ...counts, failed: 1, failures: [`${tier.name}: exit code ${code}, though no test failed`] }
      : counts;
  } catch {
    return broken(`${tier.name}: ended with exit code ${code} before it could count`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Runs Node with what is given; a signal to this process reaches it too, and so does the end of the time limit. */
function execute(args: readonly string[], { version }: Tier): Promise<number> {
  const env = { ...process.env, DEPENDENCY_GATE_TEST_KUBERNETES: version };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit', timeout: LIMIT_MS, env });
    const forward = (signal: NodeJS.Signals) => child.kill(signal);
    process.on('SIGINT', forward).on('SIGTERM', forward);
    child.on('error', reject);
    child.on('exit', (code) => {
      process.off('SIGINT', forward).off('SIGTERM', forward);
      resolve(code ?? 1);
    });
  });
}

/** What failed outside of the tests counts as one. */
function broken(why: string): Counts {
  return { passed: 0, failed: 1, skipped: 0, failures: [why], unstable: [] };
}

function lineOf({ name }: Tier, { passed, failed, skipped }: Counts, milliseconds: number): string {
  const counts = `${passed} passed, ${failed} failed, ${skipped} skipped`;
  return `  ${name.padEnd(20)}  ${counts}, in ${Math.round(milliseconds / 1000)} s`;
}

function add(counts: Counts): void {
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  total.failures.push(...counts.failures);
  total.unstable.push(...counts.unstable);
}
