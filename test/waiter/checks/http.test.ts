import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { expect } from 'chai';
import { type HttpOptions, httpCheck } from '../../../src/waiter/checks/http.ts';
import { sharedTrust } from '../../../src/waiter/network/trust.ts';
import { type Certificates, makeCertificates } from '../certificates.ts';
import { filesIn } from '../in-memory-files.ts';
import { close, deadPort, listen, networkAt, patience, tcpServer } from '../network/loopback.ts';

/** What is mounted, by its path. */
const files: Record<string, string> = {};

/** Checks a URL of the name `api.test`, which is at this port of loopback. */
function check(url: string, port: number, options: Partial<HttpOptions> = {}, signal = patience()) {
  const defaults = { method: 'GET', headers: [], status: undefined, tls: { insecureSkipVerify: false } };
  return httpCheck(
    { kind: 'http', url: new URL(url), ...defaults, ...options },
    networkAt({ host: '127.0.0.1', port }),
    sharedTrust(filesIn(files)),
  )(signal);
}

describe('httpCheck', () => {
  let requests: IncomingMessage[];
  let handle: RequestListener;
  let server: Server;
  let port = 0;
  beforeEach(async () => {
    requests = [];
    handle = (_, response) => response.end('fine');
    server = createServer((request, response) => {
      requests.push(request);
      handle(request, response);
    });
    port = await listen(server);
  });
  afterEach(() => close(server));

  for (const [status, satisfied] of [
    [200, true],
    [204, true],
    [299, true],
    [301, false],
    [404, false],
    [503, false],
  ] as const) {
    it(`is ${satisfied ? '' : 'not '}satisfied by ${status} where nothing is said`, async () => {
      handle = (_, response) => response.writeHead(status, { location: '/elsewhere' }).end();
      expect(await check('http://api.test/', port)).to.deep.equal({ satisfied, answer: `HTTP ${status}` });
      expect(requests).to.have.length(1);
    });
  }

  it('is satisfied by the codes that it is told only', async () => {
    const status = [401, 503];
    expect(await check('http://api.test/', port, { status })).to.include({ satisfied: false });
    handle = (_, response) => response.writeHead(401).end();
    expect(await check('http://api.test/', port, { status })).to.include({ satisfied: true });
  });

  it('is satisfied by any answer, and by no lack of one, where any status will do', async () => {
    for (const code of [200, 302, 404, 503]) {
      handle = (_, response) => response.writeHead(code).end();
      const answer = await check('http://api.test/', port, { status: 'any' });
      expect(answer).to.deep.equal({ satisfied: true, answer: `HTTP ${code}` });
    }
    handle = (_, response) => response.socket?.end('no HTTP\r\n\r\n');
    expect(await check('http://api.test/', port, { status: 'any' })).to.include({ satisfied: false });
    const dead = await deadPort();
    expect(await check('http://api.test/', dead, { status: 'any' })).to.include({ satisfied: false });
  });

  it('asks for the path and query of the URL, at its host', async () => {
    await check('http://api.test:8080/ready/x?a=1&b=%20#part', port);
    expect(requests.map(({ method, url, headers }) => [method, url, headers.host])).to.deep.equal([
      ['GET', '/ready/x?a=1&b=%20', 'api.test:8080'],
    ]);
  });

  it('sends method and headers, repeated ones too', async () => {
    const headers = [
      ['X-One', '1'],
      ['x-many', 'a'],
      ['X-Many', 'b'],
    ] as const;
    await check('http://api.test/', port, { method: 'POST', headers });
    const [request] = requests;
    expect(request?.method).to.equal('POST');
    expect(request?.headers).to.include({ 'x-one': '1', 'x-many': 'a, b' });
  });

  it('lets a header take the place of one of its own', async () => {
    const headers = [
      ['Host', 'virtual.test'],
      ['User-Agent', 'me'],
    ] as const;
    await check('http://api.test/', port, { headers });
    expect(requests[0]?.headers).to.include({ host: 'virtual.test', 'user-agent': 'me' });
  });

  it("sends the URL's own credentials", async () => {
    await check('http://us%65r:p%40ss@api.test/', port);
    expect(requests[0]?.headers.authorization).to.equal(
      `Basic ${Buffer.from('user:p@ss').toString('base64')}`,
    );
  });

  it('does not read a long body to its end', async () => {
    handle = (_, response) => response.writeHead(200).write('the first of many lines\n');
    expect(await check('http://api.test/', port)).to.include({ satisfied: true });
  });

  it('says that a connection is refused', async () => {
    expect(await check('http://api.test/', await deadPort())).to.deep.equal({
      satisfied: false,
      answer: 'connection refused',
    });
  });

  for (const [what, reply, answer] of [
    ['does not speak HTTP', '-ERR unknown command\r\n', 'not an HTTP response'],
    ['hangs up', '', 'connection reset'],
  ] as const) {
    it(`tells a server that ${what}`, async () => {
      const other = await tcpServer((socket) => socket.once('data', () => socket.end(reply)));
      expect(await check('http://api.test/', other.port)).to.deep.equal({ satisfied: false, answer });
      await close(other.server);
    });
  }

  it('hangs up when its signal aborts', async () => {
    const attempt = new AbortController();
    handle = () => attempt.abort();
    expect(await check('http://api.test/', port, {}, attempt.signal)).to.include({ satisfied: false });
  });
});

