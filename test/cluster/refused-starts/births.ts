import { expect } from 'chai';
import type { KubeObject } from '../../../src/sandbox/cluster.ts';
import { daemonSet, deployment, dns, gate, service, statefulSet } from '../../scenarios/manifests.ts';
import type { Kind } from '../../scenarios/resources.ts';
import { initNames } from '../../scenarios/views.ts';
import { useStory, type WatchedCluster } from '../first-starts/cluster.ts';
import { requiring } from '../first-starts/manifests.ts';
import { refusals, untilRefusing, untilRequiring } from './cluster.ts';

interface Case {
  readonly title: string;
  readonly make: () => KubeObject;
  readonly pods: string;
}

const rolling = (rollingUpdate: object) => ({ spec: { strategy: { rollingUpdate } } });

const CASES: readonly Case[] = [
  { title: 'a Deployment', make: () => deployment('app', { replicas: 4 }), pods: '4/4' },
  {
    title: 'a Deployment without surge',
    make: () => deployment('app', { replicas: 2, ...rolling({ maxSurge: 0, maxUnavailable: 1 }) }),
    pods: '2/2',
  },
  {
    title: 'a Deployment that recreates its Pods',
    make: () => deployment('app', { replicas: 2, spec: { strategy: { type: 'Recreate' } } }),
    pods: '2/2',
  },
  { title: 'a StatefulSet', make: () => statefulSet('app', { replicas: 2 }), pods: '2/2' },
  {
    title: 'a StatefulSet that replaces no Pod by itself',
    make: () => statefulSet('app', { replicas: 2, spec: { updateStrategy: { type: 'OnDelete' } } }),
    pods: '2/2',
  },
  { title: 'a DaemonSet', make: () => daemonSet('app'), pods: '1/1' },
  {
    title: 'a DaemonSet that replaces no Pod by itself',
    make: () => daemonSet('app', { spec: { updateStrategy: { type: 'OnDelete' } } }),
    pods: '1/1',
  },
];

/** Workloads that never had a Pod without their gate, where admission can only refuse. */
export function births(on: () => WatchedCluster): void {
  for (const { title, make, pods } of CASES) {
    describe(`a refused first start of ${title}`, () => {
      const { here, ungated, settle } = useStory(on);
      const kind = kindOf(make());
      const open = async () => {
        await here().create(service('api'));
        await here().untilGate('first', { open: 'True/AllPassed', pods, older: 0, ungated: 0 });
        await settle('first');
        expect(await ungated('app', 'first')).to.be.empty;
        const workload = await here().workload('app', kind);
        expect(workload.metadata.generation).to.equal(2);
        expect(initNames(workload)).to.deep.equal(['dgate-first--api']);
      };

      it('has its gate from the first Pod on where the gate is there before it', async () => {
        await here().create(gate('first', [`${kind}/app`], [dns('api')]));
        await untilRefusing(here(), kind, 'app');
        await here().create(make());
        await here().untilGate('first', { open: 'False/Waiting', ungated: 0 });
        await open();
      });

      it('has its gate from the first Pod on where its template requires one that comes later', async () => {
        await untilRequiring(here());
        await here().create(requiring(make(), 'first'));
        const [note] = await here().until('a controller tells of it', async () => {
          const notes = await refusals(here());
          return notes.length > 0 ? notes : undefined;
        });
        expect(note).to.contain('requires gate first (label dependencygate.dev/require)');
        await here().create(gate('first', [`${kind}/app`], [dns('api')]));
        await here().untilGate('first', { open: 'False/Waiting', ungated: 0 });
        await open();
      });

      it('has its gate from the first Pod on where the operator comes back after it', async () => {
        await here().create(gate('first', [`${kind}/app`], [dns('api')]));
        await untilRefusing(here(), kind, 'app');
        await on().operator.stop();
        await here().create(make());
        await here().until('a controller tells of it', async () => (await refusals(here()))[0]);
        await on().operator.start();
        await here().untilGate('first', { open: 'False/Waiting', ungated: 0 });
        await open();
      });
    });
  }
}

function kindOf({ kind }: KubeObject): Kind & ('Deployment' | 'StatefulSet' | 'DaemonSet') {
  if (kind === 'Deployment' || kind === 'StatefulSet' || kind === 'DaemonSet') return kind;
  throw new Error(`${kind} has no Pods of its own`);
}
