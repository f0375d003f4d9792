import { describeWith } from './describe-with.ts';
import { births } from './first-starts/births.ts';
import { startGatedCluster } from './first-starts/cluster.ts';
import { held } from './first-starts/held.ts';
import { inPods } from './first-starts/in-pods.ts';
import { orders } from './first-starts/orders.ts';
import { tellAll } from './first-starts/tell-all.ts';
import { together } from './first-starts/together.ts';
import { MUTATING_POLICIES } from './versions.ts';

/** With the policies of config/admission in force no Pod of a target starts ungated: what the API server does by itself. */
describeWith(MUTATING_POLICIES, 'first starts', function () {
  this.timeout(240_000);
  tellAll(startGatedCluster, [births, together, held, orders, inPods]);
});
