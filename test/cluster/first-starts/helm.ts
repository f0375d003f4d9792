import { expect } from 'chai';
import { useFolder, useProgram } from '../../commands/programs.ts';
import { deployment, dns, gate, service } from '../../scenarios/manifests.ts';
import { runCommand } from '../run-command.ts';
import { useStory, type WatchedCluster } from './cluster.ts';
import { requiring } from './manifests.ts';

/** Helm installs custom resources after everything else. */
export function helm(on: () => WatchedCluster): void {
  describe('a chart with a workload and its gate', () => {
    const program = useProgram('helm');
    const folder = useFolder();
    const { here, everyPod, ungated, settle } = useStory(on);

    const run = (...args: readonly string[]) => {
      const access = [`--kubeconfig=${on().controlPlane.kubeconfig}`, `--namespace=${here().name}`];
      return runCommand(['env', `HOME=${folder.path}`, program(), ...args, ...access]);
    };
    const write = (image?: string) => {
      const app = deployment('pinger', { replicas: 2, ...(image !== undefined && { image }) });
      folder.write({
        'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 0.1.0\n',
        'chart/templates/pinger.yaml': JSON.stringify(requiring(app, 'first')),
        'chart/templates/api.yaml': JSON.stringify(service('api')),
        'chart/templates/gate.yaml': JSON.stringify(gate('first', ['pinger'], [dns('api')])),
      });
    };

    it('installs, upgrades and goes with no Pod that was ever free to start without the gate', async () => {
      write();
      await run('install', 'release', `${folder.path}/chart`, '--wait', '--timeout=60s');
      await here().untilGate('first', { open: 'True/AllPassed', pods: '2/2', older: 0 });
      await settle('first');
      expect((await here().workload('pinger')).metadata.generation).to.be.within(1, 2);

      const { generation } = (await here().workload('pinger')).metadata;
      write('registry.example/app:2');
      await run('upgrade', 'release', `${folder.path}/chart`, '--wait', '--timeout=60s');
      await here().untilGate('first', { open: 'True/AllPassed', pods: '2/2', older: 0 });
      await settle('first');
      expect((await here().workload('pinger')).metadata.generation).to.equal(generation + 1);
      expect(await ungated('pinger', 'first')).to.be.empty;
      expect((await everyPod('pinger')).length).to.be.at.least(4);

      await run('uninstall', 'release', '--wait', '--timeout=60s');
      await here().untilGone('DependencyGate', 'first');
      expect(await here().get('Deployment', 'pinger')).to.equal(undefined);
    });
  });
}
