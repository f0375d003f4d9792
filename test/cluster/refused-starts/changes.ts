import { expect } from 'chai';
import { cronJob, deployment, dns, gate, service, statefulSet } from '../../scenarios/manifests.ts';
import { initNames, isReady, viewPod } from '../../scenarios/views.ts';
import { useStory, type WatchedCluster } from '../first-starts/cluster.ts';
import { PASSING, requiring } from '../first-starts/manifests.ts';
import { refusals, untilRefusing, untilRequiring } from './cluster.ts';

/** What happens to gates and targets while first starts are refused. */
export function changes(on: () => WatchedCluster): void {
  describe('while first starts are refused', () => {
    const { here, everyPod, ungated, settle } = useStory(on);
    const gateBefore = async (...targets: readonly string[]) => {
      await here().create(gate('first', targets, [dns('api')]));
      const [kind = '', name = ''] = (targets[0] ?? '').split('/');
      await untilRefusing(here(), kind, name);
    };
    const refused = () => here().until('a controller tells of it', async () => (await refusals(here()))[0]);

    it('a gate that is deleted lets the first Pods start at once, and is in none of them', async () => {
      await gateBefore('Deployment/app');
      await here().create(deployment('app', { replicas: 2 }));
      await here().untilGate('first', { open: 'False/Waiting', ungated: 0 });
      await here().delete('DependencyGate', 'first');
      await here().untilGone('DependencyGate', 'first');
      await here().untilPods('app', 2, 'are ready', isReady);
      expect(initNames(await here().workload('app'))).to.deep.equal([]);
    });

    it('two gates are both in the first Pod', async () => {
      await gateBefore('Deployment/app');
      await here().create(gate('second', ['app'], [PASSING]));
      await here().untilGate('second', { ready: 'True/InForce' });
      await here().create(deployment('app'));
      await here().create(service('api'));
      for (const name of ['first', 'second'])
        await here().untilGate(name, { open: 'True/AllPassed', pods: '1/1', older: 0, ungated: 0 });
      await settle('first');
      expect(await ungated('app', 'first')).to.be.empty;
    });

    it('a gate that changes is in the first Pod as it is, or as it was', async () => {
      await gateBefore('Deployment/app');
      await on().operator.stop();
      await here().create(deployment('app'));
      await refused();
      const spec = { dependencies: [dns('api'), dns('other')] };
      await here().patch('DependencyGate', 'first', { spec });
      await on().operator.start();
      await here().create(service('api'), service('other'));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1', older: 0, ungated: 0 });
      expect(await ungated('app', 'first')).to.be.empty;
    });

    it('a target that is scaled waits with as many Pods in the end', async () => {
      await gateBefore('Deployment/app');
      await here().create(deployment('app', { replicas: 1 }));
      await here().untilGate('first', { open: 'False/Waiting', pods: '0/1' });
      await here().patch('Deployment', 'app', { spec: { replicas: 4 } });
      await here().create(service('api'));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '4/4', older: 0, ungated: 0 });
      expect(await ungated('app', 'first')).to.be.empty;
    });

    it('a target that is made again under its name is gated again from its first Pod on', async () => {
      await gateBefore('StatefulSet/app');
      await here().create(statefulSet('app'));
      await here().untilGate('first', { open: 'False/Waiting', pods: '0/1' });
      const before = (await here().gate('first')).status.targets?.[0]?.firstStart;
      await here().delete('StatefulSet', 'app');
      await here().untilGone('StatefulSet', 'app');
      await here().create(statefulSet('app'));
      await here().until('it is another first start', async () => {
        const after = (await here().gate('first')).status.targets?.[0]?.firstStart;
        return after !== undefined && after !== before ? true : undefined;
      });
      await here().create(service('api'));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1', older: 0, ungated: 0 });
      expect(await ungated('app', 'first')).to.be.empty;
    });

    it('a paused Deployment makes nothing, and starts with its gate when it is resumed', async () => {
      await gateBefore('Deployment/app');
      await here().create(deployment('app', { spec: { paused: true } }));
      await here().untilWorkload('app', 'has the gate', (one) => initNames(one).includes('dgate-first--api'));
      expect(await everyPod('app')).to.be.empty;
      await here().patch('Deployment', 'app', { spec: { paused: false } });
      await here().create(service('api'));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1', older: 0, ungated: 0 });
      expect(await ungated('app', 'first')).to.be.empty;
    });

    it('a StatefulSet whose partition keeps the first template starts without the gate, which says so', async () => {
      await gateBefore('StatefulSet/app');
      const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 2 } };
      await here().create(statefulSet('app', { replicas: 2, spec: { updateStrategy } }));
      await here().untilPods('app', 2, 'are ready', isReady);
      const { status } = await here().untilGate('first', { ungated: 2 });
      expect(status.targets?.[0]?.message).to.match(/FirstStartUngated/);
    });

    it('a target that cannot take the gate starts without it, and the gate says why', async () => {
      await gateBefore('Deployment/app');
      const volumes = [{ name: 'dgate-first', emptyDir: {} }];
      await here().create(deployment('app', { pod: { volumes } }));
      await here().untilGate('first', { stalled: 'True/TargetRefused' });
      await here().untilPods('app', 1, 'are ready', isReady);
    });

    it('a CronJob makes no Job before its template has the gate', async () => {
      await gateBefore('Deployment/other', 'CronJob/report');
      await on().operator.stop();
      await here().create(cronJob('report'));
      const make = () => here().kubectl(['create', 'job', '--from=cronjob/report', 'now']);
      const words = await make().catch(String);
      expect(words).to.contain('CronJob/report starts with gate first');
      await on().operator.start();
      await here().until('the Job is accepted', make);
      const [pod] = await here().until('the Job has a Pod', async () => {
        const pods = (await here().list('Pod', 'job-name=now')).map(viewPod);
        return pods.length > 0 ? pods : undefined;
      });
      expect(pod?.spec.initContainers.map(({ name }) => name)).to.deep.equal(['dgate-first--api']);
    });

    it('a gate that names nothing else holds no Pod of a Deployment that requires it, once the label is gone', async () => {
      await untilRequiring(here());
      await here().create(requiring(deployment('app'), 'absent'));
      expect(await refused()).to.contain('requires gate absent');
      await here().patch('Deployment', 'app', {
        spec: { template: { metadata: { labels: { 'dependencygate.dev/require': null } } } },
      });
      await here().untilPods('app', 1, 'are ready', isReady);
      expect((await everyPod('app')).length).to.equal(1);
    });
  });
}
