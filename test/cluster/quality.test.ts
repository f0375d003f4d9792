import { expect } from 'chai';
import { z } from 'zod';
import { targetAnnotationValue } from '../../src/api/names.ts';
import { inject } from '../../src/core/render/inject.ts';
import type { PodTemplate } from '../../src/core/render/template.ts';
import { dns, gate, tcp } from '../core/builders.ts';
import { app } from './admission-api.ts';
import { useAdmission } from './admission-cluster.ts';
import { TARGET } from './admission-workloads.ts';
import { eventually } from './eventually.ts';

const podSchema = z.object({ status: z.object({ qosClass: z.string() }) });

describe('what waiting containers request', function () {
  this.timeout(120_000);
  const cluster = useAdmission();
  const one = gate('a').dependsOn(dns('api'), tcp('redis', 6379)).rendered();

  /** What kind of service a Pod of a gated template gets; throws where the API server refuses it. */
  async function quality(namespace: string, { spec }: PodTemplate): Promise<string> {
    const target = targetAnnotationValue('Deployment', TARGET);
    const gated = inject({ spec }, { gate: 'a', render: one.render, target });
    const path = `/api/v1/namespaces/${namespace}/pods`;
    const pod = { metadata: { ...gated.metadata, name: 'app' }, spec: gated.spec };
    return podSchema.parse(await cluster().send('POST', path, pod, { dryRun: true })).status.qosClass;
  }

  const limited = (resources: object): PodTemplate => ({
    spec: { containers: [{ name: 'app', image: 'registry.example/app:1', resources }] },
  });

  it('leaves a Guaranteed Pod Guaranteed, and makes no other one so', async () => {
    const namespace = await cluster().namespace();
    const limits = { cpu: '0.5', memory: '64Mi' };
    expect(await quality(namespace, limited({ limits }))).to.equal('Guaranteed');
    expect(await quality(namespace, limited({ limits, requests: { ...limits, cpu: '500m' } }))).to.equal(
      'Guaranteed',
    );
    expect(await quality(namespace, limited({ limits, requests: { cpu: '1m' } }))).to.equal('Burstable');
    expect(await quality(namespace, app())).to.equal('Burstable');
  });

  it('satisfies a quota, and a LimitRange that has defaults', async () => {
    const namespace = await cluster().namespace();
    const path = `/api/v1/namespaces/${namespace}`;
    const hard = { 'requests.cpu': '1', 'requests.memory': '1Gi', 'limits.cpu': '1', 'limits.memory': '1Gi' };
    await cluster().send('POST', `${path}/resourcequotas`, { metadata: { name: 'all' }, spec: { hard } });
    await eventually('the quota counts', 60_000, async () => {
      const quota = z.object({ status: z.object({ hard: z.record(z.string(), z.string()).optional() }) });
      const { status } = quota.parse(await cluster().send('GET', `${path}/resourcequotas/all`));
      return status.hard;
    });
    const resources = { limits: { cpu: '200m', memory: '128Mi' }, requests: { cpu: '20m', memory: '32Mi' } };
    expect(await quality(namespace, limited(resources))).to.equal('Burstable');
    const limits = [{ type: 'Container', default: resources.limits, defaultRequest: resources.requests }];
    await cluster().send('POST', `${path}/limitranges`, { metadata: { name: 'all' }, spec: { limits } });
    await eventually('the LimitRange is in force', 60_000, () => quality(namespace, app()));
  });
});
