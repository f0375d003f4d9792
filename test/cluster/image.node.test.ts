import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import { outputOf, run } from '../commands/programs.ts';
import { ROOT, read, readManifests } from '../config/manifests.ts';
import { operatorDeployment } from '../config/operator-deployment.ts';
import { until } from '../kube/until.ts';
import { fillRoot, projectImage } from './images.ts';
import { requireNode } from './node.ts';
import { freePorts } from './ports.ts';
import { useCluster } from './use.ts';

const { version } = z.object({ version: z.string() }).parse(JSON.parse(read('package.json')));

/** Runs the rest of the words below $1 as the user $2, in a mount namespace where $1 is read-only. */
const CONFINED = `root=$1 user=$2; shift 2
mount --bind "$root" "$root" && mount -o remount,bind,ro "$root" && exec chroot --userspec="$user" "$root" "$@"`;

/** No variables of this machine, and mounts of its own. */
const ALONE = ['env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'unshare', '--mount'];

/** What the image has, without its bases: `dockerfile.test.ts` says that it is what the Dockerfile has. */
describe('the image', function () {
  this.timeout(120_000);
  let folder = '';
  let command: readonly string[] = [];
  const running: ChildProcess[] = [];
  useCluster(requireNode, async () => ({ stop: async () => {} })); // skips where nothing may be mounted
  before('assemble it', async () => {
    folder = mkdtempSync(join(tmpdir(), 'dependency-gate-image-'));
    const [dist, root] = [join(folder, 'dist'), join(folder, 'root')];
    outputOf([process.execPath, join(ROOT, 'build.ts'), dist]);
    const image = await projectImage(dist);
    mkdirSync(root);
    fillRoot(root, image);
    command = [...ALONE, 'sh', '-c', CONFINED, 'sh', root, image.user, ...image.entrypoint];
  });
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
  });
  after(() => {
    if (folder !== '') rmSync(folder, { recursive: true });
  });

  it('is the program of this version', () => {
    expect(run([...command, '--version'])).to.deep.equal({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('runs the operator as its Deployment does, until it asks for a cluster', () => {
    const { container } = operatorDeployment(readManifests('config/operator/deployment.yaml'));
    const { code, stderr } = run([...command, ...container.args]);
    expect(stderr).to.match(/^dependency-gate: no cluster/);
    expect(code).to.equal(1);
  });

  it('waits for what is not there yet, and ends well when it is', async () => {
    const [port = 0] = await freePorts(1);
    const [program = '', ...args] = [...command, 'wait', 'tcp', `127.0.0.1:${port}`];
    const waiter = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    running.push(waiter);
    let log = '';
    waiter.stdout.on('data', (text) => {
      log += String(text);
    });
    await until('it waits', () => log.includes('connection refused'));
    const later = createServer().listen(port, '127.0.0.1');
    expect(await once(waiter, 'exit')).to.deep.equal([0, null]);
    later.close();
  });

  it('may write nowhere', () => {
    const { code, stderr } = run([...command, 'sandbox', '--kubeconfig=/app/kubeconfig']);
    expect(stderr).to.match(/EROFS|read-only/);
    expect(code).to.equal(1);
  });
});
