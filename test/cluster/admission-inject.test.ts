import { expect } from 'chai';
import fc from 'fast-check';
import { z } from 'zod';
import { gateAnnotation, targetAnnotationValue } from '../../src/api/names.ts';
import { TARGET_KINDS } from '../../src/api/spec.ts';
import { type PodTemplate, templatePath } from '../../src/core/render/template.ts';
import { gateNamed, templates } from '../core/arbitraries.ts';
import { container, dns, type GateBuilder, gate, tcp } from '../core/builders.ts';
import { app, type Call, type Caller, MERGE_PATCH, OPERATOR } from './admission-api.ts';
import { useAdmission } from './admission-cluster.ts';
import {
  API_FIRST,
  CONVERSIONS,
  INHERITING,
  LOST_VOLUMES,
  MIRRORED,
  MOUNTING,
  NAMED_ALIKE,
  OVERRIDING,
  OWN_CHECK,
  placed,
  TEMPLATES,
  withRoomFor,
} from './admission-templates.ts';
import { completed, type Kind, pathOf, TARGET, templateIn } from './admission-workloads.ts';
import { describeWith } from './describe-with.ts';
import { propertyRuns, SWITCHED_ON } from './versions.ts';

/** Gates of one namespace, as they are when a workload is written. */
const SCENES: Readonly<Record<string, readonly GateBuilder[]>> = {
  'one gate': [API_FIRST],
  'a gate with a container of the user': [OWN_CHECK],
  'a gate whose container mounts a volume of the target': [MOUNTING],
  'gates with pull secrets': MIRRORED,
  'gates whose containers are made from the app': [INHERITING, OVERRIDING],
  'several gates, whose names begin alike': NAMED_ALIKE,
  'gates behind init containers of the template, two behind one, and some behind one that few have': [
    API_FIRST,
    gate('b')
      .dependsOn(dns('b'), tcp('b', 1, { name: 'b-1' }))
      .specifying({ after: 'migrate' })
      .rendered(),
    gate('a').dependsOn(dns('a')).specifying({ after: 'migrate' }).rendered(),
    gate('z').dependsOn(dns('z')).specifying({ after: 'proxy' }).rendered(),
    gate('y').dependsOn(container('own-check')).specifying({ after: 'seed' }).rendered(),
  ],
  'gates of which one has resources of its own, and one no limit of CPU': [
    gate('a')
      .dependsOn(dns('a'))
      .specifying({ waiter: { resources: { requests: { cpu: '1m' }, limits: { cpu: '2', memory: '1Gi' } } } })
      .rendered(),
    gate('b')
      .dependsOn(dns('b'))
      .specifying({ waiter: { resources: { limits: { memory: '1Gi' } } } })
      .rendered(),
  ],
  'a suspended gate': [API_FIRST.suspended()],
  'a gate that is going away, and one that is not': [
    API_FIRST.deleting(),
    gate('stays').dependsOn(dns('api')).rendered(),
  ],
  'a gate that is not rendered yet, and one that is': [
    gate('new').dependsOn(dns('api')),
    gate('old').dependsOn(dns('api')).rendered(),
  ],
};

