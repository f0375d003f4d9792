import { orders } from './first-starts/orders.ts';
import { tellAll } from './first-starts/tell-all.ts';
import { adopted } from './refused-starts/adopted.ts';
import { births } from './refused-starts/births.ts';
import { changes } from './refused-starts/changes.ts';
import { startRefusingCluster } from './refused-starts/cluster.ts';
import { jobs } from './refused-starts/jobs.ts';
import { restarts } from './refused-starts/restarts.ts';
import { room } from './refused-starts/room.ts';

/** Whole stories on a real API server that can refuse Pods and change none, as all releases before 1.36 are. */
describe('refused first starts', function () {
  this.timeout(240_000);
  tellAll(startRefusingCluster, [births, adopted, changes, jobs, room, restarts, orders]);
});
