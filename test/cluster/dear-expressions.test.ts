import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import type { KubeObject } from '../../src/sandbox/cluster.ts';
import { deployment, dns, gate } from '../scenarios/manifests.ts';
import { Namespace } from '../scenarios/namespace.ts';
import { startRealCluster } from '../scenarios/real-cluster.ts';
import { useOperatorProcess } from './operator-process.ts';
import { freePorts } from './ports.ts';
import { requirePrograms } from './programs.ts';
import { useCluster } from './use.ts';

/** Of each of two namespaces: together they take a minute of CPU time to evaluate. */
const GATES = 80;
const EXPRESSIONS = 16;

/** What the expressions look through, all of it. */
const LONG: KubeObject = {
  ...{ apiVersion: 'v1', kind: 'Service' },
  metadata: {
    name: 'long',
    annotations: Object.fromEntries(
      Array.from({ length: 9000 }, (_, index) => [`k${index}`, 'v'.repeat(12)]),
    ),
  },
  spec: { ports: [{ port: 80 }], selector: { app: 'none' } },
};

/** A gate with expressions that no other has. */
function dear(number: number): KubeObject {
  const looking = (index: number) => ({
    name: `d${index}`,
    resource: {
      ...{ apiVersion: 'v1', kind: 'Service', name: 'long' },
      expression: `object.metadata.annotations.exists(k, k.matches('\\\\p{L}{20}${number}x${index}'))`,
    },
  });
  return gate(
    `dear-${number}`,
    ['none'],
    Array.from({ length: EXPRESSIONS }, (_, index) => looking(index)),
  );
}

describe('an operator that has come to thousands of dear expressions', function () {
  this.timeout(300_000);
  const cluster = useCluster(() => requirePrograms(process.env.KUBEBUILDER_ASSETS), startRealCluster);
  const startOperator = useOperatorProcess(cluster);

  it('gates another namespace meanwhile, and answers probes as the kubelet wants it', async () => {
    const [here, ...others] = [1, 2, 3].map(() => new Namespace(cluster()));
    if (!here) throw new Error('there are three');
    await here.open();
    for (const one of others) {
      await one.open();
      await one.create(LONG);
      await one.create(...Array.from({ length: GATES }, (_, number) => dear(number)));
    }
    const [port = 0] = await freePorts(1);
    await startOperator(port);
    const answers = async (path: string) => {
      const asked = fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(1000) });
      return asked.then(
        ({ ok }) => ok,
        () => false,
      );
    };
    await here.until('it is ready', async () => ((await answers('/readyz')) ? true : undefined));

    let isGated = false;
    const probed = (async () => {
      const failed: number[] = [0];
      while (!isGated) {
        failed.push((await answers('/healthz')) ? 0 : (failed.at(-1) ?? 0) + 1);
        await setTimeout(100);
      }
      return Math.max(...failed);
    })();
    await here.create(deployment('pinger'), gate('first', ['pinger'], [dns('api')]));
    await here.untilGate('first', { ready: 'True/InForce' }).finally(() => {
      isGated = true;
    });
    expect(await probed, 'failures in a row, of which three end the container').to.be.below(3);
    const postponed = await here.until('what is beyond their share waits', async () => {
      const gates = await Promise.all(others.map((one) => one.list('DependencyGate')));
      const found = JSON.stringify(gates).match(/EvaluationPostponed/g);
      return found ?? undefined;
    });
    expect(postponed).not.to.be.empty;
  });
});
