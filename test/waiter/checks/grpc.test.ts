import { expect } from 'chai';
import { type GrpcOptions, grpcCheck } from '../../../src/waiter/checks/grpc.ts';
import { sharedTrust } from '../../../src/waiter/network/trust.ts';
import { type Certificates, makeCertificates } from '../certificates.ts';
import { filesIn } from '../in-memory-files.ts';
import { close, deadPort, networkAt, patience, tcpServer } from '../network/loopback.ts';
import { HealthServer } from './health-server.ts';

/** What is mounted, by its path. */
const files: Record<string, string> = {};

/** Checks `api.test:50051`, which is at this port of loopback. */
function check(port: number, options: Partial<GrpcOptions> = {}, signal = patience()) {
  const target = { host: 'api.test', port: 50051, service: '', tls: undefined };
  const network = networkAt({ host: '127.0.0.1', port });
  return grpcCheck({ kind: 'grpc', ...target, ...options }, network, sharedTrust(filesIn(files)))(signal);
}

describe('grpcCheck', () => {
  let health: HealthServer;
  let port = 0;
  beforeEach(async () => {
    ({ server: health, port } = await HealthServer.start());
  });
  afterEach(() => health.stop());

  for (const [status, answer] of [
    [0, 'UNKNOWN'],
    [1, 'SERVING'],
    [2, 'NOT_SERVING'],
    [3, 'SERVICE_UNKNOWN'],
  ] as const) {
    it(`is ${status === 1 ? '' : 'not '}satisfied by ${answer}`, async () => {
      health.statuses.set('', status);
      expect(await check(port)).to.deep.equal({ satisfied: status === 1, answer });
    });
  }

  for (const service of ['shop.v1.Cart', `long.${'x'.repeat(200)}`]) {
    it(`asks for the service ${service.slice(0, 12)}`, async () => {
      health.statuses.set('', 2).set(service, 1);
      expect(await check(port, { service })).to.deep.equal({ satisfied: true, answer: 'SERVING' });
    });
  }

  it('tells a service that the server does not know', async () => {
    expect(await check(port, { service: 'nobody' })).to.deep.equal({
      satisfied: false,
      answer: 'gRPC NOT_FOUND',
    });
  });

  it('calls the server by the name of the target', async () => {
    health.statuses.set('', 1);
    await check(port);
    expect(health.authorities).to.deep.equal(['api.test:50051']);
  });

  it('says that a connection is refused', async () => {
    expect(await check(await deadPort())).to.deep.equal({ satisfied: false, answer: 'connection refused' });
  });

  for (const [what, reply, answer] of [
    ['does not speak HTTP/2', 'HTTP/1.1 400 Bad Request\r\n\r\n', /not an HTTP\/2 response/],
    ['hangs up', '', /connection closed|connection reset|HTTP\/2/],
  ] as const) {
    it(`tells a server that ${what}`, async () => {
      const other = await tcpServer((socket) => socket.once('data', () => socket.end(reply)));
      const found = await check(other.port);
      expect(found.satisfied).to.equal(false);
      expect(found.answer).to.match(answer);
      await close(other.server);
    });
  }

  it('hangs up when its signal aborts', async () => {
    const closed = Promise.withResolvers<void>();
    const attempt = new AbortController();
    const silent = await tcpServer((socket) =>
      socket.once('data', () => attempt.abort()).once('close', () => closed.resolve()),
    );
    expect(await check(silent.port, {}, attempt.signal)).to.include({ satisfied: false });
    await closed.promise;
    await close(silent.server);
  });
});

describe('grpcCheck over TLS', () => {
  let certificates: Certificates;
  let health: HealthServer;
  let port = 0;
  before(async function () {
    this.timeout(60_000);
    certificates = await makeCertificates('DNS:api.test,IP:127.0.0.1');
    files['/ca.pem'] = certificates.ca;
    ({ server: health, port } = await HealthServer.start(certificates));
    health.statuses.set('', 1);
  });
  after(() => health.stop());

  const trusting = (more: Partial<NonNullable<GrpcOptions['tls']>> = {}) => ({
    tls: { caFile: '/ca.pem', insecureSkipVerify: false, ...more },
  });

  it('trusts the authority that it is given', async () => {
    expect(await check(port, trusting())).to.deep.equal({ satisfied: true, answer: 'SERVING' });
  });

  it('dials nobody before its CA bundle is there', async () => {
    const tls = { caFile: '/run/configmap/trust/ca.crt', insecureSkipVerify: false };
    expect(await check(await deadPort(), { tls })).to.deep.equal({
      satisfied: false,
      answer: 'no CA bundle yet: key ca.crt of ConfigMap trust is missing',
    });
  });

  it('verifies an IP address', async () => {
    expect(await check(port, { host: '127.0.0.1', ...trusting() })).to.include({ satisfied: true });
  });

  it('does not accept a certificate of another name, unless it is told that name', async () => {
    const host = 'other.test';
    const { satisfied, answer } = await check(port, { host, ...trusting() });
    expect(satisfied).to.equal(false);
    expect(answer).to.include("does not match certificate's altnames");
    expect(await check(port, { host, ...trusting({ serverName: 'api.test' }) })).to.include({
      satisfied: true,
    });
  });

  it('trusts nobody else, unless told to accept any certificate', async () => {
    const { satisfied, answer } = await check(port, { tls: { insecureSkipVerify: false } });
    expect(satisfied).to.equal(false);
    expect(answer).to.match(/certificate/);
    expect(await check(port, { tls: { insecureSkipVerify: true } })).to.include({ satisfied: true });
  });

  it('is not satisfied in plain text by a server that wants TLS', async () => {
    expect(await check(port)).to.include({ satisfied: false });
  });
});

describe('grpcCheck of a server that asks for a client certificate', () => {
  let health: HealthServer;
  let port = 0;
  before(async function () {
    this.timeout(60_000);
    const certificates = await makeCertificates('DNS:api.test');
    const stranger = await makeCertificates('DNS:stranger.test');
    Object.assign(files, {
      ...{ '/ca.pem': certificates.ca, '/tls.crt': certificates.cert, '/tls.key': certificates.key },
      ...{ '/stranger.crt': stranger.cert, '/stranger.key': stranger.key },
    });
    ({ server: health, port } = await HealthServer.start(certificates, certificates.ca));
    health.statuses.set('', 1);
  });
  after(() => health.stop());
  const showing = (name?: string) => ({
    tls: {
      ...{ caFile: '/ca.pem', insecureSkipVerify: false },
      ...(name && { client: { certFile: `/${name}.crt`, keyFile: `/${name}.key` } }),
    },
  });

  it('is satisfied with one that the server accepts', async () => {
    expect(await check(port, showing('tls'))).to.deep.equal({ satisfied: true, answer: 'SERVING' });
  });

  it('says that the server wants one', async () => {
    expect((await check(port, showing())).answer).to.match(/alert certificate required$/);
  });

  it('is not satisfied with another one, which this server tells by hanging up', async () => {
    const { satisfied, answer } = await check(port, showing('stranger'));
    expect(satisfied).to.equal(false);
    expect(answer).to.match(/^connection (closed|reset)$/);
  });

  it('dials nobody before it is there', async () => {
    expect(await check(await deadPort(), showing('gone'))).to.deep.equal({
      satisfied: false,
      answer: 'no client certificate yet: file /gone.crt is missing',
    });
  });
});
