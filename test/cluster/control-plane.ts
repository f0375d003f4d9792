import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Access } from './access.ts';
import { Components } from './components.ts';
import { type Credentials, writeCredentials } from './credentials.ts';
import { eventually } from './eventually.ts';
import { freePorts } from './ports.ts';
import { findPrograms, type Programs } from './programs.ts';
import { Scratch } from './scratch.ts';
import { ETCD_3_6, meets, type Version, versionUnderTest } from './versions.ts';

export type ControlPlaneComponent = 'etcd' | 'kube-apiserver' | 'kube-controller-manager';

export interface ControlPlaneOptions {
  /** Further command-line flags, such as `--feature-gates=…`; a flag given here overrides the same one of ours. */
  readonly flags?: Readonly<Partial<Record<ControlPlaneComponent, readonly string[]>>>;
  /** The release to run. Default: the one under test. */
  readonly version?: Version;
  /** A folder with other builds of etcd, kube-apiserver and kubectl: envtest's KUBEBUILDER_ASSETS. */
  readonly assets?: string | undefined;
  /** A cluster that runs already: nothing is started, and `stop` stops nothing. */
  readonly kubeconfig?: string | undefined;
  /** Hears of builds and of logs that were kept. Standard error by default. */
  readonly say?: (line: string) => void;
}

/** An API server with real authentication, RBAC and controllers, and no node. */
export interface ControlPlane extends Access {
  /** Folder with a log of each component; undefined for a cluster that was given, as is the next. */
  readonly logs: string | undefined;
  /** The API server's audit log, which `readAudit` reads. */
  readonly auditLog: string | undefined;
  /**
   * Ends API server and controller manager, and starts those of a release (default: the same) on what etcd has. `between`
   * is done while there are none. A cluster that was given cannot do it.
   */
  restart(options?: RestartOptions): Promise<void>;
  /** Ends everything that was started. The scratch folder goes too, unless its logs are to be kept. */
  stop(options?: { readonly keepLogs?: boolean }): Promise<void>;
}

export interface RestartOptions {
  readonly version?: Version;
  /** In place of those that it was started with. */
  readonly flags?: ControlPlaneOptions['flags'];
  readonly between?: () => Promise<void>;
}

/** Where a control plane listens and keeps its files. */
export interface Site {
  readonly scratch: Scratch;
  /** Where the API server listens and what it tells others to call it by. */
  readonly address: string;
  readonly ports: { readonly api: number; readonly etcd: number; readonly etcdPeer: number };
  /** Put before each command: `nsenter …` where it lives in a network namespace. */
  readonly enter: readonly string[];
  /** A real node follows: Service endpoints are published, and controllers evaluate nodes. */
  readonly hasNodes: boolean;
}

/** Every request, who made it and how it was answered; no bodies. */
const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};

/** Nobody sends heartbeats where there is no kubelet: what evaluates nodes by them, and takes their Pods, stays off. */
const NODE_JUDGES = [
  'node-lifecycle-controller',
  'taint-eviction-controller',
  'pod-garbage-collector-controller',
];

/**
 * Starts etcd, the API server and the controller manager on free loopback ports, and answers when they serve.
 * Rejects with the last lines of their logs when they do not within a minute.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const say = options.say ?? console.error;
  const programs = await findPrograms(options.assets, say, options.version ?? versionUnderTest());
  const scratch = new Scratch('dependency-gate-control-plane-');
  if (options.kubeconfig !== undefined) {
    const access = new Access([programs.kubectl], options.kubeconfig, scratch.folder);
    return Object.assign(access, {
      logs: undefined,
      auditLog: undefined,
      restart: () => Promise.reject(new Error('this cluster was not started here')),
      stop: async () => scratch.remove(false),
    });
  }
  const [api = 0, etcd = 0, etcdPeer = 0] = await freePorts(3);
  const site: Site = {
    scratch,
    address: '127.0.0.1',
    ports: { api, etcd, etcdPeer },
    enter: [],
    hasNodes: false,
  };
  const remove = (keepLogs: boolean): void => {
    scratch.remove(keepLogs);
    if (keepLogs) say(`logs of the control plane: ${scratch.logs}`);
  };
  const components = new Components(scratch.logs, (why) => remove(why === 'exit'));
  const { access, credentials } = await runControlPlane(site, programs, components, options.flags);
  const restart: ControlPlane['restart'] = async ({ version = programs.version, flags, between } = {}) => {
    const next = await findPrograms(options.assets, say, version);
    for (const name of ['kube-controller-manager', 'kube-apiserver']) await components.stopNamed(name);
    await between?.();
    await runServers(
      { site, programs: next, components, flags: flags ?? options.flags ?? {} },
      access,
      credentials,
    );
  };
  const stop: ControlPlane['stop'] = async ({ keepLogs = false } = {}) => {
    await components.stopAll();
    remove(keepLogs);
  };
  return Object.assign(access, { logs: scratch.logs, auditLog: auditLog(site), restart, stop });
}

/** Where the API server of a site writes its audit log. */
export function auditLog(site: Site): string {
  return join(site.scratch.logs, 'audit.log');
}

