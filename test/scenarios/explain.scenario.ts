import { expect } from 'chai';
import { layOut } from '../../src/commands/explain/layout.ts';
import { explain } from '../../src/commands/explain/run-explain.ts';
import { createRequests } from '../../src/kube/client/http-requests.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { type Scenario, useNamespace } from './cluster.ts';
import { deployment, dns, gate, service, tcp } from './manifests.ts';
import { isGated, isRunning } from './views.ts';

/** What a person reads who asks why their app does not start. */
export const explaining: Scenario = (on) => {
  describe('explain', () => {
    const here = useNamespace(on);
    const read = async () =>
      layOut(
        await explain(createRequests({ connection: on().connection, clock: systemClock }), {
          namespace: here().name,
          name: 'api-first',
        }),
      );

    it('tells of a Service that is missing, then of the next dependency, and of the end', async () => {
      await here().create(gate('api-first', ['pinger'], [dns('api'), tcp('redis', 6379)]));
      expect(
        await here().until('the target is missed', async () => {
          const text = await read();
          return text.includes('TargetMissing') ? text : undefined;
        }),
      ).to.contain(`1. Deployment pinger does not exist in ${here().name}.`);

      await here().create(deployment('pinger'));
      await here().untilGate('api-first', {
        open: 'False/Waiting',
        dependencies: 'api Checking, redis Pending',
      });
      const [pod] = await here().untilPods('pinger', 1, 'check', (one) =>
        isRunning(one, 'dgate-api-first--api'),
      );
      const name = pod?.metadata.name;
      const first = await here().until('the operator has seen the Service', async () => {
        const text = await read();
        return text.includes('the operator sees') ? text : undefined;
      });
      expect(first).to.match(new RegExp(` ${name} +waits for api for \\d`));
      expect(first).to.match(/1\. api \(dns api\): Checking for [\dms]+, since \S+Z\n/);
      expect(first).to.contain(`keeps 1 Pod: ${name}\n     the operator sees: Service api does not exist\n`);
      expect(first).to.match(new RegExp(`the log of ${name} (ends:|cannot be read: )`));
      expect(first).to.match(/\d\. api: Service api does not exist in \S+\. Create it/);

      await here().create(service('api'), service('redis', 6379));
      await here().untilGate('api-first', { open: 'False/Waiting', waitingOn: 'redis' });
      const second = await here().until('the operator has seen the other Service', async () => {
        const text = await read();
        return text.includes('redis: Service redis has no Pod that is ready behind it.') ? text : undefined;
      });
      expect(second).to.match(/1\. api \(dns api\): Passed, 1 Pod passed\n/);

      await here().patch('DependencyGate', 'api-first', { spec: { open: ['redis'] } });
      await here().untilGate('api-first', { open: 'True/AllPassed', ungated: 0 });
      const last = await read();
      expect(last).to.contain('opened for 1 Pod by spec.open\n').and.to.contain(`${name}  passed\n`);
      expect(last).to.match(/What to do next\n {2}1\. spec\.open opens redis for later Pods too\./);
    });

    it('tells of an image that cannot be pulled, and does not offer what would not help', async () => {
      const waiter = { image: 'registry.example/does-not-exist:1' };
      const late = { overdueAfterSeconds: 1 };
      await here().create(
        gate('api-first', ['pinger'], [dns('api', late)], { waiter }),
        deployment('pinger'),
      );
      await here().untilGate('api-first', {
        open: 'False/Overdue',
        dependencies: 'api Starting',
        answers: /BackOff/,
      });
      await here().untilPods('pinger', 1, 'are gated', isGated);
      const text = await read();
      expect(text).to.match(/api \(dns api\): Starting for [\dms]+, since \S+, overdue\n/);
      expect(text.replaceAll(/\s+/g, ' ')).to.contain(
        'api: the image registry.example/does-not-exist:1 cannot be pulled',
      );
      expect(text).to.not.contain('the log of').and.not.to.contain('by hand');
    });
  });
};
