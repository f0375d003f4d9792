import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { expect } from 'chai';
import { Endpoint, MAX_CONNECTIONS } from '../../src/controller/endpoint.ts';
import { ManualClock } from '../kube/manual-clock.ts';
import { until } from '../kube/until.ts';

/** The clients here mean no good. */
describe('Endpoint', function () {
  this.timeout(30_000);
  let endpoint: Endpoint;
  let sockets: Socket[];
  const errors: Error[] = [];
  beforeEach(async () => {
    sockets = [];
    endpoint = new Endpoint({
      port: 0,
      answer: (path) => ({ status: 200, body: `${path} is fine\n` }),
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
    await once(socket, 'close');
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
      await Promise.all([silent, dripping].map((socket) => once(socket.resume(), 'close')));
    } finally {
      clearInterval(drip);
    }
  });
});
