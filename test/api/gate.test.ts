import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { type FieldCause, isUnknownField } from '../../src/api/causes.ts';
import { parseStatus, statusCauses, validateGate } from '../../src/api/gate.ts';
import type { GateSpec } from '../../src/api/spec.ts';
import { gateNameArbitrary, specArbitrary } from './gate-arbitrary.ts';
import { depending, manifest } from './manifest.ts';

/** What kubectl prints for a gate that is refused. */
function refusal(gate: unknown): string[] {
  return lines(causesOf(gate));
}

function causesOf(gate: unknown): readonly FieldCause[] {
  const result = validateGate(gate);
  return result.valid ? [] : result.causes;
}

function lines(causes: readonly FieldCause[]): string[] {
  return causes.map(({ field, message }) => `${field}: ${message}`);
}

const UNCHECKED =
  '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

describe('validateGate', () => {
  it('gives back the gate without its status', () => {
    const gate = manifest({ suspend: true });
    expect(validateGate({ ...gate, status: { pods: 'nonsense' } })).to.deep.equal({ valid: true, gate });
  });

  it('keeps what it does not know of the metadata', () => {
    const metadata = { name: 'a', namespace: 'b', labels: { c: 'd' }, uid: 'e' };
    const result = validateGate({ ...manifest(), metadata });
    expect(result).to.have.nested.property('gate.metadata').that.deep.equals(metadata);
  });

  it('takes null for absent, as the API server does', () => {
    expect(validateGate({ ...manifest({ suspend: null }) })).to.deep.equal({ valid: true, gate: manifest() });
  });

  // Each of these was seen, in these words, on Kubernetes 1.36.
  const seen: [string, unknown, string[]][] = [
    [
      'a missing field',
      { ...manifest(), spec: { targets: [{ name: 'a' }] } },
      ['spec.dependencies: Required value', UNCHECKED],
    ],
    [
      'a wrong type',
      manifest({ targets: [{ name: 1 }], suspend: 'x' }),
      [
        'spec.targets[0].name: Invalid value: "integer": spec.targets[0].name in body must be of type string: "integer"',
        'spec.suspend: Invalid value: "string": spec.suspend in body must be of type boolean: "string"',
        UNCHECKED,
      ],
    ],
    [
      'an item of the wrong type',
      manifest({ dependencies: ['a'] }),
      [
        'spec.dependencies[0]: Invalid value: "string": spec.dependencies[0] in body must be of type object: "string"',
        UNCHECKED,
      ],
    ],
    [
      'a list that is none',
      manifest({ targets: {} }),
      [
        'spec.targets: Invalid value: "object": spec.targets in body must be of type array: "object"',
        UNCHECKED,
      ],
    ],
    [
      'an integer that is a string',
      depending({ tcp: { host: 'a', port: 'x' } }),
      [
        'spec.dependencies[0].tcp.port: Invalid value: "string": spec.dependencies[0].tcp.port in body must be of type integer: "string"',
        UNCHECKED,
      ],
    ],
    [
      'a value that is not in the list',
      manifest({ targets: [{ kind: 'Pod', name: 'a' }] }),
      [
        'spec.targets[0].kind: Unsupported value: "Pod": supported values: "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"',
        UNCHECKED,
      ],
    ],
    [
      'a text that breaks a rule',
      manifest({ targets: [{ name: 'X' }] }),
      ['spec.targets[0].name: Invalid value: "X": use lower-case letters only'],
    ],
    [
      'an empty string, once',
      manifest({ targets: [{ name: '' }] }),
      ['spec.targets[0].name: Invalid value: "": it is empty: put a name here, or remove the field'],
    ],
    [
      'an empty list',
      manifest({ dependencies: [] }),
      ['spec.dependencies: Invalid value: 0: spec.dependencies in body should have at least 1 items'],
    ],
    [
      'a string that is too long',
      depending({ name: 'a'.repeat(54), dns: { host: 'a' } }),
      ['spec.dependencies[0].name: Too long: may not be more than 53 bytes', UNCHECKED],
    ],
    [
      'a list that is too long',
      manifest({ targets: Array.from({ length: 18 }, (_, index) => ({ name: `t${index}` })) }),
      ['spec.targets: Too many: 18: must have at most 16 items', UNCHECKED],
    ],
    [
      'numbers out of bounds',
      depending({ tcp: { host: 'a', port: 0 } }, { tcp: { host: 'a', port: 70000 } }),
      [
        'spec.dependencies[0].tcp.port: Invalid value: 0: spec.dependencies[0].tcp.port in body should be greater than or equal to 1',
        'spec.dependencies[1].tcp.port: Invalid value: 70000: spec.dependencies[1].tcp.port in body should be less than or equal to 65535',
      ],
    ],
  ];
  for (const [what, gate, expected] of seen) {
    it(`refuses ${what} in the API server's words`, () => {
      expect(refusal(gate)).to.deep.equal(expected);
    });
  }

  it('looks at the rules also where a pattern is not kept', () => {
    const gate = manifest({ targets: [{ name: 'X' }, { name: 'X' }] });
    expect(refusal(gate))
      .to.have.length(3)
      .and.to.satisfy((found: string[]) =>
        found[2]?.startsWith('spec.targets: Invalid value: a target is named twice'),
      );
  });

  it('names each unknown field', () => {
    const causes = causesOf(
      manifest({ colour: 'red', dependencies: [{ name: 'a', dns: { host: 'b', ttl: 1 } }] }),
    );
    expect(lines(causes)).to.have.members([
      'spec.dependencies[0].dns.ttl: unknown field "spec.dependencies[0].dns.ttl"',
      'spec.colour: unknown field "spec.colour"',
    ]);
    expect(causes.every(isUnknownField)).to.equal(true);
  });

  it('refuses what is no gate at all', () => {
    for (const object of [undefined, null, 'gate', [], {}]) expect(refusal(object)).not.to.deep.equal([]);
    expect(refusal({ ...manifest(), kind: 'Gate' })[0]).to.equal(
      'kind: Unsupported value: "Gate": supported values: "DependencyGate"',
    );
  });

  it('refuses hosts and URLs that no check can use', () => {
    const hosts = ['redis:6379', '-h', 'a b', '', 'http://a', '[::1]', 'a/b'];
    for (const host of hosts)
      expect(refusal(depending({ tcp: { host, port: 1 } })), host).not.to.deep.equal([]);
    const urls = [
      'api/healthz',
      'ftp://api/a',
      'http://user:word@api/',
      'http://a b/',
      'http:///a',
      'http://a:x',
    ];
    for (const url of urls) expect(refusal(depending({ http: { url } })), url).not.to.deep.equal([]);
  });

  it('takes the hosts and URLs that people write', () => {
    const hosts = [
      'api',
      'api.other.svc.cluster.local.',
      '10.0.0.1',
      '::1',
      'fe80::1%eth0',
      '_grpc._tcp.api',
    ];
    for (const host of hosts) expect(refusal(depending({ tcp: { host, port: 1 } })), host).to.deep.equal([]);
    const urls = [
      'http://api',
      'https://api:8443/healthz?full=1#top',
      'http://[::1]:80/',
      'http://10.0.0.1?x',
    ];
    for (const url of urls) expect(refusal(depending({ http: { url } })), url).to.deep.equal([]);
  });

  it('refuses a header that would begin another', () => {
    const headers = [{ name: 'A', value: 'b\r\nC: d' }];
    expect(refusal(depending({ http: { url: 'http://api', headers } }))).to.have.length(1);
  });

  it('takes every valid gate as it is', () => {
    fc.assert(
      fc.property(gateNameArbitrary, specArbitrary, (name, spec) => {
        const gate = manifest({ ...spec }, name);
        expect(validateGate(gate)).to.deep.equal({ valid: true, gate });
      }),
    );
  });

  /** Each makes any valid spec invalid. */
  const mutations: Record<string, (spec: GateSpec) => unknown> = {
    'without targets': (spec) => ({ ...spec, targets: [] }),
    'without dependencies': ({ dependencies: _, ...spec }) => spec,
    'with a target twice': (spec) => ({ ...spec, targets: [...spec.targets, spec.targets[0]] }),
    'with a dependency twice': (spec) => ({
      ...spec,
      dependencies: [...spec.dependencies, spec.dependencies[0]],
    }),
    'with a dependency without a check': (spec) => ({
      ...spec,
      dependencies: [...spec.dependencies.slice(1), { name: 'none' }],
    }),
    'with a second check': (spec) => ({
      ...spec,
      dependencies: spec.dependencies.map((dependency) => ({
        ...dependency,
        tcp: { host: 'a', port: 1 },
        dns: { host: 'a' },
      })),
    }),
    'with an unknown field': (spec) => ({ ...spec, phase: 'Ready' }),
    'with a period of zero': (spec) => ({ ...spec, defaults: { periodSeconds: 0 } }),
    'with a namespace in a target': (spec) => ({
      ...spec,
      targets: [...spec.targets.slice(1), { name: 'a', namespace: 'b' }],
    }),
  };
  for (const [what, mutate] of Object.entries(mutations)) {
    it(`refuses every valid gate ${what}`, () => {
      fc.assert(
        fc.property(specArbitrary, (spec) => {
          expect(validateGate({ ...manifest(), spec: mutate(spec) }).valid).to.equal(false);
        }),
      );
    });
  }
});

