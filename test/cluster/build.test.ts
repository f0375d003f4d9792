import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { build, goVersion } from './build.ts';
import { PROGRAMS, programsOf } from './go-module.ts';
import { runCommand } from './run-command.ts';
import { useControlPlane } from './use.ts';
import { MAIN_VERSION, VERSIONS, versionUnderTest } from './versions.ts';

describe('build', function () {
  this.timeout(60_000);
  const cluster = useControlPlane(); // skips where there is no Go; afterwards all is built
  const version = versionUnderTest();

  it('leaves what is up to date as it is, and says nothing', async () => {
    const programs = programsOf(version);
    const program = join(programs, 'control-plane');
    const { mtimeMs } = statSync(program);
    const said: string[] = [];
    expect(await build('control-plane', (line) => said.push(line), version)).to.equal(programs);
    expect(said).to.deep.equal([]);
    expect(statSync(program).mtimeMs).to.equal(mtimeMs);
    expect(existsSync(join(programs, 'kube-apiserver'))).to.equal(true);
  });

  it('stamps the programs with the release that they are built of', async () => {
    const said: unknown = JSON.parse(await cluster().kubectl(['version', '--output=json']));
    expect(said).to.have.nested.property('clientVersion.gitVersion', `v${version}`);
    expect(said).to.have.nested.property('serverVersion.gitVersion', `v${version}`);
  });
});

describe('programsOf', () => {
  it('keeps those of each release apart, and those of the main one with the rest', () => {
    const folders = VERSIONS.map(({ version }) => programsOf(version));
    expect(new Set(folders).size).to.equal(VERSIONS.length);
    expect(programsOf(MAIN_VERSION)).to.equal(PROGRAMS);
  });
});

describe('goVersion', () => {
  it('names the version of the toolchain, which decides about building again', async function () {
    const { stdout } = await runCommand(['go', 'version']).catch(() => this.skip());
    expect(await goVersion()).to.equal(stdout.trim());
  });
});
