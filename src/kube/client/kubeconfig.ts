import { existsSync, readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { dirname } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import type { CredentialReader, Credentials } from './credentials.ts';

/** Where kubeconfigs are. */
export type KubeconfigSource =
  | { readonly kubeconfigPath: string }
  | { readonly kubeconfigText: string }
  | {
      /** Several files taken together, as kubectl takes those of $KUBECONFIG: the first to name something counts. */
      readonly kubeconfigPaths: readonly string[];
      /** Default: the current context. */
      readonly context?: string | undefined;
    };

/** As kubectl takes them. */
const PROXIES = ['http://', 'https://', 'socks5://'];

/** The credentials of a kubeconfig, which is read at once. @throws as {@link loadConfig} */
export function kubeconfigCredentials(source: KubeconfigSource): CredentialReader {
  let config = loadConfig(source);
  return {
    get usesPlugin() {
      return usesPlugin(config);
    },
    read: async (anew) => {
      if (anew) config = loadConfig(source);
      return readCredentials(config);
    },
  };
}

/**
 * Reads the configuration: client-node understands kubeconfig files and runs their plugins.
 *
 * @throws Error when it cannot be read, names no cluster, or wants a proxy of a kind that is not supported: going around
 * one would be worse.
 */
export function loadConfig(source: KubeconfigSource): KubeConfig {
  const config = new KubeConfig();
  if ('kubeconfigPaths' in source) loadKubeconfigs(config, source.kubeconfigPaths, source.context);
  else if ('kubeconfigPath' in source) loadFile(config, source.kubeconfigPath);
  else loadText(config, source.kubeconfigText, 'the text given');
  const cluster = config.getCurrentCluster();
  if (!cluster?.server) throw new Error('the kubeconfig has no current context with a cluster');
  const { proxyUrl } = cluster;
  if (proxyUrl && !PROXIES.some((scheme) => proxyUrl.startsWith(scheme) && URL.canParse(proxyUrl)))
    throw new Error(`the proxy-url of cluster ${cluster.name} must be a URL of ${PROXIES.join(', ')}`);
  // client-node refuses plain http unless TLS is not to be verified; there is none to verify.
  config.clusters = config.clusters.map((each) =>
    each.server?.startsWith('http:') ? { ...each, skipTLSVerify: true } : each,
  );
  return config;
}

/** The namespace that a user of the kubeconfig is in: that of the context, or `default`. @throws as {@link loadConfig} */
export function namespaceOf(source: KubeconfigSource): string {
  const config = loadConfig(source);
  return config.getContextObject(config.getCurrentContext())?.namespace || 'default';
}

/** Files that are not there are passed over, as long as one is. */
function loadKubeconfigs(config: KubeConfig, paths: readonly string[], context: string | undefined): void {
  const there = paths.filter((path) => existsSync(path));
  if (there.length === 0) throw new Error(`there is no kubeconfig: ${paths.join(', ')}`);
  const files = there.map((path) => {
    const file = new KubeConfig();
    loadFile(file, path);
    return file;
  });
  config.clusters = firstOfName(files.flatMap(({ clusters }) => clusters));
  config.users = firstOfName(files.flatMap(({ users }) => users));
  config.contexts = firstOfName(files.flatMap(({ contexts }) => contexts));
  const current = context ?? files.map((file) => file.getCurrentContext()).find((name) => name);
  if (context !== undefined && !config.getContextObject(context))
    throw new Error(`the kubeconfig has no context ${context}`);
  config.setCurrentContext(current ?? '');
}

function firstOfName<T extends { readonly name: string }>(all: readonly T[]): T[] {
  return all.filter(({ name }, index) => all.findIndex((one) => one.name === name) === index);
}

function loadFile(config: KubeConfig, path: string): void {
  loadText(config, readFileSync(path, 'utf8'), path);
  config.makePathsAbsolute(dirname(path));
}

function loadText(config: KubeConfig, text: string, what: string): void {
  try {
    config.loadFromString(text);
  } catch {
    // The parser's message quotes the lines around the mistake, and with them a token.
    throw new Error(`${what} is not a kubeconfig`);
  }
}

/** A plugin's credential is kept by client-node, until it expires, in the KubeConfig that asked for it. */
function usesPlugin(config: KubeConfig): boolean {
  const user = config.getCurrentUser();
  return Boolean(user?.exec) || Boolean(user?.authProvider && user.authProvider.name !== 'tokenFile');
}

/** Reads the files and asks the plugin that the configuration names. */
async function readCredentials(config: KubeConfig): Promise<Credentials> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key, servername, rejectUnauthorized } = options;
  const { server = '', proxyUrl } = config.getCurrentCluster() ?? {};
  return {
    server,
    headers: headersOf(options),
    ...(proxyUrl && { proxy: proxyUrl }),
    tls: {
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(servername !== undefined && { servername }),
      ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    },
  };
}

function headersOf(options: RequestOptions): Record<string, string> {
  const headers = Object.entries(options.headers ?? {}).map(([name, value]) => [name, String(value).trim()]);
  if (options.auth) headers.push(['Authorization', `Basic ${Buffer.from(options.auth).toString('base64')}`]);
  return Object.fromEntries(headers);
}
