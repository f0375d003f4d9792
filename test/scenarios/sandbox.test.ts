import { expect } from 'chai';
import { useCluster } from '../cluster/use.ts';
import { admission } from './admission.scenario.ts';
import type { Scenario } from './cluster.ts';
import { crashes } from './crashes.scenario.ts';
import { faults } from './faults.scenario.ts';
import { type SandboxCluster, startSandboxCluster } from './sandbox-cluster.ts';
import { EVERYWHERE } from './scenarios.ts';
import { story } from './story.scenario.ts';

const always = async (): Promise<void> => {};

function runAll(cluster: () => SandboxCluster, scenarios: readonly Scenario<SandboxCluster>[]): void {
  for (const scenario of scenarios) scenario(cluster);
  describe('in all of these', () => {
    it('no reconcile ended in a defect', () => expect(cluster().operator.errors).to.be.empty);
  });
}

describe('on the sandbox', function () {
  this.timeout(120_000);
  runAll(useCluster(always, startSandboxCluster), [...EVERYWHERE, faults, crashes]);
});

describe('on the sandbox with admission', function () {
  this.timeout(120_000);
  runAll(
    useCluster(always, () => startSandboxCluster({ admission: true })),
    [story, admission],
  );
});
