import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createConnection, createServer as createTcpServer, type Server } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { endingWithUs } from '../cluster/at-exit.ts';
import { makeCertificates } from '../waiter/certificates.ts';
import { HealthServer } from '../waiter/checks/health-server.ts';
import { DnsServer } from '../waiter/network/dns-server.ts';
import { anonymousMiB, cpuOfThreadsMs, residentMiB } from './usage.ts';

/**
 * What the waiter costs over bare Node, measured side by side in one run: the time from its start to its first attempt,
 * and its resident memory while it waits. Each round runs every program once, so that a noisy machine troubles all alike;
 * medians are compared. Exits with 1 where a limit is broken.
 *
 *     node test/bench/waiter.ts [rounds, default 9] ['flags of Node' ...]
 *
 * With flags, every program takes its turn with each of them too, for which there are no limits.
 */

const ROUNDS = Number(process.argv[2] ?? 9);
const FLAGS = process.argv.slice(3);
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
  /** CPU time of all its threads until then, ms. */
  readonly cpu: number;
  readonly memory: number;
  /** Of it what no other process can share. */
  readonly anonymous: number;
}

/** What `make build` ships. */
const SHIPPED = resolve(import.meta.dirname, '../../dist/dependency-gate.js');

const folder = await mkdtemp(join(tmpdir(), 'waiter-bench-'));
const env = { ...process.env, RESOLV_CONF: join(folder, 'resolv.conf') };
const endings: (() => unknown)[] = [() => rm(folder, { recursive: true })];
try {
  const plain = await prepare();
  const programs = [...plain, ...FLAGS.flatMap((flags) => plain.map((program) => withFlags(program, flags)))];
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

function withFlags(program: Program, flags: string): Program {
  const { name, args } = program;
  return { ...program, name: `${name} ${flags}`, args: [...flags.split(' '), ...args], limit: Infinity };
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
  const { promise: firstSign, resolve: seen } = Promise.withResolvers<Pick<Sample, 'start' | 'cpu'>>();
  const started = performance.now();
  const child = endingWithUs(
    spawn(process.execPath, program.args, { env, stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program.name} did not start`);
  // At that very moment: what it does with the answer comes later.
  let isFirst = true;
  const note = () => {
    if (isFirst) seen({ start: performance.now() - started, cpu: cpuOfThreadsMs(pid) });
    isFirst = false;
  };
  program.onFirstSign(note);
  if (program.name.startsWith('bare')) child.stdout.once('data', note);
  child.once('exit', () => seen({ start: Number.NaN, cpu: Number.NaN }));
  try {
    const first = await firstSign;
    await new Promise((settled) => setTimeout(settled, SETTLED_AFTER));
    return { ...first, memory: residentMiB(pid), anonymous: anonymousMiB(pid) };
  } finally {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
}

function printTable(programs: readonly Program[], samples: ReadonlyMap<string, readonly Sample[]>): boolean {
  const rows = programs.map(({ name, limit }) => {
    const of = samples.get(name) ?? [];
    const middle = (key: keyof Sample) => median(of.map((sample) => sample[key]));
    const figures = { start: middle('start'), cpu: middle('cpu') };
    return { name, limit, ...figures, memory: middle('memory'), anonymous: middle('anonymous') };
  });
  const [bare] = rows;
  if (bare === undefined) return false;
  const load = loadavg()[0]?.toFixed(1);
  console.log(`medians of ${ROUNDS} runs, load average ${load}; ratio and memory against bare Node\n`);
  console.log('check   first attempt    ratio   CPU until then   memory, MB: all, over bare, anonymous');
  return rows
    .map(({ name, limit, start, cpu, memory, anonymous }) => {
      const [ratio, more] = [start / bare.start, memory - bare.memory];
      const holds = limit === Infinity || (ratio <= MAX_START_RATIO && more <= limit);
      const times = `${start.toFixed(0).padStart(6)} ms ${ratio.toFixed(2).padStart(10)} ${cpu.toFixed(0).padStart(10)} ms`;
      const sizes = [memory, more, anonymous].map((size) => size.toFixed(1).padStart(8)).join('');
      const broken = holds ? '' : `   LIMIT BROKEN: ${MAX_START_RATIO} ×, ${limit} MB`;
      console.log(`${name.padEnd(7)} ${times} ${sizes}${broken}`);
      return holds;
    })
    .every(Boolean);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
