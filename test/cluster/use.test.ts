import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { ROOT } from './go-module.ts';

describe('useControlPlane, without Go', function () {
  this.timeout(60_000);

  it('skips the suite and says why', () => {
    const { status, stdout, stderr } = runWithoutGo({});
    expect(stderr).to.match(/SKIPPED "startControlPlane": no Go toolchain found/);
    expect(stdout).to.contain('pending').and.not.contain('failing');
    expect(status).to.equal(0);
  });

  it('fails where everything is expected to run', () => {
    const { status, stdout } = runWithoutGo({ CI: 'true' });
    expect(stdout).to.contain('"startControlPlane" cannot run: no Go toolchain found');
    expect(status).to.be.greaterThan(0);
  });

  function runWithoutGo(environment: Readonly<Record<string, string>>) {
    const mocha = join(ROOT, 'node_modules/mocha/bin/mocha.js');
    const suite = join(import.meta.dirname, 'control-plane.test.ts');
    const args = [mocha, '--reporter=spec', suite, '--grep=RBAC'];
    return spawnSync(process.execPath, args, {
      cwd: ROOT,
      encoding: 'utf8',
      env: { PATH: '', ...environment },
    });
  }
});
