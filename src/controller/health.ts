import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

export interface HealthOptions {
  /** 0 takes a free port. */
  readonly port: number;
  /** Whether every store has shown its resource once. */
  readonly isReady: () => boolean;
  readonly registry: Registry;
}

export interface Health {
  readonly port: number;
  stop(): Promise<void>;
}

/** Serves /healthz (the process answers), /readyz (caches synced) and /metrics. */
export async function serveHealth(options: HealthOptions): Promise<Health> {
  const server = createServer((request, response) => {
    answer(request.url ?? '', options, response).catch(() => response.destroy());
  });
  await listen(server, options.port);
  // A listening TCP server's address is never a string or null.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  url: string,
  { isReady, registry }: HealthOptions,
  response: ServerResponse,
): Promise<void> {
  switch (url) {
    case '/healthz':
      return send(response, 200, 'ok\n');
    case '/readyz':
      return isReady() ? send(response, 200, 'ok\n') : send(response, 503, 'the stores are being filled\n');
    case '/metrics':
      response.setHeader('Content-Type', registry.contentType);
      return send(response, 200, await registry.metrics());
    default:
      return send(response, 404, 'there are /healthz, /readyz and /metrics\n');
  }
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status).end(body);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
}
