import { once } from 'node:events';
import { createConnection, type Server, Socket } from 'node:net';
import { expect } from 'chai';
import type { Endpoint } from '../../../src/waiter/checks/check.ts';
import { dial } from '../../../src/waiter/network/dial.ts';
import { close, deadPort, patience, tcpServer } from './loopback.ts';

const HOST = '127.0.0.1';

describe('dial', () => {
  let server: Server;
  let port = 0;
  let connections = 0;
  beforeEach(async () => {
    connections = 0;
    ({ server, port } = await tcpServer((socket) => {
      connections++;
      socket.resume();
    }));
  });
  afterEach(() => close(server));

  it('connects', async () => {
    const dialed = await dial([{ host: HOST, port }], patience());
    if ('failure' in dialed) throw new Error(dialed.failure);
    expect(dialed.socket.remotePort).to.equal(port);
    expect(dialed.endpoint).to.deep.equal({ host: HOST, port });
    dialed.socket.destroy();
  });

  it('tries the next endpoint where one refuses', async () => {
    const dead = await deadPort();
    const dialed = await dial(
      [
        { host: HOST, port: dead },
        { host: HOST, port },
      ],
      patience(),
    );
    if ('failure' in dialed) throw new Error(dialed.failure);
    expect(dialed.socket.remotePort).to.equal(port);
    expect(dialed.endpoint).to.deep.equal({ host: HOST, port });
    dialed.socket.destroy();
  });

  it('leaves the later endpoints alone where the first accepts', async () => {
    const dialed = await dial(
      [
        { host: HOST, port },
        { host: HOST, port },
      ],
      patience(),
    );
    if ('failure' in dialed) throw new Error(dialed.failure);
    dialed.socket.destroy();
    await once(dialed.socket, 'close');
    expect(connections).to.equal(1);
  });

  it('fails once all endpoints have', async () => {
    const dead = { host: HOST, port: await deadPort() };
    expect(await dial([dead, dead], patience())).to.deep.equal({ failure: 'connection refused' });
  });

  it('tries the next endpoint beside one that does not answer, and closes the loser', async () => {
    const silent = new Socket();
    const connect = (endpoint: Endpoint) => (endpoint.port === 1 ? silent : createConnection(endpoint));
    const endpoints = [
      { host: HOST, port: 1 },
      { host: HOST, port },
    ];
    const dialed = await dial(endpoints, patience(), connect);
    if ('failure' in dialed) throw new Error(dialed.failure);
    expect(dialed.socket.remotePort).to.equal(port);
    expect(dialed.endpoint).to.deep.equal({ host: HOST, port });
    expect(silent.destroyed).to.equal(true);
    dialed.socket.destroy();
  });

  it('waits for an endpoint that may still answer after the others have failed', async () => {
    const slow = new Socket();
    const refused = Promise.withResolvers<void>();
    const connect = (endpoint: Endpoint) =>
      endpoint.port === 1 ? slow : createConnection(endpoint).once('error', () => refused.resolve());
    const endpoints = [
      { host: HOST, port: 1 },
      { host: HOST, port: await deadPort() },
    ];
    const dialing = dial(endpoints, patience(), connect);
    await refused.promise;
    slow.connect(port, HOST);
    expect(await dialing).to.have.property('socket', slow);
    slow.destroy();
  });

  it('does not dial at all once its signal has aborted', async () => {
    expect(await dial([{ host: HOST, port }], AbortSignal.abort())).to.deep.equal({ failure: 'timeout' });
    expect(connections).to.equal(0);
  });

  it('lets go when its signal aborts', async () => {
    const attempt = new AbortController();
    const dialing = dial([{ host: HOST, port }], attempt.signal);
    attempt.abort();
    expect(await dialing).to.deep.equal({ failure: 'timeout' });
  });
});
