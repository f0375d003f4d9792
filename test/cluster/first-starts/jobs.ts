import { expect } from 'chai';
import { cronJob, dns, gate, scripted, service } from '../../scenarios/manifests.ts';
import { viewPod } from '../../scenarios/views.ts';
import { useStory, type WatchedCluster } from './cluster.ts';
import { job, requiring } from './manifests.ts';

const CONTAINER = '"name":"dgate-first--api"';

/** What cannot be fixed later. */
export function jobs(on: () => WatchedCluster): void {
  describe('a Job', () => {
    const { here, everyPod, ungated, untilInForce } = useStory(on);

    it('that requires a gate still to come is suspended, and let go behind it', async () => {
      await here().create(requiring(job('migrate'), 'first'));
      expect(JSON.stringify(await here().get('Job', 'migrate'))).to.contain('"suspend":true');
      expect(await everyPod('migrate')).to.be.empty;
      await here().create(gate('first', ['Job/migrate'], [dns('api')]));
      await here().untilGate('first', { open: 'False/Waiting', pods: '0/1', targets: 'migrate Current' });
      expect(await everyPod('migrate')).to.have.length(1);
      await here().create(service('api'));
      await here().untilGate('first', { open: 'True/AllPassed' });
      expect(await ungated('migrate', 'first')).to.be.empty;
      const stored = JSON.stringify(await here().get('Job', 'migrate'));
      expect(stored).to.contain('"dependencygate.dev/start":"released"').and.to.not.contain('dgate-');
    });

    it('whose first Pod failed in the gate for good is evaluated by the next one, its retry', async () => {
      const script = 'dig +short api.$NS.svc.cluster.local | grep -q .';
      await here().create(gate('first', ['Job/migrate'], [scripted('api', script)]));
      await untilInForce(job('migrate'), 'first');
      await here().create(job('migrate'));
      await here().untilGate('first', { open: 'False/PodFailed', pods: '0/1', init: 'Init:Error' });
      await here().create(service('api'));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1', init: 'Init:1/1' });
      expect((await here().list('Pod', 'app=migrate')).length, 'failed Pods are still there').to.be.at.least(
        2,
      );
      expect(await ungated('migrate', 'first')).to.be.empty;
    });

    it('that was there before its gate is left alone, and the gate says so', async () => {
      await here().create(job('migrate'));
      await here().until('it has a Pod', async () => (await everyPod('migrate'))[0]);
      await here().create(gate('first', ['Job/migrate'], [dns('api')]));
      const { status } = await here().untilGate('first', {
        ready: 'True/InForce',
        targets: 'migrate Immutable',
      });
      expect(status.targets?.[0]?.message).to.contain('a Job never changes');
      expect(JSON.stringify(await here().get('Job', 'migrate'))).to.not.contain('dgate-');
    });
  });

  describe('a CronJob', () => {
    const { here, untilInForce } = useStory(on);

    it('whose gate was there before it makes gated Jobs, and nobody writes to it', async () => {
      await here().create(gate('first', ['CronJob/report'], [dns('api')]));
      await untilInForce(cronJob('report'), 'first');
      await here().create(cronJob('report'));
      await here().untilGate('first', { ready: 'True/InForce', targets: 'report Current' });
      const stored = JSON.stringify(await here().get('CronJob', 'report'));
      expect(stored).to.contain(CONTAINER).and.to.contain('"generation":1');
      await here().kubectl(['create', 'job', '--from=cronjob/report', 'now']);
      const [pod] = await here().until('the Job has a Pod', async () => {
        const pods = (await here().list('Pod', 'job-name=now')).map(viewPod);
        return pods.length > 0 ? pods : undefined;
      });
      expect(pod?.spec.initContainers.map(({ name }) => name)).to.deep.equal(['dgate-first--api']);
    });

    it('that requires a gate still to come makes no Job before it, and gated ones after it', async () => {
      await here().create(requiring(cronJob('report'), 'first'));
      const create = () => here().kubectl(['create', 'job', '--from=cronjob/report', 'now']);
      expect(await refused(create())).to.contain('requires gate first, which is not in force for it');
      await here().create(gate('first', ['CronJob/report'], [dns('api')]));
      await here().untilGate('first', { ready: 'True/InForce', targets: 'report Current' });
      await here().until('the Job is accepted', create);
      expect(JSON.stringify(await here().get('Job', 'now'))).to.contain(CONTAINER);
    });
  });
}

async function refused(command: Promise<string>): Promise<string> {
  return command.then(
    (output) => expect.fail(`it was let through: ${output}`),
    (error: unknown) => String(error),
  );
}
