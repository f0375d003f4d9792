import { expect } from 'chai';
import type { Dependency } from '../../src/api/spec.ts';
import { makeAvailable } from './available.ts';
import type { Scenario, TestCluster } from './cluster.ts';
import { comparable } from './comparable.ts';
import { deployment, dns, gate, service } from './manifests.ts';
import { Namespace } from './namespace.ts';
import type { CrashPoint } from './operator-runner.ts';
import { isReady } from './views.ts';

const FINALIZER = /^PATCH .*\/dependencygates\/first\?/;
const STATUS = /^PATCH .*\/dependencygates\/first\/status\?/;
const TARGET = /^PATCH .*\/deployments\/app\?/;
const POD = /^PATCH .*\/pods\/app-/;
const EVENT = /^POST .*\/events$/;

const EVALUATED: Dependency = { name: 'api', service: { name: 'api' } };

/** What somebody does, and the writes of the operator that follow from it, in their order. */
interface Story {
  readonly what: string;
  /** What is there before, and settled. */
  readonly prepare: (here: Namespace) => Promise<void>;
  readonly act: (here: Namespace) => Promise<void>;
  readonly end: (here: Namespace) => Promise<unknown>;
  readonly writes: readonly (readonly [what: string, write: RegExp, nth: number])[];
}

const waits = async (here: Namespace) => {
  const counts = { pods: '0/1', older: 0, ungated: 0 };
  // What the operator sees comes last.
  const seen = /: Service \w+ does not exist$/;
  await here.untilGate('first', { ready: 'True/InForce', open: 'False/Waiting', ...counts, seen });
};
const isOpen = async (here: Namespace) => {
  await here.untilGate('first', {
    ready: 'True/InForce',
    open: 'True/AllPassed',
    pods: '1/1',
    older: 0,
    ungated: 0,
  });
  await here.untilPods('app', 1, 'are ready', isReady);
};
const waiting =
  (...dependencies: Dependency[]) =>
  async (here: Namespace) => {
    await here.create(deployment('app', NO_SURGE), gate('first', ['app'], dependencies));
    await waits(here);
  };

/** A rollout that leaves one Pod, whatever that waits for. */
const NO_SURGE = { spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } } };

const STORIES: readonly Story[] = [
  {
    what: 'a gate for a Deployment that runs',
    prepare: (here) => makeAvailable(here, deployment('app', NO_SURGE)),
    act: (here) => here.create(gate('first', ['app'], [dns('api')])),
    end: waits,
    writes: [
      ['the status with the render', STATUS, 1],
      ['the finalizer', FINALIZER, 1],
      ['the target', TARGET, 1],
      ['the status that says so', STATUS, 2],
      ['an Event', EVENT, 1],
    ],
  },
  {
    what: 'a gate and a new Deployment',
    prepare: async () => {},
    act: (here) => here.create(gate('first', ['app'], [dns('api')]), deployment('app', NO_SURGE)),
    end: waits,
    writes: [
      ['the status with the render', STATUS, 1],
      ['the finalizer', FINALIZER, 1],
      ['the target', TARGET, 1],
      ['the status that says so', STATUS, 2],
    ],
  },
  {
    what: 'a gate that changes',
    prepare: waiting(dns('api')),
    act: (here) => here.patch('DependencyGate', 'first', { spec: { dependencies: [dns('other')] } }),
    end: waits,
    writes: [
      ['the status with the new render', STATUS, 1],
      ['the target', TARGET, 1],
      ['the status that says so', STATUS, 2],
    ],
  },
  {
    what: 'a gate that the operator opens',
    prepare: waiting(EVALUATED),
    act: (here) => here.create(service('api'), endpoints('api')),
    end: isOpen,
    writes: [
      ['the annotation of the Pod', POD, 1],
      ['the status', STATUS, 1],
    ],
  },
  {
    what: 'a gate that is deleted while a Pod waits in it',
    prepare: waiting(dns('api')),
    act: (here) => here.delete('DependencyGate', 'first'),
    end: async (here) => {
      await here.untilGone('DependencyGate', 'first');
      await here.untilPods('app', 1, 'are ready', isReady);
    },
    writes: [
      ['the annotation of the Pod', POD, 1],
      ['the target', TARGET, 1],
      ['the finalizer', FINALIZER, 1],
    ],
  },
];

/** What makes a Service ready. */
function endpoints(name: string) {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-1`, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.1.2.3'], conditions: { ready: true } }],
    ports: [{ port: 80 }],
  };
}

/**
 * The operator is killed at each write of a story, before it is sent or after it is stored, and another one is started. In
 * the end all is as if nothing had happened: as many rollouts, the same objects, nothing left over.
 */
export const crashes: Scenario = (on) => {
  describe('the operator is killed at each write of', () => {
    // It works in all namespaces, and would make some of the writes at which the one here is to be killed.
    before('stop the operator of the other scenarios', () => on().operator.stop());

    for (const story of STORIES)
      it(story.what, async function () {
        this.timeout(240_000);
        const points = story.writes.flatMap(([what, write, nth]) =>
          (['before', 'after'] as const).map((when) => ({ what, point: { write, nth, when } })),
        );
        const expected = await live(on(), story);
        const ends = await Promise.all(
          points.map(async ({ what, point }) => ({
            at: `${point.when} ${what}`,
            end: await live(on(), story, { point, until: expected }),
          })),
        );
        for (const { at, end } of ends)
          expect(JSON.stringify(end, null, 1), at).to.equal(JSON.stringify(expected, null, 1));
      });
  });
};

/** One run of a story in a namespace of its own: what is there in the end. */
async function live(
  on: TestCluster,
  story: Story,
  crash?: { readonly point: CrashPoint; readonly until: unknown },
): Promise<unknown> {
  const here = new Namespace(on);
  await here.open();
  const operator = on.anotherOperator([here.name]);
  try {
    await operator.start();
    await story.prepare(here);
    const crashed = crash ? operator.crashAt(crash.point) : Promise.resolve();
    await story.act(here);
    await crashed;
    if (crash) {
      await operator.kill();
      await operator.start();
    }
    await story.end(here);
    return await comparable(here, crash?.until);
  } finally {
    await operator.stop();
    await here.close();
  }
}
