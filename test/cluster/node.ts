import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Access } from './access.ts';
import { build, goVersion } from './build.ts';
import type { Component } from './component.ts';
import { auditLog, type ControlPlaneOptions, runControlPlane, type Site } from './control-plane.ts';
import type { Credentials } from './credentials.ts';
import { eventually } from './eventually.ts';
import { type Image, pauseImage, writeImage } from './images.ts';
import { removeLeftovers } from './leftovers.ts';
import { Machine } from './machine.ts';
import * as config from './node-config.ts';
import { installPackages, requireNodeMachine } from './packages.ts';
import { findPrograms } from './programs.ts';
import { type Version, versionUnderTest } from './versions.ts';

export interface NodeOptions {
  /** Of all of Kubernetes on it. The release that the environment asks for by default. */
  readonly version?: Version;
  /** Further command-line flags of the control plane's components. */
  readonly flags?: ControlPlaneOptions['flags'];
  /** For how long CoreDNS caches the cluster's own names: 0 (default) as kubeadm sets it up today, 30 as it did before 1.32. */
  readonly dnsCacheSeconds?: number;
  /** Whether NetworkPolicies are enforced, by kube-router. */
  readonly networkPolicies?: boolean;
  /** How often the kubelet looks at the ConfigMaps and Secrets of running Pods: 60 by default, as everywhere. */
  readonly syncSeconds?: number;
  /** Hears of builds, of packages that are installed and of logs that were kept. Standard error by default. */
  readonly say?: (line: string) => void;
}

/**
 * A whole cluster with one real node (kubelet, containerd, kube-proxy, CoreDNS) in namespaces of its own: nothing
 * leaves the machine, and its files, links and mounts stay as they are.
 */
export interface ClusterNode extends Access {
  /** Folder with a log of each component, and the node's /var/log as `node`. */
  readonly logs: string;
  /** The API server's audit log, which `readAudit` reads. */
  readonly auditLog: string;
  /** Put before a command, it runs in the cluster's network, from where the API server and Pods can be reached. */
  readonly enterNetwork: readonly string[];
  /** Gives the node an image; Pods name it by `image.name`. */
  importImage(image: Image): Promise<void>;
  /** Ends the sandbox of the Pod with this UID, as a reboot of the node does. */
  endSandbox(podUid: string): Promise<void>;
  /** Kills the kubelet, starts it again and waits until it answers. */
  restartKubelet(): Promise<void>;
  /** Kills the kubelet, does what is to be done meanwhile, and starts it again, however that has ended. */
  withoutKubelet(meanwhile: () => Promise<void>): Promise<void>;
  /** Ends everything and removes every trace, except for the logs where those are to be kept. */
  stop(options?: { readonly keepLogs?: boolean }): Promise<void>;
}

/** Rejects, with the reason, when this machine can run no node. */
export async function requireNode(): Promise<void> {
  requireNodeMachine();
  await goVersion();
}

