import { expect } from 'chai';
import { deployment, dns, gate, service } from '../scenarios/manifests.ts';
import { initNames } from '../scenarios/views.ts';
import { describeWith } from './describe-with.ts';
import { startWatchedCluster, useStory } from './first-starts/cluster.ts';
import { requirePrograms } from './programs.ts';
import { refusals, untilRefusing } from './refused-starts/cluster.ts';
import { useCluster } from './use.ts';
import { MUTATING_POLICIES, meets, mutatingFlags, SWITCHED_ON, versionUnderTest } from './versions.ts';

const version = versionUnderTest();
/** As the guide to the releases says. */
const ADMISSION = meets(version, MUTATING_POLICIES) ? 'config/admission' : 'config/admission-v1beta1';
const FIRST_STARTS = 'config/first-starts';

const SAYS = {
  placed: /; first starts are gated by admission$/,
  refused: /; first starts are refused until gated/,
  patched: /; first starts run ungated until patched/,
} as const;

/** What gates first starts follows from what is installed, also where an API server mutates by policies only when told to. */
describeWith(SWITCHED_ON, 'first starts where policies may mutate, by default or by flags', function () {
  this.timeout(180_000);
  const cluster = useCluster(
    () => requirePrograms(process.env.KUBEBUILDER_ASSETS),
    async () => {
      const started = await startWatchedCluster(mutatingFlags(version));
      for (const folder of [FIRST_STARTS, ADMISSION])
        await started.controlPlane.kubectl(['apply', '-k', folder]);
      return started;
    },
  );
  const { here, everyPod, ungated, untilInForce } = useStory(cluster);
  const untilSaid = async (way: keyof typeof SAYS) => {
    await here().untilGate('first', { readyMessage: SAYS[way] });
    const { operator } = cluster();
    expect(await operator.gauge('dependency_gate_admission_installed')).to.equal(way === 'placed' ? 1 : 0);
    expect(await operator.gauge('dependency_gate_first_starts_refused')).to.equal(way === 'refused' ? 1 : 0);
  };

  it('a Deployment has its gate as it is created, and nothing is refused or rolled', async () => {
    await here().create(gate('first', ['app'], [dns('api')]));
    await untilInForce(deployment('app'), 'first');
    await here().create(deployment('app'));
    const { metadata } = await here().workload('app');
    expect(initNames(await here().workload('app'))).to.deep.equal(['dgate-first--api']);
    await here().untilGate('first', { open: 'False/Waiting', pods: '0/1', readyMessage: SAYS.placed });
    await here().create(service('api'));
    await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1', older: 0, ungated: 0 });
    expect(await everyPod('app')).to.have.length(1);
    expect(await ungated('app', 'first')).to.be.empty;
    expect((await here().workload('app')).metadata.generation)
      .to.equal(metadata.generation)
      .and.to.equal(1);
    expect(await refusals(here())).to.deep.equal([]);
  });

  it('the operator tells, while it runs, when policies and bindings go and when they come back', async () => {
    const { controlPlane, operator } = cluster();
    const kubectl = (...args: readonly string[]) => controlPlane.kubectl(args);
    await here().create(gate('first', ['app'], [dns('api')]));
    await untilSaid('placed');
    await kubectl('delete', 'mutatingadmissionpolicybinding', 'dependencygate-inject');
    await untilSaid('refused');
    await untilRefusing(here(), 'Deployment', 'app');
    await kubectl('delete', '-k', FIRST_STARTS);
    await untilSaid('patched');
    await kubectl('apply', '-k', FIRST_STARTS);
    await untilSaid('refused');
    await kubectl('apply', '-k', ADMISSION);
    await untilSaid('placed');
    await kubectl('delete', '-k', ADMISSION);
    await untilSaid('refused');
    await kubectl('apply', '-k', ADMISSION);
    await untilSaid('placed');
    expect(operator.errors).to.be.empty;
  });

  it('the operator names policies of another release, and those that are edited, until they are replaced', async () => {
    const { controlPlane, operator } = cluster();
    const foreign = () => operator.gauge('dependency_gate_foreign_policies');
    const edit = (policy: string, conditions: string) =>
      controlPlane.kubectl(['patch', policy, '--type=json', `--patch=${conditions}`]);
    const without = JSON.stringify([{ op: 'remove', path: '/spec/matchConditions/0' }]);
    await here().create(gate('first', ['app'], [dns('api')]));
    await untilSaid('placed');
    expect(await foreign()).to.equal(0);
    await edit('mutatingadmissionpolicy/dependencygate-inject-cronjob', without);
    await edit('validatingadmissionpolicy/dependencygate-first-start-cronjob', without);
    await here().untilGate('first', {
      ready: 'True/InForce',
      readyMessage:
        /gated by admission; policies .* applied: dependencygate-inject-cronjob, dependencygate-first-start-cronjob$/,
    });
    expect(await foreign()).to.equal(2);
    expect(operator.warnings.join()).to.contain('the policies are not those of this release');
    for (const folder of [FIRST_STARTS, ADMISSION]) await controlPlane.kubectl(['apply', '-k', folder]);
    await untilSaid('placed');
    expect(await foreign()).to.equal(0);
  });
});
