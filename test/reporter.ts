import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** Lines of an error's message that are repeated at the end: a property's seed and counterexample are among the first. */
const MESSAGE_LINES = 12;

/** Mocha's own report, and what the runner that adds the tiers up needs, in a file. */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const file: unknown = options.reporterOptions?.counts;
    const failures: string[] = [];
    const firstTries = new Map<string, string>();
    runner.on('retry', (test, error: unknown) =>
      firstTries.set(test.fullTitle(), summaryOf(test.titlePath(), error)),
    );
    runner.on('fail', (test, error: unknown) => {
      firstTries.delete(test.fullTitle());
      failures.push(summaryOf(test.titlePath(), error));
    });
    runner.once('end', () => {
      const { passes = 0, failures: failed = 0, pending = 0 } = runner.stats ?? {};
      const counts = {
        passed: passes,
        failed,
        skipped: pending,
        failures,
        unstable: [...firstTries.values()],
      };
      if (typeof file === 'string') writeFileSync(file, JSON.stringify(counts));
    });
  }
}

function summaryOf(titlePath: readonly string[], error: unknown): string {
  // An error that comes from another process has lost its class on the way.
  const hasMessage = typeof error === 'object' && error !== null && 'message' in error;
  const message = String(hasMessage ? error.message : error);
  const lines = message.split('\n').slice(0, MESSAGE_LINES);
  return [titlePath.join(' › '), ...lines.map((line) => `    ${line}`)].join('\n');
}
