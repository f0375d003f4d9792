import { getEventListeners } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Server } from 'node:net';
import { expect } from 'chai';
import type { Check } from '../../src/waiter/checks/check.ts';
import { type CheckOptions, createCheck } from '../../src/waiter/checks/known-checks.ts';
import { systemNetwork } from '../../src/waiter/network/network.ts';
import { sharedTrust } from '../../src/waiter/network/trust.ts';
import { type Certificates, makeCertificates } from './certificates.ts';
import { HealthServer } from './checks/health-server.ts';
import { DnsServer } from './network/dns-server.ts';
import { close, listen } from './network/loopback.ts';

const ATTEMPTS = 30;
const tls = process.getBuiltinModule('node:tls');

/** A program that waits for days must hold no more after an attempt than before it. */
describe('many attempts of a check', function () {
  this.timeout(60_000);
  let certificates: Certificates;
  let dns: DnsServer;
  let plain: Server;
  let secure: Server;
  let health: { readonly server: HealthServer; readonly port: number };
  let secureHealth: { readonly server: HealthServer; readonly port: number };
  const ports = { plain: 0, secure: 0 };

  before(async () => {
    certificates = await makeCertificates('DNS:api.test');
    dns = await DnsServer.start();
    dns.scripts.set('api.test', ['127.0.0.1']);
    plain = createServer((_, response) => response.writeHead(503).end('not yet'));
    secure = createSecureServer(certificates, (_, response) => response.writeHead(503).end('not yet'));
    ports.plain = await listen(plain);
    ports.secure = await listen(secure);
    health = await HealthServer.start();
    secureHealth = await HealthServer.start(certificates);
    for (const { server } of [health, secureHealth]) server.statuses.set('', 2);
  });
  after(async () => {
    await dns.stop();
    await close(plain);
    await close(secure);
    health.server.stop();
    secureHealth.server.stop();
  });

  const http = (url: string): CheckOptions => {
    const tlsOptions = { caFile: '/ca.pem', insecureSkipVerify: false };
    return {
      kind: 'http',
      url: new URL(url),
      method: 'GET',
      headers: [],
      status: undefined,
      tls: tlsOptions,
    };
  };
  const grpc = (port: number, isSecure: boolean): CheckOptions => ({
    kind: 'grpc',
    ...{ host: 'api.test', port, service: '' },
    tls: isSecure ? { caFile: '/ca.pem', insecureSkipVerify: false } : undefined,
  });
  const cases: readonly (readonly [
    what: string,
    options: () => CheckOptions,
    contexts: number,
    answer: RegExp,
  ])[] = [
    ['dns', () => ({ kind: 'dns', host: 'gone.test', type: 'any' }), 0, /NXDOMAIN/],
    ['tcp', () => ({ kind: 'tcp', host: 'api.test', port: ports.plain }), 0, /127\.0\.0\.1/],
    ['http', () => http(`http://api.test:${ports.plain}/`), 0, /HTTP 503/],
    ['https', () => http(`https://api.test:${ports.secure}/`), 1, /HTTP 503/],
    ['grpc', () => grpc(health.port, false), 0, /NOT_SERVING/],
    ['grpc over TLS', () => grpc(secureHealth.port, true), 1, /NOT_SERVING/],
  ];

  for (const [what, options, contexts, answer] of cases) {
    it(`${what}: makes ${contexts} TLS contexts, and leaves no listener and no connection`, async () => {
      const search = { search: [], ndots: 1, hosts: new Map() };
      let version = 0;
      // As the kubelet does it when an annotation of the Pod has changed: every file is another one, with the same text.
      const readFile = () => ({ version: `${++version}`, text: () => certificates.ca });
      const check = createCheck(
        options(),
        systemNetwork([dns.address], search),
        search,
        sharedTrust(readFile),
      );
      const made = await countContexts(async () => {
        for (let count = 0; count < ATTEMPTS; count++) await attempt(check, answer);
      });
      expect(made).to.equal(contexts);
      for (const server of [plain, secure]) await untilNobodyIsConnected(server);
    });
  }
});

/** As the waiter makes it: with a signal of its own, that aborts in the end. */
async function attempt(check: Check, answer: RegExp): Promise<void> {
  const limit = new AbortController();
  expect((await check(limit.signal)).answer).to.match(answer);
  expect(getEventListeners(limit.signal, 'abort')).to.deep.equal([]);
  limit.abort();
}

/** How many times the certificates of a client were read; the servers here have read theirs before. */
async function countContexts(act: () => Promise<void>): Promise<number> {
  const { createSecureContext } = tls;
  let count = 0;
  tls.createSecureContext = (options) => {
    count++;
    return createSecureContext(options);
  };
  try {
    await act();
  } finally {
    tls.createSecureContext = createSecureContext;
  }
  return count;
}

/** The test's own limit bounds the wait: a connection that is kept stays. */
async function untilNobodyIsConnected(server: Server): Promise<void> {
  const connected = () =>
    new Promise<number>((resolve, reject) =>
      server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );
  while ((await connected()) > 0) await new Promise((resolve) => setImmediate(resolve));
}
