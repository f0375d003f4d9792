import { expect } from 'chai';
import { z } from 'zod';
import { containerOwner, gateAnnotation } from '../../src/api/names.ts';
import type { GateSpec } from '../../src/api/spec.ts';
import type { PodTemplate } from '../../src/core/render/template.ts';
import { dns, gate, tcp } from '../core/builders.ts';
import { app, MERGE_PATCH } from './admission-api.ts';
import { useAdmission } from './admission-cluster.ts';
import { manifestOf, pathOf, TARGET, templateIn } from './admission-workloads.ts';
import { describeWith } from './describe-with.ts';
import { MUTATING_POLICIES } from './versions.ts';

const API_FIRST = gate('api-first').dependsOn(dns('api'), tcp('redis', 6379)).rendered();
const DB_FIRST = gate('db-first').dependsOn(tcp('db', 5432)).rendered();
const OURS = ['dgate-api-first--api', 'dgate-api-first--redis', 'dgate-db-first--db'];

const generationSchema = z.object({ metadata: z.object({ generation: z.int() }) });

const withInit = (...names: string[]): PodTemplate => {
  const initContainers = names.map((name) => ({ name, image: `registry.example/${name}:1` }));
  return { ...app(), spec: { ...app().spec, ...(names.length > 0 && { initContainers }) } };
};

describeWith(MUTATING_POLICIES, 'with the inject policies', function () {
  this.timeout(120_000);
  const cluster = useAdmission();
  let namespace = '';
  beforeEach(async () => {
    namespace = await cluster().namespace();
  });

  /** kubectl writes a Deployment, and nobody is warned of anything. */
  async function write(template: PodTemplate, ...command: readonly string[]): Promise<void> {
    const input = JSON.stringify(manifestOf('Deployment', template));
    const { stderr } = await cluster().kubectl([...command, '--namespace', namespace, '-f', '-'], { input });
    expect(stderr, command.join(' ')).to.equal('');
  }

  async function stored() {
    const object = await cluster().send('GET', pathOf('Deployment', namespace, TARGET));
    const template = templateIn('Deployment', object);
    return {
      template,
      generation: generationSchema.parse(object).metadata.generation,
      names: (template.spec.initContainers ?? []).map(({ name }) => name),
      annotations: template.metadata?.annotations ?? {},
    };
  }

  for (const [what, ...command] of [
    ['kubectl apply', 'apply'],
    ['kubectl apply --server-side', 'apply', '--server-side'],
  ]) {
    it(`${what} gates a Deployment at its birth, and whatever is taken from Git or added to it`, async () => {
      await cluster().install(namespace, API_FIRST, DB_FIRST);
      await write(withInit('migrate'), ...command);
      expect(await stored()).to.deep.include({ generation: 1, names: [...OURS, 'migrate'] });
      await write(withInit('migrate'), ...command);
      expect((await stored()).generation).to.equal(1);
      await write(withInit('prepare', 'migrate'), ...command);
      expect((await stored()).names).to.have.members([...OURS, 'prepare', 'migrate']);
      expect((await stored()).names.slice(0, 3)).to.deep.equal(OURS);
      await write(withInit(), ...command);
      expect((await stored()).names).to.deep.equal(OURS);
    });
  }

  for (const [what, ...command] of [
    ['kubectl apply', 'apply'],
    ['kubectl apply --server-side', 'apply', '--server-side'],
  ]) {
    it(`${what} keeps a gate behind the container that it names, wherever that goes`, async () => {
      const behind = gate('db-first').dependsOn(tcp('db', 5432)).specifying({ after: 'proxy' }).rendered();
      await cluster().install(namespace, API_FIRST, behind);
      const steps: readonly (readonly [written: readonly string[], before: string | undefined])[] = [
        [['proxy', 'migrate'], 'proxy'],
        [['migrate', 'proxy'], 'proxy'],
        [['net', 'proxy', 'migrate'], 'proxy'],
        // Without that container they stand first: no Pod starts without its gate.
        [['sql-proxy', 'migrate'], 'dgate-api-first--redis'],
        [['proxy'], 'proxy'],
        [[], 'dgate-api-first--redis'],
      ];
      for (const [written, before] of steps) {
        await write(withInit(...written), ...command);
        const { names, generation } = await stored();
        expect(names, `${written}`).to.have.members([...OURS, ...written]);
        expect(names.slice(0, 2), `${written}`).to.deep.equal(OURS.slice(0, 2));
        expect(names[names.indexOf('dgate-db-first--db') - 1], `${written}`).to.equal(before);
        await write(withInit(...written), ...command);
        expect((await stored()).generation, 'written again').to.equal(generation);
      }
    });
  }

  it('kubectl create and replace keep the gates', async () => {
    await cluster().install(namespace, API_FIRST, DB_FIRST);
    await write(withInit('migrate'), 'create');
    const { template, names } = await stored();
    expect(names).to.deep.equal([...OURS, 'migrate']);
    // Its generation is another: replace takes out the annotation with the revision too, which is the controller's.
    await write(withInit('migrate'), 'replace');
    expect((await stored()).template).to.deep.equal(template);
  });

  it('a changed render takes the place of the older one with the next write', async () => {
    await cluster().install(namespace, API_FIRST, DB_FIRST);
    await write(withInit('migrate'), 'apply');
    await cluster().change(namespace, API_FIRST.dependsOn(tcp('redis', 6380), dns('cache')).rendered());
    await write(withInit('migrate'), 'apply');
    const after = ['dgate-api-first--redis', 'dgate-api-first--cache', 'dgate-db-first--db', 'migrate'];
    expect(await stored()).to.deep.include({ generation: 2, names: after });
  });

  describe('a render that waits for a rollout (OnNextRollout)', () => {
    const waiting = gate('patient').dependsOn(dns('api'));
    const install = (updatePolicy: GateSpec['updatePolicy']) =>
      cluster().install(namespace, waiting.specifying({ ...(updatePolicy && { updatePolicy }) }).rendered());
    const patch = (change: unknown) =>
      cluster().send('PATCH', pathOf('Deployment', namespace, TARGET), change, { type: MERGE_PATCH });
    const isGated = async () =>
      (await stored()).names.some((name) => containerOwner(name)?.gate === 'patient');

    it('enters a Deployment that is created', async () => {
      await install('OnNextRollout');
      await write(app(), 'apply');
      expect(await isGated()).to.equal(true);
    });

    it('enters one whose template is changed, and no other', async () => {
      await write(app(), 'apply');
      await install('OnNextRollout');
      await patch({ metadata: { labels: { some: 'label' } }, spec: { paused: true } });
      expect((await stored()).annotations).to.not.have.property(gateAnnotation('patient'));
      await patch({ spec: { template: { metadata: { annotations: { restarted: 'now' } } } } });
      expect(await isGated()).to.equal(true);
    });

    for (const updatePolicy of ['Immediate', undefined] as const) {
      it(`enters with whatever is written where the policy is ${updatePolicy ?? 'not set'}`, async () => {
        await write(app(), 'apply');
        await install(updatePolicy);
        await patch({ metadata: { labels: { some: 'label' } } });
        expect(await isGated()).to.equal(true);
      });
    }
  });
});
