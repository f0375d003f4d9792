import { expect } from 'chai';
import type { Dependency } from '../../../src/api/spec.ts';
import { gatesBefore, kindKey, referencedBy, serviceOf } from '../../../src/core/evaluate/references.ts';
import { container, dns, gate, NAMESPACE, tcp } from '../builders.ts';

const http = (url: string): Dependency => ({ name: 'it', http: { url } });
const grpc = (host: string): Dependency => ({ name: 'it', grpc: { host, port: 1 } });
const service = (name: string): Dependency => ({ name: 'it', service: { name } });
const job: Dependency = { name: 'it', resource: { apiVersion: 'batch/v1', kind: 'Job', name: 'migrate' } };
const other: Dependency = { name: 'it', gate: { name: 'db-first' } };

describe('serviceOf', () => {
  it('knows no host that stands in a Secret or ConfigMap, and a host whose port does', () => {
    const from = { secretKeyRef: { name: 'db', key: 'host' } };
    const of = (check: Omit<Dependency, 'name'>) => serviceOf({ name: 'it', ...check }, NAMESPACE);
    expect(of({ tcp: { hostFrom: from, port: 1 } })).to.equal(undefined);
    expect(of({ grpc: { hostFrom: from, portFrom: from } })).to.equal(undefined);
    expect(of({ http: { urlFrom: from } })).to.equal(undefined);
    expect(of({ tcp: { host: 'api', portFrom: from } })).to.equal('api');
  });

  const hosts: Readonly<Record<string, string | undefined>> = {
    api: 'api',
    'a-1': 'a-1',
    [`api.${NAMESPACE}`]: 'api',
    [`api.${NAMESPACE}.svc`]: 'api',
    [`api.${NAMESPACE}.svc.cluster.local`]: 'api',
    [`api.${NAMESPACE}.svc.cluster.local.`]: 'api',
    [`api.${NAMESPACE}.svc.corp.example`]: 'api',
    // A dot at the end: no search list is gone through, so these are names of the internet.
    'api.': undefined,
    [`api.${NAMESPACE}.`]: undefined,
    [`api.${NAMESPACE}.svc.`]: undefined,
    [`api.${NAMESPACE}.svc..`]: undefined,
    'api.elsewhere': undefined,
    'api.elsewhere.svc.cluster.local': undefined,
    [`api.${NAMESPACE}.example.com`]: undefined,
    [`api.${NAMESPACE}.svcs`]: undefined,
    [`pod.api.${NAMESPACE}.svc`]: undefined,
    'api.example.com': undefined,
    '10.0.0.1': undefined,
    'fd00::1': undefined,
    _sip: undefined,
    'api-': undefined,
    // Of the Pod or its node: no Service is missing there.
    localhost: undefined,
    'localhost-a': 'localhost-a',
  };
  for (const [host, is] of Object.entries(hosts)) {
    it(`is ${is} of the host ${host}, whatever dials it`, () => {
      const dialled = [dns(host), tcp(host, 80), grpc(host)].map((one) => serviceOf(one, NAMESPACE));
      expect(dialled).to.deep.equal([is, is, is]);
    });
  }

  const urls: Readonly<Record<string, string | undefined>> = {
    'http://api': 'api',
    'https://api:8443/ready?x=other': 'api',
    [`http://API.${NAMESPACE}.svc:80/`]: 'api',
    'http://api.example.com/': undefined,
    'http://10.0.0.1:80/': undefined,
    'http://[::1]:80/': undefined,
    // The schema lets these through; an index function that throws would end every watch of gates.
    'http://api:99999/': undefined,
    'http://[:]/': undefined,
    'http://256.1.1.1/': undefined,
  };
  for (const [url, is] of Object.entries(urls)) {
    it(`is ${is} of the URL ${url}`, () => {
      expect(serviceOf(http(url), NAMESPACE)).to.equal(is);
    });
  }

  it('is what service names, and nothing of what is no Service', () => {
    expect(serviceOf(service('api.v2'), NAMESPACE)).to.equal('api.v2');
    for (const none of [job, other, container('it')]) expect(serviceOf(none, NAMESPACE)).to.equal(undefined);
  });
});

describe('referencedBy', () => {
  const of = (...dependencies: Dependency[]) =>
    referencedBy(gate('g').dependsOn(...dependencies).spec, NAMESPACE).map(
      (one) => `${kindKey(one)} ${one.name}`,
    );

  it('are the Service and its slices, or the object', () => {
    const ofService = ['v1/Service api', 'discovery.k8s.io/v1/EndpointSlice api'];
    expect(of(service('api'))).to.deep.equal(ofService);
    expect(of(tcp('api', 80))).to.deep.equal(ofService);
    expect(of(job)).to.deep.equal(['batch/v1/Job migrate']);
  });

  it('are none where nothing is to be watched', () => {
    expect(of(other, container('own'), dns('api.example.com'))).to.deep.equal([]);
  });
});

describe('gatesBefore', () => {
  it('are the other gates that are named', () => {
    const { spec } = gate('g').dependsOn(dns('api'), other, { name: 'b', gate: { name: 'cache' } });
    expect(gatesBefore(spec)).to.deep.equal(['db-first', 'cache']);
  });
});
