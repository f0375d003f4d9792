import { startGatedCluster } from './first-starts/cluster.ts';
import { uninstall } from './first-starts/uninstall.ts';
import { requirePrograms } from './programs.ts';
import { useCluster } from './use.ts';

/** On a control plane of its own: what goes here is missed by all others. */
describe('the end of gating', function () {
  this.timeout(240_000);
  uninstall(useCluster(() => requirePrograms(process.env.KUBEBUILDER_ASSETS), startGatedCluster));
});
