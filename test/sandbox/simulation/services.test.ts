import { expect } from 'chai';
import { endpointSlice } from '../../../src/sandbox/simulation/services.ts';
import { observedPod, observedService } from './builders.ts';

describe('endpointSlice', () => {
  const terminating = { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } };

  it('holds the selected Pods, ready or not', () => {
    const pods = [observedPod('one'), observedPod('two', { ready: false })];
    const { endpoints, metadata } = endpointSlice(observedService(), pods);
    expect(metadata.labels).to.include({ 'kubernetes.io/service-name': 'web' });
    expect(endpoints.map(({ targetRef, conditions }) => [targetRef.name, conditions.ready])).to.deep.equal([
      ['one', true],
      ['two', false],
    ]);
  });

  it('leaves out Pods of others, without an address, and those that have ended', () => {
    const pods = [
      observedPod('other', { metadata: { labels: { app: 'other' } } }),
      observedPod('elsewhere', { metadata: { namespace: 'elsewhere' } }),
      observedPod('new', { status: { podIP: undefined } }),
      observedPod('failed', { status: { phase: 'Failed' } }),
    ];
    expect(endpointSlice(observedService(), pods).endpoints).to.deep.equal([]);
  });

  it('counts a Pod that terminates as not ready, though it still serves', () => {
    const [endpoint] = endpointSlice(observedService(), [observedPod('one', terminating)]).endpoints;
    expect(endpoint?.conditions).to.deep.equal({ ready: false, serving: true, terminating: true });
  });

  it('counts every Pod as ready where the Service publishes addresses that are not', () => {
    const service = observedService({ publishNotReadyAddresses: true });
    const [endpoint] = endpointSlice(service, [observedPod('one', { ready: false })]).endpoints;
    expect(endpoint?.conditions.ready).to.equal(true);
  });

  it("has the containers' ports: by number, by name, or the Service's own", () => {
    const ports = [
      { port: 80 },
      { name: 'n', port: 81, targetPort: 8081 },
      { name: 'm', port: 82, targetPort: 'metrics' },
    ];
    const containers = [{ name: 'app', ports: [{ name: 'metrics', containerPort: 9090 }] }];
    const slice = endpointSlice(observedService({ ports }), [observedPod('one', { spec: { containers } })]);
    expect(slice.ports.map(({ name, port }) => [name, port])).to.deep.equal([
      ['', 80],
      ['n', 8081],
      ['m', 9090],
    ]);
  });
});
