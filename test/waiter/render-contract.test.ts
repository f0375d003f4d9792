import { expect } from 'chai';
import { dependencySchema } from '../../src/api/spec.ts';
import { waitAllArguments, waitArguments } from '../../src/core/render/wait-arguments.ts';
import { parseArguments } from '../../src/waiter/arguments.ts';
import { describeCheck } from '../../src/waiter/checks/known-checks.ts';
import { parseWaits } from '../../src/waiter/waits.ts';

const KEY = 'open.dependencygate.dev/api-first.it';

/** The waiter's options for a dependency, by way of the container that a render makes of it. */
function rendered(check: object, timing: object = {}, held: Record<string, string> = {}) {
  const dependency = dependencySchema.parse({ name: 'it', ...check, ...timing });
  const { args, env } = waitArguments(dependency, { timeoutSeconds: 3 }, KEY);
  const [command, ...argv] = args;
  expect(command).to.equal('wait');
  const values = env.map(({ name }) => [name, held[name] ?? `value of ${name}`]);
  return parseArguments(argv, Object.fromEntries(values));
}

describe('parseArguments of what a render has written', () => {
  it('reads the name, the times, and what opens the dependency', () => {
    const timing = { periodSeconds: 7, successThreshold: 2, overdueAfterSeconds: 60, onOverdue: 'Open' };
    const options = rendered({ dns: { host: 'api' } }, timing);
    expect(options).to.include({ name: 'it', period: 7_000, timeout: 3_000, overdueAfter: 60_000 });
    expect(options).to.include({ successThreshold: 2, onOverdue: 'open' });
    expect(options.opening?.key).to.equal(KEY);
  });

  it('reads dns and tcp', () => {
    const dns = { host: 'api', type: 'AAAA' };
    expect(rendered({ dns }).check).to.deep.equal({ kind: 'dns', ...dns });
    const tcp = { host: 'fd00::1', port: 6379 };
    expect(rendered({ tcp }).check).to.deep.equal({ kind: 'tcp', ...tcp });
  });

  it('reads http, with secrets from the environment and values that look like flags', () => {
    const secretKeyRef = { name: 'credentials', key: 'token' };
    const http = {
      url: 'https://api:8443/healthz?a=b',
      method: 'POST',
      headers: [
        { name: 'X-Plain', value: '-v: 1' },
        { name: 'X-Secret', valueFrom: { secretKeyRef } },
      ],
      status: [200, 401],
      tls: { serverName: 'api', caFrom: { configMapKeyRef: { name: 'ca', key: 'pem' } } },
    };
    expect(rendered({ http }).check).to.deep.equal({
      kind: 'http',
      url: new URL(http.url),
      method: 'POST',
      headers: [
        ['X-Plain', '-v: 1'],
        ['X-Secret', 'value of DGATE_HEADER_1'],
      ],
      status: [200, 401],
      tls: {
        serverName: 'api',
        caFile: '/var/run/dependency-gate/configmap/ca/pem',
        insecureSkipVerify: false,
      },
    });
  });

  it('reads that any status is enough, also beside others', () => {
    for (const status of [['any'], [200, 'any']])
      expect(rendered({ http: { url: 'http://api', status } }).check).to.include({ status: 'any' });
  });

  it('reads addresses from Secrets and ConfigMaps, and shows where they stand in their place', () => {
    const from = { hostFrom: { secretKeyRef: { name: 'db', key: 'host' } } };
    const held = {
      DGATE_HOST: 'db.example\n',
      DGATE_PORT: ' 5432\n',
      DGATE_URL: 'https://u:w@db.example/x?y\n',
    };
    const portFrom = { configMapKeyRef: { name: 'settings', key: 'port' } };
    for (const check of ['tcp', 'grpc']) {
      const options = rendered({ [check]: { ...from, portFrom } }, {}, held).check;
      expect(options).to.include({ kind: check, host: 'db.example', port: 5432 });
      expect(describeCheck(options)).to.equal(
        `${check}, host from key host of Secret db, port from key port of ConfigMap settings`,
      );
    }
    const mixed = rendered({ tcp: { ...from, port: 1 } }, {}, held).check;
    expect(describeCheck(mixed)).to.equal('tcp, host from key host of Secret db, port 1');
    const other = rendered({ tcp: { host: 'fd00::1', portFrom } }, {}, held).check;
    expect(other).to.include({ host: 'fd00::1', port: 5432 });
    const http = rendered({ http: { urlFrom: from.hostFrom, tls: { insecureSkipVerify: true } } }, {}, held);
    expect(http.check).to.deep.include({ url: new URL('https://u:w@db.example/x?y') });
    expect(describeCheck(http.check)).to.equal('http, URL from key host of Secret db');
  });

  it('reads grpc', () => {
    const grpc = { host: 'api', port: 9090, service: 'orders', tls: { insecureSkipVerify: true } };
    const { tls, ...rest } = grpc;
    expect(rendered({ grpc }).check).to.deep.equal({ kind: 'grpc', ...rest, tls });
  });

  const resource = { apiVersion: 'batch/v1', kind: 'Job', name: 'migrate' };
  for (const check of [{ service: { name: 'api' } }, { resource }, { gate: { name: 'db-first' } }]) {
    it(`reads that ${Object.keys(check)} is only to be opened, and when it is overdue`, () => {
      const options = rendered(check, { overdueAfterSeconds: 60, onOverdue: 'Open' });
      expect(options.check).to.deep.equal({ kind: 'opened' });
      expect(options).to.include({ name: 'it', overdueAfter: 60_000, onOverdue: 'open' });
      expect(options.opening).to.deep.equal({ key: KEY, file: '/var/run/dependency-gate/annotations' });
    });
  }
});

describe('parseWaits of what a render with order: Parallel has written', () => {
  it('reads each dependency with its own variables, and what opens all of them', () => {
    const secretKeyRef = { name: 'address', key: 'url' };
    const dependencies = [
      { name: 'a-1', http: { urlFrom: { secretKeyRef } }, periodSeconds: 7 },
      { name: 'b', http: { urlFrom: { secretKeyRef } } },
      { name: 'c', service: { name: 'c' } },
    ].map((one) => dependencySchema.parse(one));
    const { args, env } = waitAllArguments('api-first', dependencies, { timeoutSeconds: 3 });
    const values = env.map(({ name }, index) => [name, `https://host-${index}/`]);
    const waits = parseWaits(args.slice(1), Object.fromEntries(values));
    expect(waits.whole?.opening?.key).to.equal('open.dependencygate.dev/api-first.all');
    expect(waits.dependencies.map(({ name }) => name)).to.deep.equal(['a-1', 'b', 'c']);
    const urls = waits.dependencies.map(({ check }) => (check.kind === 'http' ? check.url.href : check.kind));
    expect(urls).to.deep.equal(['https://host-0/', 'https://host-1/', 'opened']);
    expect(waits.dependencies.map(({ period }) => period).slice(0, 2)).to.deep.equal([7_000, 2_000]);
    expect(waits.dependencies.map(({ opening }) => opening?.key)).to.deep.equal(
      ['a-1', 'b', 'c'].map((name) => `open.dependencygate.dev/api-first.${name}`),
    );
  });
});
