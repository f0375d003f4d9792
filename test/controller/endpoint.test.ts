import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect } from 'node:tls';
import { expect } from 'chai';
import {
  Endpoint,
  LISTEN_AGAIN_AFTER_MS,
  MAX_CONNECTIONS,
  READ_CERTIFICATE_EVERY_MS,
} from '../../src/controller/endpoint.ts';
import { readPair } from '../../src/controller/serving-certificate.ts';
import { certificate } from '../kube/certificates.ts';
import { ManualClock } from '../kube/manual-clock.ts';
import { until } from '../kube/until.ts';

/** The clients here mean no good. */
/** Also where it is reset: whoever writes into a connection that the other side has closed is told so. */
function untilClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}

describe('Endpoint', function () {
  this.timeout(30_000);
  let endpoint: Endpoint;
  let sockets: Socket[];
  const errors: Error[] = [];
  beforeEach(async () => {
    sockets = [];
    endpoint = new Endpoint({
      port: 0,
      answer: ({ path }) => ({ status: 200, body: `${path} is fine\n` }),
      clock: new ManualClock(),
      onError: (error) => errors.push(error),
    });
    await endpoint.start();
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await endpoint.stop();
    expect(errors).to.deep.equal([]);
  });

  /** A connection that says this and then nothing more. */
  async function connected(bytes = ''): Promise<Socket> {
    const socket = createConnection(endpoint.port ?? 0, '127.0.0.1').on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'connect');
    socket.write(bytes);
    return socket;
  }

  /** All that is answered until the connection is closed. */
  async function answered(bytes: string): Promise<string> {
    const socket = await connected(bytes);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    await untilClosed(socket);
    return text;
  }

  const url = (path: string) => `http://127.0.0.1:${endpoint.port}${path}`;
  const firstLine = (text: string) => text.slice(0, text.indexOf('\r\n'));

  it('answers GET, and HEAD without a body, and closes the connection', async () => {
    const get = await answered('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(firstLine(get)).to.equal('HTTP/1.1 200 OK');
    expect(get).to.match(/\r\n\r\n\/healthz is fine\n$/);
    expect(await answered('HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n')).to.match(
      /content-length: 17\r\n.*\r\n\r\n$/is,
    );
  });

  it('answers nothing else', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const response = await fetch(url('/healthz'), { method });
      expect([response.status, response.headers.get('allow')], method).to.deep.equal([405, 'GET, HEAD']);
    }
    expect(firstLine(await answered('FETCH / HTTP/1.1\r\n\r\n'))).to.equal('HTTP/1.1 400 Bad Request');
  });

  it('answers one request of a connection, and reads no body', async () => {
    const request = 'GET /a HTTP/1.1\r\nHost: x\r\n\r\n';
    const twice = await answered(`${request}${request}`);
    expect(twice.match(/HTTP\/1\.1 200/g)).to.have.length(1);
    const body = 'GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n';
    expect(firstLine(await answered(body))).to.equal('HTTP/1.1 200 OK');
  });

  it('refuses paths and heads that are longer than any', async () => {
    expect((await fetch(url(`/${'x'.repeat(300)}`))).status).to.equal(414);
    const head = `GET / HTTP/1.1\r\nHost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`;
    expect(firstLine(await answered(head))).to.equal('HTTP/1.1 431 Request Header Fields Too Large');
  });

  it('answers while many hold their connections open, and keeps no more of them than it wants', async () => {
    const idle = await Promise.all(Array.from({ length: 3 * MAX_CONNECTIONS }, () => connected()));
    const slow = await Promise.all(
      Array.from({ length: 3 * MAX_CONNECTIONS }, () => connected('GET / HTTP/1.1\r\nx: ')),
    );
    expect((await fetch(url('/healthz'))).status).to.equal(200);
    await until(
      'the oldest are closed',
      () => [...idle, ...slow].filter(({ closed }) => !closed).length <= MAX_CONNECTIONS,
    );
  });

  it('ends connections on which no request comes in time, whatever is dripping in', async () => {
    const silent = await connected();
    const dripping = await connected('GET / HTTP/1.1\r\nx: ');
    const drip = setInterval(() => dripping.write('y'), 100);
    try {
      await Promise.all([silent, dripping].map((socket) => untilClosed(socket.resume())));
    } finally {
      clearInterval(drip);
    }
  });
});

