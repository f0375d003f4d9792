import { expect } from 'chai';
import fc from 'fast-check';
import type { Dependency, GateSpec } from '../../../src/api/spec.ts';
import { waitArguments } from '../../../src/core/render/wait-arguments.ts';
import { type Options, parseArguments } from '../../../src/waiter/arguments.ts';
import { dns, tcp } from '../builders.ts';
import { database, jobDone, otherGate, service } from '../evaluated-builders.ts';

type Timing = NonNullable<GateSpec['defaults']>;

const OPEN_KEY = 'open.dependencygate.dev/api-first.api';
const ALWAYS = [`--open-key=${OPEN_KEY}`, '--annotations-file=/var/run/dependency-gate/annotations'];

const command = (dependency: Dependency, defaults?: Timing) => waitArguments(dependency, defaults, OPEN_KEY);
const http = (settings: NonNullable<Dependency['http']>): Dependency => ({ name: 'web', http: settings });
const grpc = (settings: NonNullable<Dependency['grpc']>): Dependency => ({ name: 'rpc', grpc: settings });

/** The arguments without those that every command has. */
function args(dependency: Dependency, defaults?: Timing): string[] {
  const always = ['wait', `--name=${dependency.name}`, ...ALWAYS];
  return command(dependency, defaults).args.filter((arg) => !always.includes(arg));
}

describe('waitArguments, of what the operator evaluates', () => {
  const evaluated = { service: service('api'), resource: jobDone('api'), gate: otherGate('api') };
  for (const [check, dependency] of Object.entries(evaluated)) {
    it(`only wait to be opened, and say nothing of the ${check}`, () => {
      expect(command(dependency)).to.deep.equal({
        args: ['wait', 'opened', '--name=api', ...ALWAYS],
        env: [],
      });
    });
  }

  it('hold what the waiter knows of time, and nothing of attempts', () => {
    const defaults = { periodSeconds: 3, timeoutSeconds: 4, successThreshold: 2, overdueAfterSeconds: 60 };
    expect(args({ ...service('api'), onOverdue: 'Open' }, defaults)).to.deep.equal([
      ...['opened', '--overdue-after=60s', '--on-overdue=open'],
    ]);
  });

  it('are the same however much is to be found out', () => {
    const more = service('api', { port: 80, minReady: 3 });
    expect(command(more)).to.deep.equal(command(service('api')));
    expect(command(database('api', { expression: '$(HOME) == "a b"' }))).to.deep.equal(
      command(service('api')),
    );
  });
});

