import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { Certificates } from '../certificates.ts';

/** A grpc.health.v1 server on loopback. Its messages are read and written byte by byte, apart from the code under test. */
export class HealthServer {
  /** Serving status (a number of the protocol's enum) by service; a service that is not here is not found. */
  readonly statuses = new Map<string, number>();
  /** The authority (`:authority`) of each call. */
  readonly authorities: string[] = [];
  readonly #server = new Server();

  /** @param clientCa who must have signed the certificates of clients; undefined asks for none */
  static async start(
    certificates?: Certificates,
    clientCa?: string,
  ): Promise<{ server: HealthServer; port: number }> {
    const server = new HealthServer();
    return { server, port: await server.#listen(certificates, clientCa) };
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  async #listen(certificates: Certificates | undefined, clientCa: string | undefined): Promise<number> {
    const check = {
      path: '/grpc.health.v1.Health/Check',
      requestStream: false,
      responseStream: false,
      requestSerialize: String,
      requestDeserialize: (message: Buffer) => ({ service: serviceOf(message) }),
      responseSerialize: (value: number) => Buffer.from(value === 0 ? [] : [8, value]),
      responseDeserialize: String,
    };
    this.#server.addService({ Check: check } as never, {
      Check: (
        call: { request: { service: string }; getHost(): string },
        reply: (error: object | null, value?: number) => void,
      ) => {
        this.authorities.push(call.getHost());
        const value = this.statuses.get(call.request.service);
        if (value === undefined) reply({ code: status.NOT_FOUND, details: 'unknown service' });
        else reply(null, value);
      },
    });
    const credentials =
      certificates === undefined
        ? ServerCredentials.createInsecure()
        : ServerCredentials.createSsl(
            clientCa === undefined ? null : Buffer.from(clientCa),
            [{ cert_chain: Buffer.from(certificates.cert), private_key: Buffer.from(certificates.key) }],
            clientCa !== undefined,
          );
    return new Promise((resolve, reject) => {
      this.#server.bindAsync('127.0.0.1:0', credentials, (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
    });
  }
}

/** Reads `{string service = 1}`. */
function serviceOf(message: Buffer): string {
  if (message.length === 0) return '';
  if (message[0] !== 0x0a) throw new Error('not a HealthCheckRequest');
  const [low = 0, high = 0] = message.subarray(1);
  const [length, start] = low < 128 ? [low, 2] : [(low & 127) + high * 128, 3];
  if (message.length !== start + length) throw new Error('wrong length');
  return message.toString('utf8', start);
}