describeWith(SWITCHED_ON, 'the inject policies', function () {
  this.timeout(180_000);
  // What `inject` makes is written in the operator's name, to which no other policy allows that. Jobs get a label besides.
  const isWanted = (manifest: string) => !/operator|require-job/.test(manifest);
  const cluster = useAdmission(isWanted, { isSwitchedOn: true });

  /**
   * What is stored of a template that somebody writes, and of what `inject` makes of it, written by the operator, whose
   * writes admission leaves alone. Both have been through the API server, so nothing but the placement can differ.
   */
  async function both(namespace: string, kind: Kind, template: PodTemplate, gates: readonly GateBuilder[]) {
    const target = targetAnnotationValue(kind, TARGET);
    const expected = placed(completed(kind, template), gates, target);
    const [byAdmission, byInject] = await Promise.all([
      cluster().create(namespace, kind, template, { dryRun: true }),
      cluster().create(namespace, kind, expected, { dryRun: true, as: OPERATOR }),
    ]);
    return { byAdmission, byInject };
  }

  for (const [what, gates] of Object.entries(SCENES)) {
    describe(`with ${what}`, () => {
      let namespace = '';
      before(async () => {
        namespace = await cluster().namespace();
        await cluster().install(namespace, ...gates);
      });

      for (const kind of TARGET_KINDS) {
        it(`make of every ${kind} what inject makes of it`, async () => {
          const possible = [
            ...(gates.includes(API_FIRST) ? CONVERSIONS : []),
            ...(gates.includes(MOUNTING) ? LOST_VOLUMES : []),
          ];
          for (const template of [...TEMPLATES, ...possible]) {
            const written = template.of(targetAnnotationValue(kind, TARGET));
            const { byAdmission, byInject } = await both(namespace, kind, written, gates);
            expect(byAdmission, template.what).to.deep.equal(byInject);
          }
        });
      }
    });
  }

  describe('with one gate and little room', () => {
    const gates = [API_FIRST];
    let namespace = '';
    before(async () => {
      namespace = await cluster().namespace();
      await cluster().install(namespace, ...gates);
    });

    for (const [kind, room] of [
      ['Deployment', 2],
      ['Deployment', 1],
      ['CronJob', 2],
      ['CronJob', 1],
    ] as const) {
      it(`make of a ${kind} with room for ${room} gate containers what inject makes of it`, async () => {
        const { byAdmission, byInject } = await both(namespace, kind, withRoomFor(room), gates);
        expect(byAdmission).to.deep.equal(byInject);
        expect(byAdmission.spec.initContainers).to.have.length(room === 2 ? 64 : 63);
      });
    }
  });

  describe('with a container that is made from the app', () => {
    const kinds = TARGET_KINDS.filter((one) => one !== 'Job');
    let namespace = '';
    before(async () => {
      namespace = await cluster().namespace();
      await cluster().install(namespace, INHERITING);
    });

    const generationOf = (answer: unknown) =>
      z.object({ metadata: z.object({ generation: z.int() }) }).parse(answer).metadata.generation;

    for (const kind of kinds) {
      it(`renew it in a ${kind} in the very write that changes the app, and make no write of their own`, async () => {
        await cluster().create(namespace, kind, app());
        const path = pathOf(kind, namespace, TARGET);
        const call: Call = { type: 'application/json-patch+json' };
        const pointer = `/${templatePath(kind).join('/')}/spec/containers/0/image`;
        const labels = [{ op: 'add', path: '/metadata/labels', value: { some: 'label' } }];
        expect(generationOf(await cluster().send('PATCH', path, labels, call))).to.equal(1);
        const image = [{ op: 'replace', path: pointer, value: 'registry.example/app:2' }];
        const changed = await cluster().send('PATCH', path, image, call);
        expect(generationOf(changed)).to.equal(2);
        expect(templateIn(kind, changed).spec.initContainers?.[1]).to.include({
          image: 'registry.example/app:2',
        });
      });
    }
  });

  describe('when a workload is changed', () => {
    const gates = [API_FIRST, gate('b').dependsOn(dns('b')).rendered()];
    let namespace = '';
    before(async () => {
      namespace = await cluster().namespace();
      for (const kind of TARGET_KINDS) await cluster().create(namespace, kind, app());
      await cluster().install(namespace, ...gates);
    });

    const patch = (kind: Kind, body: unknown, call: Call) =>
      cluster().send('PATCH', pathOf(kind, namespace, TARGET), body, { dryRun: true, ...call });
    const replace = async (kind: Kind, template: PodTemplate, as?: Caller) => {
      const path = `/${templatePath(kind).join('/')}`;
      const operation = { op: 'replace', path, value: completed(kind, template) };
      const call = { type: 'application/json-patch+json', ...(as && { as }) };
      return templateIn(kind, await patch(kind, [operation], call));
    };

    for (const kind of TARGET_KINDS.filter((one) => one !== 'Job')) {
      it(`make of every ${kind} what inject makes of it`, async () => {
        const target = targetAnnotationValue(kind, TARGET);
        for (const { what, of } of [...TEMPLATES, ...CONVERSIONS]) {
          const expected = placed(of(target), gates, target);
          const [byAdmission, byInject] = [
            await replace(kind, of(target)),
            await replace(kind, expected, OPERATOR),
          ];
          expect(byAdmission, what).to.deep.equal(byInject);
        }
      });

      it(`place a pending render into a ${kind} with whatever is written`, async () => {
        const labelled = await patch(
          kind,
          { metadata: { labels: { some: 'label' } } },
          { type: MERGE_PATCH },
        );
        expect(templateIn(kind, labelled).metadata?.annotations).to.include.keys(
          gates.map((one) => gateAnnotation(one.gate.name)),
        );
      });

      it(`leave a ${kind} alone that is going away, and the operator's own writes`, async () => {
        const label = { metadata: { labels: { some: 'label' } } };
        const byOperator = await patch(kind, label, { type: MERGE_PATCH, as: OPERATOR });
        expect(templateIn(kind, byOperator).spec.initContainers).to.equal(undefined);
        // Kept by a finalizer of somebody's, for as long as the test looks at it.
        const keep = { metadata: { finalizers: ['example.com/keep'] } };
        const path = pathOf(kind, namespace, TARGET);
        await cluster().send('PATCH', path, keep, { type: MERGE_PATCH, as: OPERATOR });
        await cluster().send('DELETE', path);
        expect(
          templateIn(kind, await patch(kind, label, { type: MERGE_PATCH })).spec.initContainers,
        ).to.equal(undefined);
        const free = { metadata: { finalizers: null } };
        await cluster().send('PATCH', path, free, { type: MERGE_PATCH, as: OPERATOR });
      });
    }

    it('leave a Job alone: its template never changes', async () => {
      const label = { metadata: { labels: { some: 'label' } } };
      const labelled = await patch('Job', label, { type: MERGE_PATCH });
      expect(templateIn('Job', labelled).spec.initContainers).to.equal(undefined);
    });
  });

  it('make of any template what inject makes of it, with any gates', async () => {
    const some = fc.uniqueArray(
      fc.constantFrom('a', 'api', 'api-2', 'z').chain((name) => gateNamed(name)),
      { selector: ({ gate }) => gate.name, minLength: 1, maxLength: 3 },
    );
    const property = fc.asyncProperty(
      some,
      some,
      fc.array(templates, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...TARGET_KINDS),
      async (before, now, written, kind) => {
        const namespace = await cluster().namespace();
        const gates = now.map((one) => one.specifying({ targets: [] }).rendered());
        await cluster().install(namespace, ...gates);
        for (const template of written) {
          const carrying = placed(
            template,
            before.map((one) => one.rendered()),
            targetAnnotationValue(kind, TARGET),
          );
          const { byAdmission, byInject } = await both(namespace, kind, carrying, gates);
          expect(byAdmission).to.deep.equal(byInject);
        }
      },
    );
    await fc.assert(property, {
      numRuns: propertyRuns(),
      interruptAfterTimeLimit: 120_000,
      endOnFailure: true,
    });
  });
});
