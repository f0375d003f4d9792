import { expect } from 'chai';
import PQueue from 'p-queue';
import type { KubeObject } from '../../../src/sandbox/cluster.ts';
import { daemonSet, deployment, gate, statefulSet } from '../../scenarios/manifests.ts';
import { MAIN_VERSION, versionUnderTest } from '../versions.ts';
import { isUngated, useStory, type WatchedCluster } from './cluster.ts';
import { PASSING, requiring } from './manifests.ts';

/** On other releases the same happens, in fewer orders. */
const ROUNDS = versionUnderTest() === MAIN_VERSION ? 50 : 20;
/** Each of them has an API server's and a node's work in it. */
const AT_A_TIME = 4;
const SEED = 20_260_101;

/** Gates and workloads in one `kubectl apply`, in any order. */
export function orders(on: () => WatchedCluster): void {
  describe('workloads that require a gate, and the gate, in one apply', () => {
    const { here, everyPod } = useStory(on);

    it(`never start ungated, in ${ROUNDS} random orders, and roll once at most`, async function () {
      this.timeout(600_000);
      const shuffle = shuffling(SEED);
      const rounds = Array.from({ length: ROUNDS }, (_, round) => shuffle(objectsOf(`r${round}`)));
      const queue = new PQueue({ concurrency: AT_A_TIME });
      await queue.addAll(rounds.map((objects) => () => play(objects)));
      expect(orderings(rounds).size).to.be.greaterThan(10);
      const pods = await everyPod();
      expect(pods.length).to.be.at.least(3 * ROUNDS);
      expect(pods.filter((pod) => isUngated(pod, [gateOf(pod.app ?? '')]))).to.be.empty;
    });

    async function play(objects: readonly KubeObject[]): Promise<void> {
      await here().apply(...objects);
      const name = gateOf(objects[0]?.metadata.name ?? '');
      await here().untilGate(name, { open: 'True/AllPassed', pods: '3/3', older: 0, ungated: 0 });
      for (const { kind, metadata } of objects) {
        if (!isWorkload(kind)) continue;
        const { generation } = (await here().workload(metadata.name, kind)).metadata;
        expect(generation, `${metadata.name} of ${objects.map((one) => one.kind)}`).to.be.within(1, 2);
      }
    }
  });
}

function objectsOf(name: string): KubeObject[] {
  const targets = [`${name}-web`, `StatefulSet/${name}-db`, `DaemonSet/${name}-agent`];
  const workloads = [deployment(`${name}-web`), statefulSet(`${name}-db`), daemonSet(`${name}-agent`)];
  return [gate(name, targets, [PASSING]), ...workloads.map((workload) => requiring(workload, name))];
}

function orderings(rounds: readonly (readonly KubeObject[])[]): Set<string> {
  return new Set(rounds.map((objects) => objects.map(({ kind }) => kind).join()));
}

/** What its round's gate is called. */
function gateOf(name: string): string {
  return name.replace(/-.*/, '');
}

function isWorkload(kind: string): kind is 'Deployment' | 'StatefulSet' | 'DaemonSet' {
  return ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind);
}

/** Fisher–Yates with a linear congruential generator: the same orders in each run. */
function shuffling(seed: number): <T>(items: readonly T[]) => T[] {
  let state = seed;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return (items) => {
    const left = [...items];
    return items.flatMap(() => left.splice(below(left.length), 1));
  };
}
