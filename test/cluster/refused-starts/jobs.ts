import { expect } from 'chai';
import { START_ANNOTATION, START_SUSPENDED } from '../../../src/api/names.ts';
import type { KubeObject } from '../../../src/sandbox/cluster.ts';
import { dns, gate, service } from '../../scenarios/manifests.ts';
import { useStory, type WatchedCluster } from '../first-starts/cluster.ts';
import { gatedAtBuild, job, requiring } from '../first-starts/manifests.ts';

const FIRST = gate('first', ['Job/migrate'], [dns('api')]);
const MIGRATE = requiring(job('migrate'), 'first');

/** Jobs where nothing suspends them and nothing puts a gate into them. */
export function jobs(on: () => WatchedCluster): void {
  describe('a Job that requires a gate, where admission only refuses', () => {
    const { here, everyPod, ungated, settle } = useStory(on);
    const suspended = (metadata: object = {}): KubeObject => ({
      ...MIGRATE,
      metadata: { ...MIGRATE.metadata, ...metadata },
      spec: Object.assign({}, MIGRATE.spec, { suspend: true }),
    });
    const untilRefused = (object: KubeObject) =>
      here().until('it is refused', async () => (await here().refusal(object))?.message);

    it('is refused with what to do, before its gate and behind it, unless it was rendered with it', async () => {
      const words = /Job migrate requires gate first, which is not in force for it, .*dependency-gate render/;
      expect(await untilRefused(MIGRATE)).to.match(words);
      expect(await untilRefused(suspended())).to.match(words);
      await here().create(FIRST);
      await here().untilGate('first', { ready: 'True/InForce' });
      expect(await untilRefused(MIGRATE)).to.match(words);
      await here().kubectl(['create', '-f=-'], gatedAtBuild(FIRST, MIGRATE));
      await here().untilGate('first', { open: 'False/Waiting', pods: '0/1' });
      await here().create(service('api'));
      await here().untilGate('first', { open: 'True/AllPassed' });
      expect(await ungated('migrate', 'first')).to.be.empty;
    });

    it('starts by no annotation that somebody puts on it: it stays as they have suspended it', async () => {
      await untilRefused(MIGRATE);
      await here().create(suspended({ annotations: { [START_ANNOTATION]: START_SUSPENDED } }), FIRST);
      await here().untilGate('first', { ready: 'True/InForce' });
      await settle('first');
      const resumed = here().patch('Job', 'migrate', { spec: { suspend: false } });
      const refusal = await resumed.then(String, String);
      expect(refusal).to.contain('Job migrate requires gate first, which is not in force for it yet');
      expect(JSON.stringify(await here().get('Job', 'migrate'))).to.contain('"suspend":true');
      expect(await everyPod('migrate')).to.be.empty;
    });
  });
}