describe('waitArguments', () => {
  it('names the command, the check, the dependency and the annotation that opens it', () => {
    expect(command(dns('api'))).to.deep.equal({
      args: ['wait', 'dns', 'api', '--name=api', ...ALWAYS],
      env: [],
    });
  });

  const checks: readonly { readonly of: string; readonly dependency: Dependency; readonly args: string[] }[] =
    [
      { of: 'a name', dependency: dns('api'), args: ['dns', 'api'] },
      {
        of: 'a name with a type',
        dependency: { name: 'api', dns: { host: 'api.', type: 'AAAA' } },
        args: ['dns', 'api.', '--type=AAAA'],
      },
      { of: 'a port', dependency: tcp('redis', 6379), args: ['tcp', 'redis:6379'] },
      {
        of: 'a port of an IPv6 address',
        dependency: { name: 'redis', tcp: { host: 'fd00::1', port: 6379 } },
        args: ['tcp', '[fd00::1]:6379'],
      },
      { of: 'a URL', dependency: http({ url: 'http://web/ready' }), args: ['http', 'http://web/ready'] },
      {
        of: 'a URL with all settings',
        dependency: http({
          url: 'https://web/ready',
          method: 'HEAD',
          headers: [
            { name: 'Accept', value: 'text/plain' },
            { name: 'Empty', value: '' },
          ],
          status: [200, 204],
          tls: { serverName: 'web.example', insecureSkipVerify: true },
        }),
        args: [
          ...[
            'http',
            'https://web/ready',
            '--method=HEAD',
            '--header=Accept: text/plain',
            '--header=Empty: ',
          ],
          ...['--status=200,204', '--tls-server-name=web.example', '--insecure-skip-verify'],
        ],
      },
      { of: 'a gRPC server', dependency: grpc({ host: 'rpc', port: 50051 }), args: ['grpc', 'rpc:50051'] },
      {
        of: 'a gRPC server with TLS and nothing else',
        dependency: grpc({ host: 'rpc', port: 50051, tls: {} }),
        args: ['grpc', 'rpc:50051', '--tls'],
      },
      {
        of: 'a gRPC service with TLS settings',
        dependency: grpc({ host: 'fd00::2', port: 1, service: 'a.B', tls: { serverName: 'rpc.example' } }),
        args: ['grpc', '[fd00::2]:1', '--service=a.B', '--tls', '--tls-server-name=rpc.example'],
      },
    ];
  for (const { of, dependency, args: expected } of checks) {
    it(`writes ${of}`, () => {
      expect(args(dependency)).to.deep.equal(expected);
    });
  }

  it('leaves an address that stands in a Secret or ConfigMap to the kubelet, and says where it stands', () => {
    const host = { secretKeyRef: { name: 'db', key: 'host' } };
    const port = { configMapKeyRef: { name: 'settings', key: 'port' } };
    const hostArgument = '--host-env=DGATE_HOST=key host of Secret db';
    const portArgument = '--port-env=DGATE_PORT=key port of ConfigMap settings';
    const both: Dependency = { name: 'db', tcp: { hostFrom: host, portFrom: port } };
    expect(args(both)).to.deep.equal(['tcp', hostArgument, portArgument]);
    expect(command(both).env).to.deep.equal([
      { name: 'DGATE_HOST', valueFrom: host },
      { name: 'DGATE_PORT', valueFrom: port },
    ]);
    expect(args({ name: 'db', tcp: { hostFrom: host, port: 5432 } })).to.deep.equal([
      ...['tcp', hostArgument, '--port=5432'],
    ]);
    expect(args(grpc({ host: 'fd00::1', portFrom: port, service: 'a', tls: {} }))).to.deep.equal([
      ...['grpc', '--host=fd00::1', portArgument, '--service=a', '--tls'],
    ]);
    const url = http({ urlFrom: host, method: 'HEAD', headers: [{ name: 'A', valueFrom: host }] });
    expect(args(url)).to.deep.equal([
      ...[
        'http',
        '--url-env=DGATE_URL=key host of Secret db',
        '--method=HEAD',
        '--header-env=A=DGATE_HEADER_0',
      ],
    ]);
    expect(command(url).env.map(({ name }) => name)).to.deep.equal(['DGATE_URL', 'DGATE_HEADER_0']);
  });

  it('leaves out the switch for a certificate that is verified', () => {
    const careful = http({ url: 'https://web/', tls: { insecureSkipVerify: false } });
    expect(args(careful)).to.deep.equal(['http', 'https://web/']);
  });

  it('writes every timing that the dependency sets, in the units of the flags', () => {
    const dependency = dns('api', {
      periodSeconds: 3,
      timeoutSeconds: 4,
      successThreshold: 5,
      overdueAfterSeconds: 600,
      onOverdue: 'Open',
    });
    expect(args(dependency)).to.deep.equal([
      ...['dns', 'api', '--period=3s', '--timeout=4s', '--success-threshold=5'],
      ...['--overdue-after=600s', '--on-overdue=open'],
    ]);
  });

  it("takes a timing that the dependency does not set from the gate's defaults", () => {
    const dependency = dns('api', { periodSeconds: 3 });
    expect(args(dependency, { periodSeconds: 9, onOverdue: 'Wait' })).to.deep.equal([
      ...['dns', 'api', '--period=3s', '--on-overdue=wait'],
    ]);
  });

  it('hands secrets over as environment variables, never as arguments', () => {
    const { args: written, env } = command(
      http({
        url: 'https://web/',
        headers: [
          { name: 'Accept', value: '*/*' },
          { name: 'Authorization', valueFrom: { secretKeyRef: { name: 'credentials', key: 'bearer' } } },
        ],
      }),
    );
    expect(env).to.deep.equal([
      { name: 'DGATE_HEADER_1', valueFrom: { secretKeyRef: { name: 'credentials', key: 'bearer' } } },
    ]);
    expect(written).to.include('--header-env=Authorization=DGATE_HEADER_1');
    expect(written.join(' ')).not.to.match(/credentials|bearer/);
  });

  it('hands a CA bundle over as a file', () => {
    const caFrom = { configMapKeyRef: { name: 'trust', key: 'ca.pem' } };
    const { args: written, env } = command(grpc({ host: 'rpc', port: 1, tls: { caFrom } }));
    expect(env).to.deep.equal([]);
    expect(written).to.include('--ca-file=/var/run/dependency-gate/configmap/trust/ca.pem');
  });

  it('hands a client certificate and its key over as files', () => {
    const tls = {
      caFrom: { secretKeyRef: { name: 'trust', key: 'ca.crt' } },
      clientCertificateFrom: { secretRef: { name: 'client' } },
    };
    const { args: written, env } = command(http({ url: 'https://web/', tls }));
    expect(env).to.deep.equal([]);
    expect(written).to.include.members([
      '--ca-file=/var/run/dependency-gate/secret/trust/ca.crt',
      '--client-cert-file=/var/run/dependency-gate/secret/client/tls.crt',
      '--client-key-file=/var/run/dependency-gate/secret/client/tls.key',
    ]);
  });

  it('refuses a dependency that the waiter cannot check', () => {
    expect(() => command({ name: 'own', container: { image: 'busybox' } })).to.throw(TypeError, 'own');
  });

  it('escapes what Kubernetes would take for a reference to a variable', () => {
    expect(args(http({ url: 'http://web/$(HOME)' }))).to.deep.equal(['http', 'http://web/$$(HOME)']);
  });

  it('leaves a dollar alone that Kubernetes leaves alone', () => {
    expect(args(http({ url: 'http://web/?$filter=x' }))).to.deep.equal(['http', 'http://web/?$filter=x']);
  });

  it('has every argument arrive as it was written, whatever dollars are in it', () => {
    const text = fc.string({ unit: fc.constantFrom('$', '(', ')', 'A', 'x'), maxLength: 12 });
    fc.assert(
      fc.property(text, (path) => {
        const [, url = ''] = args(http({ url: `http://web/${path}` }));
        expect(expanded(url, { A: 'expanded', x: 'expanded' })).to.equal(`http://web/${path}`);
      }),
    );
  });
});

