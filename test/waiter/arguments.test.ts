import { expect } from 'chai';
import { parseArguments } from '../../src/waiter/arguments.ts';
import type { Environment } from '../../src/waiter/destination.ts';
import { UsageError, ValueError } from '../../src/waiter/wait-problem.ts';

const parse = (line: string, env: Environment = {}) => parseArguments(line.split(' '), env);
const NO_TLS = { insecureSkipVerify: false };

describe('parseArguments', () => {
  it('has defaults for everything that is not said', () => {
    expect(parse('dns api')).to.deep.equal({
      check: { kind: 'dns', host: 'api', type: 'any' },
      name: 'api',
      period: 2_000,
      timeout: 5_000,
      successThreshold: 1,
      overdueAfter: 300_000,
      onOverdue: 'wait',
      opening: undefined,
      logFormat: 'text',
    });
  });

  it('reads every common option', () => {
    const line =
      'tcp redis:6379 --name cache --period 500ms --timeout=1s --success-threshold 3 --overdue-after 5m --on-overdue open --open-key open.dependencygate.dev/a.b --annotations-file /x/annotations --log-format json';
    expect(parse(line)).to.deep.equal({
      check: { kind: 'tcp', host: 'redis', port: 6379 },
      name: 'cache',
      period: 500,
      timeout: 1_000,
      successThreshold: 3,
      overdueAfter: 300_000,
      onOverdue: 'open',
      opening: { key: 'open.dependencygate.dev/a.b', file: '/x/annotations' },
      logFormat: 'json',
    });
  });

  it('reads opened, of which nothing is tried', () => {
    const line = 'opened --open-key k --annotations-file /x --overdue-after 1m --on-overdue open';
    expect(parse(line)).to.deep.equal({
      check: { kind: 'opened' },
      name: 'the dependency',
      period: 3_600_000,
      timeout: 5_000,
      successThreshold: 1,
      overdueAfter: 60_000,
      onOverdue: 'open',
      opening: { key: 'k', file: '/x' },
      logFormat: 'text',
    });
    expect(parse(`${line} --name db --log-format json`)).to.include({ name: 'db', logFormat: 'json' });
  });

  it('reads the type of dns', () => {
    expect(parse('dns api --type AAAA').check).to.deep.equal({ kind: 'dns', host: 'api', type: 'AAAA' });
  });

  it('reads IPv6 in brackets', () => {
    expect(parse('tcp [fd00::1]:6379').check).to.deep.equal({ kind: 'tcp', host: 'fd00::1', port: 6379 });
  });

  it('reads http, with headers whose values are in the environment', () => {
    const argv = [
      ...['http', 'https://api.test/ready?x=1', '--method', 'HEAD', '--status', '200,401'],
      ...['--header', 'X-One: 1: 2 ', '--header=x-empty:', '--header-env', 'Authorization=DGATE_HEADER_2'],
      ...['--tls-server-name', 'other.test', '--ca-file', '/ca/trust.pem', '--insecure-skip-verify'],
    ];
    const env = { DGATE_HEADER_2: 'Bearer secret\n' };
    expect(parseArguments(argv, env)).to.deep.include({
      name: 'api.test',
      check: {
        kind: 'http',
        url: new URL('https://api.test/ready?x=1'),
        method: 'HEAD',
        headers: [
          ['X-One', '1: 2'],
          ['x-empty', ''],
          ['Authorization', 'Bearer secret'],
        ],
        status: [200, 401],
        tls: { serverName: 'other.test', caFile: '/ca/trust.pem', insecureSkipVerify: true },
      },
    });
  });

  it('reads http without anything more', () => {
    expect(parse('http http://api/').check).to.deep.include({
      method: 'GET',
      headers: [],
      status: undefined,
      tls: NO_TLS,
    });
  });

  it('reads grpc, in plain text and with TLS', () => {
    expect(parse('grpc api:1 --service=a.B').check).to.deep.equal({
      kind: 'grpc',
      host: 'api',
      port: 1,
      service: 'a.B',
      tls: undefined,
    });
    expect(parse('grpc api:1 --tls').check).to.deep.include({ service: '', tls: NO_TLS });
    expect(parse('grpc api:1 --tls --ca-file /ca/trust.pem').check).to.deep.include({
      tls: { caFile: '/ca/trust.pem', insecureSkipVerify: false },
    });
    const files = '--client-cert-file /tls.crt --client-key-file /tls.key';
    expect(parse(`grpc api:1 --tls ${files}`).check).to.deep.include({
      tls: { client: { certFile: '/tls.crt', keyFile: '/tls.key' }, insecureSkipVerify: false },
    });
  });

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['', /unknown check ''/],
    ['ping api', /unknown check 'ping': expected dns, tcp, http, grpc or opened/],
    ['dns', /HOST is missing/],
    ['opened', /opened needs --open-key and --annotations-file, or it would wait for ever/],
    ['opened --open-key x', /--open-key and --annotations-file need each other/],
    ['opened --annotations-file x', /opened needs --open-key and --annotations-file/],
    ['opened api --open-key x --annotations-file y', /unexpected argument 'api'/],
    ['opened --open-key x --annotations-file y --period 2s', /Unknown option '--period'$/],
    ['opened --open-key x --annotations-file y --timeout 2s', /Unknown option '--timeout'$/],
    ['opened --open-key x --annotations-file y --success-threshold 2', /Unknown option/],
    ['opened --open-key x --annotations-file y --on-overdue never', /--on-overdue must be one of/],
    ['dns a b', /unexpected argument 'b'/],
    ['dns a/b', /not a host: 'a\/b'/],
    ['dns api --type MX', /--type must be one of A, AAAA, any: 'MX'/],
    ['dns api --tls', /Unknown option '--tls'$/],
    ['dns api --nonsense', /Unknown option '--nonsense'$/],
    ['dns api --period', /--period/],
    ['tcp redis', /not HOST:PORT .*: 'redis'/],
    ['tcp fd00::1:6379', /not HOST:PORT/],
    ['tcp redis:99999', /not HOST:PORT/],
    ['tcp', /HOST:PORT is missing/],
    ['tcp a:1 --port 1', /unexpected argument 'a:1'/],
    ['tcp --host a', /--port or --port-env VAR.* is missing/],
    ['tcp --host a --host-env A --port 1', /--host and --host-env/],
    ['tcp --host a:1 --port 1', /'a:1' is no host/],
    ['grpc --host a --port x', /'x' is no port/],
    ['grpc --host-env NOT_SET --port 1', /environment variable NOT_SET is not set/],
    ['http', /URL is missing/],
    ['http http://a --url-env A', /beside --url-env/],
    ['http --url-env NOT_SET', /environment variable NOT_SET is not set/],
    ['http api', /not an http or https URL: 'api'/],
    ['http ftp://api', /not an http or https URL/],
    ['http http://api --method PUT', /--method must be one of/],
    ['http http://api --header none', /--header must be 'NAME: VALUE'/],
    ['http http://api --header-env X', /--header-env must be NAME=VAR/],
    ['http http://api --header-env X=NOT_SET', /environment variable NOT_SET is not set/],
    ['http http://api --status 200,x', /--status must be a whole number between 100 and 599: 'x'/],
    ['http http://api --status 99', /--status/],
    ['grpc api:1 --ca-file /ca.pem', /need --tls/],
    ['grpc api:1 --client-cert-file /a --client-key-file /b', /--client-key-file and .* need --tls/],
    ['grpc api:1 --tls --client-cert-file /a', /--client-cert-file and --client-key-file need each other/],
    ['http https://api/ --client-key-file /a', /need each other/],
    ['dns api --period 2', /--period must be a duration such as 500ms, 2s or 5m: '2'/],
    ['dns api --period 0s', /--period must be between 10ms and 1h/],
    ['dns api --period 2h', /--period must be between/],
    ['dns api --timeout 301s', /--timeout must be between 10ms and 5m/],
    ['dns api --overdue-after 8000h', /--overdue-after must be between/],
    ['dns api --success-threshold 0', /--success-threshold must be a whole number between 1 and 100: '0'/],
    ['dns api --success-threshold 1.5', /--success-threshold/],
    ['dns api --on-overdue never', /--on-overdue must be one of wait, open: 'never'/],
    ['dns api --log-format xml', /--log-format must be one of text, json: 'xml'/],
    ['dns api --open-key x', /--open-key and --annotations-file need each other/],
    ['dns api --annotations-file x', /--open-key and --annotations-file need each other/],
  ];
  for (const [line, message] of wrong) {
    it(`refuses '${line}' in one clear line`, () => {
      expect(() => parse(line))
        .to.throw(UsageError, message)
        .with.property('message')
        .that.does.not.include('\n');
    });
  }

  it('refuses no arguments at all', () => {
    expect(() => parseArguments([], {})).to.throw(UsageError, 'no check given: expected dns');
  });

  const useless: readonly (readonly [string, readonly string[], RegExp])[] = [
    [
      '--host-env=V=key host of Secret db --port=1',
      [
        '',
        ' ',
        'hunter2!',
        'redis:6379',
        'http://hunter2',
        '-h',
        '[::1]',
        'a b',
        'hunter2\nb',
        'x'.repeat(254),
      ],
      /^key host of Secret db holds no host: a name or an IP address, and no port with it$/,
    ],
    [
      '--host=a --port-env=V=key port of ConfigMap db',
      ['', '0', '65536', '-1', '1.5', 'hunter2', '0x50', '1e3', 'tcp://10.0.0.1:5432'],
      /^key port of ConfigMap db holds no port: a number from 1 to 65535$/,
    ],
    [
      '--url-env=V=key url of Secret db',
      [
        '',
        'hunter2',
        'ftp://a',
        'postgres://u:hunter2@db/x',
        'http:///',
        'http://a:99999',
        'http:a',
        'javascript:1',
      ],
      /^key url of Secret db holds no http or https URL$/,
    ],
  ];
  for (const [line, values, message] of useless) {
    it(`refuses what of '${line}' is none, and never says what it is`, () => {
      const [part = ''] = line.split('-env');
      const kinds = part.endsWith('--url') ? ['http'] : ['tcp', 'grpc'];
      for (const kind of kinds)
        for (const V of values)
          expect(() => parseArguments([kind, ...line.split(/ (?=--)/)], { V }), V).to.throw(
            ValueError,
            message,
          );
    });
  }

  it('refuses an http URL where settings of TLS would be left without effect', () => {
    const settings = ['--ca-file=/ca.pem', '--tls-server-name=a', '--insecure-skip-verify'];
    for (const setting of settings) {
      const from = ['http', '--url-env=V=key url of Secret db', setting];
      expect(() => parseArguments(from, { V: 'http://a' })).to.throw(
        ValueError,
        /^key url of Secret db holds an http URL, and the tls settings/,
      );
      expect(() => parseArguments(['http', 'http://a', setting], {})).to.throw(UsageError, /https URL/);
      expect(() => parseArguments(from, { V: 'https://a' })).not.to.throw();
    }
  });

  it('names the dependency by nothing that comes from the environment', () => {
    const { name } = parseArguments(['tcp', '--host-env=V', '--port=1'], { V: 'db.example' });
    expect(name).to.equal('the dependency');
  });

  it('never repeats the value of a header', () => {
    expect(() => parseArguments(['http', 'http://api', '--header', 'secret'], {})).to.throw(
      UsageError,
      /^(?!.*secret)/,
    );
  });
});
