import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { ROOT } from './go-module.ts';

describe('describeWith', function () {
  this.timeout(180_000); // two processes that load whole suites

  it('has the suite on a release with what it needs, and says nothing', () => {
    const output = listed('1.37');
    expect(output)
      .to.match(/[1-9]\d* passing/)
      .and.to.not.contain('NOT ON');
  });

  it('has no such suite on any other, skips nothing and says why', () => {
    const output = listed('1.33.13');
    expect(output).to.match(
      /^NOT ON 1\.33\.13: "the hold policies" needs .*MutatingAdmissionPolicy.* 1\.34 on$/m,
    );
    expect(output).to.contain('0 passing').and.to.not.contain('pending');
  });

  /** What mocha says of the tests that there would be. */
  function listed(version: string): string {
    const mocha = join(ROOT, 'node_modules/mocha/bin/mocha.js');
    const suite = join(import.meta.dirname, 'admission-hold.test.ts');
    const env = { ...process.env, DEPENDENCY_GATE_TEST_KUBERNETES: version };
    const args = [mocha, '--dry-run', '--reporter=spec', suite];
    return spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', env }).stdout;
  }
});
