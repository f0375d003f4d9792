import { expect } from 'chai';
import { deployment, dns, gate } from '../scenarios/manifests.ts';
import { Namespace } from '../scenarios/namespace.ts';
import { startRealCluster } from '../scenarios/real-cluster.ts';
import { useOperatorProcess } from './operator-process.ts';
import { requirePrograms } from './programs.ts';
import { useCluster } from './use.ts';

const OBJECTS = 60;
const NAMES = 6000;
/** Of Node's heap, MB: a third of what it takes in a container of 512 MiB. */
const HEAP = 80;

/** Annotations that name gates which do not exist: some 170 KB, and as much again in the managed fields. */
function claims(object: number): Record<string, string> {
  const names = Array.from({ length: NAMES }, (_, index) => (object * NAMES + index).toString(36));
  return Object.fromEntries(names.map((name) => [`gate.dependencygate.dev/${name}`, '']));
}

describe('an operator with little memory', function () {
  this.timeout(300_000);
  const cluster = useCluster(() => requirePrograms(process.env.KUBEBUILDER_ASSETS), startRealCluster);
  const startOperator = useOperatorProcess(cluster);

  it('gates as ever beside sixty Pods and as many templates with six thousand names of gates each', async () => {
    const here = new Namespace(cluster());
    await here.open();
    for (let index = 0; index < OBJECTS; index++) {
      const annotations = claims(index);
      const labels = { app: 'claims', 'dependencygate.dev/gated': 'true' };
      const metadata = { name: `claims-${index}`, annotations, labels };
      const spec = { containers: [{ name: 'app', image: 'app' }] };
      await here.create(
        // Held, so that no node has anything to do with them.
        {
          ...{ apiVersion: 'v1', kind: 'Pod', metadata },
          spec: { ...spec, schedulingGates: [{ name: 'example.com/never' }] },
        },
        {
          ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: `claims-${index}` } },
          spec: {
            replicas: 0,
            selector: { matchLabels: { app: 'claims' } },
            template: { metadata: { annotations, labels }, spec },
          },
        },
      );
    }
    const operator = await startOperator(0, `--max-old-space-size=${HEAP}`);
    await here.create(deployment('pinger'), gate('first', ['pinger'], [dns('api')]));
    await here.untilGate('first', { ready: 'True/InForce' });
    expect([operator.exitCode, operator.signalCode]).to.deep.equal([null, null]);
  });
});
