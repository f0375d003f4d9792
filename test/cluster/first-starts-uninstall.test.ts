import { describeWith } from './describe-with.ts';
import { startGatedCluster } from './first-starts/cluster.ts';
import { eject } from './first-starts/eject.ts';
import { uninstall } from './first-starts/uninstall.ts';
import { requirePrograms } from './programs.ts';
import { useCluster } from './use.ts';
import { MUTATING_POLICIES } from './versions.ts';

/** On a control plane of its own: what goes here is missed by all others. */
describeWith(MUTATING_POLICIES, 'the end of gating', function () {
  this.timeout(240_000);
  const on = useCluster(() => requirePrograms(process.env.KUBEBUILDER_ASSETS), startGatedCluster);
  beforeEach('install what the test before took away', async function () {
    this.timeout(120_000);
    await on().reinstall();
  });
  afterEach('stop the operator, whose ServiceAccount may be another next time', () => on().operator.stop());
  uninstall(on);
  eject(on);
});