/** Starts a cluster with a node and answers when Pods can run. Rejects with the last lines of the logs when it does not start. */
export async function startNode(options: NodeOptions = {}): Promise<ClusterNode> {
  const say = options.say ?? console.error;
  await installPackages(say);
  const version = options.version ?? versionUnderTest();
  const programs = await findPrograms(undefined, say, version);
  const folders = {
    kubernetes: await build('node', say, version),
    services: await build('node-services', say),
  };
  removeLeftovers();
  const machine = new Machine(say);
  try {
    await machine.start();
    const site = siteOf(machine);
    const { access, credentials } = await runControlPlane(site, programs, machine.components, options.flags);
    const node = new NodePrograms(machine, access, credentials, folders);
    await node.start(options);
    if (options.networkPolicies) await node.enforceNetworkPolicies();
    return Object.assign(access, {
      logs: machine.scratch.logs,
      auditLog: auditLog(site),
      enterNetwork: machine.enterNetwork,
      importImage: (image: Image) => node.importImage(image),
      endSandbox: (podUid: string) => machine.endSandbox(podUid),
      restartKubelet: () => node.withoutKubelet(async () => {}),
      withoutKubelet: (meanwhile: () => Promise<void>) => node.withoutKubelet(meanwhile),
      stop: ({ keepLogs = false } = {}) => machine.stop(keepLogs),
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const error = new Error(`the node did not start: ${why}\n${machine.components.tails()}`, { cause });
    await machine.stop(true);
    throw error;
  }
}

function siteOf(machine: Machine): Site {
  return {
    scratch: machine.scratch,
    address: config.NODE_ADDRESS,
    ports: { api: 6443, etcd: 2379, etcdPeer: 2380 }, // all its own in the machine's network
    enter: machine.enterNetwork,
    hasNodes: true,
  };
}

/** Those that are of no release of Kubernetes. */
const SERVICES = ['coredns', 'kube-router'];

/** Where the programs are: those of Kubernetes, and the others. */
interface Folders {
  readonly kubernetes: string;
  readonly services: string;
}

/** The programs that make a machine a node. */
class NodePrograms {
  readonly #machine: Machine;
  readonly #access: Access;
  readonly #kubeconfigs: Credentials['kubeconfigs'];
  readonly #folders: Folders;
  #kubelet: Component | undefined;

  constructor(machine: Machine, access: Access, credentials: Credentials, folders: Folders) {
    this.#machine = machine;
    this.#access = access;
    this.#kubeconfigs = credentials.kubeconfigs;
    this.#folders = folders;
  }

  async start({ dnsCacheSeconds = 0, syncSeconds = 60 }: NodeOptions): Promise<void> {
    const { kubelet, ...kubeconfigs } = this.#kubeconfigs;
    const resolvConf = this.#write('resolv.conf', `nameserver ${config.NODE_ADDRESS}\n`);
    this.#write('kubelet.json', config.kubelet(this.#machine.cgroup, resolvConf, syncSeconds));
    await this.importImage(pauseImage());
    await this.#access.apply(config.COREDNS_RBAC);
    this.#startKubelet();
    this.#start(
      'kube-scheduler',
      `--kubeconfig=${kubeconfigs['kube-scheduler']}`,
      '--leader-elect=false',
      '--secure-port=0',
    );
    this.#start(
      'kube-proxy',
      `--config=${this.#write('kube-proxy.json', config.kubeProxy(kubeconfigs['kube-proxy']))}`,
    );
    this.#start(
      'coredns',
      '-conf',
      this.#write('Corefile', config.corefile(kubeconfigs.coredns, dnsCacheSeconds)),
    );
    await Promise.all([
      this.#answers('the node is Ready', [
        'wait',
        '--for=condition=Ready',
        `node/${config.NODE_NAME}`,
        '--timeout=5s',
      ]),
      this.#answers('kube-proxy is healthy', health(10256, '/healthz')),
      this.#answers('CoreDNS is ready', health(8181, '/ready')),
    ]);
  }

  async enforceNetworkPolicies(): Promise<void> {
    await this.#access.apply(config.KUBE_ROUTER_RBAC);
    this.#start('kube-router', ...config.kubeRouterFlags(this.#kubeconfigs['kube-router']));
    await this.#answers('kube-router is healthy', health(20244, '/healthz'));
  }

  async importImage(image: Image): Promise<void> {
    await this.#machine.importImage(await writeImage(image, this.#machine.scratch.path('images')));
  }

  async withoutKubelet(meanwhile: () => Promise<void>): Promise<void> {
    if (this.#kubelet) await this.#machine.components.stop(this.#kubelet);
    try {
      await meanwhile();
    } finally {
      this.#startKubelet();
    }
    await this.#answers('the kubelet answers', [
      'get',
      '--raw',
      `/api/v1/nodes/${config.NODE_NAME}/proxy/healthz`,
    ]);
  }

  #startKubelet(): void {
    this.#kubelet = this.#start(
      'kubelet',
      `--config=${this.#machine.scratch.path('kubelet.json')}`,
      `--kubeconfig=${this.#kubeconfigs.kubelet}`,
      `--hostname-override=${config.NODE_NAME}`,
      `--node-ip=${config.NODE_ADDRESS}`,
    );
  }

  #start(name: string, ...args: readonly string[]): Component {
    const folder = SERVICES.includes(name) ? this.#folders.services : this.#folders.kubernetes;
    return this.#machine.components.start(name, [...this.#machine.enter, join(folder, name), ...args]);
  }

  async #answers(what: string, args: readonly string[]): Promise<void> {
    const attempt = (): Promise<string> => this.#access.kubectl(args, { limitMs: 10_000 });
    await eventually(what, 60_000, attempt, () => this.#machine.components.assertRunning());
  }

  #write(name: string, content: string): string {
    const file = this.#machine.scratch.path(name);
    writeFileSync(file, content);
    return file;
  }
}

/** kubectl's arguments to ask one of the node's own servers. */
function health(port: number, path: string): string[] {
  return [`--server=http://${config.NODE_ADDRESS}:${port}`, 'get', '--raw', path];
}
