import { expect } from 'chai';
import { z } from 'zod';
import { START_ANNOTATION, START_RELEASED, START_WAITING } from '../../src/api/names.ts';
import type { KubeObject } from '../../src/sandbox/cluster.ts';
import { deployment, dns, gate, service } from '../scenarios/manifests.ts';
import { build } from './build.ts';
import { type GatedCluster, startGatedCluster, useStory } from './first-starts/cluster.ts';
import { job, requiring } from './first-starts/manifests.ts';
import { startKueue } from './kueue.ts';
import { requirePrograms } from './programs.ts';
import { useCluster } from './use.ts';

const QUEUE = { 'kueue.x-k8s.io/queue-name': 'queue' };
const jobSchema = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({ suspend: z.boolean().default(false) }),
  status: z.object({ succeeded: z.int().default(0) }).default({ succeeded: 0 }),
});
const workloadsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ ownerReferences: z.array(z.object({ name: z.string() })) }),
      status: z
        .object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) })
        .default({ conditions: [] }),
    }),
  ),
});

const templatedSchema = z.looseObject({
  spec: z.looseObject({
    template: z.looseObject({ spec: z.looseObject({ containers: z.array(z.looseObject({})) }) }),
  }),
});

/** The real Kueue, which suspends and resumes Jobs that name a queue, beside gates. */
describe('a queue of Kueue', function () {
  this.timeout(300_000);
  const cluster = useCluster(async () => {
    await requirePrograms(process.env.KUBEBUILDER_ASSETS);
    await build('kueue', console.error);
  }, startQueued);
  const { here, everyPod, ungated } = useStory(cluster);

  const stored = async (name: string) => jobSchema.parse(await here().get('Job', name));
  const state = async (name: string) => {
    const { metadata, spec } = await stored(name);
    return `${spec.suspend ? 'suspended' : 'free'} ${metadata.annotations[START_ANNOTATION] ?? ''}`.trim();
  };
  const untilState = (name: string, wanted: string) =>
    here().until(`Job ${name} is ${wanted}`, async () => ((await state(name)) === wanted ? true : undefined));
  /** Whether the queue has given it its quota. */
  const hasQuota = async (name: string) => {
    const { items } = workloadsSchema.parse(
      JSON.parse(await here().kubectl(['get', 'workloads.kueue.x-k8s.io', '--output=json'])),
    );
    const own = items.find(({ metadata }) => metadata.ownerReferences.some((owner) => owner.name === name));
    const condition = own?.status.conditions.find(({ type }) => type === 'Admitted');
    return condition?.status === 'True' ? true : undefined;
  };
  const untilQuota = (name: string) => here().until(`the queue admits ${name}`, () => hasQuota(name));
  /** The queue of this namespace, with quota for so many Jobs of one Pod. */
  const queue = async (jobs: number) => {
    const objects = queueOf(here().name, jobs);
    await here().kubectl(
      ['apply', '-f=-'],
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
    );
  };
  const hold = (policy: 'None' | 'HoldAndDrain') =>
    here().kubectl([
      'patch',
      `clusterqueue/${here().name}`,
      '--type=merge',
      `--patch={"spec":{"stopPolicy":"${policy}"}}`,
    ]);

  const waitsAndOpens = async () => {
    await here().untilGate('first', { open: 'False/Waiting', pods: '0/1' });
    await here().create(service('api'));
    await here().untilGate('first', { open: 'True/AllPassed', ungated: 0 });
    expect(await ungated('migrate', 'first')).to.be.empty;
  };

  it('has quota for a Job first, which starts when its gate is in force too', async () => {
    await queue(1);
    await here().create(queued(requiring(job('migrate'), 'first')));
    await untilQuota('migrate');
    expect(await state('migrate')).to.equal(`suspended ${START_WAITING}`);
    await here().create(gate('first', ['Job/migrate'], [dns('api')]));
    await untilState('migrate', `free ${START_RELEASED}`);
    await waitsAndOpens();
  });

  it('has quota for a Job without the label, right after its gate: both are waited for', async () => {
    await queue(1);
    await here().apply(gate('first', ['Job/migrate'], [dns('api')]), queued(job('migrate')));
    await untilState('migrate', `free ${START_RELEASED}`);
    await waitsAndOpens();
  });

  it('has quota for a Job last: the gate lets it go, and the queue resumes it', async () => {
    await queue(0);
    await here().create(gate('first', ['Job/migrate'], [dns('api')]));
    await here().create(queued(requiring(job('migrate'), 'first')));
    await untilState('migrate', `suspended ${START_RELEASED}`);
    expect(await everyPod('migrate')).to.be.empty;
    await queue(1);
    await untilState('migrate', `free ${START_RELEASED}`);
    await waitsAndOpens();
  });

  it('takes a Job back that waits in its gate, and nobody else resumes it', async () => {
    await queue(1);
    await here().create(gate('first', ['Job/migrate'], [dns('api')]));
    await here().create(queued(requiring(job('migrate'), 'first')));
    await here().untilGate('first', { open: 'False/Waiting', pods: '0/1' });
    await hold('HoldAndDrain');
    await untilState('migrate', `suspended ${START_RELEASED}`);
    await here().untilGate('first', { pods: '0/0' });
    const [first] = await everyPod('migrate');
    await hold('None');
    await untilState('migrate', `free ${START_RELEASED}`);
    await waitsAndOpens();
    expect((await everyPod('migrate')).filter(({ name }) => name !== first?.name)).to.have.length(1);
  });

  it('resumes a Job without a gate that is deleted meanwhile', async () => {
    await queue(0);
    await here().create(gate('first', ['Job/migrate'], [dns('api')]));
    await here().create(queued(requiring(job('migrate'), 'first')));
    await untilState('migrate', `suspended ${START_RELEASED}`);
    await here().delete('DependencyGate', 'first');
    await here().untilGone('DependencyGate', 'first');
    await queue(1);
    await untilState('migrate', `free ${START_RELEASED}`);
    const [pod] = await here().until('it has a Pod', async () => {
      const pods = await everyPod('migrate');
      return pods.length > 0 ? pods : undefined;
    });
    expect(pod?.wasHeld).to.equal(false);
  });

  it('has quota for a Deployment, whose Pods wait for it and for the gate', async () => {
    await queue(0);
    await here().create(gate('first', ['web'], [dns('api')]), queued(requiring(deployment('web'), 'first')));
    await here().untilGate('first', { ready: 'True/InForce', open: 'False/Waiting' });
    await here().create(service('api'));
    await here().until('a Pod that waits for the queue', async () => {
      const pods = await here().kubectl([
        'get',
        'pods',
        '--output=jsonpath={.items[*].spec.schedulingGates}',
      ]);
      return pods.includes('kueue.x-k8s.io/admission') ? true : undefined;
    });
    await queue(1);
    await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1', ungated: 0 });
    expect(await ungated('web', 'first')).to.be.empty;
  });

  it('has met no defect', () => expect(cluster().operator.errors).to.be.empty);
});

