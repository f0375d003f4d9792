import { expect } from 'chai';
import { z } from 'zod';
import { TOKEN_MOUNT_PATH, targetAnnotationValue } from '../../src/api/names.ts';
import { inject } from '../../src/core/render/inject.ts';
import { container, dns, gate, tcp } from '../core/builders.ts';
import { app } from './admission-api.ts';
import { useAdmission } from './admission-cluster.ts';
import { TARGET } from './admission-workloads.ts';

const mount = z.object({ name: z.string(), mountPath: z.string() });
const mounting = z.object({ name: z.string(), volumeMounts: z.array(mount).default([]) });
const podSchema = z.object({
  spec: z.object({
    initContainers: z.array(mounting),
    containers: z.array(mounting),
    volumes: z.array(z.object({ name: z.string() })),
  }),
});

const WAITING = ['dgate-a--api', 'dgate-a--redis', 'dgate-b--api'];

describe('the token of the ServiceAccount', function () {
  this.timeout(60_000);
  const cluster = useAdmission();
  const gates = [
    gate('a').dependsOn(dns('api'), tcp('redis', 6379), container('own')).rendered(),
    gate('b').dependsOn(dns('api')).rendered(),
  ];

  /** By container: the volumes that a Pod of a gated template has where tokens are mounted, once it is admitted. */
  async function mountedThere(spec: object = {}): Promise<Readonly<Record<string, string[]>>> {
    const target = targetAnnotationValue('Deployment', TARGET);
    const own = { ...app(), spec: { ...app().spec, ...spec } };
    const template = gates.reduce(
      (so, { gate: { name }, render }) => inject(so, { gate: name, render, target }),
      own,
    );
    const metadata = { ...template.metadata, name: 'token' };
    const path = `/api/v1/namespaces/${await cluster().namespace()}/pods`;
    const pod = await cluster().send('POST', path, { metadata, spec: template.spec }, { dryRun: true });
    const { initContainers, containers } = podSchema.parse(pod).spec;
    return Object.fromEntries(
      [...initContainers, ...containers].map(({ name, volumeMounts }) => [
        name,
        volumeMounts.filter(({ mountPath }) => mountPath === TOKEN_MOUNT_PATH).map((one) => one.name),
      ]),
    );
  }

  it("is mounted into the app and into a user's own check, and into no container of ours", async () => {
    const mounted = await mountedThere();
    expect(mounted).to.have.all.keys(...WAITING, 'dgate-a--own', 'app');
    expect(WAITING.map((name) => mounted[name])).to.deep.equal([['dgate-a'], ['dgate-a'], ['dgate-b']]);
    for (const name of ['dgate-a--own', 'app'])
      expect(mounted[name]?.join(), name).to.match(/^kube-api-access-/);
  });

  it('is mounted nowhere where the Pod wants none, and ours are as they were', async () => {
    const mounted = await mountedThere({ automountServiceAccountToken: false });
    expect(WAITING.map((name) => mounted[name])).to.deep.equal([['dgate-a'], ['dgate-a'], ['dgate-b']]);
    for (const name of ['dgate-a--own', 'app']) expect(mounted[name], name).to.deep.equal([]);
  });
});
