import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { evaluateService, serviceHint } from '../../../src/core/evaluate/evaluate-service.ts';
import type { JsonObject } from '../../../src/core/model.ts';

const ports = [
  { name: 'http', port: 80, targetPort: 8080 },
  { name: 'metrics', port: 9090 },
];
const plain = (spec: JsonObject = {}): JsonObject => ({ kind: 'Service', spec: { ports, ...spec } });

/** Each is a Pod of its own unless it is named. Its readiness may not be told. */
function endpoint(ready: boolean | null | undefined, uid: string = randomUUID()): JsonObject {
  return {
    addresses: [`address of ${uid}`],
    conditions: ready === undefined ? {} : { ready },
    targetRef: { kind: 'Pod', uid },
  };
}
const slice = (endpoints: readonly JsonObject[] | null, more: JsonObject = {}): JsonObject => ({
  addressType: 'IPv4',
  ports: [
    { name: 'http', port: 8080 },
    { name: 'metrics', port: 9090 },
  ],
  endpoints,
  ...more,
});
const evaluated = (
  slices: readonly JsonObject[],
  check: { readonly port?: number; readonly minReady?: number } = {},
  service: JsonObject | undefined = plain(),
) => evaluateService({ name: 'api', ...check }, { is: 'service', service, slices });

