import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import {
  type Answer,
  decode,
  encode,
  type Packet,
  streamDecode,
  streamEncode,
  TRUNCATED_RESPONSE,
} from 'dns-packet';

/**
 * What the server does with a question: addresses, a response code, silence, `tcp` (addresses, but not by UDP), or a `cname`
 * with the addresses that its own name has.
 */
export type Script =
  | readonly string[]
  | 'NXDOMAIN'
  | 'NODATA'
  | 'SERVFAIL'
  | 'REFUSED'
  | 'DROP'
  | { tcp: readonly string[] }
  | { cname: string; addresses: readonly string[] };

const RCODES: Readonly<Record<string, number>> = { SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 };

/** A name server on loopback. Names it has no script for do not exist. */
export class DnsServer {
  /** What to answer, by `<name> <type>`, else by `<name>`. May be changed at any time. */
  readonly scripts = new Map<string, Script>();
  /** `<name> <type>` of each question, in order. */
  readonly questions: string[] = [];
  readonly #udp = createSocket('udp4');
  readonly #tcp = createServer();
  #onQuestion: (question: string) => void = () => undefined;

  static async start(): Promise<DnsServer> {
    const server = new DnsServer();
    await server.#listen();
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.#udp.address().port}`;
  }

  onQuestion(listener: (question: string) => void): void {
    this.#onQuestion = listener;
  }

  async stop(): Promise<void> {
    this.#tcp.close();
    this.#udp.close();
    await once(this.#udp, 'close');
  }

  async #listen(): Promise<void> {
    this.#tcp.listen(0, '127.0.0.1');
    await once(this.#tcp, 'listening');
    const address = this.#tcp.address() as AddressInfo;
    this.#udp.bind(address.port, '127.0.0.1');
    await once(this.#udp, 'listening');
    this.#udp.on('message', (message, { address: host, port }) => {
      const reply = this.#reply(decode(message), false);
      if (reply !== undefined) this.#udp.send(encode(reply), port, host);
    });
    this.#tcp.on('connection', (socket) =>
      socket
        .on('error', () => undefined)
        .on('data', (data) => {
          const reply = this.#reply(streamDecode(data), true);
          if (reply !== undefined) socket.end(streamEncode(reply));
        }),
    );
  }

  #reply({ id = 0, questions = [], flags = 0 }: Packet, overTcp: boolean) {
    const [question] = questions;
    if (question === undefined) return undefined;
    const name = question.name.toLowerCase();
    const key = `${name} ${question.type}`;
    this.questions.push(key);
    this.#onQuestion(key);
    const script = this.scripts.get(key) ?? this.scripts.get(name) ?? 'NXDOMAIN';
    if (script === 'DROP') return undefined;
    const head = { type: 'response' as const, id, questions };
    if (typeof script === 'string') {
      return { ...head, flags: flags | (RCODES[script] ?? 0), authorities: [soa(name)] };
    }
    if ('tcp' in script && !overTcp) return { ...head, flags: flags | TRUNCATED_RESPONSE };
    return { ...head, flags, answers: answersOf(script, name, question.type === 'AAAA') };
  }
}

function answersOf(script: Exclude<Script, string>, name: string, isIPv6: boolean): Answer[] {
  if ('cname' in script) {
    const alias: Answer = { type: 'CNAME', name, ttl: 30, data: script.cname };
    return [alias, ...answersOf(script.addresses, script.cname, isIPv6)];
  }
  const addresses = 'tcp' in script ? script.tcp : script;
  return addresses
    .filter((address) => address.includes(':') === isIPv6)
    .map((data): Answer => ({ type: isIPv6 ? 'AAAA' : 'A', name, ttl: 30, data }));
}

/** What lets a resolver cache that there is nothing (RFC 2308). */
function soa(name: string): Answer {
  const data = {
    mname: 'ns.test',
    rname: 'root.test',
    serial: 1,
    refresh: 60,
    retry: 60,
    expire: 60,
    minimum: 60,
  };
  return { type: 'SOA', name, ttl: 60, data };
}
