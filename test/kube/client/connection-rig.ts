import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, connect } from '../../../src/kube/client/connection.ts';
import { type KubeconfigSource, kubeconfigCredentials } from '../../../src/kube/client/kubeconfig.ts';
import {
  type ServiceAccountSource,
  serviceAccountCredentials,
} from '../../../src/kube/client/service-account.ts';
import { certificate, type Pair } from '../certificates.ts';
import { ManualClock } from '../manual-clock.ts';
import { MisbehavingServer } from './misbehaving-server.ts';
import { TunnelProxy } from './tunnel-proxy.ts';

/** Certificates for all tests of a file. */
export interface Certificates {
  readonly directory: string;
  readonly authority: Pair;
  readonly otherAuthority: Pair;
  /** The server's, signed by `authority`. */
  readonly pair: Pair;
}

export function makeCertificates(): Certificates {
  const directory = mkdtempSync(join(tmpdir(), 'connection-'));
  const authority = certificate(directory, 'authority');
  const otherAuthority = certificate(directory, 'other-authority');
  return { directory, authority, otherAuthority, pair: certificate(directory, 'server', authority) };
}

/** Servers and connections of one test, and a directory of its own. */
export class ConnectionRig {
  readonly clock = new ManualClock();
  readonly directory = mkdtempSync(join(tmpdir(), 'connection-'));
  readonly #cleanUp: (() => Promise<void>)[] = [];

  async serve(tls?: ConstructorParameters<typeof MisbehavingServer>[0], port?: number) {
    const server = await new MisbehavingServer(tls).start(port);
    this.#cleanUp.push(() => server.stop());
    return server;
  }

  async proxy(): Promise<TunnelProxy> {
    const proxy = await new TunnelProxy().start();
    this.#cleanUp.push(() => proxy.stop());
    return proxy;
  }

  open(source: KubeconfigSource | { readonly inCluster: ServiceAccountSource }): Connection {
    const credentials =
      'inCluster' in source ? serviceAccountCredentials(source.inCluster) : kubeconfigCredentials(source);
    const connection = connect(credentials, { clock: this.clock, userAgent: 'tests/1' });
    this.#cleanUp.push(() => connection.close());
    return connection;
  }

  async stop(): Promise<void> {
    for (const each of this.#cleanUp.reverse()) await each();
    rmSync(this.directory, { recursive: true });
  }
}

/** The status of one request. */
export async function get(connection: Connection, path = '/version'): Promise<number> {
  const answer = await connection.fetch(path, { method: 'GET', signal: new AbortController().signal });
  await answer.text();
  return answer.status;
}

export function kubeconfig(cluster: object, user: object): string {
  return JSON.stringify({
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
}

export function authorizations(server: MisbehavingServer): (string | undefined)[] {
  return server.seen.map(({ headers }) => headers.authorization);
}

/** What a promise fails with; undefined when it does not. */
export function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
