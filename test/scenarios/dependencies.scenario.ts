import { expect } from 'chai';
import { type Scenario, useNamespace } from './cluster.ts';
import { deployment, dns, gate, scripted, secret, service, tcp } from './manifests.ts';
import { isGated, isReady, restarts } from './views.ts';

/** What gates wait for, and what they say of it. */
export const dependencies: Scenario = (on) => {
  describe('a dependency', () => {
    const here = useNamespace(on);

    it('of tcp, http or grpc waits for a ready Pod, where a Service alone satisfies dns', async () => {
      const checks = [
        dns('server'),
        tcp('server', 80),
        { name: 'page', http: { url: 'http://server/' } },
        { name: 'health', grpc: { host: 'server', port: 80 } },
      ];
      await here().create(
        service('server'),
        deployment('pinger'),
        gate('first', ['pinger'], checks.map(unique)),
      );
      await here().untilGate('first', {
        open: 'False/Waiting',
        init: 'Init:1/4',
        dependencies: 'd0 Passed, d1 Checking, d2 Pending, d3 Pending',
      });
      await here().create(deployment('server'));
      await here().untilGate('first', { open: 'True/AllPassed', init: 'Init:4/4', pods: '1/1' });
    });

    it('that fails is reported with its exit code and restarts, and goes on when it does not', async () => {
      await here().create(deployment('pinger'));
      await here().create(gate('first', ['pinger'], [scripted('schema', 'test -n "" || exit 3')]));
      await here().untilGate('first', {
        open: 'False/Waiting',
        dependencies: /^schema (Failed|Checking)$/,
        answers: /^schema: exit code 3 \(Error\), \d+ restarts?/,
        waitingOn: 'schema',
      });
      await here().patch('DependencyGate', 'first', { spec: { dependencies: [scripted('schema', 'true')] } });
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1', older: 0 });
    });

    it('whose image cannot be pulled is starting, with the reason', async () => {
      const waiter = { image: 'registry.example/does-not-exist:1' };
      await here().create(service('api'), deployment('pinger'));
      await here().create(gate('first', ['pinger'], [dns('api')], { waiter }));
      await here().untilGate('first', {
        open: 'False/Waiting',
        dependencies: 'api Starting',
        answers: /^api: ImagePullBackOff: /,
      });
      await here().patch('DependencyGate', 'first', { spec: { waiter: null } });
      await here().untilGate('first', { open: 'True/AllPassed', older: 0 });
    });

    it('with a header from a Secret starts once the Secret is there', async () => {
      const secretKeyRef = { name: 'token', key: 'value' };
      const http = { url: 'http://web/', headers: [{ name: 'Authorization', valueFrom: { secretKeyRef } }] };
      await here().create(service('web'), deployment('web'), deployment('pinger'));
      await here().create(gate('first', ['pinger'], [{ name: 'web', http }]));
      await here().untilGate('first', {
        dependencies: 'web Starting',
        answers: 'web: CreateContainerConfigError: secret "token" not found',
      });
      await here().create(secret('token', { value: 'Bearer x' }));
      await here().untilGate('first', { open: 'True/AllPassed' });
      const [pod] = await here().untilPods('pinger', 1, 'are ready', (one) => isGated(one) && isReady(one));
      expect(JSON.stringify(pod)).to.not.contain('Bearer x');
      expect(pod && restarts(pod)).to.equal(0);
    });

    it('whose address is in a Secret and a ConfigMap starts once they are there, and tells nobody where it asks', async () => {
      const hostFrom = { secretKeyRef: { name: 'server', key: 'host' } };
      const portFrom = { configMapKeyRef: { name: 'server', key: 'port' } };
      const urlFrom = { secretKeyRef: { name: 'server', key: 'url' } };
      const checks = [
        { tcp: { hostFrom, portFrom } },
        { grpc: { hostFrom, port: 80 } },
        { http: { urlFrom, status: ['any'] } },
      ];
      await here().create(service('server'), deployment('server'), deployment('pinger'));
      await here().create(gate('first', ['pinger'], checks.map(unique)));
      await here().untilGate('first', { dependencies: 'd0 Starting, d1 Pending, d2 Pending' });
      await here().create(secret('server', { host: 'server', url: 'http://server/?token=hunter2' }));
      await here().create({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'server' },
        data: { port: '80' },
      });
      await here().untilGate('first', { open: 'True/AllPassed' });
      const [pod] = await here().untilPods('pinger', 1, 'are ready', (one) => isGated(one) && isReady(one));
      expect(JSON.stringify(pod))
        .to.contain('http, URL from key url of Secret server')
        .and.not.to.contain('hunter2');
    });

    it('whose address in a Secret is none fails with the name of the key, and goes on when it is corrected', async () => {
      const hostFrom = { secretKeyRef: { name: 'server', key: 'host' } };
      await here().create(service('server'), deployment('server'), secret('server', { host: 'server:80' }));
      const tcp = { hostFrom, port: 80 };
      await here().create(deployment('pinger'), gate('first', ['pinger'], [{ name: 'server', tcp }]));
      await here().untilGate('first', {
        answers: /^server: exit code 2 \(Error\).*: key host of Secret server holds no host: a name or an IP/,
      });
      await here().patch('Secret', 'server', {
        stringData: { host: 'server' },
        data: { host: btoa('server') },
      });
      await here().untilGate('first', { open: 'True/AllPassed' });
    });

    it('that is overdue is reported, and waited for all the same', async () => {
      await here().create(deployment('pinger'));
      await here().create(gate('first', ['pinger'], [dns('api', { overdueAfterSeconds: 1 })]));
      await here().untilGate('first', { open: 'False/Overdue', openMessage: /^overdue: api; / });
      await here().create(service('api'));
      await here().untilGate('first', { open: 'True/AllPassed' });
    });

    it('that is overdue lets the Pod start where the gate says Open', async () => {
      const overdue = { overdueAfterSeconds: 1, onOverdue: 'Open' } as const;
      await here().create(deployment('pinger'), gate('first', ['pinger'], [dns('api', overdue)]));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1' });
      const [pod] = await here().untilPods('pinger', 1, 'are ready', (one) => isGated(one) && isReady(one));
      const log = here().log(pod?.metadata.name ?? '', 'dgate-first--api');
      expect(log.at(-2)).to.equal('overdue: api counts as open after 1s: NXDOMAIN');
    });
  });
};

function unique<T extends object>(dependency: T, index: number): T & { name: string } {
  return { ...dependency, name: `d${index}` };
}