const render = { hash: 'abc', initContainers: [{ name: 'dgate-a--b', image: 'waiter' }], volumes: [] };

const COUNTS = { pending: 0, starting: 0, checking: 0, failed: 0, passed: 1, blocked: 0 };
const REMEMBERED = {
  targets: [
    {
      ...{ kind: 'Deployment', name: 'app', state: 'Current', open: 1, waiting: 0, ungated: 0 },
      passed: 'uid',
      firstStart: 'uid',
    },
  ],
  dependencies: [{ name: 'db', check: 'dns', state: 'Passed', ...COUNTS, fingerprint: 'f' }],
};

describe('parseStatus', () => {
  it('reads a status', () => {
    const status = { observedGeneration: 3, render };
    expect(parseStatus(status)).to.deep.equal(status);
  });

  it('reads a status that is missing or no object as empty', () => {
    for (const status of [undefined, null, 'open', 7, []]) expect(parseStatus(status)).to.deep.equal({});
  });

  it('keeps the render where another version wrote the rest in another form', () => {
    const status = { observedGeneration: 'three', pods: { total: 1 }, phase: 'Open', targets: null, render };
    expect(parseStatus(status)).to.deep.equal({ render });
  });

  it('takes nothing else with a field that it cannot read, whichever that is', () => {
    const { targets, dependencies } = REMEMBERED;
    const pods = { total: 1, open: 1, waiting: 0, older: 0, ungated: 0, failed: 0 };
    const whole: Readonly<Record<string, unknown>> = {
      ...{ observedGeneration: 3, render, targets, dependencies, pods },
      conditions: [],
    };
    expect(parseStatus(whole)).to.deep.equal(whole);
    for (const name of Object.keys(whole)) {
      const { [name]: _, ...others } = whole;
      expect(parseStatus({ ...whole, [name]: 'of another form' }), name).to.deep.equal(others);
      expect(parseStatus({ ...whole, [name]: null }), name).to.deep.equal(others);
    }
  });

  it('keeps what is remembered of targets and dependencies where a newer operator has added to it', () => {
    const { targets, dependencies } = REMEMBERED;
    const status = {
      targets: [{ ...targets[0], tomorrow: 1, state: 'Tomorrow' }, { name: 7 }],
      dependencies: [{ ...dependencies[0], tomorrow: [] }],
    };
    expect(parseStatus(status)).to.deep.equal({
      targets: [{ ...targets[0], state: 'Pending' }],
      dependencies,
    });
  });

  it('keeps what is as it was, and reads what is not, whatever was known', () => {
    const { targets, dependencies } = REMEMBERED;
    const fields = fc.record(
      {
        observedGeneration: fc.constantFrom(1, 2, 'three', null),
        render: fc.constantFrom(render, { ...render, hash: 'other' }, { ...render, tomorrow: 1 }, {}),
        targets: fc.constantFrom(targets, [], [{ ...targets[0], tomorrow: 1 }], 'none'),
        dependencies: fc.constantFrom(dependencies, [{ ...dependencies[0], passed: 9 }], undefined),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fields, fields, (before, after) => {
        const known = parseStatus(structuredClone(before));
        const read = parseStatus(structuredClone(after), known);
        expect(read).to.deep.equal(parseStatus(after));
        if (isDeepStrictEqual(read.render, known.render)) expect(read.render).to.equal(known.render);
      }),
    );
  });

  it('takes no render that it does not know in full', () => {
    const volumes = [{ name: 'dependency-gate', csi: { driver: 'x' } }];
    expect(parseStatus({ render: { ...render, volumes } })).to.deep.equal({});
  });
});

describe('statusCauses', () => {
  it('finds nothing wrong with a status that may be stored, or with none', () => {
    expect(statusCauses({ observedGeneration: 1, render })).to.deep.equal([]);
    expect(statusCauses(undefined)).to.deep.equal([]);
  });

  it('says what is wrong by the path in the gate', () => {
    expect(lines(statusCauses({ observedGeneration: -1, render: { ...render, owner: 'me' } }))).to.deep.equal(
      [
        'status.observedGeneration: Invalid value: -1: status.observedGeneration in body should be greater than or equal to 0',
        'status.render.owner: unknown field "status.render.owner"',
      ],
    );
  });
});