describe('httpCheck over TLS', () => {
  let certificates: Certificates;
  let server: Server;
  let port = 0;
  const names: (string | false | undefined)[] = [];
  before(async function () {
    this.timeout(60_000);
    certificates = await makeCertificates('DNS:api.test,IP:127.0.0.1');
    files['/ca.pem'] = certificates.ca;
    server = createSecureServer(certificates, (request, response) => {
      names.push('servername' in request.socket ? String(request.socket.servername) : undefined);
      response.end();
    });
    port = await listen(server);
  });
  beforeEach(() => names.splice(0));
  after(() => close(server));

  const tls = (options: Partial<HttpOptions['tls']> = {}) => ({
    tls: { caFile: '/ca.pem', insecureSkipVerify: false, ...options },
  });

  it('trusts the authority that it is given, and sends the name', async () => {
    expect(await check('https://api.test/', port, tls())).to.deep.equal({
      satisfied: true,
      answer: 'HTTP 200',
    });
    expect(names).to.deep.equal(['api.test']);
  });

  it('takes a name with a dot at its end for the same', async () => {
    expect(await check('https://api.test./', port, tls())).to.include({ satisfied: true });
    expect(names).to.deep.equal(['api.test']);
  });

  it('verifies an IP address, which is never sent as a name', async () => {
    expect(await check(`https://127.0.0.1:${port}/`, port, tls())).to.include({ satisfied: true });
    expect(names).to.deep.equal(['false']);
  });

  it('trusts nobody else', async () => {
    const options = { tls: { insecureSkipVerify: false } };
    const { satisfied, answer } = await check('https://api.test/', port, options);
    expect(satisfied).to.equal(false);
    expect(answer).to.match(/certificate/);
  });

  it('does not accept a certificate of another name', async () => {
    const { satisfied, answer } = await check('https://other.test/', port, tls());
    expect(satisfied).to.equal(false);
    expect(answer).to.include("does not match certificate's altnames");
  });

  it('asks for the name that it is told', async () => {
    expect(await check('https://other.test/', port, tls({ serverName: 'api.test' }))).to.include({
      satisfied: true,
    });
    expect(names).to.deep.equal(['api.test']);
  });

  it('accepts any certificate if told so', async () => {
    const options = { tls: { insecureSkipVerify: true } };
    expect(await check('https://other.test/', port, options)).to.include({ satisfied: true });
  });

  it('says which CA bundle is missing or holds no certificate, and dials nobody', async () => {
    const { key } = certificates;
    Object.assign(files, {
      '/run/configmap/trust/none.crt': `${key}\n# no certificate`,
      '/run/none.crt': '',
    });
    for (const [caFile, what] of [
      ['/run/configmap/trust/gone.crt', 'no CA bundle yet: key gone.crt of ConfigMap trust is missing'],
      ['/run/gone.crt', 'no CA bundle yet: file /run/gone.crt is missing'],
      [
        '/run/configmap/trust/none.crt',
        'no certificate in the CA bundle: key none.crt of ConfigMap trust holds none',
      ],
      ['/run/none.crt', 'no certificate in the CA bundle: file /run/none.crt holds none'],
    ] as const) {
      expect(await check('https://api.test/', await deadPort(), tls({ caFile }))).to.deep.equal({
        satisfied: false,
        answer: what,
      });
    }
    expect(names).to.deep.equal([]);
  });

  it('tells a server that does not speak TLS', async () => {
    const plain = await tcpServer((socket) => socket.once('data', () => socket.end('what?\r\n')));
    expect(await check('https://api.test/', plain.port, tls())).to.deep.equal({
      satisfied: false,
      answer: 'not a TLS response',
    });
    await close(plain.server);
  });

  it('lets go of a server that is silent when its signal aborts', async () => {
    const attempt = new AbortController();
    const silent = await tcpServer((socket) => socket.once('data', () => attempt.abort()));
    const answer = await check('https://api.test/', silent.port, tls(), attempt.signal);
    expect(answer).to.include({ satisfied: false });
    await close(silent.server);
  });
});