describe('Endpoint with a certificate', function () {
  this.timeout(30_000);
  let folder: string;
  let endpoint: Endpoint;
  let clock: ManualClock;
  let errors: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dependency-gate-certificate-'));
    clock = new ManualClock();
    errors = [];
    endpoint = new Endpoint({
      port: 0,
      answer: ({ authorization }) => ({ status: 200, body: `${authorization}\n` }),
      certificate: () => readPair(folder),
      clock,
      onError: ({ message }) => errors.push(message),
    });
  });
  afterEach(async () => {
    await endpoint.stop();
    expect(clock.pending).to.deep.equal([]);
    rmSync(folder, { recursive: true });
  });

  /** A pair of that name, where the endpoint looks for it. */
  function put(name: string) {
    const pair = certificate(folder, name);
    copyFileSync(pair.certFile, join(folder, 'tls.crt'));
    copyFileSync(pair.keyFile, join(folder, 'tls.key'));
    return pair;
  }

  /** What is answered, and the name in the certificate. */
  async function answered(
    ca: string,
    options: ConnectionOptions = {},
  ): Promise<[string, string | undefined]> {
    const socket = connect({
      ...{ port: endpoint.port, host: '127.0.0.1', ca, checkServerIdentity: () => undefined },
      ...options,
    });
    await once(socket, 'secureConnect');
    const subject = String(socket.getPeerCertificate().subject.CN);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\n\r\n');
    await untilClosed(socket);
    return [text.slice(text.indexOf('\r\n\r\n') + 4), subject];
  }

  it('serves TLS, and tells its answers the Authorization header', async () => {
    const { cert } = put('first');
    await endpoint.start();
    expect(await answered(cert)).to.deep.equal(['Bearer a\n', 'first']);
  });

  it('serves TLS 1.2 and newer, and nothing without TLS', async () => {
    const { cert } = put('first');
    await endpoint.start();
    expect((await answered(cert, { maxVersion: 'TLSv1.2' }))[0]).to.equal('Bearer a\n');
    const old = answered(cert, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' });
    expect(await old.catch(({ code }) => code)).to.match(/^ERR_SSL_/);
    expect(await fetch(`http://127.0.0.1:${endpoint.port}/`).catch(() => 'refused')).to.equal('refused');
  });

  it('serves a renewed certificate within a minute, without starting again', async () => {
    put('first');
    await endpoint.start();
    const { cert } = put('second');
    await clock.advance(READ_CERTIFICATE_EVERY_MS);
    expect(await answered(cert)).to.deep.equal(['Bearer a\n', 'second']);
  });

  it('goes on with the one that it has where the new one is no pair, says so, and looks again', async () => {
    const { cert } = put('first');
    await endpoint.start();
    const { certFile, keyFile, cert: renewed } = certificate(folder, 'second');
    copyFileSync(certFile, join(folder, 'tls.crt'));
    await clock.advance(READ_CERTIFICATE_EVERY_MS);
    expect(errors).to.have.length(1);
    expect((await answered(cert))[1]).to.equal('first');
    copyFileSync(keyFile, join(folder, 'tls.key'));
    await clock.advance(READ_CERTIFICATE_EVERY_MS);
    expect((await answered(renewed))[1]).to.equal('second');
    expect(errors).to.have.length(1);
  });

  it('does not listen before there is a certificate, says so, and then does', async () => {
    await endpoint.start();
    expect([endpoint.port, errors.length]).to.deep.equal([undefined, 1]);
    expect(errors[0]).to.include('tls.crt');
    writeFileSync(join(folder, 'tls.crt'), 'garbage');
    writeFileSync(join(folder, 'tls.key'), 'garbage');
    await clock.advance(LISTEN_AGAIN_AFTER_MS);
    expect([endpoint.port, errors.length]).to.deep.equal([undefined, 2]);
    const { cert } = put('first');
    await clock.advance(LISTEN_AGAIN_AFTER_MS);
    await until('it listens', () => endpoint.port !== undefined);
    expect((await answered(cert))[1]).to.equal('first');
  });

  it('keeps no connection whose handshake does not come to its end', async () => {
    const { cert } = put('first');
    await endpoint.start();
    const silent = Array.from({ length: 2 * MAX_CONNECTIONS }, () =>
      createConnection(endpoint.port ?? 0, '127.0.0.1').on('error', () => undefined),
    );
    await Promise.all(silent.map((socket) => once(socket, 'connect')));
    expect((await answered(cert))[0]).to.equal('Bearer a\n');
    const closed = () => silent.filter((socket) => socket.closed).length;
    await until('the oldest are closed', () => closed() >= MAX_CONNECTIONS);
    await Promise.all(silent.map((socket) => untilClosed(socket.resume())));
  });
});
