import { expect } from 'chai';
import { OPERATOR_USER } from '../../src/api/names.ts';
import type { Scenario } from '../scenarios/cluster.ts';
import { evaluatedBuiltIn } from '../scenarios/evaluated-real.scenario.ts';
import { leaders } from '../scenarios/leaders.scenario.ts';
import { type RealCluster, startRealCluster } from '../scenarios/real-cluster.ts';
import { EVERYWHERE, REAL_ONLY } from '../scenarios/scenarios.ts';
import { story } from '../scenarios/story.scenario.ts';
import { grantedRights, type Permissions, usedRights } from './permissions.ts';
import { requirePrograms } from './programs.ts';
import { useCluster } from './use.ts';

/** Used only where there are policies, which no scenario here has: admission-skipped.test.ts and first-starts.test.ts do. */
const WITH_POLICIES = ['patch batch/jobs'];

describe('a real control plane', function () {
  this.timeout(180_000);
  /** What the operator did on each cluster, by the audit log that goes with it. */
  const permissions: Permissions[] = [];

  function run(start: () => Promise<RealCluster>, scenarios: readonly Scenario<RealCluster>[]): void {
    const cluster = useCluster(
      () => requirePrograms(process.env.KUBEBUILDER_ASSETS),
      async () => audited(await start()),
    );
    for (const scenario of scenarios) scenario(cluster);
    describe('in all of these', () => {
      it('no reconcile ended in a defect', () => expect(cluster().operator.errors).to.be.empty);
    });
  }

  function audited(cluster: RealCluster): RealCluster {
    const stop: RealCluster['stop'] = async (options) => {
      const { auditLog } = cluster.controlPlane;
      if (auditLog !== undefined) permissions.push(usedRights(auditLog, OPERATOR_USER));
      await cluster.stop(options);
    };
    return { ...cluster, stop };
  }

  describe('as it comes', () => run(startRealCluster, [...EVERYWHERE, ...REAL_ONLY]));

  describe('that does not stream lists', () => {
    run(
      () => startRealCluster({ 'kube-apiserver': ['--feature-gates=WatchList=false'] }),
      [story, evaluatedBuiltIn, leaders],
    );
  });

  describe('the permissions of config/rbac and config/more-kinds', () => {
    it('are all used by these scenarios, and none is missing', function () {
      if (permissions.length === 0) return this.skip(); // there was no cluster: said above
      const used = new Set(permissions.flatMap((of) => [...of.used]));
      const files = ['rbac/operator', 'rbac/referenced', 'rbac/lease', 'more-kinds/role'];
      const granted = files.flatMap((file) => grantedRights(`config/${file}.yaml`));
      // Kinds of the scenarios' own are read by permissions that they give, and denied until they do.
      const ofScenarios = (right: string) => right.includes('stories.example.com/');
      const kept = [...used].filter((right) => !ofScenarios(right));
      expect(kept.toSorted()).to.deep.equal(
        granted.filter((right) => !WITH_POLICIES.includes(right)).toSorted(),
      );
      expect(permissions.flatMap((of) => [...of.denied]).filter((right) => !ofScenarios(right))).to.be.empty;
    });
  });
});
