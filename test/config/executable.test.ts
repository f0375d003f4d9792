import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import { eventually } from '../cluster/eventually.ts';
import { outputOf, RENDER, run, useProgram } from '../commands/programs.ts';
import { until } from '../kube/until.ts';
import { ROOT, read } from './manifests.ts';

const { version } = z.object({ version: z.string() }).parse(JSON.parse(read('package.json')));
/** Nothing of this machine: no PATH to find a Node on, no home. */
const NOTHING = { PATH: '', HOME: '', KUBECONFIG: '', NODE_PATH: '', NODE_OPTIONS: '' };
const WAITER = '--waiter-image=registry.example/dgate:1';

describe('the single executable', function () {
  this.timeout(180_000);
  let folder = '';
  let archive = '';
  before('make it', function () {
    if (spawnSync(process.platform === 'darwin' ? 'codesign' : 'strip').error !== undefined) {
      console.error('SKIPPED "the single executable": there is no strip (binutils) or codesign (Xcode)');
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'dependency-gate-executable-'));
    const args = [join(ROOT, '.release/executable.ts'), folder];
    archive = execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 170_000 }).trim();
  });
  after(() => {
    if (folder !== '') rmSync(folder, { recursive: true });
  });
  const program = () => join(folder, 'kubectl-dgate');
  const dgate = (...args: readonly string[]) => run([program(), ...args], { env: NOTHING, cwd: folder });

  it('is in an archive with the licences of all that is in it', () => {
    const files = ['LICENSE', 'THIRD-PARTY-LICENSES.txt', 'kubectl-dgate'];
    expect(outputOf(['tar', '-tf', archive]).trim().split('\n').toSorted()).to.deep.equal(files);
    const third = outputOf(['tar', '-xOf', archive, 'THIRD-PARTY-LICENSES.txt']);
    for (const name of ['@kubernetes/client-node', 'yaml', 'zod', 'Node.js']) {
      expect(third).to.match(new RegExp(`^${name} \\d`, 'm'));
    }
  });

  it('says its version, its help and what a shell needs, without Node', () => {
    expect(dgate('--version')).to.deep.equal({ code: 0, stdout: `${version}\n`, stderr: '' });
    expect(dgate('operator', '--help').stdout).to.contain('Usage: dependency-gate operator');
    expect(dgate('explain', '--help').stdout).to.contain('Usage: dependency-gate explain');
    expect(dgate('completion', 'bash').stdout).to.contain('dependency-gate complete --');
    expect(dgate('complete', '--', 'ren').stdout).to.match(/^render\t/);
    expect(dgate('mistyped')).to.include({ code: 2 });
  });

  it('renders as the source does', () => {
    const input = ['gate', 'pinger', 'poller']
      .map((name) => read(`config/samples/story/${name}.yaml`))
      .join('---\n');
    const rendered = run([program(), 'render', WAITER], { env: NOTHING, input });
    expect(rendered.stdout).to.contain('initContainers');
    expect(rendered).to.deep.equal(run([...RENDER, WAITER], { input }));
  });

  it('waits, as the image does', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = z.object({ port: z.number() }).parse(server.address());
    const waiting = spawn(program(), ['wait', 'tcp', `127.0.0.1:${port}`], { env: {}, stdio: 'ignore' });
    expect(await once(waiting, 'exit')).to.deep.equal([0, null]);
    server.close();
  });

  it('tells the whole story, with nothing but itself', () => {
    const { code, stdout, stderr } = dgate('sandbox', '--demo');
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.contain('dependencygate.dependencygate.dev/api-first created');
    expect(stdout).to.contain('# init containers left: none');
  });

  describe('runs the sandbox', () => {
    const kubectl = useProgram('kubectl');
    let sandbox: ChildProcess | undefined;
    afterEach(() => sandbox?.kill('SIGKILL'));

    it('with operator, waiters and the story inside, and leaves nothing behind', async () => {
      const temporary = mkdtempSync(join(folder, 'temporary-'));
      const child = spawn(program(), ['sandbox'], {
        env: { ...NOTHING, TMPDIR: temporary },
        cwd: temporary,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      sandbox = child;
      let screen = '';
      child.stdout.on('data', (text) => {
        screen += String(text);
      });
      await until('the sandbox is up', () => screen.includes('Ctrl-C.'));
      const [, kubeconfig = ''] = /KUBECONFIG=(\S+)/.exec(screen) ?? [];
      const [, story = ''] = /apply -k (\S+)/.exec(screen) ?? [];
      expect(story.startsWith(temporary), story).to.be.true;
      execFileSync(kubectl(), ['apply', '-k', story, `--kubeconfig=${kubeconfig}`], { stdio: 'ignore' });
      await eventually('a gate keeps Pods', 20_000, async () => {
        const { stdout } = dgate('list', '--namespace=my-namespace', `--kubeconfig=${kubeconfig}`);
        return /^api-first +Waiting +api .* 2 /m.test(stdout) ? true : undefined;
      });
      child.kill('SIGTERM');
      expect(await once(child, 'exit')).to.deep.equal([0, null]);
      expect(readdirSync(temporary)).to.deep.equal([]);
    });
  });
});
