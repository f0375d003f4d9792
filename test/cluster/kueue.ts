import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Manifest, parseManifests } from '../config/manifests.ts';
import { certificate, type Pair } from '../kube/certificates.ts';
import { KUEUE } from './build.ts';
import { Components } from './components.ts';
import type { ControlPlane } from './control-plane.ts';
import { eventually } from './eventually.ts';
import { PROGRAMS } from './go-module.ts';
import { freePorts } from './ports.ts';
import { runCommand } from './run-command.ts';
import { Scratch } from './scratch.ts';

/** Who Kueue is by its own manifests. */
const ACCOUNT = { namespace: 'kueue-system', name: 'kueue-controller-manager' };
/** What of its manifests is for a cluster in which it would run as a Pod. */
const OF_ITS_POD = ['Deployment', 'Service', 'APIService', 'Secret', 'ConfigMap'];

const moduleSchema = z.looseObject({ Dir: z.string() });
const serviceSchema = z.object({ service: z.looseObject({ path: z.string().optional() }) });

export interface Kueue {
  stop(options?: { readonly keepLogs?: boolean }): Promise<void>;
}

/**
 * Kueue itself beside a control plane: its custom resources, roles and webhooks as its release has them, and its manager as
 * a process with its ServiceAccount's token. It manages Jobs, and Pods of Deployments, that name a queue.
 */
export async function startKueue(controlPlane: ControlPlane): Promise<Kueue> {
  const scratch = new Scratch('dependency-gate-kueue-');
  const components = new Components(scratch.logs, (why) => scratch.remove(why === 'exit'));
  const stop: Kueue['stop'] = async ({ keepLogs = false } = {}) => {
    await components.stopAll();
    scratch.remove(keepLogs);
  };
  try {
    await run(controlPlane, scratch, components);
  } catch (cause) {
    const error = new Error(`Kueue did not start: ${cause}\n${components.tails()}`, { cause });
    await stop();
    throw error;
  }
  return { stop };
}

async function run(controlPlane: ControlPlane, scratch: Scratch, components: Components): Promise<void> {
  const [webhook = 0, health = 0] = await freePorts(2);
  const { authority, certificates } = writeCertificates(scratch);
  const objects = (await release()).map((object) => reached(object, webhook, authority));
  const isWebhook = ({ kind }: Manifest) => kind.endsWith('WebhookConfiguration');
  await applyAll(
    controlPlane,
    objects.filter((object) => !isWebhook(object)),
  );
  await controlPlane.kubectl(['wait', '--for=condition=Established', '--timeout=60s', 'crd', '--all'], {
    limitMs: 70_000,
  });
  const file = scratch.path('config.json');
  writeFileSync(file, JSON.stringify(configuration({ webhook, health, certificates })));
  const kubeconfig = await controlPlane.serviceAccountKubeconfig(ACCOUNT.namespace, ACCOUNT.name);
  const command = ['env', `KUBECONFIG=${kubeconfig}`, join(PROGRAMS, 'kueue'), `--config=${file}`];
  components.start('kueue', [...withEtc(scratch), ...command, '--feature-gates=VisibilityOnDemand=false']);
  const isReady = async () => {
    const { ok } = await fetch(`http://127.0.0.1:${health}/readyz`);
    return ok || undefined;
  };
  await eventually('Kueue is ready', 120_000, isReady, () => components.assertRunning());
  await applyAll(controlPlane, objects.filter(isWebhook));
}

/** Where it reads the certificate of its metrics, with no way to say another place. */
const METRICS_CERTIFICATES = 'kueue/metrics/certs';

function writeCertificates(scratch: Scratch): { readonly authority: Pair; readonly certificates: string } {
  const certificates = scratch.path('etc', METRICS_CERTIFICATES);
  mkdirSync(certificates, { recursive: true });
  const authority = certificate(scratch.folder, 'authority');
  const { cert, key } = certificate(scratch.folder, 'kueue', authority);
  // By the names that its servers look for.
  writeFileSync(join(certificates, 'tls.crt'), cert);
  writeFileSync(join(certificates, 'tls.key'), key);
  return { authority, certificates };
}

/** Put before its command: its own /etc, seen by nobody else. Needs root. */
function withEtc(scratch: Scratch): string[] {
  const script = 'mount --bind "$0" /etc && exec "$@"';
  return ['unshare', '--mount', '--propagation=private', 'sh', '-c', script, scratch.path('etc')];
}

/** The objects of its release, without those for its own Pod. */
async function release(): Promise<Manifest[]> {
  const [path = ''] = KUEUE.split('/cmd/kueue@');
  const version = KUEUE.slice(KUEUE.indexOf('@'));
  const { stdout } = await runCommand(['go', 'mod', 'download', '-json', `${path}${version}`], {
    limitMs: 300_000,
  });
  const { Dir } = moduleSchema.parse(JSON.parse(stdout));
  const built = await runCommand([join(PROGRAMS, 'kustomize'), 'build', join(Dir, 'config/default')]);
  return parseManifests(built.stdout).filter(({ kind }) => !OF_ITS_POD.includes(kind));
}

/** With its process in place of its Service, in webhooks and in conversions of custom resources. */
function reached(object: Manifest, port: number, { cert }: Pair): Manifest {
  const caBundle = Buffer.from(cert).toString('base64');
  const text = JSON.stringify(object, (key, value: unknown) => {
    if (key !== 'clientConfig') return value;
    const { path = '/' } = serviceSchema.parse(value).service;
    return { url: `https://127.0.0.1:${port}${path}`, caBundle };
  });
  return z.custom<Manifest>().parse(JSON.parse(text));
}

async function applyAll(controlPlane: ControlPlane, objects: readonly Manifest[]): Promise<void> {
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  await controlPlane.apply(JSON.stringify(list));
}

function configuration(at: {
  readonly webhook: number;
  readonly health: number;
  readonly certificates: string;
}) {
  return {
    apiVersion: 'config.kueue.x-k8s.io/v1beta2',
    kind: 'Configuration',
    health: { healthProbeBindAddress: `127.0.0.1:${at.health}` },
    metrics: { bindAddress: '0' },
    webhook: { host: '127.0.0.1', port: at.webhook, certDir: at.certificates },
    leaderElection: { leaderElect: false },
    internalCertManagement: { enable: false },
    integrations: { frameworks: ['batch/job', 'pod', 'deployment'] },
  };
}
