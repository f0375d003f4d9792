/**
 * Whether the waiter's memory grows with its attempts, for each check: the heap and the resident memory after 100, half and
 * all of so many attempts, each read after a garbage collection, in a process of its own. Its young generation is small, as
 * in a container of 96 MiB: else V8 takes tens of MB for what a loop without pauses leaves behind.
 *
 *     node test/bench/waiter-memory.ts [attempts]
 *
 * The bundle of https and grpc has 80 certificates. Exits with 1 where resident memory has grown by more than the limit in
 * the second half: a leak grows as much there as in the first, code that is compiled and an allocator that finds its size
 * do not. What is held until the next collection is not seen so: that bundles are read once is a test's to say.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { z } from 'zod';
import { parseArguments } from '../../src/waiter/arguments.ts';
import { createCheck } from '../../src/waiter/checks/known-checks.ts';
import { systemNetwork } from '../../src/waiter/network/network.ts';
import { sharedTrust } from '../../src/waiter/network/trust.ts';
import { makeCertificates } from '../waiter/certificates.ts';
import { HealthServer } from '../waiter/checks/health-server.ts';
import { filesIn } from '../waiter/in-memory-files.ts';
import { DnsServer } from '../waiter/network/dns-server.ts';

const FIRST = 100;
const ATTEMPTS = Number(process.argv[2] ?? 10_000);
const HALF = ATTEMPTS / 2;
/** MB of resident memory, of which the allocator keeps some for itself. */
const LIMIT = 8;
const CERTIFICATES = 80;

const job = z.object({ argv: z.array(z.string()), dns: z.string(), ca: z.string() });
const sample = z.object({ heap: z.number(), resident: z.number() });
type Sample = z.infer<typeof sample>;

if (process.send) process.once('message', (message) => void attemptAll(job.parse(message)));
else await measureAll();

async function measureAll(): Promise<void> {
  const certificates = await makeCertificates('DNS:api.test');
  const dns = await DnsServer.start();
  dns.scripts.set('api.test', ['127.0.0.1']);
  const health = await HealthServer.start(certificates);
  health.server.statuses.set('', 2);
  const plain = createServer((_, response) => response.writeHead(503).end()).listen(0, '127.0.0.1');
  const secure = createSecureServer(certificates, (_, response) => response.writeHead(503).end());
  await once(secure.listen(0, '127.0.0.1'), 'listening');
  const portOf = (server: typeof plain) => (server.address() as AddressInfo).port;
  const trust = '--ca-file=/ca.pem';
  const checks: Readonly<Record<string, readonly string[]>> = {
    dns: ['dns', 'gone.test.'],
    tcp: ['tcp', `api.test.:${portOf(plain)}`],
    http: ['http', `http://api.test:${portOf(plain)}/`],
    https: ['http', `https://api.test:${portOf(secure)}/`, trust],
    grpc: ['grpc', `api.test:${health.port}`, '--tls', trust],
  };
  console.log(`MB after ${FIRST}, ${HALF} and ${ATTEMPTS} attempts: heap, resident`);
  for (const [name, argv] of Object.entries(checks)) {
    const ca = certificates.ca.repeat(CERTIFICATES);
    const samples = await measure({ argv: [...argv], dns: dns.address, ca });
    const [, half, last] = samples;
    if (last.resident - half.resident > LIMIT) process.exitCode = 1;
    const columns = [...samples.map(({ heap }) => heap), ...samples.map(({ resident }) => resident)];
    console.log(name.padEnd(6), ...columns.map((mb) => mb.toFixed(1).padStart(7)));
  }
  health.server.stop();
  for (const server of [plain, secure]) server.close();
  await dns.stop();
}

async function measure(work: z.infer<typeof job>): Promise<readonly [Sample, Sample, Sample]> {
  const child: ChildProcess = fork(import.meta.filename, [String(ATTEMPTS)], {
    execArgv: ['--max-semi-space-size=1'],
    // One arena of malloc: how many there are depends on how busy the machine is.
    env: { ...process.env, MALLOC_ARENA_MAX: '1' },
  });
  const ended = once(child, 'exit');
  child.send(work);
  const [samples] = await once(child, 'message');
  await ended;
  return z.tuple([sample, sample, sample]).parse(samples);
}

async function attemptAll({ argv, dns, ca }: z.infer<typeof job>): Promise<void> {
  const search = { search: [], ndots: 1, hosts: new Map() };
  const { check: options } = parseArguments(argv, {});
  const check = createCheck(
    options,
    systemNetwork([dns], search),
    search,
    sharedTrust(filesIn({ '/ca.pem': ca })),
  );
  const samples: Sample[] = [];
  for (let count = 1; count <= ATTEMPTS; count++) {
    const limit = new AbortController();
    await check(limit.signal);
    limit.abort();
    if ([FIRST, HALF, ATTEMPTS].includes(count)) samples.push(await collected());
  }
  process.send?.(samples, () => process.exit(0));
}

async function collected(): Promise<Sample> {
  setFlagsFromString('--expose-gc');
  const collect = z.custom<() => void>((value) => typeof value === 'function').parse(runInNewContext('gc'));
  for (let round = 0; round < 3; round++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed / 2 ** 20, resident: rss / 2 ** 20 };
}