/** Starts a control plane at a site. On failure its components are stopped and its logs stay. */
export async function runControlPlane(
  site: Site,
  programs: Programs,
  components: Components,
  flags: ControlPlaneOptions['flags'] = {},
): Promise<{ access: Access; credentials: Credentials }> {
  const url = `https://${site.address}:${site.ports.api}`;
  const credentials = writeCredentials(site.scratch.path('credentials'), url);
  const access = new Access(
    [...site.enter, programs.kubectl],
    credentials.kubeconfigs.admin,
    credentials.folder,
  );
  const run: Run = { site, programs, components, flags };
  try {
    startComponent(run, 'etcd', programs.etcd, etcdFlags(site, programs.version));
    await runServers(run, access, credentials);
    return { access, credentials };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const error = new Error(`the control plane did not start: ${why}\n${components.tails()}`, { cause });
    await components.stopAll();
    throw error;
  }
}

/** What it takes to run a component. */
interface Run {
  readonly site: Site;
  readonly programs: Programs;
  readonly components: Components;
  readonly flags: NonNullable<ControlPlaneOptions['flags']>;
}

function startComponent(
  { site, components, flags }: Run,
  name: ControlPlaneComponent,
  program: string,
  own: readonly string[],
): void {
  components.start(name, [...site.enter, program, ...own, ...(flags[name] ?? [])]);
}

/** All but etcd, which runs. */
async function runServers(run: Run, access: Access, credentials: Credentials): Promise<void> {
  const { site, programs, components } = run;
  const answers = async (what: string, args: readonly string[]): Promise<void> => {
    const attempt = (): Promise<string> => access.kubectl(args, { limitMs: 10_000 });
    await eventually(what, 60_000, attempt, () => components.assertRunning());
  };
  startComponent(run, 'kube-apiserver', programs.apiServer, apiServerFlags(site, credentials));
  await answers('the API server is ready', ['get', '--raw', '/readyz']);
  startComponent(
    run,
    'kube-controller-manager',
    programs.controllerManager,
    controllerManagerFlags(site, credentials),
  );
  await answers('controllers work', ['get', 'serviceaccount', 'default', '--namespace', 'default']);
}

function etcdFlags(site: Site, version: Version): string[] {
  const progress = 'watch-progress-notify-interval';
  const clients = `http://127.0.0.1:${site.ports.etcd}`;
  const peers = `http://127.0.0.1:${site.ports.etcdPeer}`;
  return [
    `--data-dir=${site.scratch.path('etcd')}`,
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
    '--log-level=warn',
    // As kubeadm sets it: what lets the API server send bookmarks when nothing changes.
    `--${meets(version, ETCD_3_6) ? progress : `experimental-${progress}`}=5s`,
    '--unsafe-no-fsync', // nothing in it outlives the run
  ];
}

function apiServerFlags(site: Site, credentials: Credentials): string[] {
  const policy = site.scratch.path('audit-policy.json');
  writeFileSync(policy, JSON.stringify(AUDIT_POLICY));
  return [
    `--etcd-servers=http://127.0.0.1:${site.ports.etcd}`,
    `--bind-address=${site.address}`,
    `--advertise-address=${site.address}`,
    `--secure-port=${site.ports.api}`,
    `--cert-dir=${credentials.folder}`,
    `--token-auth-file=${credentials.tokens}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${credentials.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${credentials.serviceAccountKey}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    // A loopback address is no valid endpoint, and without nodes nobody calls the Service `kubernetes`.
    ...(site.hasNodes ? [] : ['--endpoint-reconciler-type=none']),
    '--kubelet-preferred-address-types=InternalIP',
    '--allow-privileged=true',
    `--audit-policy-file=${policy}`,
    `--audit-log-path=${auditLog(site)}`,
    '--audit-log-mode=blocking-strict', // a request is in the log before it is answered
  ];
}

function controllerManagerFlags(site: Site, credentials: Credentials): string[] {
  const off = site.hasNodes ? [] : NODE_JUDGES.map((name) => `-${name}`);
  return [
    `--kubeconfig=${credentials.kubeconfigs['kube-controller-manager']}`,
    '--use-service-account-credentials=true', // each controller by the name and with the permissions it has in real clusters
    `--service-account-private-key-file=${credentials.serviceAccountKey}`,
    `--root-ca-file=${credentials.authority}`,
    `--controllers=${['*', ...off].join(',')}`,
    '--leader-elect=false',
    '--secure-port=0',
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
  ];
}
