import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createConnection, createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { endingWithUs } from '../cluster/at-exit.ts';
import { makeCertificates } from '../waiter/certificates.ts';
import { HealthServer } from '../waiter/checks/health-server.ts';
import { DnsServer } from '../waiter/network/dns-server.ts';
import { residentMiB } from './usage.ts';

/**
 * What the waiter costs over bare Node, measured side by side in one run: the time from its start to its first attempt,
 * and its resident memory while it waits. Each round runs every program once, so that a noisy machine troubles all alike;
 * medians are compared. Exits with 1 where a limit is broken.
 */

const ROUNDS = Number(process.argv[2] ?? 9);
/** Age at which a waiting program's memory is read, in ms: some ten attempts. */
const SETTLED_AFTER = 1_000;
const MAX_START_RATIO = 2.5;
/** Of https: OpenSSL alone takes 7 MB, whatever uses it. */
const MAX_HTTPS_MEMORY = 16;
const WAITING = ['--period', '100ms', '--success-threshold', '100'];

interface Program {
  readonly name: string;
  readonly args: readonly string[];
  /** MB over bare Node. */
  readonly limit: number;
  /** Calls back when the program's first attempt reaches the other side: a question, or a connection. */
  onFirstSign: (listener: () => void) => void;
}

interface Sample {
  readonly start: number;
  readonly memory: number;
}

/** What `make build` ships. */
const SHIPPED = resolve(import.meta.dirname, '../../dist/dependency-gate.js');

const folder = await mkdtemp(join(tmpdir(), 'waiter-bench-'));
const env = { ...process.env, RESOLV_CONF: join(folder, 'resolv.conf') };
const endings: (() => unknown)[] = [() => rm(folder, { recursive: true })];
try {
  const programs = await prepare();
  const samples = new Map<string, Sample[]>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const program of programs) {
      samples.set(program.name, [...(samples.get(program.name) ?? []), await measure(program)]);
    }
  }
  process.exitCode = printTable(programs, samples) ? 0 : 1;
} finally {
  for (const end of endings.reverse()) await end();
}

async function prepare(): Promise<readonly Program[]> {
  const waiter = await buildWaiter();
  const bare = join(folder, 'bare.mjs');
  await writeFile(
    bare,
    "process.getBuiltinModule('node:fs').writeSync(1, 'started');setInterval(() => {}, 1000);",
  );

  const dns = await DnsServer.start();
  await writeFile(
    env.RESOLV_CONF,
    `nameserver ${dns.address}\nsearch ns.svc.cluster.local\noptions ndots:5\n`,
  );
  const tcp = createTcpServer((socket) => socket.on('error', () => undefined).resume());
  const http = createHttpServer((_, response) => response.writeHead(503).end());
  const certificates = await makeCertificates('IP:127.0.0.1');
  const https = createHttpsServer(certificates, (_, response) => response.writeHead(503).end());
  const { server: health, port: healthPort } = await HealthServer.start();
  health.statuses.set('', 2);
  const front = createTcpServer((socket) => {
    const behind = createConnection(healthPort, '127.0.0.1').on('error', () => socket.destroy());
    socket
      .on('error', () => behind.destroy())
      .pipe(behind)
      .pipe(socket);
  });
  const ca = join(folder, 'ca.pem');
  await writeFile(ca, certificates.ca);
  const [tcpPort, httpPort, httpsPort] = [await listen(tcp), await listen(http), await listen(https)];
  endings.push(
    () => dns.stop(),
    () => tcp.close(),
    () => http.close(),
    () => https.close(),
    () => health.stop(),
    () => front.close(),
  );

  const wait = (...args: string[]) => [SHIPPED, 'wait', ...args, ...WAITING];
  const secureWait = wait('http', `https://127.0.0.1:${httpsPort}/`, '--ca-file', ca);
  return [
    { name: 'bare', args: [bare], limit: 0, onFirstSign: () => undefined },
    {
      name: 'dns',
      args: [waiter, 'dns', 'api', ...WAITING],
      limit: 6,
      onFirstSign: (on) => dns.onQuestion(on),
    },
    {
      name: 'tcp',
      args: wait('tcp', `127.0.0.1:${tcpPort}`),
      limit: 6,
      onFirstSign: (on) => tcp.once('connection', on),
    },
    {
      name: 'http',
      args: wait('http', `http://127.0.0.1:${httpPort}/`),
      limit: 10,
      onFirstSign: (on) => http.once('connection', on),
    },
    {
      name: 'https',
      args: secureWait,
      limit: MAX_HTTPS_MEMORY,
      onFirstSign: (on) => https.once('connection', on),
    },
    {
      name: 'grpc',
      args: wait('grpc', `127.0.0.1:${await listen(front)}`),
      limit: 18,
      onFirstSign: (on) => front.once('connection', on),
    },
  ];
}

/** For dns, which takes its name server from a file that only a program of the tests can name: bundled as what is shipped. */
async function buildWaiter(): Promise<string> {
  const outfile = join(folder, 'waiter.mjs');
  await build({
    entryPoints: [resolve(import.meta.dirname, '../waiter/program.ts')],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
  });
  return outfile;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function measure(program: Program): Promise<Sample> {
  const { promise: firstSign, resolve: seen } = Promise.withResolvers<void>();
  program.onFirstSign(seen);
  const started = performance.now();
  const child = endingWithUs(
    spawn(process.execPath, program.args, { env, stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  if (program.name === 'bare') child.stdout.once('data', () => seen());
  child.once('exit', () => seen());
  try {
    await firstSign;
    const start = performance.now() - started;
    await new Promise((settled) => setTimeout(settled, SETTLED_AFTER));
    if (child.pid === undefined) throw new Error(`${program.name} did not start`);
    return { start, memory: residentMiB(child.pid) };
  } finally {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
}

function printTable(programs: readonly Program[], samples: ReadonlyMap<string, readonly Sample[]>): boolean {
  const rows = programs.map(({ name, limit }) => {
    const of = samples.get(name) ?? [];
    return {
      name,
      limit,
      start: median(of.map(({ start }) => start)),
      memory: median(of.map(({ memory }) => memory)),
    };
  });
  const [bare] = rows;
  if (bare === undefined) return false;
  console.log(
    `medians of ${ROUNDS} runs; bare Node: ${bare.start.toFixed(0)} ms to its first output, ${bare.memory.toFixed(1)} MB\n`,
  );
  console.log('check   first attempt            memory over bare Node');
  return rows
    .slice(1)
    .map(({ name, limit, start, memory }) => {
      const [ratio, more] = [start / bare.start, memory - bare.memory];
      const holds = ratio <= MAX_START_RATIO && more <= limit;
      console.log(
        `${name.padEnd(7)} ${start.toFixed(0).padStart(4)} ms  ${ratio.toFixed(2)} × (≤ ${MAX_START_RATIO})   ${more.toFixed(1).padStart(5)} MB (≤ ${limit})${holds ? '' : '   LIMIT BROKEN'}`,
      );
      return holds;
    })
    .every(Boolean);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