/** What Kubernetes makes of `$` in arguments: `$$` is `$`, `$(NAME)` is a variable's value, or stays where there is none. */
function expanded(argument: string, variables: Readonly<Record<string, string>>): string {
  return argument.replaceAll(/\$\$|\$\(([^)]*)\)/g, (found, name: string | undefined) =>
    name === undefined ? '$' : (variables[name] ?? found),
  );
}

describe('waitArguments and parseArguments', () => {
  const secrets = { DGATE_HEADER_1: 'Bearer 123' };
  function understood(dependency: Dependency, defaults?: Timing): Options {
    const [word, ...rest] = command(dependency, defaults).args;
    expect(word).to.equal('wait');
    return parseArguments(
      rest.map((arg) => expanded(arg, secrets)),
      secrets,
    );
  }

  it('mean the same by a spec that says nothing', () => {
    expect(understood(dns('api'))).to.deep.equal({
      check: { kind: 'dns', host: 'api', type: 'any' },
      name: 'api',
      period: 2000,
      timeout: 5000,
      successThreshold: 1,
      overdueAfter: 300_000,
      onOverdue: 'wait',
      opening: { key: OPEN_KEY, file: '/var/run/dependency-gate/annotations' },
      logFormat: 'text',
    });
  });

  it('mean the same by an http check', () => {
    const { check } = understood(
      http({
        url: 'https://web:8443/ready?a=$(b)',
        method: 'POST',
        headers: [
          { name: 'X-One', value: '-1: $(DGATE_HEADER_1)' },
          { name: 'Authorization', valueFrom: { secretKeyRef: { name: 'credentials', key: 'bearer' } } },
        ],
        status: [200, 401],
        tls: { serverName: 'web.example', caFrom: { configMapKeyRef: { name: 'trust', key: 'ca.pem' } } },
      }),
    );
    expect(check).to.deep.equal({
      kind: 'http',
      url: new URL('https://web:8443/ready?a=$(b)'),
      method: 'POST',
      headers: [
        ['X-One', '-1: $(DGATE_HEADER_1)'],
        ['Authorization', 'Bearer 123'],
      ],
      status: [200, 401],
      tls: {
        serverName: 'web.example',
        caFile: '/var/run/dependency-gate/configmap/trust/ca.pem',
        insecureSkipVerify: false,
      },
    });
  });

  it('mean the same by a grpc check', () => {
    const plain = understood(grpc({ host: 'fd00::2', port: 50051 }));
    expect(plain.check).to.deep.equal({
      ...{ kind: 'grpc', host: 'fd00::2', port: 50051, service: '', tls: undefined },
    });
    const secure = understood(
      grpc({
        ...{ host: 'rpc', port: 1, service: '-a.B' },
        tls: { insecureSkipVerify: true, clientCertificateFrom: { secretRef: { name: 'client' } } },
      }),
    );
    const folder = '/var/run/dependency-gate/secret/client';
    const client = { certFile: `${folder}/tls.crt`, keyFile: `${folder}/tls.key` };
    expect(secure.check).to.deep.equal({
      ...{ kind: 'grpc', host: 'rpc', port: 1, service: '-a.B', tls: { insecureSkipVerify: true, client } },
    });
  });

  it('mean the same by any tcp check and timing', () => {
    const timing: fc.Arbitrary<Timing> = fc.record(
      {
        periodSeconds: fc.integer({ min: 1, max: 3600 }),
        timeoutSeconds: fc.integer({ min: 1, max: 300 }),
        successThreshold: fc.integer({ min: 1, max: 100 }),
        overdueAfterSeconds: fc.integer({ min: 1, max: 604_800 }),
        onOverdue: fc.constantFrom('Wait', 'Open'),
      },
      { requiredKeys: [] },
    );
    const host = fc.constantFrom('redis', 'redis.db.svc.cluster.local.', '10.0.0.1', 'fd00::1', '_x.y');
    const port = fc.integer({ min: 1, max: 65_535 });
    fc.assert(
      fc.property(host, port, timing, timing, (at, number, own, defaults) => {
        const options = understood({ name: 'it', tcp: { host: at, port: number }, ...own }, defaults);
        const set = { ...defaults, ...own };
        expect(options.check).to.deep.equal({ kind: 'tcp', host: at, port: number });
        expect(options.name).to.equal('it');
        expect(options.period).to.equal((set.periodSeconds ?? 2) * 1000);
        expect(options.timeout).to.equal((set.timeoutSeconds ?? 5) * 1000);
        expect(options.successThreshold).to.equal(set.successThreshold ?? 1);
        expect(options.overdueAfter).to.equal((set.overdueAfterSeconds ?? 300) * 1000);
        expect(options.onOverdue).to.equal((set.onOverdue ?? 'Wait').toLowerCase());
      }),
    );
  });
});
