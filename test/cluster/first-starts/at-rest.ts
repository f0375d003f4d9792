import { cronJob, deployment, dns, gate, service } from '../../scenarios/manifests.ts';
import { useStory, type WatchedCluster } from './cluster.ts';
import { job } from './manifests.ts';

const spec = (fields: object) => ({ spec: fields });

/** What counts of a gate whose Pods are gone, and of one that never had any. */
export function atRest(on: () => WatchedCluster): void {
  describe('a target without Pods', () => {
    const { here, untilInForce } = useStory(on);
    const dbFirst = (target: string) => gate('db-first', [target], [dns('db')]);
    const seeded = gate('seeded', ['web'], [{ name: 'seed', gate: { name: 'db-first' } }]);
    const untilOpen = (open: string) => here().untilGate('db-first', { open });
    const untilSeen = (answer: string) =>
      here().untilGate('seeded', { seen: `seed: gate db-first is ${answer}` });
    const restart = async () => {
      await on().operator.stop();
      await on().operator.start();
    };

    it('that is a Job which failed in the gate opens nothing, until it is made anew and passes', async () => {
      const seed = job('seed');
      await here().create(dbFirst('Job/seed'), seeded, deployment('web'));
      await untilInForce(seed, 'db-first');
      const late = { ...seed, spec: { ...Object(seed.spec), activeDeadlineSeconds: 2 } };
      await here().create(late);
      await here().untilGate('db-first', {
        open: 'False/TargetFailed',
        openMessage: /Job seed failed: DeadlineExceeded/,
      });
      await untilSeen('not open: TargetFailed');
      await restart();
      await here().untilGate('seeded', { open: 'False/Waiting', pods: '0/1' });
      await here().delete('Job', 'seed');
      await here().untilGone('Job', 'seed');
      await untilOpen('Unknown/TargetMissing');
      await here().create(seed, service('db'));
      await untilOpen('True/AllPassed');
      await here().untilGate('seeded', { open: 'True/AllPassed', pods: '1/1' });
    });

    it('that is a Job counts once its Pods have passed, also when it is suspended again or deleted', async () => {
      const seed = job('seed');
      await here().create(dbFirst('Job/seed'), seeded, deployment('web'), service('db'));
      await untilInForce(seed, 'db-first');
      await here().create({ ...seed, spec: { ...Object(seed.spec), suspend: true } });
      await untilOpen('Unknown/NonePassedYet');
      await untilSeen('not open: NonePassedYet');
      await here().patch('Job', 'seed', spec({ suspend: false }));
      await untilOpen('True/AllPassed');
      await here().patch('Job', 'seed', spec({ suspend: true }));
      await untilOpen('True/NoPods');
      await here().delete('Job', 'seed');
      await here().untilGone('Job', 'seed');
      await restart();
      await untilOpen('True/NoPods');
      await untilSeen('open');
    });

    it('that is scaled to zero counts once its Pods have passed, and not with other containers', async () => {
      await here().create(dbFirst('db-client'), seeded, deployment('web'), service('db'));
      await here().create(deployment('db-client', { replicas: 0 }));
      await untilOpen('Unknown/NonePassedYet');
      const scale = (replicas: number) => here().patch('Deployment', 'db-client', spec({ replicas }));
      await scale(1);
      await untilOpen('True/AllPassed');
      await scale(0);
      await untilOpen('True/NoPods');
      await restart();
      await untilSeen('open');
      await untilOpen('True/NoPods');
      await here().patch('DependencyGate', 'db-first', spec({ dependencies: [dns('db'), dns('redis')] }));
      await untilOpen('Unknown/NonePassedYet');
      await untilSeen('not open: NonePassedYet');
    });

    it('that is a CronJob which never ran does not count', async () => {
      await here().create(dbFirst('CronJob/nightly'), cronJob('nightly'), seeded, deployment('web'));
      await untilOpen('Unknown/NonePassedYet');
      await untilSeen('not open: NonePassedYet');
    });
  });
}
