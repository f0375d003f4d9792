import { expect } from 'chai';
import { deployment, dns, gate } from '../../scenarios/manifests.ts';
import { useStory, type WatchedCluster } from './cluster.ts';
import { told, untilTold } from './events.ts';
import { requiring } from './manifests.ts';

/** A gate and its targets that come together, the targets first, as from a folder that kubectl applies. */
export function together(on: () => WatchedCluster): void {
  describe('a gate that comes right after its target', () => {
    const { here, ungated } = useStory(on);

    it('says of the target without the label that its first Pods run ungated, and how to hold them', async () => {
      await here().create(deployment('plain'), requiring(deployment('labelled'), 'first'));
      await here().until('the first Pod is there', async () => (await here().pods('plain'))[0]);
      await here().create(gate('first', ['plain', 'labelled'], [dns('api')]));
      const note = /first Pods were created before.*dependencygate\.dev\/require: first on its Pod template/;
      const of = async (kind: string) =>
        here().until(`an Event on a ${kind}`, async () =>
          (await told(here(), 'FirstStartUngated')).find(({ regarding }) => regarding.kind === kind),
        );
      expect(await untilTold(here(), 'FirstStartUngated')).to.include({ type: 'Warning' });
      expect((await of('Deployment')).regarding.name).to.equal('plain');
      expect((await of('Deployment')).note).to.match(note);
      expect((await of('DependencyGate')).note).to.match(/^Deployment plain: .*first Pods/);
      await here().until('the status says so', async () => {
        const { targets = [] } = (await here().gate('first')).status;
        const [plain, labelled] = targets;
        return plain?.message?.match(note) && !labelled?.message?.startsWith('FirstStartUngated')
          ? true
          : undefined;
      });
      expect(await ungated('labelled', 'first')).to.deep.equal([]);
      expect(await ungated('plain', 'first')).to.have.length(1);
    });

    it('says nothing of a target that admission has gated', async () => {
      await here().create(gate('first', ['late'], [dns('api')]));
      await here().untilGate('first', { ready: 'True/InForce' });
      await here().until('admission would gate it', async () => {
        const made = await here().kubectl(
          ['create', '--dry-run=server', '-o=json', '-f=-'],
          JSON.stringify(deployment('late')),
        );
        return made.includes('gate.dependencygate.dev/first') ? true : undefined;
      });
      await here().create(deployment('late', { replicas: 3 }));
      await here().untilGate('first', { open: 'False/Waiting', pods: '0/3' });
      expect(await told(here(), 'FirstStartUngated')).to.deep.equal([]);
    });
  });
}
