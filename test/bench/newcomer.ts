/**
 * How long the quick start takes on a real node (Linux, root, Go), from Helm's chart to a gate that opens. The image is on
 * the node already, and its Pods wait for no registry.
 *
 *     node test/bench/newcomer.ts
 *
 * Prints what each command took, for docs/guide/quick-start.md.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROGRAMS, ROOT } from '../cluster/go-module.ts';
import { PROJECT_IMAGE, toolsImage } from '../cluster/images.ts';
import { startNode } from '../cluster/node.ts';
import { THIS_RELEASE } from '../cluster/operator-manifests.ts';
import { runCommand } from '../cluster/run-command.ts';
import { running, sample } from '../cluster/story-apps.ts';
import { Story } from '../cluster/story-namespace.ts';
import { importRelease } from '../cluster/story-operator.ts';
import { deployment } from '../scenarios/manifests.ts';

const HELM = join(PROGRAMS, 'helm');
const HELM_LIMIT_MS = 180_000;
const APPS = ['pinger', 'poller'];
const GATE = 'api-first';
/** Stands for the sample's nginx. */
const API = running(['httpd', '-f', '-p', '80', '-h', '/etc'], { securityContext: { runAsUser: 0 } });

const home = mkdtempSync(join(tmpdir(), 'bench-newcomer-'));
const node = await startNode();
try {
  await importRelease(node, THIS_RELEASE);
  await node.importImage(await toolsImage());
  const story = new Story(node, 'my-namespace');
  const began = performance.now();
  await step('helm install --wait', install);
  await step('gate first: until it is in force', async () => {
    await story.apply(sample('story/namespace.yaml', story.namespace));
    await story.apply(sample('story/gate.yaml', story.namespace));
    await story.kubectl(['wait', '--for=condition=Ready', `dgate/${GATE}`, '--timeout=60s']);
  });
  await step('apps: until both wait at Init:0/1', async () => {
    const apps = APPS.map((app) => sample(`story/${app}.yaml`, story.namespace));
    await story.apply(deployment('api', API), ...apps);
    for (const app of APPS) await story.untilWaiting(app, `dgate-${GATE}--api`);
  });
  await step('Service api: until the gate is open', async () => {
    await story.apply(sample('story/service-api.yaml', story.namespace));
    await story.kubectl(['wait', '--for=condition=Open', `dgate/${GATE}`, '--timeout=60s']);
  });
  await step('until both apps are rolled out', () =>
    story.rolledOut(...APPS.map((app) => `deployment/${app}`)),
  );
  told('all of it', began);
} finally {
  await node.stop();
  rmSync(home, { recursive: true });
}

async function install(): Promise<void> {
  const [repository, tag] = PROJECT_IMAGE.split(':');
  const values = [`--set=image.repository=${repository}`, `--set=image.tag=${tag}`];
  const where = [
    '--namespace=dependency-gate-system',
    '--create-namespace',
    `--kubeconfig=${node.kubeconfig}`,
  ];
  const args = ['install', 'dependency-gate', join(ROOT, 'config/chart'), '--wait', ...where, ...values];
  await runCommand([...node.enterNetwork, 'env', `HOME=${home}`, HELM, ...args], { limitMs: HELM_LIMIT_MS });
}

async function step(what: string, act: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  await act();
  told(what, began);
}

function told(what: string, began: number): void {
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`| ${what} | ${seconds} s | load ${loadavg()[0]?.toFixed(1)} |`);
}
