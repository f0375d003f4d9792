import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ApiError } from '../../src/kube/api-error.ts';
import { type Connection, connect } from '../../src/kube/connection.ts';
import type { Source } from '../../src/kube/credentials.ts';
import { certificate, type Pair } from './certificates.ts';
import { ManualClock } from './manual-clock.ts';
import { failure, json, MisbehavingServer } from './misbehaving-server.ts';
import { until } from './until.ts';

const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('connect', () => {
  const directory = mkdtempSync(join(tmpdir(), 'connection-'));
  let authority: Pair;
  let otherAuthority: Pair;
  let pair: Pair;
  let clock: ManualClock;
  let cleanUp: (() => Promise<void>)[];

  before(function () {
    this.timeout(60_000);
    authority = certificate(directory, 'authority');
    otherAuthority = certificate(directory, 'other-authority');
    pair = certificate(directory, 'server', authority);
  });

  after(() => rmSync(directory, { recursive: true }));

  beforeEach(() => {
    clock = new ManualClock();
    cleanUp = [];
  });

  afterEach(async () => {
    for (const each of cleanUp.reverse()) await each();
  });

  async function serve(tls?: ConstructorParameters<typeof MisbehavingServer>[0], port?: number) {
    const server = await new MisbehavingServer(tls).start(port);
    cleanUp.push(() => server.stop());
    return server;
  }

  function open(source: Source): Connection {
    const connection = connect(source, { clock, userAgent: 'tests/1' });
    cleanUp.push(() => connection.close());
    return connection;
  }

  async function get(connection: Connection, path = '/version') {
    const answer = await connection.fetch(path, { method: 'GET', signal: new AbortController().signal });
    await answer.text();
    return answer.status;
  }

  const kubeconfig = (cluster: object, user: object) =>
    JSON.stringify({
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    });

  const authorizations = (server: MisbehavingServer) =>
    server.seen.map(({ headers }) => headers.authorization);

  describe('with a ServiceAccount', () => {
    let server: MisbehavingServer;
    let mount: string;
    let connection: Connection;

    beforeEach(async () => {
      mount = mkdtempSync(join(directory, 'mount-'));
      writeFileSync(join(mount, 'token'), 'token-1\n');
      writeFileSync(join(mount, 'ca.crt'), authority.cert);
      server = await serve(pair);
      connection = open({ inCluster: { server: `https://127.0.0.1:${server.port}`, directory: mount } });
    });

    it('verifies the server, and says who asks', async () => {
      server.script(json({}));
      expect(await get(connection)).to.equal(200);
      expect(server.seen[0]?.headers).to.include({
        authorization: 'Bearer token-1',
        'user-agent': 'tests/1',
      });
    });

    it('refuses a server of another authority, without sending anything', async () => {
      writeFileSync(join(mount, 'ca.crt'), otherAuthority.cert);
      const error = await caught(get(connection));
      expect(error).to.be.instanceOf(ApiError).and.include({ status: 0, reason: 'NetworkError' });
      expect(server.seen).to.deep.equal([]);
    });

    it('reads a rotated token after a minute, not sooner, and keeps its connection', async () => {
      server.script(json({}), json({}), json({}));
      await get(connection);
      writeFileSync(join(mount, 'token'), 'token-2');
      await clock.advance(59_999);
      await get(connection);
      await clock.advance(1);
      await get(connection);
      expect(authorizations(server)).to.deep.equal(['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
      expect(server.connections).to.be.below(3);
    });

    it('reads a rotated token at once when the old one is refused, and asks again', async () => {
      server.script(json({}), failure(401, 'Unauthorized'), json({}));
      await get(connection);
      writeFileSync(join(mount, 'token'), 'token-2');
      expect(await get(connection)).to.equal(200);
      expect(authorizations(server)).to.deep.equal(['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
    });

    it('gives the 401 back when there is no other token', async () => {
      server.script(failure(401, 'Unauthorized'));
      expect(await get(connection)).to.equal(401);
      expect(server.seen).to.have.length(1);
    });

    it('goes on with the token that it has while the file is away', async () => {
      server.script(json({}), json({}));
      await get(connection);
      rmSync(join(mount, 'token'));
      await clock.advance(60_000);
      expect(await get(connection)).to.equal(200);
    });

    it('says so when there is no token to begin with, and reads it when it is there', async () => {
      rmSync(join(mount, 'token'));
      expect(await caught(get(connection))).to.include({ status: 0, reason: 'Credentials' });
      writeFileSync(join(mount, 'token'), 'token-3');
      server.script(json({}));
      expect(await get(connection)).to.equal(200);
    });

    it('trusts a rotated authority after a minute', async () => {
      await server.stop();
      const next = await serve(certificate(directory, 'next', otherAuthority), server.port);
      expect(await caught(get(connection))).to.include({ status: 0, reason: 'NetworkError' });
      writeFileSync(join(mount, 'ca.crt'), authority.cert + otherAuthority.cert);
      await clock.advance(60_000);
      next.script(json({}));
      expect(await get(connection)).to.equal(200);
    });

    it('lets requests on connections of the old authority end in peace', async () => {
      let finish = () => {};
      server.script((response) => {
        response.writeHead(200);
        response.write('first half');
        finish = () => response.end(', second half');
      }, json({}));
      const signal = new AbortController().signal;
      const slow = await connection.fetch('/slow', { method: 'GET', signal });
      writeFileSync(join(mount, 'ca.crt'), authority.cert + otherAuthority.cert);
      await clock.advance(60_000);
      expect(await get(connection)).to.equal(200);
      expect(server.connections).to.equal(2);
      finish();
      expect(await slow.text()).to.equal('first half, second half');
      await until('the old connection is closed', () => server.open === 1);
    });

    it('closes its connections, and with them what is under way', async () => {
      const error = caught(get(connection));
      await until('the request is there', () => server.seen.length === 1);
      await connection.close();
      expect(await error).to.include({ status: 0, reason: 'NetworkError' });
      await until('all is closed', () => server.open === 0);
    });
  });

  describe('with a kubeconfig', () => {
    it('speaks plain http with a server without TLS, under a path of its own too', async () => {
      const server = await serve();
      server.script(json({}), json({}));
      const cluster = { server: `http://127.0.0.1:${server.port}/k8s/clusters/c-1/` };
      await get(open({ kubeconfigText: kubeconfig(cluster, {}) }), '/api/v1/pods');
      await get(open({ kubeconfigText: kubeconfig(cluster, { username: 'me', password: 'pw', as: 'you' }) }));
      expect(server.seen.map(({ url }) => url)).to.deep.equal([
        '/k8s/clusters/c-1/api/v1/pods',
        '/k8s/clusters/c-1/version',
      ]);
      expect(authorizations(server)).to.deep.equal([undefined, `Basic ${btoa('me:pw')}`]);
      expect(server.seen[1]?.headers['impersonate-user']).to.equal('you');
    });

    it('presents a client certificate from files beside it, read anew when they change', async () => {
      const server = await serve({
        ...pair,
        ca: authority.cert,
        requestCert: true,
        rejectUnauthorized: true,
      });
      const home = join(directory, 'home');
      mkdirSync(home);
      const client = certificate(directory, 'client', authority);
      const stranger = certificate(directory, 'stranger', otherAuthority);
      const write = (from: Pair) => {
        writeFileSync(join(home, 'me.crt'), from.cert);
        writeFileSync(join(home, 'me.key'), from.key);
      };
      write(stranger);
      const cluster = {
        server: `https://127.0.0.1:${server.port}`,
        'certificate-authority-data': btoa(authority.cert),
      };
      const user = { 'client-certificate': 'me.crt', 'client-key': 'me.key' };
      writeFileSync(join(home, 'config'), kubeconfig(cluster, user));
      const connection = open({ kubeconfigPath: join(home, 'config') });
      expect(await caught(get(connection))).to.include({ status: 0, reason: 'NetworkError' });
      write(client);
      await clock.advance(60_000);
      server.script(json({}));
      expect(await get(connection)).to.equal(200);
    });

    it('honours tls-server-name and insecure-skip-tls-verify', async () => {
      const server = await serve(pair);
      server.script(json({}), json({}));
      const at = `https://127.0.0.1:${server.port}`;
      const data = { 'certificate-authority-data': btoa(authority.cert) };
      const status = (cluster: object) =>
        caught(get(open({ kubeconfigText: kubeconfig({ server: at, ...cluster }, {}) })));
      expect(await status({ ...data, 'tls-server-name': 'other.test' })).to.be.instanceOf(ApiError);
      expect(await status({ ...data, 'tls-server-name': 'api.test' })).to.equal(undefined);
      expect(await status({ 'insecure-skip-tls-verify': true })).to.equal(undefined);
    });

    it('refuses a kubeconfig that it cannot use, without quoting it', () => {
      const cluster = { server: 'https://127.0.0.1:1' };
      const proxied = kubeconfig({ ...cluster, 'proxy-url': 'http://proxy' }, {});
      expect(() => open({ kubeconfigText: proxied })).to.throw('the cluster c has a proxy-url');
      expect(() => open({ kubeconfigText: '{}' })).to.throw();
      const broken = `${kubeconfig(cluster, { token: 'secret' })} }`;
      expect(() => open({ kubeconfigText: broken })).to.throw('the text given is not a kubeconfig');
      const path = join(directory, 'broken');
      writeFileSync(path, broken);
      expect(() => open({ kubeconfigPath: path })).to.throw(`${path} is not a kubeconfig`);
      expect(() => open({ kubeconfigPath: join(directory, 'absent') })).to.throw('ENOENT');
    });
  });

  describe('with a credential plugin', () => {
    let server: MisbehavingServer;
    let home: string;

    beforeEach(async () => {
      server = await serve();
      home = mkdtempSync(join(directory, 'plugin-'));
      writeFileSync(join(home, 'runs'), '');
    });

    /** A plugin that does this, and notes each run. */
    function withPlugin(script: string): Connection {
      const command = join(home, 'plugin');
      writeFileSync(command, `#!/bin/sh\necho run >> ${home}/runs\n${script}\n`);
      chmodSync(command, 0o755);
      const exec = { apiVersion: 'client.authentication.k8s.io/v1', command };
      return open({ kubeconfigText: kubeconfig({ server: `http://127.0.0.1:${server.port}` }, { exec }) });
    }

    const runs = () => readFileSync(join(home, 'runs'), 'utf8').split('run').length - 1;
    const credential = (token: string) =>
      `echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"${token}"}}'`;

    it('asks it once for requests that come together, and not again while its answer holds', async () => {
      const connection = withPlugin(credential('t'));
      server.script(json({}), json({}), json({}), json({}));
      await Promise.all([get(connection), get(connection), get(connection)]);
      await clock.advance(120_000);
      await get(connection);
      expect(authorizations(server)).to.deep.equal(Array(4).fill('Bearer t'));
      expect(runs()).to.equal(1);
    });

    it('asks it again when its token is refused, once for all who were refused', async () => {
      const connection = withPlugin(
        `if [ $(wc -l < ${home}/runs) = 1 ]; then ${credential('t1')}; else ${credential('t2')}; fi`,
      );
      const refused = failure(401, 'Unauthorized');
      let refuseLater = () => {};
      const later = (response: Parameters<typeof refused>[0]) => {
        refuseLater = () => refused(response);
      };
      server.script(later, refused, refused, json({}), json({}), json({}));
      const slow = get(connection);
      await until('the slow request is there', () => server.seen.length === 1);
      expect(await Promise.all([get(connection), get(connection)])).to.deep.equal([200, 200]);
      refuseLater();
      expect(await slow).to.equal(200);
      expect(authorizations(server).slice(3)).to.deep.equal(Array(3).fill('Bearer t2'));
      expect(runs()).to.equal(2);
    });

    it('says that it failed, but nothing of a token that it printed', async () => {
      const failing = await caught(get(withPlugin('echo "log in first" >&2; exit 1')));
      expect(failing).to.include({
        reason: 'Credentials',
        message: 'cannot read the credentials: log in first',
      });
      const printing = await caught(get(withPlugin('echo secret-token')));
      expect(printing).to.include({ reason: 'Credentials' });
      expect(String(printing)).not.to.include('secret');
    });

    it('does not wait for it for ever', async () => {
      const connection = withPlugin(
        `while [ -d ${home} ] && [ ! -e ${home}/end ]; do sleep 0.05; done; ${credential('late')}`,
      );
      const error = caught(get(connection));
      await until('the plugin runs', () => runs() === 1);
      await clock.advance(30_000);
      expect(await error).to.include({ status: 0, reason: 'Timeout' });
      appendFileSync(join(home, 'end'), '');
      server.script(json({}));
      expect(await get(connection)).to.equal(200);
    });
  });
});