describe('evaluateService', () => {
  it('is satisfied with one ready endpoint, and says how many there are', () => {
    expect(evaluated([slice([endpoint(true), endpoint(false), endpoint(true)])])).to.deep.equal({
      is: 'satisfied',
      reason: 'EndpointsReady',
      answer: 'Service api has 2 of 1 ready endpoint',
    });
  });

  it('waits for as many as it takes', () => {
    const two = [slice([endpoint(true), endpoint(true)])];
    expect(evaluated(two, { minReady: 3 })).to.deep.equal({
      is: 'waiting',
      reason: 'EndpointsNotReady',
      answer: 'Service api has 2 of 3 ready endpoints',
    });
    expect(evaluated(two, { minReady: 2 }).is).to.equal('satisfied');
  });

  it('counts an endpoint whose readiness is not told as ready, as discovery.k8s.io/v1 has it', () => {
    expect(evaluated([slice([endpoint(undefined)])]).is).to.equal('satisfied');
    expect(evaluated([slice([endpoint(null)])]).is).to.equal('satisfied');
    const { conditions: _, ...bare } = endpoint(true);
    expect(evaluated([slice([bare])]).is).to.equal('satisfied');
    expect(evaluated([slice([{ ...bare, conditions: null }])]).is).to.equal('satisfied');
    expect(evaluated([slice([endpoint(false)])]).is).to.equal('waiting');
  });

  for (const [what, conditions, counts] of [
    ['is ready and serves', { ready: true, serving: true, terminating: false }, 1],
    ['is published although it is not ready', { ready: true, serving: false, terminating: false }, 0],
    ['is published while it ends', { ready: true, serving: true, terminating: true }, 0],
    ['is published while it ends, and serves no more', { ready: true, serving: false, terminating: true }, 0],
    ['serves while it ends', { ready: false, serving: true, terminating: true }, 0],
    ['serves, and is not to get traffic', { ready: false, serving: true, terminating: false }, 0],
    ['serves, as far as it is told', { serving: true }, 1],
    ['does not serve, as far as it is told', { serving: false }, 0],
    ['ends, as far as it is told', { terminating: true }, 0],
    ['is ready, in a slice that says no more', { ready: true, serving: null, terminating: null }, 1],
    ['is not ready, in a slice that says no more', { ready: false, serving: null, terminating: null }, 0],
  ] as const) {
    it(`counts ${counts} of an endpoint that ${what}, in the hint too`, () => {
      const slices = [slice([{ ...endpoint(true), conditions }])];
      expect(evaluated(slices).answer).to.equal(`Service api has ${counts} of 1 ready endpoint`);
      const hint = serviceHint('api', { is: 'service', service: plain(), slices }).answer;
      expect(hint).to.match(counts === 1 ? /has 1 ready endpoint$/ : /has no ready endpoints$/);
    });
  }

  it('counts no endpoint of a port whose own does not serve', () => {
    const unready = { ...endpoint(true), conditions: { ready: true, serving: false } };
    const http = slice([unready], { ports: [{ name: 'http', port: 8080 }] });
    const metrics = slice([endpoint(true)], { ports: [{ name: 'metrics', port: 9090 }] });
    expect(evaluated([http, metrics], { port: 80 }).is).to.equal('waiting');
    expect(evaluated([http, metrics]).is).to.equal('satisfied');
  });

  it('adds up the slices of a Service, and counts a Pod once that stands in two', () => {
    const slices = [slice([endpoint(true, 'a'), endpoint(true, 'b')]), slice([endpoint(true, 'b')])];
    expect(evaluated(slices, { minReady: 3 }).answer).to.equal('Service api has 2 of 3 ready endpoints');
  });

  it('counts a Pod of a dual-stack Service once, and by the family that has more', () => {
    const six = slice([endpoint(true, 'a'), endpoint(true, 'b')], { addressType: 'IPv6' });
    const slices = [slice([endpoint(true, 'a')]), six];
    expect(evaluated(slices, { minReady: 3 }).answer).to.match(/has 2 of 3/);
  });

  it('tells endpoints without a Pod apart by their addresses', () => {
    const { targetRef: _, ...one } = endpoint(true);
    const { targetRef: __, ...two } = endpoint(true);
    expect(evaluated([slice([one, two, one])], { minReady: 3 }).answer).to.match(/has 2 of 3/);
  });

  for (const endpoints of [[], null]) {
    it(`waits where there are no endpoints: ${JSON.stringify(endpoints)}`, () => {
      expect(evaluated([slice(endpoints)]).answer).to.equal('Service api has 0 of 1 ready endpoint');
    });
  }

  it('waits where there are no slices', () => {
    expect(evaluated([]).answer).to.equal('Service api has 0 of 1 ready endpoint');
  });

  it('leaves out a slice that it cannot read, and believes the others', () => {
    const odd = { addressType: 4, endpoints: 'none' };
    expect(evaluated([odd, slice([endpoint(true)])]).answer).to.match(/has 1 of 1/);
    expect(evaluated([odd]).is).to.equal('waiting');
  });

  describe('with a port', () => {
    it('counts the endpoints of the slices that have the port by its name', () => {
      const http = slice([endpoint(true)], { ports: [{ name: 'http', port: 8080 }] });
      const metrics = slice([endpoint(true), endpoint(true)], { ports: [{ name: 'metrics', port: 9090 }] });
      expect(evaluated([http, metrics], { port: 80 }).answer).to.equal(
        'Service api has 1 of 1 ready endpoint for port 80',
      );
      expect(evaluated([metrics], { port: 80 }).is).to.equal('waiting');
      expect(
        evaluated([http], { port: 8080 }).is,
        'the port of the Pods is not that of the Service',
      ).to.equal('waiting');
    });

    it('takes a port without a name for the one without a name', () => {
      const service = plain({ ports: [{ port: 80 }] });
      for (const name of ['', null, undefined]) {
        const one = slice([endpoint(true)], { ports: [{ name, port: 8080 }] });
        expect(evaluated([one], { port: 80 }, service).is).to.equal('satisfied');
      }
    });

    it('knows a number that is there for TCP and for UDP by both names', () => {
      const both = [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      ];
      const tcp = slice([endpoint(true)], { ports: [{ name: 'dns-tcp', port: 53 }] });
      expect(evaluated([tcp], { port: 53 }, plain({ ports: both })).is).to.equal('satisfied');
    });

    it('says which ports there are where it is none of them', () => {
      expect(evaluated([slice([endpoint(true)])], { port: 81 })).to.deep.equal({
        is: 'waiting',
        reason: 'PortNotFound',
        answer: 'Service api has no port 81: it has 80, 9090',
      });
      const headless = plain({ ports: null });
      expect(evaluated([], { port: 81 }, headless).answer).to.match(/it has none$/);
    });
  });

  it('counts the endpoints of a Service without ports, where no port is asked for', () => {
    const headless = plain({ clusterIP: 'None', ports: null });
    expect(evaluated([slice([endpoint(true)], { ports: null })], {}, headless).is).to.equal('satisfied');
  });

  const never: Readonly<Record<string, [JsonObject | undefined, RegExp]>> = {
    'is an ExternalName': [
      plain({ type: 'ExternalName', externalName: 'api.example.com' }),
      /an ExternalName, which has no endpoints: use dns or tcp$/,
    ],
    'cannot be read': [{ kind: 'Service' }, /^Service api cannot be read$/],
  };
  for (const [what, [service, answer]] of Object.entries(never)) {
    it(`waits, and says so, where the Service ${what}`, () => {
      const evaluation = evaluated([slice([endpoint(true)])], {}, service);
      expect(evaluation.is).to.equal('waiting');
      expect(evaluation.answer).to.match(answer);
    });
  }

  it('waits for a Service that does not exist, whatever slices it has left', () => {
    const slices = [slice([endpoint(true)])];
    const evaluation = evaluateService({ name: 'api' }, { is: 'service', service: undefined, slices });
    expect(evaluation).to.deep.equal({
      is: 'waiting',
      reason: 'NotFound',
      answer: 'Service api does not exist',
    });
  });
});

describe('serviceHint', () => {
  const hint = (service: JsonObject | undefined, ...slices: JsonObject[]) =>
    serviceHint('api', { is: 'service', service, slices }).answer;

  it('says what the Service looks like from outside', () => {
    expect(hint(undefined)).to.equal('Service api does not exist');
    expect(hint(plain())).to.equal('Service api has no ready endpoints');
    expect(hint(plain(), slice([endpoint(true)]))).to.equal('Service api has 1 ready endpoint');
    expect(hint(plain(), slice([endpoint(true), endpoint(true)]))).to.equal(
      'Service api has 2 ready endpoints',
    );
  });
});
