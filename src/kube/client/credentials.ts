import { existsSync, readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { dirname, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { ApiError } from '../api-error.ts';

/** Where the address of the API server and the credentials come from. */
export type Source =
  | { readonly kubeconfigPath: string }
  | { readonly kubeconfigText: string }
  | {
      /** Several files taken together, as kubectl takes those of $KUBECONFIG: the first to name something counts. */
      readonly kubeconfigPaths: readonly string[];
      /** Default: the current context. */
      readonly context?: string | undefined;
    }
  | {
      readonly inCluster: {
        /** `https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT` */
        readonly server: string;
        /** Where `token` and `ca.crt` are mounted; the ServiceAccount's own directory when not given. */
        readonly directory?: string;
      };
    };

/** What a request needs: where to, its headers, and the TLS side of its connection. */
export interface Credentials {
  /** With no slash at the end; may have a path of its own. */
  readonly server: string;
  /** Authorization and impersonation. Never to be logged. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;
  /** What all connections go through: `proxy-url` of the kubeconfig's cluster. */
  readonly proxy?: string;
}

/** As kubectl takes them. */
const PROXIES = ['http://', 'https://', 'socks5://'];

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Reads the configuration: client-node understands kubeconfig files and runs their plugins.
 *
 * @throws Error when it cannot be read, names no cluster, or wants a proxy of a kind that is not supported: going around
 * one would be worse.
 */
export function loadConfig(source: Source): KubeConfig {
  const config = new KubeConfig();
  if ('inCluster' in source) loadServiceAccount(config, source.inCluster);
  else if ('kubeconfigPaths' in source) loadKubeconfigs(config, source.kubeconfigPaths, source.context);
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
export function namespaceOf(source: Source): string {
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

function loadServiceAccount(config: KubeConfig, from: { server: string; directory?: string }): void {
  const directory = from.directory ?? SERVICE_ACCOUNT;
  config.loadFromClusterAndUser(
    { name: 'cluster', server: from.server, caFile: join(directory, 'ca.crt'), skipTLSVerify: false },
    {
      name: 'service-account',
      authProvider: { name: 'tokenFile', config: { tokenFile: join(directory, 'token') } },
    },
  );
}

/**
 * Whether a program or another server gives the credential. client-node keeps it, until it expires, in the KubeConfig
 * that asked for it.
 */
export function usesPlugin(config: KubeConfig): boolean {
  const user = config.getCurrentUser();
  return Boolean(user?.exec) || Boolean(user?.authProvider && user.authProvider.name !== 'tokenFile');
}

/**
 * Reads the files and asks the plugin that the configuration names.
 *
 * @throws ApiError with reason `Credentials`.
 */
export async function readCredentials(config: KubeConfig): Promise<Credentials> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw credentialsError(error);
  }
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

/** The error of files or a plugin that gave no credentials. */
export function credentialsError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  // A JSON parser's message quotes what it could not read: the plugin's output, and with it a token.
  const quotes = error instanceof SyntaxError || !(error instanceof Error);
  const said = quotes ? 'the plugin did not print JSON' : error.message.trim().slice(0, LONGEST_TEXT);
  return new ApiError({ status: 0, reason: 'Credentials', message: `cannot read the credentials: ${said}` });
}

/** A plugin may print anything to its standard error. */
const LONGEST_TEXT = 200;

function headersOf(options: RequestOptions): Record<string, string> {
  const headers = Object.entries(options.headers ?? {}).map(([name, value]) => [name, String(value).trim()]);
  if (options.auth) headers.push(['Authorization', `Basic ${Buffer.from(options.auth).toString('base64')}`]);
  return Object.fromEntries(headers);
}