async function startQueued(): Promise<GatedCluster> {
  const cluster = await startGatedCluster();
  const kueue = await startKueue(cluster.controlPlane).catch(async (error: unknown) => {
    await cluster.stop();
    throw error;
  });
  const stop: GatedCluster['stop'] = async (options) => {
    await kueue.stop(options);
    await cluster.stop(options);
  };
  return { ...cluster, stop };
}

/** The workload with the label that puts it into the queue, and what the queue counts. */
function queued(workload: KubeObject): KubeObject {
  const { spec } = templatedSchema.parse(structuredClone(workload));
  for (const container of spec.template.spec.containers)
    Object.assign(container, { resources: { requests: { cpu: '1' } } });
  return { ...workload, metadata: { ...workload.metadata, labels: QUEUE }, spec };
}

function queueOf(namespace: string, jobs: number): object[] {
  const apiVersion = 'kueue.x-k8s.io/v1beta2';
  // A Pod is counted with its waiting containers, which request memory.
  const resources = [
    { name: 'cpu', nominalQuota: String(jobs) },
    { name: 'memory', nominalQuota: '1Gi' },
  ];
  return [
    { apiVersion, kind: 'ResourceFlavor', metadata: { name: 'any' } },
    {
      apiVersion,
      kind: 'ClusterQueue',
      metadata: { name: namespace },
      spec: {
        namespaceSelector: {},
        resourceGroups: [{ coveredResources: ['cpu', 'memory'], flavors: [{ name: 'any', resources }] }],
      },
    },
    {
      apiVersion,
      kind: 'LocalQueue',
      metadata: { name: 'queue', namespace },
      spec: { clusterQueue: namespace },
    },
  ];
}
