import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { tcpCheck } from '../../../src/waiter/checks/tcp.ts';
import { close, deadPort, listen, networkAt, patience, tcpServer } from '../network/loopback.ts';

const check = (host: string, port: number) =>
  tcpCheck({ kind: 'tcp', host: 'redis', port: 6379 }, networkAt({ host, port }))(patience());

describe('tcpCheck', () => {
  it('is satisfied when a connection is accepted, and closes it', async () => {
    const closed = Promise.withResolvers<void>();
    const { server, port } = await tcpServer((socket) =>
      socket.resume().once('close', () => closed.resolve()),
    );
    expect(await check('127.0.0.1', port)).to.deep.equal({ satisfied: true, answer: `127.0.0.1:${port}` });
    await closed.promise;
    await close(server);
  });

  it('names what an endpoint stands for', async () => {
    const { server, port } = await tcpServer((socket) => socket.resume());
    const endpoint = { host: '127.0.0.1', port, standsFor: { host: '10.96.0.12', port: 6379 } };
    const answer = await tcpCheck(
      { kind: 'tcp', host: 'redis', port: 6379 },
      networkAt(endpoint),
    )(patience());
    expect(answer).to.deep.equal({ satisfied: true, answer: '10.96.0.12:6379' });
    await close(server);
  });

  it('speaks IPv6', async function () {
    const server = createServer((socket) => socket.on('error', () => undefined).resume());
    const failed = once(server, 'error').then(() => undefined);
    const port = await Promise.race([listen(server, '::1').catch(() => undefined), failed]);
    if (port === undefined) return this.skip();
    expect(await check('::1', port)).to.deep.equal({ satisfied: true, answer: `[::1]:${port}` });
    await close(server);
  });

  it('says that a connection is refused', async () => {
    const port = await deadPort();
    expect(await check('127.0.0.1', port)).to.deep.equal({ satisfied: false, answer: 'connection refused' });
  });

  it('says why the host cannot be found', async () => {
    const nowhere = { ...networkAt(), locate: async () => ({ failure: 'NXDOMAIN' }) };
    const answer = await tcpCheck({ kind: 'tcp', host: 'redis', port: 6379 }, nowhere)(patience());
    expect(answer).to.deep.equal({ satisfied: false, answer: 'NXDOMAIN' });
  });
});
