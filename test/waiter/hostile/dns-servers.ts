import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type Answer, decode, encode, type Packet, streamEncode, TRUNCATED_RESPONSE } from 'dns-packet';
import { drip, flood } from './flood.ts';
import type { Hostile } from './hostile.ts';

/** Answers questions that come as datagrams, and connections after one was told to come back by TCP. */
export interface HostileDns extends Omit<Hostile, 'serve'> {
  readonly udp: (question: Packet, reply: (answer: Buffer) => void) => void;
  readonly tcp?: (socket: Socket, question: () => Packet) => void;
  /** By what it may make the process grow, KiB, where that is more than others may. */
  readonly maxGrowth?: number;
}

const NAME = 'api.test';

function response({ id = 0, questions = [] }: Packet, answers: Answer[], flags = 0): Packet {
  return { type: 'response', id, questions, answers, flags };
}

const truncated: HostileDns['udp'] = (question, reply) =>
  reply(encode(response(question, [], TRUNCATED_RESPONSE)));

/** Nearly as many addresses as fit into the 64 KiB of a message. */
function addresses(name: string): Answer[] {
  return Array.from({ length: 2700 }, (_, index): Answer => {
    return { type: 'A', name, ttl: 30, data: `127.0.${index >> 8}.${index & 0xff}` };
  });
}

function cname(name: string, data: string): Answer {
  return { type: 'CNAME', name, ttl: 30, data };
}

/** An answer whose name points to itself (RFC 1035, 4.1.4). */
function pointingToItself(question: Packet): Buffer {
  const head = encode(response(question, []));
  head.writeUInt16BE(1, 6);
  const pointer = 0xc000 | head.length;
  return Buffer.concat([
    head,
    Buffer.from([pointer >> 8, pointer & 0xff, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 127, 0, 0, 1]),
  ]);
}

/** A name server that makes no sense is none: c-ares asks the next one, until there is none. */
const REFUSED = /^(no data|bad DNS response|no name server reachable|timeout)$/;

/** What comes by TCP is read by c-ares, which knows no limit but the attempt's time: what was seen, and a half of it. */
const MAX_GROWTH_BY_TCP = 112 * 1024;
const MEGABYTE = 1024 * 1024;

/** So many at a time, until nobody asks any more. */
const BURST = 200;

export const DNS_SERVERS: Readonly<Record<string, HostileDns>> = {
  'an answer of 64 KiB': {
    udp: truncated,
    tcp: (socket, question) => socket.write(streamEncode(response(question(), addresses(NAME)))),
    satisfied: true,
    answer: /^127\.0\.\d+\.\d+(, 127\.0\.\d+\.\d+)+/,
  },
  'aliases in a circle': {
    udp: (question, reply) =>
      reply(encode(response(question, [cname(NAME, 'b.test'), cname('b.test', NAME), cname(NAME, NAME)]))),
    answer: /^(no data|bad DNS response)$/,
  },
  'a name that points to itself': {
    udp: (question, reply) => reply(pointingToItself(question)),
    answer: REFUSED,
  },
  'an answer that is cut off': {
    udp: (question, reply) => reply(encode(response(question, addresses(NAME).slice(0, 5))).subarray(0, -7)),
    answer: REFUSED,
  },
  'answers to what nobody asked, without an end': {
    udp: (question, reply) => {
      const forged = { ...question, id: ((question.id ?? 0) + 1) % 65_536 };
      const bytes = encode(response(forged, [{ type: 'A', name: NAME, ttl: 30, data: '127.0.0.1' }]));
      const timer = setInterval(() => {
        for (let count = 0; count < BURST; count++) reply(bytes);
      }, 1);
      setTimeout(() => clearInterval(timer), 2000);
    },
    answer: /^timeout$/,
  },
  'answers to another question': {
    udp: (question, reply) => {
      const other = { ...question, questions: [{ type: 'A' as const, name: 'other.test' }] };
      reply(encode(response(other, [{ type: 'A', name: 'other.test', ttl: 30, data: '127.0.0.1' }])));
    },
    answer: /^timeout$/,
  },
  'datagrams that are no messages': {
    udp: (_, reply) => {
      for (let count = 0; count < BURST; count++) reply(Buffer.alloc(count));
    },
    answer: REFUSED,
  },
  'an answer by TCP, one byte now and then': {
    udp: truncated,
    tcp: (socket, question) => drip(socket, streamEncode(response(question(), addresses(NAME)))),
    answer: /^timeout$/,
  },
  'an answer by TCP that is shorter than it says': {
    udp: truncated,
    tcp: (socket) => socket.write(Buffer.from([0xff, 0xff, 0, 0])),
    answer: /^timeout$/,
  },
  'a megabyte of answers by TCP to what nobody asked': {
    udp: truncated,
    tcp: (socket, question) => {
      const { id = 0, ...asked } = question();
      flood(socket, streamEncode(response({ ...asked, id: (id + 1) % 65_536 }, addresses(NAME))), MEGABYTE);
    },
    answer: REFUSED,
  },
  'a megabyte of empty messages by TCP': {
    udp: truncated,
    tcp: (socket) => flood(socket, Buffer.alloc(2), MEGABYTE),
    answer: REFUSED,
  },
  'answers by TCP to what nobody asked, without an end': {
    udp: truncated,
    tcp: (socket, question) => {
      const { id = 0, ...asked } = question();
      const forged = response({ ...asked, id: (id + 1) % 65_536 }, addresses(NAME));
      flood(socket, streamEncode(forged), Number.POSITIVE_INFINITY);
    },
    answer: /^timeout$/,
    maxGrowth: MAX_GROWTH_BY_TCP,
  },
  'empty messages by TCP, without an end': {
    udp: truncated,
    tcp: (socket) => flood(socket, Buffer.alloc(2), Number.POSITIVE_INFINITY),
    answer: /^timeout$/,
    maxGrowth: MAX_GROWTH_BY_TCP,
  },
  'truncation, and nobody there by TCP': { udp: truncated, answer: REFUSED },
  'truncation by TCP too': {
    udp: truncated,
    tcp: (socket, question) => socket.write(streamEncode(response(question(), [], TRUNCATED_RESPONSE))),
    answer: REFUSED,
  },
};

/** @returns its address, and what ends it */
export async function serveDns({ udp, tcp }: HostileDns) {
  const datagrams = createSocket('udp4');
  const connections = createServer();
  const sockets = new Set<Socket>();
  connections.listen(0, '127.0.0.1');
  await once(connections, 'listening');
  const { port } = connections.address() as AddressInfo;
  datagrams.bind(port, '127.0.0.1');
  await once(datagrams, 'listening');
  let isOpen = true;
  datagrams.on('message', (message, { address, port: to }) =>
    udp(decode(message), (answer) => {
      if (isOpen) datagrams.send(answer, to, address);
    }),
  );
  connections.on('connection', (socket) => {
    sockets.add(socket.on('error', () => undefined));
    if (!tcp) socket.destroy();
    socket.once('data', (data) => tcp?.(socket, () => decode(data.subarray(2))));
  });
  const stop = async () => {
    isOpen = false;
    for (const socket of sockets) socket.destroy();
    connections.close();
    datagrams.close();
    await Promise.all([once(connections, 'close'), once(datagrams, 'close')]);
  };
  return { address: `127.0.0.1:${port}`, stop };
}
