import { expect } from 'chai';
import type { Dependency } from '../../../../src/api/spec.ts';
import type { PodDetails } from '../../../../src/commands/explain/pod-details.ts';
import { dns, NAMESPACE, tcp } from '../../../core/builders.ts';
import { about, propose, say, seenService } from '../explained.ts';

const NS = `-n ${NAMESPACE}`;
const FACTS: PodDetails = {
  ips: ['10.0.0.9', 'fd00::9'],
  labels: { app: 'web', tier: 'a' },
  isOnHostNetwork: false,
  stuck: [],
};

const http = (url: string): Dependency => ({ name: 'proxy', http: { url } });
const grpc = (host: string): Dependency => ({ name: 'proxy', grpc: { host, port: 9000 } });
const own = (host: string) => tcp(host, 9000, { name: 'proxy' });

/** What is said of a dependency that keeps Pod pinger-1, of which that is known. */
const told = (dependency: Dependency, facts: Partial<PodDetails> = {}) =>
  about(dependency, undefined, { explain: { facts: new Map([['pinger-1', { ...FACTS, ...facts }]]) } });

describe('what to do where a Pod waits for itself', () => {
  const itself: readonly (readonly [string, Dependency])[] = [
    ['localhost', own('localhost')],
    ['127.0.0.1', own('127.0.0.1')],
    ['127.8.9.1', own('127.8.9.1')],
    ['0.0.0.0', own('0.0.0.0')],
    ['::1', own('::1')],
    ['localhost', grpc('localhost')],
    ['::1', http('https://[::1]:8443/healthz')],
    ['127.0.0.1', http('http://127.0.0.1:15021/healthz/ready')],
    ['proxy.localhost', http('http://proxy.localhost:80/')],
    ['localhost', http('http://localhost./')],
  ];
  for (const [host, dependency] of itself) {
    it(`is not to ask ${host} (${Object.keys(dependency)[1]}): nothing else runs in the Pod yet`, () => {
      const all = told(dependency);
      expect(say(all)[0]).to.match(
        /^proxy: \S+ is the Pod itself, and the gate's containers run before all others .* its sidecars start only after .* let spec\.after name it/,
      );
      expect(say(all)[0]).to.contain(`proxy: ${host} is`);
      expect(propose(all)).to.deep.equal([`kubectl edit dgate first ${NS}`]);
    });
  }

  it('is the same where nothing is known of the Pod', () => {
    expect(say(about(own('localhost')))[0]).to.match(/^proxy: localhost is the Pod itself/);
  });

  it('is told by the address and by the name of the Pod, and of its name in a headless Service', () => {
    for (const host of ['10.0.0.9', 'fd00::9', 'pinger-1', 'pinger-1.pinger.shop.svc'])
      expect(say(told(own(host)))[0], host).to.contain(`proxy: ${host} is Pod pinger-1 itself`);
    expect(say(told(own('10.0.0.8')))[0]).not.to.contain('itself');
  });

  it("is nothing on the host's network, where others listen", () => {
    expect(say(told(own('localhost'), { isOnHostNetwork: true }))[0]).not.to.contain('itself');
    expect(say(told(own('10.0.0.9'), { isOnHostNetwork: true }))[0]).not.to.contain('itself');
  });

  it('is nothing for a name that is only looked up', () => {
    expect(say(told({ ...dns('localhost'), name: 'proxy' }))[0]).not.to.contain('itself');
  });

  describe('behind a Service', () => {
    const selecting = (dependency: Dependency, selector: Readonly<Record<string, string>>, ready = 0) =>
      say(
        about(dependency, undefined, {
          observation: seenService('web', ready),
          explain: { facts: new Map([['pinger-1', FACTS]]), selectors: new Map([['web', selector]]) },
        }),
      )[0];
    const dialled = tcp('web', 80);
    const counted: Dependency = { name: 'web', service: { name: 'web' } };

    for (const dependency of [dialled, counted, dns('web')]) {
      it(`is to name one of other Pods (${Object.keys(dependency)[1]})`, () => {
        expect(selecting(dependency, { app: 'web' })).to.match(
          /^web: Service web selects the very Pods that wait for it \(pinger-1\), .* they wait for themselves\./,
        );
      });
    }

    it('is nothing where the Service selects others, or none', () => {
      for (const selector of [{ app: 'db' }, { app: 'web', tier: 'b' }, {}])
        expect(selecting(dialled, selector)).not.to.contain('themselves');
    });

    it('is nothing where others behind it are ready', () => {
      expect(selecting(dialled, { app: 'web' }, 1)).not.to.contain('themselves');
    });
  });
});
