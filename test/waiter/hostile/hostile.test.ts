import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { onceCalled } from '../checks/scripted-grpc-server.ts';
import { close, tcpServer } from '../network/loopback.ts';
import type { Asked, Attempted } from './attempt.ts';
import { DNS_SERVERS, serveDns } from './dns-servers.ts';
import { GRPC_SERVERS } from './grpc-servers.ts';
import type { Hostile } from './hostile.ts';
import { HTTP_SERVERS } from './http-servers.ts';
import { type Made, makeAll, TLS_SERVERS } from './tls-servers.ts';

/** Of an attempt, ms: one that is to be waited out, and one that is to end by itself. */
const SHORT = 1000;
const LONG = 15_000;
/** CPU time of an attempt, ms. Reading without a limit takes all the time that there is. */
const MAX_CPU = 700;
/** Of the process, KiB. What is read without a limit takes tens of megabytes. */
const MAX_GROWTH = 16 * 1024;
/** One after the other, at a server that sends without an end: what one took the next has again. */
const ENDLESS_ATTEMPTS = 3;

describe('an attempt at a hostile server', function () {
  this.timeout(60_000);
  let program: ChildProcess;
  let made: Made;
  before(async () => {
    made = await makeAll();
    program = fork(join(import.meta.dirname, 'attempt.ts'));
    // The first of each kind loads what it needs, which is no server's doing.
    await at(HTTP_SERVERS['a redirect to itself'], http);
    await at(GRPC_SERVERS['a farewell and silence'], grpc);
  });
  after(async () => {
    program.kill();
    await once(program, 'exit');
  });

  async function attempt(asked: Omit<Asked, 'timeout'>, isWaitedOut: boolean): Promise<Attempted> {
    program.send({ ...asked, timeout: isWaitedOut ? SHORT : LONG } satisfies Asked);
    const [attempted] = await once(program, 'message');
    return attempted;
  }

  async function at(
    hostile: Hostile | undefined,
    options: (port: number) => Asked['options'],
    onceAsked: (socket: Socket, then: () => void) => void = (socket, then) => socket.once('data', then),
  ) {
    const sockets = new Set<Socket>();
    const { server, port } = await tcpServer((socket) => {
      sockets.add(socket);
      onceAsked(socket, () => hostile?.serve(socket));
    });
    try {
      const asked = { options: options(port), nameserver: '127.0.0.1:9', ca: hostile?.ca };
      return await attempt(asked, mayTimeOut(hostile));
    } finally {
      for (const socket of sockets) socket.destroy();
      await close(server);
    }
  }

  const request = { kind: 'http', method: 'GET', headers: [], status: undefined } as const;
  const http = (port: number): Asked['options'] => {
    return { ...request, url: `http://127.0.0.1:${port}/`, tls: { insecureSkipVerify: true } };
  };
  const https = (port: number, isTrusted: boolean): Asked['options'] => {
    const tls = isTrusted ? { insecureSkipVerify: true } : { caFile: '/ca.pem', insecureSkipVerify: false };
    return { ...request, url: `https://127.0.0.1:${port}/`, tls: { ...tls, serverName: 'other.test' } };
  };
  const grpc = (port: number): Asked['options'] => {
    return { kind: 'grpc', host: '127.0.0.1', port, service: '', tls: undefined };
  };

  for (const [what, hostile] of Object.entries(HTTP_SERVERS))
    it(`by HTTP ends with ${what}`, async () => isHarmless(await at(hostile, http), hostile));

  for (const [what, hostile] of Object.entries(GRPC_SERVERS))
    it(`by gRPC ends with ${what}`, async () => isHarmless(await at(hostile, grpc, onceCalled), hostile));

  for (const [what, make] of Object.entries(TLS_SERVERS))
    it(`by TLS ends with ${what}`, async () => {
      const hostile = make(made);
      isHarmless(await at(hostile, (port) => https(port, hostile.ca === undefined), atOnce), hostile);
    });

  for (const [what, hostile] of Object.entries(DNS_SERVERS))
    it(`by DNS ends with ${what}`, async () => {
      const { address, stop } = await serveDns(hostile);
      const options = { kind: 'dns', host: 'api.test', type: 'A' } as const;
      const asked = { options, nameserver: address };
      const again = async () => {
        for (let attempts = 1; hostile.maxGrowth !== undefined && attempts < ENDLESS_ATTEMPTS; attempts++)
          isHarmless(await attempt(asked, true), hostile, hostile.maxGrowth);
        return attempt(asked, mayTimeOut(hostile));
      };
      isHarmless(await again().finally(stop), hostile, hostile.maxGrowth);
    });
});

function mayTimeOut(hostile: Pick<Hostile, 'answer'> | undefined): boolean {
  return hostile?.answer.test('timeout') ?? false;
}

function atOnce(_: Socket, then: () => void): void {
  then();
}

function isHarmless(
  found: Attempted,
  { answer, satisfied = false }: Omit<Hostile, 'serve'>,
  maxGrowth = MAX_GROWTH,
): void {
  expect(found.answer).to.match(answer);
  expect(found.answer).not.to.match(/[\p{Cc}\p{Cf}]/u);
  expect(found.satisfied).to.equal(satisfied);
  // What is read for as long as the attempt has time may take all of that.
  const maxCpu = maxGrowth === MAX_GROWTH ? MAX_CPU : 2 * SHORT;
  expect(found.cpu, 'CPU time, ms').to.be.below(maxCpu);
  expect(found.grown, 'growth of the process, KiB').to.be.below(maxGrowth);
}
