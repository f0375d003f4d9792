import { expect } from 'chai';
import { openAnnotation, readOpenValue } from '../../src/api/names.ts';
import { type Scenario, useNamespace } from './cluster.ts';
import { deployment, dns, gate, service } from './manifests.ts';
import { isGated, isReady, isRunning, restarts } from './views.ts';

const db = { name: 'db', service: { name: 'db' } };
const queue = { name: 'queue', gate: { name: 'queue-first' } };
const SHARED = 'dgate-first--all';

/** Dependencies that are waited for all at once. */
export const parallel: Scenario = (on) => {
  describe('a gate with order: Parallel', () => {
    const here = useNamespace(on);

    it('waits in one container for what comes in any order, and lets each be opened', async () => {
      await here().create(deployment('web'));
      await here().create(gate('first', ['web'], [dns('api'), db, queue], { order: 'Parallel' }));
      await here().untilGate('first', {
        open: 'False/Waiting',
        dependencies: 'api Checking, db Checking, queue Checking',
        waitingOn: 'api,db,queue',
        init: 'Init:0/1',
      });
      const [waiting] = await here().untilPods('web', 1, 'wait', (pod) => isRunning(pod, SHARED));
      expect(waiting?.spec.initContainers.map(({ name }) => name)).to.deep.equal([SHARED]);

      await here().create(service('db'), deployment('db'));
      await here().untilGate('first', {
        dependencies: 'api Checking, db Passed, queue Checking',
        waitingOn: 'api,queue',
      });
      await here().patch('DependencyGate', 'first', { spec: { open: ['queue'] } });
      await here().untilGate('first', {
        dependencies: 'api Checking, db Passed, queue Passed',
        openMessage: /^1 of 1 Pod waiting: api blocks 1/,
      });
      await here().create(service('api'));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1', init: 'Init:1/1' });

      const [pod] = await here().untilPods('web', 1, 'are ready', (one) => isGated(one) && isReady(one));
      const opened = (name: string) =>
        readOpenValue(pod?.metadata.annotations[openAnnotation('first', name)] ?? '');
      expect(pod?.metadata.name).to.equal(waiting?.metadata.name);
      expect(pod && restarts(pod)).to.equal(0);
      expect([opened('api'), opened('db')?.by, opened('queue')?.by]).to.deep.equal([
        ...[undefined, undefined],
        'spec',
      ]);
    });
  });
};
