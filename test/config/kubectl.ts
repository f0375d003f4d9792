import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './manifests.ts';

/** The cluster tests' own build, else what the machine has. */
const PLACES = [join(ROOT, '.cache/cluster/bin/kubectl'), 'kubectl'];

/**
 * Gives the suite kubectl. Where none is found the suite is skipped and says so, or fails where everything is expected
 * to run (CI=true).
 *
 * @returns runs kubectl and answers with its output, for use inside of tests
 */
export function useKubectl(): (...args: readonly string[]) => string {
  let found: string | undefined;
  before('find kubectl', function () {
    found = PLACES.find((place) => spawnSync(place, ['version', '--client']).status === 0);
    if (found !== undefined) return;
    if (process.env.CI === 'true') throw new Error('there is no kubectl');
    console.error(`SKIPPED "${this.test?.parent?.fullTitle()}": there is no kubectl`);
    this.skip();
  });
  return (...args) => {
    const { status, stdout, stderr } = spawnSync(found ?? '', args, {
      cwd: ROOT,
      encoding: 'utf8',
      timeout: 60_000,
    });
    if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
}
