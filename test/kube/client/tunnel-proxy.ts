import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** An HTTP proxy on loopback: it notes where its clients want to go (CONNECT), and brings them there. */
export class TunnelProxy {
  readonly asked: { readonly to: string; readonly authorization: string | undefined }[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((_, response) => response.writeHead(405).end());
  #refuses = false;

  async start(): Promise<this> {
    this.#server.on('connection', (socket) => this.#sockets.add(socket));
    this.#server.on('connect', (request, client: Socket, head) => {
      const to = request.url ?? '';
      this.asked.push({ to, authorization: request.headers['proxy-authorization'] });
      if (this.#refuses) {
        client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
        return;
      }
      this.#join(client, to, head);
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on it brings nobody anywhere. */
  refuse(): void {
    this.#refuses = true;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, to: string, head: Buffer): void {
    const [host = '', port = ''] = to.split(':');
    const upstream = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      client.pipe(upstream).pipe(client);
    });
    this.#sockets.add(upstream);
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  }
}
