import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { HealthServer } from './checks/health-server.ts';
import { DnsServer } from './network/dns-server.ts';
import { close, deadPort, listen } from './network/loopback.ts';

const PROGRAM = join(import.meta.dirname, 'program.ts');

/** The program as a process of its own, and what it has written so far. */
class Run {
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown[]>;
  #onOutput: () => void = () => undefined;

  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    const child = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.setEncoding('utf8').on('data', (text) => {
      this.stdout += text;
      this.#onOutput();
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      this.stderr += text;
    });
    this.#child = child;
    this.#closed = once(child, 'close');
  }

  get lines(): string[] {
    return this.stdout.trimEnd().split('\n');
  }

  /** Resolves when the output holds the text; the test's own limit bounds the wait. */
  async says(text: string): Promise<void> {
    while (!this.stdout.includes(text)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onOutput = resolve;
      await Promise.race([promise, this.#closed.then(() => this.#assertSaid(text))]);
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async exitCode(): Promise<unknown> {
    const [code] = await this.#closed;
    return code;
  }

  #assertSaid(text: string): void {
    if (!this.stdout.includes(text)) throw new Error(`ended without '${text}': ${this.stdout}${this.stderr}`);
  }
}

describe('the program', function () {
  this.timeout(60_000);
  let folder = '';
  let dns: DnsServer;
  const runs: Run[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waiter-'));
    dns = await DnsServer.start();
    const conf = `search ns.svc.cluster.local\nnameserver ${dns.address}\noptions ndots:5\n`;
    await writeFile(join(folder, 'resolv.conf'), conf);
    await writeFile(join(folder, 'termination-log'), '');
  });
  afterEach(async () => {
    for (const run of runs.splice(0)) {
      run.kill('SIGKILL');
      await run.exitCode();
    }
    await dns.stop();
    await rm(folder, { recursive: true });
  });

  function run(line: string, env: Readonly<Record<string, string>> = {}): Run {
    const files = {
      RESOLV_CONF: join(folder, 'resolv.conf'),
      TERMINATION_LOG: join(folder, 'termination-log'),
    };
    const started = new Run(line.split(' '), { ...files, ...env });
    runs.push(started);
    return started;
  }

  const lastWords = async (): Promise<unknown> =>
    JSON.parse(await readFile(join(folder, 'termination-log'), 'utf8'));

  it('waits for a name, and tells what it waits for, the address, and that it goes on', async () => {
    const waiter = run('dns api --period 50ms');
    await waiter.says('waiting for api: NXDOMAIN');
    dns.scripts.set('api.ns.svc.cluster.local', ['10.96.0.12']);
    expect(await waiter.exitCode()).to.equal(0);
    expect(waiter.lines).to.deep.equal(['waiting for api: NXDOMAIN', '10.96.0.12', 'continuing ...']);
    expect(waiter.stderr).to.equal('');
  });

  it('leaves its result as its last words', async () => {
    const waiter = run('dns api --period 50ms');
    await waiter.says('NXDOMAIN');
    dns.scripts.set('api.ns.svc.cluster.local', ['10.96.0.12']);
    await waiter.exitCode();
    expect(await lastWords())
      .to.include({ check: 'dns api', outcome: 'satisfied', lastError: 'NXDOMAIN', answer: '10.96.0.12' })
      .and.to.have.all.keys('check', 'outcome', 'attempts', 'seconds', 'lastError', 'answer');
  });

  it('logs JSON if told so', async () => {
    dns.scripts.set('api.ns.svc.cluster.local', ['10.96.0.12']);
    const waiter = run('dns api --name backend --log-format json');
    expect(await waiter.exitCode()).to.equal(0);
    expect(waiter.lines.map((line): unknown => JSON.parse(line))).to.have.length(1);
    expect(JSON.parse(waiter.stdout)).to.include({
      event: 'satisfied',
      dependency: 'backend',
      check: 'dns api',
      answer: '10.96.0.12',
      attempts: 1,
    });
  });

  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    it(`ends with ${code} on ${signal}, in the midst of an attempt, within its limit`, async () => {
      dns.scripts.set('api.ns.svc.cluster.local', 'DROP');
      const asked = new Promise<void>((resolve) => dns.onQuestion(() => resolve()));
      const waiter = run('dns api --timeout 300s');
      await asked;
      waiter.kill(signal);
      expect(await waiter.exitCode(), 'long before the attempt would end').to.equal(code);
      expect(waiter.lines).to.deep.equal(['stopped while waiting for api: no answer yet']);
      expect(await lastWords()).to.include({ outcome: 'stopped', attempts: 1 });
    });
  }

  it('is opened by the annotation, in the midst of an attempt', async () => {
    dns.scripts.set('api.ns.svc.cluster.local', 'DROP');
    const file = join(folder, 'annotations');
    const key = 'open.dependencygate.dev/api-first.api';
    const asked = new Promise<void>((resolve) => dns.onQuestion(() => resolve()));
    const waiter = run(`dns api --timeout 300s --open-key ${key} --annotations-file ${file}`);
    await asked;
    await writeFile(file, `other="x"\n${key}="1"`);
    expect(await waiter.exitCode()).to.equal(0);
    expect(waiter.lines).to.deep.equal(['api was opened by an annotation of the Pod', 'continuing ...']);
    expect(await lastWords()).to.include({ outcome: 'opened' });
  });

  it('is not opened by what opened an earlier run, but by what is for its own', async () => {
    const file = join(folder, 'annotations');
    const key = 'open.dependencygate.dev/api-first.api';
    const openFor = (startedAt: Date) =>
      writeFile(file, `${key}="1 ${startedAt.toISOString().replace(/\.\d+/, '')}"`);
    await openFor(new Date(Date.now() - 60_000));
    const waiter = run(`dns api --period 50ms --open-key ${key} --annotations-file ${file}`);
    await waiter.says('waiting for api: NXDOMAIN');
    await openFor(new Date());
    expect(await waiter.exitCode()).to.equal(0);
    expect(waiter.lines.at(-2)).to.equal('api was opened by an annotation of the Pod');
  });

  it('says when it is overdue, and goes on', async () => {
    const waiter = run('dns api --period 50ms --overdue-after 200ms');
    await waiter.says('overdue: still waiting for api after 200ms: ');
    dns.scripts.set('api.ns.svc.cluster.local', ['10.96.0.12']);
    expect(await waiter.exitCode()).to.equal(0);
  });

  it('goes on when it is overdue, if told so', async () => {
    const waiter = run('dns api --period 50ms --overdue-after 200ms --on-overdue open');
    expect(await waiter.exitCode()).to.equal(0);
    const [overdue, last] = waiter.lines.slice(-2);
    expect(overdue).to.match(/^overdue: api counts as open after 200ms: (NXDOMAIN|no answer yet)$/);
    expect(last).to.equal('continuing ...');
  });

  it('waits for a port that is found through the search list', async () => {
    dns.scripts.set('redis.ns.svc.cluster.local', ['127.0.0.1']);
    const port = await deadPort();
    const waiter = run(`tcp redis:${port} --period 50ms`);
    await waiter.says('waiting for redis: connection refused');
    const server: Server = createServer();
    server.listen(port, '127.0.0.1');
    expect(await waiter.exitCode()).to.equal(0);
    expect(waiter.lines.at(-2)).to.equal(`127.0.0.1:${port}`);
    await close(server);
  });

  it('says which key holds no address, in the log and as its last words, and not what it holds', async () => {
    const origin = 'key host of Secret db'.replaceAll(' ', '_');
    const waiter = run(`tcp --host-env=DGATE_HOST=${origin} --port=5432`, { DGATE_HOST: 'hunter2:5432' });
    expect(await waiter.exitCode()).to.equal(2);
    const said = `${origin} holds no host: a name or an IP address, and no port with it`;
    expect(waiter.stderr).to.equal(`dependency-gate wait: ${said}\n`);
    expect(await readFile(join(folder, 'termination-log'), 'utf8')).to.equal(said);
  });

  it('never shows where it asks when that comes from a Secret', async () => {
    const line = 'tcp --host-env=DGATE_HOST=there --port=1 --name=db --period 50ms --overdue-after 200ms';
    const asked = run(`${line} --on-overdue open --log-format json`, { DGATE_HOST: 'hunter2' });
    expect(await asked.exitCode()).to.equal(0);
    expect(asked.stdout).to.contain('"check":"tcp, host from there, port 1"').and.not.to.contain('hunter2');
    expect(JSON.stringify(await lastWords())).not.to.contain('hunter2');
  });

  it('waits for an HTTP status, with a secret header', async () => {
    let isReady = false;
    const server = createServer(({ headers }, response) =>
      response.writeHead(isReady && headers.authorization === 'Bearer s3cret' ? 200 : 503).end(),
    );
    const line = `http http://127.0.0.1:${await listen(server)}/ready --name api --period 50ms`;
    const waiter = run(`${line} --header-env Authorization=DGATE_HEADER_0`, {
      DGATE_HEADER_0: 'Bearer s3cret',
    });
    await waiter.says('waiting for api: HTTP 503');
    isReady = true;
    expect(await waiter.exitCode()).to.equal(0);
    expect(waiter.lines.slice(-2)).to.deep.equal(['HTTP 200', 'continuing ...']);
    expect(waiter.stdout + (await readFile(join(folder, 'termination-log'), 'utf8'))).not.to.include(
      's3cret',
    );
    await close(server);
  });

  it('waits for a gRPC health service', async () => {
    const { server, port } = await HealthServer.start();
    server.statuses.set('', 2);
    const waiter = run(`grpc 127.0.0.1:${port} --name cart --period 50ms`);
    await waiter.says('waiting for cart: NOT_SERVING');
    server.statuses.set('', 1);
    expect(await waiter.exitCode()).to.equal(0);
    expect(waiter.lines.slice(-2)).to.deep.equal(['SERVING', 'continuing ...']);
    server.stop();
  });

  it('exits with 2 and one line on wrong usage', async () => {
    const waiter = run('tcp redis');
    expect(await waiter.exitCode()).to.equal(2);
    expect(waiter.stdout).to.equal('');
    expect(waiter.stderr).to.equal(
      "dependency-gate wait: not HOST:PORT (IPv6: [HOST]:PORT): 'redis' (--help lists the options)\n",
    );
  });

  it('waits for several side by side, and leaves what became of each as its last words', async () => {
    dns.scripts.set('api.ns.svc.cluster.local', ['10.96.0.12']);
    const server = createServer((_, response) => response.writeHead(200).end());
    const port = await deadPort();
    const [file, key] = [join(folder, 'annotations'), 'open.dependencygate.dev/g.job'];
    const job = `opened --name job --open-key ${key} --annotations-file ${file}`;
    const waiter = run(`all -- dns api -- http http://127.0.0.1:${port}/ --name web --period 50ms -- ${job}`);
    await waiter.says('api: 10.96.0.12');
    await waiter.says('waiting for web: connection refused');
    await waiter.says('waiting for job');
    await writeFile(file, `${key}="1"`);
    await waiter.says('job was opened by an annotation of the Pod');
    server.listen(port, '127.0.0.1');
    expect(await waiter.exitCode()).to.equal(0);
    expect(waiter.lines.slice(-2)).to.deep.equal(['web: HTTP 200', 'continuing ...']);
    expect(await lastWords())
      .to.include({ outcome: 'satisfied' })
      .and.to.have.property('dependencies')
      .that.containSubset([
        { name: 'api', check: 'dns api', outcome: 'satisfied', answer: '10.96.0.12' },
        { name: 'web', outcome: 'satisfied', lastError: 'connection refused', answer: 'HTTP 200' },
        { name: 'job', check: 'opened', outcome: 'opened' },
      ]);
    await close(server);
  });

  it('ends all of many at once on SIGTERM, with 143, and says of each that it was stopped', async () => {
    const names = Array.from({ length: 16 }, (_, index) => `gone-${index}`);
    const waiter = run(`all ${names.map((name) => `-- dns ${name}.`).join(' ')}`);
    for (const name of names) await waiter.says(`waiting for ${name}.: NXDOMAIN`);
    waiter.kill('SIGTERM');
    expect(await waiter.exitCode()).to.equal(143);
    expect(waiter.stderr).to.equal('');
    expect(waiter.lines.slice(-names.length)).to.deep.equal(
      names.map((name) => `stopped while waiting for ${name}.: NXDOMAIN`),
    );
    expect(await lastWords()).to.include({ outcome: 'stopped' });
  });

  it('cuts no question of one dependency short where the attempt of another ends', async () => {
    dns.scripts.set('short.', 'DROP').set('short', 'DROP').set('long', 'DROP');
    const attempts = (name: string) => dns.questions.filter((question) => question === `${name} A`).length;
    const ended = new Promise<void>((resolve) =>
      dns.onQuestion(() => {
        if (attempts('short') > 3 && attempts('long') > 0) resolve();
      }),
    );
    const waiter = run(
      'all -- dns short. --type A --period 50ms --timeout 50ms -- dns long. --type A --timeout 60s',
    );
    await ended;
    for (const name of ['short', 'long']) dns.scripts.set(name, ['10.96.0.12']);
    expect(await waiter.exitCode()).to.equal(0);
    const dependencies = [{ name: 'short.' }, { name: 'long.', attempts: 1, outcome: 'satisfied' }];
    expect(await lastWords())
      .to.have.property('dependencies')
      .that.containSubset(dependencies);
    expect(waiter.stdout).to.not.include('waiting for long');
  });

  it('says on wrong usage which of several is wrong', async () => {
    const waiter = run('all -- dns api -- tcp redis --name cache');
    expect(await waiter.exitCode()).to.equal(2);
    const said = "cache: not HOST:PORT (IPv6: [HOST]:PORT): 'redis' (--help lists the options)";
    expect(waiter.stderr).to.equal(`dependency-gate wait: ${said}\n`);
    expect(await readFile(join(folder, 'termination-log'), 'utf8')).to.equal(said);
  });

  for (const line of ['--help', 'tcp --help', 'all --help']) {
    it(`prints all options for '${line}'`, () => {
      const help = execFileSync(process.execPath, [PROGRAM, ...line.split(' ')], { encoding: 'utf8' });
      for (const option of [
        ...['name', 'period', 'timeout', 'success-threshold', 'overdue-after', 'on-overdue', 'open-key'],
        ...['annotations-file', 'log-format', 'help', 'type', 'method', 'header', 'header-env', 'status'],
        ...[
          'service',
          'tls',
          'tls-server-name',
          'ca-file',
          'client-cert-file',
          'client-key-file',
          'insecure-skip-verify',
        ],
      ])
        expect(help).to.match(new RegExp(`^  --${option}\\b`, 'm'));
    });
  }
});
