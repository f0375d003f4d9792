import { createServer, type Server } from 'node:http';
import { stringify } from 'yaml';
import type { Cluster } from '../cluster.ts';
import { Api } from './api.ts';
import { discoveryDocuments } from './api-resources.ts';
import { Cleanup } from './cleanup.ts';
import { timestamp } from './deletion.ts';
import { ADMIN, type Around, serve } from './http-exchange.ts';
import { inProcessCluster } from './in-process-cluster.ts';
import type { Fields } from './json.ts';
import { KubernetesSchemas } from './kubernetes-schemas.ts';
import type { LogSource } from './log-response.ts';
import { Store } from './object-store.ts';
import { parseObject } from './parse-object.ts';
import { type Admit, Registry, type Validate } from './registry.ts';
import { type ResourceType, resourceTypes } from './served-resources.ts';

export interface ServerOptions {
  /** Default: 0, any free port. */
  readonly port?: number;
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** The CustomResourceDefinition to serve. */
  readonly crd: Fields;
  /** Default: every object as it is. */
  readonly admit?: Admit;
  /** Default: every custom resource is valid. */
  readonly validate?: Validate;
  /** Default: requests go straight to the API. */
  readonly around?: Around | undefined;
  /** Default: no container has written anything. */
  readonly logs?: LogSource;
  /** ms since the epoch. Default: the system's clock. */
  readonly now?: () => number;
  /** A number of [0, 1). Default: Math.random. */
  readonly random?: () => number;
  /** How many changes a watch can go back. Default: 5000. */
  readonly historyLimit?: number;
  /** Default: 60,000. */
  readonly bookmarkPeriodMs?: number;
}

export interface RunningServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly cluster: Cluster;
  /** YAML for `kubectl --kubeconfig`, as the user kubernetes-admin. */
  readonly kubeconfig: string;
  /** Forgets the history, so that watches of older versions get 410. */
  compact(): void;
  stop(): Promise<void>;
}

const NO_LOGS: LogSource = { read: () => undefined, onChange: () => () => {} };

/** Starts the API server, with the namespace `default` in it. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host = '127.0.0.1', port = 0, now = Date.now, random = Math.random } = options;
  const types = resourceTypes(options.crd);
  const stored = types.filter(({ viewOf }) => viewOf === undefined);
  const store = new Store(options.historyLimit ?? 5000);
  const { admit = ({ object }) => object, validate = () => [] } = options;
  const schemas = new KubernetesSchemas();
  const registry = new Registry({ store, types: stored, schemas, now, random, admit, validate });
  const cleanup = new Cleanup(store, registry, stored);
  const cluster = inProcessCluster(stored, store, registry);
  const api = new Api({
    types,
    documents: discoveryDocuments(types, schemas),
    store,
    registry,
    cleanup,
    logs: options.logs ?? NO_LOGS,
    now,
    bookmarkPeriodMs: options.bookmarkPeriodMs ?? 60_000,
  });
  seed(store, types, options.crd, timestamp(now()));
  await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  const http = createServer((request, response) => void serve(api, options.around, request, response));
  await new Promise<void>((listening) => http.listen(port, host, listening));
  const address = http.address();
  const url = `http://${host}:${typeof address === 'object' && address ? address.port : port}`;
  return {
    url,
    cluster,
    kubeconfig: kubeconfig(url, ADMIN),
    compact: () => store.compact(),
    stop: () => close(http),
  };
}

/** Stores the definition as if the API server's administrator had applied it. */
function seed(
  store: Store,
  types: readonly ResourceType[],
  definition: Fields,
  creationTimestamp: string,
): void {
  const type = types.find(({ kind }) => kind === 'CustomResourceDefinition');
  const crd = parseObject(definition, { custom: true });
  if (type) store.put(type, { ...crd, metadata: { ...crd.metadata, creationTimestamp } });
}

/** Breaks the open connections too: watches would stay for ever. */
function close(http: Server): Promise<void> {
  return new Promise((closed) => {
    http.close(() => closed());
    http.closeAllConnections();
  });
}

/** A kubeconfig for the server: the user's name is the bearer token, since the sandbox believes who one says to be. */
export function kubeconfig(url: string, user: string): string {
  const name = 'dependency-gate-sandbox';
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url } }],
    users: [{ name: user, user: { token: user } }],
    contexts: [{ name, context: { cluster: name, user, namespace: 'default' } }],
    'current-context': name,
  });
}
