import { expect } from 'chai';
import { advised } from '../../src/api/advice.ts';
import { validateGate } from '../../src/api/gate.ts';
import { depending, manifest } from './manifest.ts';

/** What is told of a gate. */
function told(gate: unknown): string[] {
  const verdict = validateGate(gate);
  return verdict.valid
    ? []
    : advised(verdict.causes, gate).map(({ field, message }) => `${field}: ${message}`);
}

const tcp = { host: 'redis', port: 6379 };
const at = 'spec.dependencies[0]';
const typed = (field: string, type: string, wanted: string) =>
  `${field}: Invalid value: "${type}": ${field} in body must be of type ${wanted}: "${type}"`;

describe('advised', () => {
  const cases: readonly (readonly [string, unknown, readonly string[]])[] = [
    [
      'a misspelt check, and not that it is missing',
      depending({ tpc: tcp }),
      [`${at}.tpc: unknown field; did you mean tcp?`],
    ],
    ['another case', depending({ TCP: tcp }), [`${at}.TCP: unknown field; did you mean tcp?`]],
    [
      'the plural',
      depending({ services: { name: 'api' } }),
      [`${at}.services: unknown field; did you mean service?`],
    ],
    [
      'the singular, and not that a required field is missing',
      { ...manifest(), spec: { target: [{ name: 'a' }], dependencies: [{ name: 'a', dns: { host: 'a' } }] } },
      ['spec.target: unknown field; did you mean targets?'],
    ],
    [
      'the beginning of a name',
      depending({ tcp, timeout: 5 }),
      [`${at}.timeout: unknown field; did you mean timeoutSeconds?`],
    ],
    [
      "another tool's word",
      depending({ tcp, interval: 5 }),
      [`${at}.interval: unknown field; did you mean periodSeconds?`],
    ],
    [
      'a field that belongs one level up',
      depending({ tcp: { ...tcp, periodSeconds: 5 } }),
      [`${at}.tcp.periodSeconds: unknown field; it belongs into ${at}`],
    ],
    [
      'a field that belongs one level down',
      depending({ tcp, status: [200] }),
      [`${at}.status: unknown field; it belongs into ${at}.http`],
    ],
    [
      'a field of the spec in its metadata, or of a list without it',
      manifest({ image: 'waiter:1' }),
      ['spec.image: unknown field; it belongs into spec.waiter'],
    ],
    [
      'another namespace',
      manifest({ targets: [{ name: 'a', namespace: 'b' }] }),
      [
        "spec.targets[0].namespace: unknown field; everything a gate names is in its own namespace: put a gate into that namespace, or use dns, tcp, http or grpc with the host's whole name",
      ],
    ],
    ['nothing that is near', depending({ tcp, colour: 'red' }), [`${at}.colour: unknown field`]],
    [
      "a kind in another case, or as kubectl's short name",
      manifest({
        targets: [
          { kind: 'deployment', name: 'a' },
          { kind: 'sts', name: 'b' },
          { kind: 'ReplicaSet', name: 'c' },
        ],
      }),
      [
        'did you mean Deployment?',
        'did you mean StatefulSet?',
        'name the workload that makes the Pods, by its kind',
      ].map(
        (words, index) =>
          `spec.targets[${index}].kind: Unsupported value: ${['"deployment"', '"sts"', '"ReplicaSet"'][index]}: supported values: "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"; ${words}`,
      ),
    ],
    [
      'a number in quotes, with and without a unit',
      depending({
        tcp: { ...tcp, port: '6379' },
        timeoutSeconds: '10',
        periodSeconds: '2m',
        overdueAfterSeconds: 'long',
      }),
      [
        `${typed(`${at}.tcp.port`, 'string', 'integer')}; write 6379, without quotes`,
        `${typed(`${at}.periodSeconds`, 'string', 'integer')}; write 120: it is in seconds`,
        `${typed(`${at}.timeoutSeconds`, 'string', 'integer')}; write 10, without quotes`,
        `${typed(`${at}.overdueAfterSeconds`, 'string', 'integer')}; write a number of seconds`,
      ],
    ],
    [
      'a port by its name',
      depending({ tcp: { ...tcp, port: 'redis' } }),
      [
        `${typed(`${at}.tcp.port`, 'string', 'integer')}; write the number of the port: names of ports are not looked up`,
      ],
    ],
    [
      'a text where a list, an object or a boolean is',
      manifest({ targets: 'pinger', dependencies: [{ name: 'a', dns: 'api' }], suspend: 'yes' }),
      [
        `${typed('spec.targets', 'string', 'array')}; write a list, each item behind a hyphen`,
        `${typed(`${at}.dns`, 'string', 'object')}; write {host: "api"}`,
        `${typed('spec.suspend', 'string', 'boolean')}; write true or false, without quotes`,
      ],
    ],
    [
      'a list of names',
      manifest({ targets: ['pinger'] }),
      [`${typed('spec.targets[0]', 'string', 'object')}; write {name: "pinger"}`],
    ],
    [
      'a number where a text is',
      manifest({ targets: [{ name: 7 }] }),
      [`${typed('spec.targets[0].name', 'integer', 'string')}; write "7", in quotes`],
    ],
  ];
  for (const [what, gate, lines] of cases) {
    it(`tells what was meant by ${what}`, () => {
      expect(told(gate)).to.deep.equal(lines);
    });
  }

  it('says nothing more where the words say it, and keeps what is wrong besides', () => {
    expect(told(depending({ tcp: { host: 'redis:1', port: 1 }, tpc: tcp }))).to.have.members([
      `${at}.tcp.host: Invalid value: "redis:1": put the port into port, and use the host alone here`,
      `${at}.tpc: unknown field; did you mean tcp?`,
    ]);
  });
});
