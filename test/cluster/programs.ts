import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build, goVersion } from './build.ts';
import { MAIN_VERSION, type Version } from './versions.ts';

/** Where the programs of a control plane are. */
export interface Programs {
  /** Their release of Kubernetes, on which their flags depend. */
  readonly version: Version;
  readonly etcd: string;
  readonly apiServer: string;
  readonly controllerManager: string;
  readonly kubectl: string;
}

const NAMES = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'] as const;

/** Rejects, with the reason, when they are neither given nor can be built on this machine. */
export async function requirePrograms(assets: string | undefined): Promise<void> {
  if (!NAMES.every((name) => find(assets, name))) await goVersion();
}

/**
 * Builds the control plane's programs, or finds them as built. A folder of assets (envtest's KUBEBUILDER_ASSETS: etcd,
 * kube-apiserver, kubectl) goes first with what it holds; the rest is built, of the main release unless one is given.
 */
export async function findPrograms(
  assets: string | undefined,
  say: (line: string) => void,
  version: Version = MAIN_VERSION,
): Promise<Programs> {
  const missing = ['etcd', 'kube-apiserver'].filter((name) => find(assets, name) === undefined);
  if (assets !== undefined && missing.length > 0)
    throw new Error(`no ${missing.join(' and no ')} in ${assets}`);
  const built = NAMES.every((name) => find(assets, name)) ? '' : await build('control-plane', say, version);
  const path = (name: string): string => find(assets, name) ?? join(built, name);
  return {
    version,
    etcd: path('etcd'),
    apiServer: path('kube-apiserver'),
    controllerManager: path('kube-controller-manager'),
    kubectl: path('kubectl'),
  };
}

function find(assets: string | undefined, name: string): string | undefined {
  if (assets === undefined) return undefined;
  const file = join(assets, name);
  return existsSync(file) ? file : undefined;
}
