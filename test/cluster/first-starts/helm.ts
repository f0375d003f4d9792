import { expect } from 'chai';
import type { GateSpec } from '../../../src/api/spec.ts';
import { SANDBOX_SETTINGS } from '../../../src/commands/sandbox/start-sandbox.ts';
import type { KubeObject } from '../../../src/sandbox/cluster.ts';
import { HELM_PLUGIN, RENDER_SCRIPT, useFolder, useProgram } from '../../commands/programs.ts';
import { deployment, dns, gate, service } from '../../scenarios/manifests.ts';
import { initNames, type WorkloadView } from '../../scenarios/views.ts';
import { runCommand } from '../run-command.ts';
import { useStory, type WatchedCluster } from './cluster.ts';
import { job, requiring } from './manifests.ts';

/** Helm installs custom resources after everything else. */
export function helm(on: () => WatchedCluster): void {
  const program = useProgram('helm');
  const folder = useFolder();
  const { here, everyPod, ungated, untilInForce, settle } = useStory(on);

  const run = (...args: readonly string[]) => {
    const access = [`--kubeconfig=${on().controlPlane.kubeconfig}`, `--namespace=${here().name}`];
    const environment = [`HOME=${folder.path}`, `HELM_PLUGINS=${folder.path}/plugins`];
    return runCommand(['env', ...environment, program(), ...args, ...access]);
  };
  /** Writes a chart of these objects, by their names. */
  const chart = (name: string, ...objects: readonly KubeObject[]): string => {
    folder.write({
      [`${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`,
      ...Object.fromEntries(
        objects.map((one) => [
          `${name}/templates/${one.kind}-${one.metadata.name}.yaml`,
          JSON.stringify(one),
        ]),
      ),
    });
    return `${folder.path}/${name}`;
  };
  const generation = async (name: string) => (await here().workload(name)).metadata.generation;

  describe('a chart with a workload and its gate', () => {
    const write = (image?: string) => {
      const app = deployment('pinger', { replicas: 2, ...(image !== undefined && { image }) });
      return chart('chart', requiring(app, 'first'), service('api'), gate('first', ['pinger'], [dns('api')]));
    };

    it('installs, upgrades and goes with no Pod that was ever free to start without the gate', async () => {
      await run('install', 'release', write(), '--wait', '--timeout=60s');
      await here().untilGate('first', { open: 'True/AllPassed', pods: '2/2', older: 0 });
      await settle('first');
      expect(await generation('pinger')).to.be.within(1, 2);

      const before = await generation('pinger');
      await run('upgrade', 'release', write('registry.example/app:2'), '--wait', '--timeout=60s');
      await here().untilGate('first', { open: 'True/AllPassed', pods: '2/2', older: 0 });
      await settle('first');
      expect(await generation('pinger')).to.equal(before + 1);
      expect(await ungated('pinger', 'first')).to.be.empty;
      expect((await everyPod('pinger')).length).to.be.at.least(4);

      await run('uninstall', 'release', '--wait', '--timeout=60s');
      await here().untilGone('DependencyGate', 'first');
      expect(await here().get('Deployment', 'pinger')).to.equal(undefined);
    });
  });

  describe('a chart with a Job, a Deployment and their gate', () => {
    const first = gate('first', ['web', 'Job/migrate'], [dns('api')]);
    const workloads = [requiring(job('migrate'), 'first'), requiring(deployment('web'), 'first')];
    const untilBothWait = async () => {
      const all = { ready: 'True/InForce', open: 'False/Waiting', pods: '0/2', older: 0, ungated: 0 };
      await here().untilGate('first', { ...all, targets: 'web Current, migrate Current' });
      for (const app of ['web', 'migrate']) expect(await ungated(app, 'first')).to.be.empty;
    };

    it('installs at once, though Helm writes the gate last, and both wait', async () => {
      await run('install', 'release', chart('chart', first, ...workloads));
      await untilBothWait();
      await here().create(service('api'));
      await here().untilGate('first', { open: 'True/AllPassed', ungated: 0 });
      for (const app of ['web', 'migrate']) expect(await ungated(app, 'first')).to.be.empty;
    });

    it('installs with the workloads in a release before that of the gate, and both wait', async () => {
      await run('install', 'release', chart('chart', ...workloads));
      await run('install', 'gates', chart('gates', first));
      await untilBothWait();
    });

    it('installs after a release that has the gate, and both wait', async () => {
      await run('install', 'gates', chart('gates', first), '--wait', '--timeout=60s');
      await untilInForce(job('migrate'), 'first');
      await run('install', 'release', chart('chart', ...workloads));
      await untilBothWait();
    });

    it('installs at once where it is rendered with its gate, and both wait', async () => {
      folder.write({
        'plugins/dependency-gate/plugin.yaml': HELM_PLUGIN,
        'plugins/dependency-gate/render': RENDER_SCRIPT,
      });
      const image = `--waiter-image=${SANDBOX_SETTINGS.waiterImage}`;
      const rendering = ['--post-renderer=dependency-gate', `--post-renderer-args=${image}`];
      await run('install', 'release', chart('chart', first, ...workloads), ...rendering);
      await untilBothWait();
      expect(await generation('web')).to.equal(1);
    });
  });

  describe('an upgrade that changes the image and what is waited for', () => {
    const web = (version: number) =>
      requiring(deployment('web', { image: `registry.example/web:${version}` }), 'first');
    const first = (service: string, more: Partial<GateSpec>) => gate('first', ['web'], [dns(service)], more);
    const NEXT: Partial<GateSpec> = { updatePolicy: 'OnNextRollout' };

    /** Which image has run behind which gate: the ReplicaSets that there were, the oldest first. */
    const rollouts = async () => {
      const sets = (await here().replicaSets('web')).toSorted((a, b) => revision(a) - revision(b));
      return sets.map((set) => `${imageOf(set)} behind ${initNames(set).join()}`);
    };
    /** Admission, which is a moment late, would place it into the Deployment. */
    const untilPlaced = (container: string) =>
      here().until('admission knows the gate as it is now', async () => {
        const args = ['set', 'image', 'deployment/web', 'app=other', '--dry-run=server', '--output=json'];
        return (await here().kubectl(args)).includes(container) ? true : undefined;
      });
    const AT_FIRST = 'registry.example/web:1 behind dgate-first--one';
    const OLD_GATE = 'registry.example/web:2 behind dgate-first--one';
    const OLD_IMAGE = 'registry.example/web:1 behind dgate-first--two';
    const BOTH_NEW = 'registry.example/web:2 behind dgate-first--two';

    const ways: readonly {
      readonly where: string;
      readonly policy: Partial<GateSpec>;
      readonly isFirst: boolean;
      readonly made: readonly string[];
    }[] = [
      { where: 'in one chart', policy: {}, isFirst: false, made: [OLD_GATE, BOTH_NEW] },
      { where: 'in one chart, for the next rollout', policy: NEXT, isFirst: false, made: [OLD_GATE] },
      { where: 'with the gate first', policy: {}, isFirst: true, made: [OLD_IMAGE, BOTH_NEW] },
      { where: 'with the gate first, for the next rollout', policy: NEXT, isFirst: true, made: [BOTH_NEW] },
    ];
    for (const { where, policy, isFirst, made } of ways) {
      it(`${where} makes ${made.length === 1 ? 'one rollout' : 'two rollouts'}`, async () => {
        const gates = (service: string) => first(service, policy);
        await here().create(service('one'), service('two'));
        if (isFirst) {
          await run('install', 'gates', chart('gates', gates('one')));
          await untilInForce(web(1), 'first');
          await run('install', 'apps', chart('apps', web(1)));
        } else await run('install', 'both', chart('both', gates('one'), web(1)));
        await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1', older: 0 });
        await settle('first');
        const atFirst = (await rollouts()).length;
        if (isFirst) {
          await run('upgrade', 'gates', chart('gates', gates('two')));
          await untilPlaced('dgate-first--two');
          await run('upgrade', 'apps', chart('apps', web(2)));
        } else await run('upgrade', 'both', chart('both', gates('two'), web(2)));
        await here().until('the last rollout is there', async () =>
          (await rollouts()).at(-1) === made.at(-1) ? true : undefined,
        );
        await settle('first');
        expect((await rollouts()).slice(atFirst - 1)).to.deep.equal([AT_FIRST, ...made]);
      });
    }
  });
}

function revision({ metadata }: WorkloadView): number {
  return Number(metadata.annotations['deployment.kubernetes.io/revision']);
}

function imageOf({ spec }: WorkloadView): unknown {
  return spec.template.spec.containers[0]?.image;
}
