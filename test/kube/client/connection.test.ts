import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { expect } from 'chai';
import { ApiError } from '../../../src/kube/api-error.ts';
import type { Connection } from '../../../src/kube/client/connection.ts';
import { certificate, type Pair } from '../certificates.ts';
import { until } from '../until.ts';
import {
  authorizations,
  type Certificates,
  ConnectionRig,
  caught,
  get,
  kubeconfig,
  makeCertificates,
} from './connection-rig.ts';
import { failure, json, type MisbehavingServer } from './misbehaving-server.ts';

describe('connect', () => {
  let made: Certificates;
  let rig: ConnectionRig;

  before(function () {
    this.timeout(60_000);
    made = makeCertificates();
  });

  after(() => rmSync(made.directory, { recursive: true }));

  beforeEach(() => {
    rig = new ConnectionRig();
  });

  afterEach(() => rig.stop());

  describe('with a ServiceAccount', () => {
    let server: MisbehavingServer;
    let mount: string;
    let connection: Connection;

    beforeEach(async () => {
      mount = mkdtempSync(join(rig.directory, 'mount-'));
      writeFileSync(join(mount, 'token'), 'token-1\n');
      writeFileSync(join(mount, 'ca.crt'), made.authority.cert);
      server = await rig.serve(made.pair);
      connection = rig.open({ inCluster: { server: `https://127.0.0.1:${server.port}`, directory: mount } });
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
      writeFileSync(join(mount, 'ca.crt'), made.otherAuthority.cert);
      const error = await caught(get(connection));
      expect(error).to.be.instanceOf(ApiError).and.include({ status: 0, reason: 'NetworkError' });
      expect(server.seen).to.deep.equal([]);
    });

    it('reads a rotated token after a minute, not sooner, and keeps its connection', async () => {
      server.script(json({}), json({}), json({}));
      await get(connection);
      writeFileSync(join(mount, 'token'), 'token-2');
      await rig.clock.advance(59_999);
      await get(connection);
      await rig.clock.advance(1);
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
      await rig.clock.advance(60_000);
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
      const next = await rig.serve(certificate(made.directory, 'next', made.otherAuthority), server.port);
      expect(await caught(get(connection))).to.include({ status: 0, reason: 'NetworkError' });
      writeFileSync(join(mount, 'ca.crt'), made.authority.cert + made.otherAuthority.cert);
      await rig.clock.advance(60_000);
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
      writeFileSync(join(mount, 'ca.crt'), made.authority.cert + made.otherAuthority.cert);
      await rig.clock.advance(60_000);
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
    it('keeps no request waiting for watches, however many there are', async () => {
      const server = await rig.serve();
      const connection = rig.open({
        kubeconfigText: kubeconfig({ server: `http://127.0.0.1:${server.port}` }, {}),
      });
      const watches = Array.from({ length: 150 }, () => new AbortController());
      server.script(...watches.map(() => (answer: ServerResponse) => answer.writeHead(200).flushHeaders()));
      const begun = watches.map(({ signal }) =>
        connection.fetch('/watch', { method: 'GET', signal, isWatch: true }),
      );
      await Promise.all(begun);
      server.script(json({}));
      expect(await get(connection)).to.equal(200);
      expect(server.open).to.equal(151);
      for (const watch of watches) watch.abort();
    });

    it('speaks plain http with a server without TLS, under a path of its own too', async () => {
      const server = await rig.serve();
      server.script(json({}), json({}));
      const cluster = { server: `http://127.0.0.1:${server.port}/k8s/clusters/c-1/` };
      await get(rig.open({ kubeconfigText: kubeconfig(cluster, {}) }), '/api/v1/pods');
      await get(
        rig.open({ kubeconfigText: kubeconfig(cluster, { username: 'me', password: 'pw', as: 'you' }) }),
      );
      expect(server.seen.map(({ url }) => url)).to.deep.equal([
        '/k8s/clusters/c-1/api/v1/pods',
        '/k8s/clusters/c-1/version',
      ]);
      expect(authorizations(server)).to.deep.equal([undefined, `Basic ${btoa('me:pw')}`]);
      expect(server.seen[1]?.headers['impersonate-user']).to.equal('you');
    });

    it('presents a client certificate from files beside it, read again when they change', async () => {
      const server = await rig.serve({
        ...made.pair,
        ca: made.authority.cert,
        requestCert: true,
        rejectUnauthorized: true,
      });
      const home = join(rig.directory, 'home');
      mkdirSync(home);
      const client = certificate(made.directory, 'client', made.authority);
      const stranger = certificate(made.directory, 'stranger', made.otherAuthority);
      const write = (from: Pair) => {
        writeFileSync(join(home, 'me.crt'), from.cert);
        writeFileSync(join(home, 'me.key'), from.key);
      };
      write(stranger);
      const cluster = {
        server: `https://127.0.0.1:${server.port}`,
        'certificate-authority-data': btoa(made.authority.cert),
      };
      const user = { 'client-certificate': 'me.crt', 'client-key': 'me.key' };
      writeFileSync(join(home, 'config'), kubeconfig(cluster, user));
      const connection = rig.open({ kubeconfigPath: join(home, 'config') });
      expect(await caught(get(connection))).to.include({ status: 0, reason: 'NetworkError' });
      write(client);
      await rig.clock.advance(60_000);
      server.script(json({}));
      expect(await get(connection)).to.equal(200);
    });

    it('honours tls-server-name and insecure-skip-tls-verify', async () => {
      const server = await rig.serve(made.pair);
      server.script(json({}), json({}));
      const at = `https://127.0.0.1:${server.port}`;
      const data = { 'certificate-authority-data': btoa(made.authority.cert) };
      const status = (cluster: object) =>
        caught(get(rig.open({ kubeconfigText: kubeconfig({ server: at, ...cluster }, {}) })));
      const other = await status({ ...data, 'tls-server-name': 'other.test' });
      expect(other).to.be.instanceOf(ApiError).and.have.property('message').that.includes('altnames');
      expect(await status({ ...data, 'tls-server-name': 'api.test' })).to.equal(undefined);
      expect(await status({ 'insecure-skip-tls-verify': true })).to.equal(undefined);
    });

    it('goes through the proxy that the kubeconfig names, with the TLS of the server', async () => {
      const server = await rig.serve(made.pair);
      const proxy = await rig.proxy();
      server.script(json({}), json({}));
      const cluster = {
        server: `https://127.0.0.1:${server.port}`,
        'certificate-authority-data': btoa(made.authority.cert),
        'proxy-url': `http://me:secret@127.0.0.1:${proxy.port}`,
      };
      const connection = rig.open({ kubeconfigText: kubeconfig(cluster, { token: 'one' }) });
      expect(await get(connection)).to.equal(200);
      expect(proxy.asked).to.deep.equal([
        { to: `127.0.0.1:${server.port}`, authorization: `Basic ${btoa('me:secret')}` },
      ]);
      expect(authorizations(server)).to.deep.equal(['Bearer one']);
    });

    it('goes through it without TLS as well, and to no server where the proxy refuses', async () => {
      const server = await rig.serve();
      const proxy = await rig.proxy();
      server.script(json({}));
      const at = (port: number) =>
        kubeconfig({ server: `http://127.0.0.1:${port}`, 'proxy-url': `http://127.0.0.1:${proxy.port}` }, {});
      expect(await get(rig.open({ kubeconfigText: at(server.port) }))).to.equal(200);
      proxy.refuse();
      const refused = await caught(get(rig.open({ kubeconfigText: at(server.port) })));
      expect(refused).to.include({ status: 0, reason: 'NetworkError' });
      expect(server.seen).to.have.length(1);
    });

    it('refuses a kubeconfig that it cannot use, without quoting it', () => {
      const cluster = { server: 'https://127.0.0.1:1' };
      for (const url of ['socks4://proxy', 'proxy:3128', 'http://']) {
        const proxied = kubeconfig({ ...cluster, 'proxy-url': url }, {});
        expect(() => rig.open({ kubeconfigText: proxied })).to.throw(
          'the proxy-url of cluster c must be a URL of http://, https://, socks5://',
        );
      }
      expect(() => rig.open({ kubeconfigText: '{}' })).to.throw();
      const broken = `${kubeconfig(cluster, { token: 'secret' })} }`;
      expect(() => rig.open({ kubeconfigText: broken })).to.throw('the text given is not a kubeconfig');
      const path = join(rig.directory, 'broken');
      writeFileSync(path, broken);
      expect(() => rig.open({ kubeconfigPath: path })).to.throw(`${path} is not a kubeconfig`);
      expect(() => rig.open({ kubeconfigPath: join(rig.directory, 'absent') })).to.throw('ENOENT');
    });
  });
});
