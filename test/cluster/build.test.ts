import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { build, goVersion } from './build.ts';
import { PROGRAMS } from './go-module.ts';
import { runCommand } from './run-command.ts';
import { useControlPlane } from './use.ts';

describe('build', function () {
  this.timeout(60_000);
  const cluster = useControlPlane(); // skips where there is no Go; afterwards all is built

  it('leaves what is up to date as it is, and says nothing', async () => {
    const program = join(PROGRAMS, 'control-plane');
    const { mtimeMs } = statSync(program);
    const said: string[] = [];
    expect(await build('control-plane', (line) => said.push(line))).to.equal(PROGRAMS);
    expect(said).to.deep.equal([]);
    expect(statSync(program).mtimeMs).to.equal(mtimeMs);
    expect(existsSync(join(PROGRAMS, 'kube-apiserver'))).to.equal(true);
  });

  it('stamps the programs with the release that go.mod pins', async () => {
    const version: unknown = JSON.parse(await cluster().kubectl(['version', '--output=json']));
    expect(version).to.have.nested.property('clientVersion.gitVersion', 'v1.36.3');
    expect(version).to.have.nested.property('serverVersion.gitVersion', 'v1.36.3');
  });
});

describe('goVersion', () => {
  it('names the version of the toolchain, which decides about building anew', async function () {
    const { stdout } = await runCommand(['go', 'version']).catch(() => this.skip());
    expect(await goVersion()).to.equal(stdout.trim());
  });
});