describe('httpCheck of a server that asks for a client certificate', () => {
  for (const maxVersion of ['TLSv1.3', 'TLSv1.2'] as const)
    describe(`by ${maxVersion}`, () => {
      let server: Server;
      let port = 0;
      let one: Certificates;
      let other: Certificates;
      before(async function () {
        this.timeout(60_000);
        one = await makeCertificates('DNS:api.test');
        other = await makeCertificates('DNS:other.test');
        const asking = { ...one, requestCert: true, rejectUnauthorized: true, maxVersion };
        server = createSecureServer(asking, (_, response) => response.end());
        port = await listen(server);
      });
      beforeEach(() =>
        Object.assign(files, { '/ca.pem': one.ca, '/tls.crt': one.cert, '/tls.key': one.key }),
      );
      after(() => close(server));
      const client = { certFile: '/tls.crt', keyFile: '/tls.key' };
      const ask = (tls: Partial<HttpOptions['tls']> = { client }) =>
        check('https://api.test/', port, { tls: { caFile: '/ca.pem', insecureSkipVerify: false, ...tls } });

      it('is satisfied with one that the server accepts', async () => {
        expect(await ask()).to.deep.equal({ satisfied: true, answer: 'HTTP 200' });
      });

      it('says that the server wants one', async () => {
        expect((await ask({})).answer).to.match(/alert (certificate required|handshake failure)$/);
      });

      it('is not satisfied with another one, which this server tells by hanging up', async () => {
        Object.assign(files, { '/tls.crt': other.cert, '/tls.key': other.key });
        expect(await ask()).to.deep.equal({ satisfied: false, answer: 'connection reset' });
      });

      it('takes the new one when the files are rotated', async () => {
        Object.assign(files, { '/tls.crt': other.cert, '/tls.key': other.key });
        const tls = { caFile: '/ca.pem', client, insecureSkipVerify: false };
        const options = { method: 'GET', headers: [], status: undefined, tls };
        const made = httpCheck(
          { kind: 'http', url: new URL('https://api.test/'), ...options },
          networkAt({ host: '127.0.0.1', port }),
          sharedTrust(filesIn(files)),
        );
        expect(await made(patience())).to.include({ satisfied: false });
        Object.assign(files, { '/tls.crt': one.cert, '/tls.key': one.key });
        expect(await made(patience())).to.include({ satisfied: true });
      });
    });
});
