import { expect } from 'chai';
import { AnyApp } from '../../../src/sandbox/simulation/any-app.ts';
import { endpointSliceSchema, type Pod, type Service } from '../../../src/sandbox/simulation/objects.ts';
import { type ClusterNetwork, clusterNetwork } from '../../../src/sandbox/simulation/pod-network.ts';
import { endpointSlice } from '../../../src/sandbox/simulation/services.ts';
import { parseArguments } from '../../../src/waiter/arguments.ts';
import { createCheck } from '../../../src/waiter/checks/known-checks.ts';
import type { Environment } from '../../../src/waiter/destination.ts';
import { sharedTrust } from '../../../src/waiter/network/trust.ts';
import { observedPod, observedService } from './builders.ts';

const { signal } = new AbortController();

/** The network of a cluster with at most one Service, `web` in the namespace `default`. */
function networkOf(service: Service | undefined, ...pods: Pod[]): ClusterNetwork {
  const services = service ? [service] : [];
  const slices = services.map((one) => {
    const slice = endpointSlice(one, pods);
    return endpointSliceSchema.parse({
      ...slice,
      metadata: { ...slice.metadata, uid: 'slice', resourceVersion: '1' },
    });
  });
  return clusterNetwork({
    services: { all: () => services, get: (key) => (key === 'default/web' ? service : undefined) },
    endpointSlices: { ownedBy: () => slices },
    pods: { all: () => pods },
  });
}

describe('clusterNetwork', () => {
  let network: ClusterNetwork | undefined;
  afterEach(() => network?.stop());

  describe('resolve', () => {
    const resolve = (name: string, type: 'A' | 'AAAA' = 'A') =>
      network?.inNamespace('default').resolve(name, type, signal);
    const FULL = 'web.default.svc.cluster.local';

    it("answers with a Service's address as soon as the Service exists, ready or not", async () => {
      network = networkOf(observedService());
      expect(await resolve(FULL)).to.deep.equal({ addresses: ['10.96.0.20'] });
      expect(await resolve(FULL.toUpperCase())).to.deep.equal({ addresses: ['10.96.0.20'] });
      expect(await resolve(`${FULL}.`)).to.deep.equal({ addresses: ['10.96.0.20'] });
    });

    it('knows no address of the other family', async () => {
      network = networkOf(observedService());
      expect(await resolve(FULL, 'AAAA')).to.deep.equal({ code: 'NODATA' });
    });

    it('knows no other names', async () => {
      network = networkOf(observedService());
      for (const name of ['web', 'web.default.svc', 'web.other.svc.cluster.local', 'example.com', '']) {
        expect(await resolve(name), name).to.deep.equal({ code: 'NXDOMAIN' });
      }
    });

    it('answers for a headless Service with its ready Pods only', async () => {
      const headless = observedService({ clusterIP: 'None' });
      network = networkOf(headless, observedPod('one', { ready: false }));
      expect(await resolve(FULL)).to.deep.equal({ code: 'NXDOMAIN' });
      network = networkOf(
        headless,
        observedPod('one', { ready: false }),
        observedPod('two', { status: { podIP: '10.244.0.2' } }),
      );
      expect(await resolve(FULL)).to.deep.equal({ addresses: ['10.244.0.2'] });
    });
  });

  describe('locate', () => {
    const locate = (host: string, port: number, namespace = 'default') =>
      network?.inNamespace(namespace).locate(host, port, signal);

    it('leads to loopback where a Service has a ready endpoint on the port', async () => {
      network = networkOf(observedService(), observedPod('one'));
      const [endpoint] = (await locate('web', 80)) as { host: string; port: number }[];
      expect(endpoint?.host).to.equal('127.0.0.1');
      expect(endpoint?.port).to.be.above(0);
      expect(await locate('10.96.0.20', 80)).to.deep.equal([endpoint]);
      const pod = { ...endpoint, standsFor: { host: '10.244.0.1', port: 8080 } };
      expect(await locate('10.244.0.1', 8080), 'the Pod itself').to.deep.equal([pod]);
    });

    it('completes names as in a Pod of the namespace', async () => {
      network = networkOf(observedService(), observedPod('one'));
      expect(await locate('web.default', 80, 'elsewhere')).to.be.an('array');
      expect(await locate('web.default.svc', 80, 'elsewhere')).to.be.an('array');
      expect(await locate('web', 80, 'elsewhere')).to.deep.equal({ failure: 'NXDOMAIN' });
    });

    it('refuses where nobody is ready or listens', async () => {
      network = networkOf(observedService(), observedPod('one', { ready: false }));
      expect(await locate('web', 80), 'not ready').to.deep.equal({ failure: 'connection refused' });
      expect(await locate('10.244.0.1', 80), 'the Pod itself').to.deep.equal({
        failure: 'connection refused',
      });
      network = networkOf(observedService(), observedPod('one'));
      expect(await locate('web', 81), 'another port').to.deep.equal({ failure: 'connection refused' });
    });

    it('refuses where Pods are published that are not ready, under a name that is there', async () => {
      const one = observedPod('one', { ready: false });
      for (const clusterIP of ['10.96.0.20', 'None']) {
        network = networkOf(observedService({ clusterIP, publishNotReadyAddresses: true }), one);
        expect(await locate('web', 80), clusterIP).to.deep.equal({ failure: 'connection refused' });
      }
      const found = await network
        ?.inNamespace('default')
        .resolve('web.default.svc.cluster.local', 'A', signal);
      expect(found).to.deep.equal({ addresses: ['10.244.0.1'] });
    });

    it('has no way to other addresses', async () => {
      network = networkOf(undefined);
      expect(await locate('10.96.0.99', 80)).to.deep.equal({ failure: 'no route to host' });
    });
  });

  describe("with the waiter's own checks", () => {
    async function answer(argv: string[], env: Environment = {}) {
      const pods = network?.inNamespace('default');
      if (!pods) throw new Error('no network');
      const check = createCheck(
        parseArguments(argv, env).check,
        pods,
        pods.search,
        sharedTrust(() => undefined),
      );
      return check(signal);
    }
    const checks = [
      ['tcp', 'web:80'],
      ['http', 'http://web/'],
      ['grpc', 'web:80'],
    ];

    for (const argv of checks) {
      it(`satisfies ${argv.join(' ')} once an app is ready`, async () => {
        network = networkOf(observedService(), observedPod('one', { ready: false }));
        expect((await answer(argv)).satisfied).to.equal(false);
        network = networkOf(observedService(), observedPod('one'));
        expect(await answer(argv)).to.have.property('satisfied', true);
      }).timeout(20_000);
    }

    it("says the address of the cluster, and not the sandbox's own", async () => {
      network = networkOf(observedService(), observedPod('one'));
      expect((await answer(['tcp', 'web:80'])).answer).to.equal('10.96.0.20:80');
    });

    it('says of each why it is not satisfied', async () => {
      network = networkOf(undefined);
      for (const argv of checks) expect((await answer(argv)).answer, argv.join(' ')).to.include('NXDOMAIN');
    }).timeout(20_000);
  });
});

describe('AnyApp', () => {
  it('listens on one port only, from its first use on', async () => {
    const app = new AnyApp();
    expect(await app.port()).to.equal(await app.port());
    app.stop();
  });

  it('can be stopped without having been used', () => {
    new AnyApp().stop();
  });
});
