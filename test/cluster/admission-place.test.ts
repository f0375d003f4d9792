import { expect } from 'chai';
import fc from 'fast-check';
import { z } from 'zod';
import {
  gateAnnotation,
  HOLD_GATE,
  REQUIRE_LABEL,
  requireValue,
  TARGET_ANNOTATION,
  TEMPLATE_HASH_LABEL,
  TOKEN_MOUNT_PATH,
  targetAnnotationValue,
} from '../../src/api/names.ts';
import { type PodTemplate, podTemplateSchema } from '../../src/core/render/template.ts';
import { gateNamed, templates } from '../core/arbitraries.ts';
import { dns, type GateBuilder, gate } from '../core/builders.ts';
import { app, type Call, OPERATOR } from './admission-api.ts';
import { useAdmission } from './admission-cluster.ts';
import {
  API_FIRST,
  CONVERSIONS,
  NAMED_ALIKE,
  OWN_CHECK,
  placed,
  TEMPLATES,
  withRoomFor,
} from './admission-templates.ts';
import { manifestOf, pathOf, TARGET } from './admission-workloads.ts';
import { describeWith } from './describe-with.ts';
import { propertyRuns, SWITCHED_ON } from './versions.ts';

const inPods = (one: GateBuilder) => one.specifying({ placement: 'Pod' });

/** Gates of one namespace, as they are when a Pod is created. */
const SCENES: Readonly<Record<string, readonly GateBuilder[]>> = {
  'one gate': [inPods(API_FIRST)],
  'a gate with a container of the user': [inPods(OWN_CHECK)],
  'several gates, whose names begin alike': NAMED_ALIKE.map(inPods),
};

const HASH = '6d4f8c9b7c';

interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly controller?: boolean;
}

/** What owns the Pods of the workload `TARGET` of each kind. */
const OWNERS = {
  Deployment: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${TARGET}-${HASH}` },
  StatefulSet: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: TARGET },
  DaemonSet: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: TARGET },
} as const satisfies Record<string, Owner>;
const KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;

/** Whose Pods are none of a target's. */
const OTHERS: Readonly<Record<string, Owner | undefined>> = {
  'nothing owns it': undefined,
  'its owner is no controller': { ...OWNERS.StatefulSet, controller: false },
  'its owner is of another group': { ...OWNERS.StatefulSet, apiVersion: 'apps.kruise.io/v1beta1' },
  'its ReplicaSet is of another group': { ...OWNERS.Deployment, apiVersion: 'apps.example.com/v1' },
  'its ReplicaSet is not named by its hash': { ...OWNERS.Deployment, name: `${TARGET}-other` },
  'its ReplicaSet is of a Deployment whose name only begins so': {
    ...OWNERS.Deployment,
    name: `${TARGET}-x-${HASH}`,
  },
  'its ReplicaSet has the name of the target': { ...OWNERS.Deployment, name: TARGET },
  'its owner has another name': { ...OWNERS.DaemonSet, name: 'other' },
  'its owner is a Node': { apiVersion: 'v1', kind: 'Node', name: TARGET },
};

const podSchema = z.looseObject({
  metadata: z.looseObject({ annotations: z.record(z.string(), z.string()).default({}) }),
  spec: z.looseObject({
    schedulingGates: z.array(z.object({ name: z.string() })).default([]),
    initContainers: z
      .array(
        z.looseObject({
          name: z.string(),
          volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })).default([]),
          resources: z
            .object({ limits: z.record(z.string(), z.string()).optional() })
            .loose()
            .optional(),
        }),
      )
      .default([]),
  }),
});

/** A Pod as its controller creates it. */
function podOf({ metadata, spec }: PodTemplate, owner: Owner | undefined): unknown {
  return {
    metadata: {
      ...metadata,
      name: 'one',
      labels: { ...metadata?.labels, [TEMPLATE_HASH_LABEL]: HASH },
      ...(owner && { ownerReferences: [{ controller: true, uid: 'some', ...owner }] }),
    },
    // A volume for its token would have a name that is made up anew each time.
    spec: { automountServiceAccountToken: false, ...spec },
  };
}

describeWith(SWITCHED_ON, 'the policies for placement in Pods', function () {
  this.timeout(180_000);
  // What the core makes is written in the operator's name, to which no other policy allows that.
  const cluster = useAdmission((manifest) => !manifest.includes('operator'), { isSwitchedOn: true });
  let namespace = '';

  const create = (pod: unknown, call: Call = {}) =>
    cluster().send('POST', `/api/v1/namespaces/${namespace}/pods`, pod, { dryRun: true, ...call });

  /** What is stored of a Pod that a controller creates. */
  async function born(template: PodTemplate, owner: Owner | undefined = OWNERS.Deployment) {
    return podSchema.parse(await create(podOf(template, owner)));
  }

  /** What is stored of a Pod, and of what the core makes of it, which admission leaves alone as the operator's. */
  async function both(kind: (typeof KINDS)[number], template: PodTemplate, gates: readonly GateBuilder[]) {
    const expected = placed(template, gates, targetAnnotationValue(kind, TARGET));
    const parse = (pod: unknown) => podTemplateSchema.parse(timeless(pod));
    const [byAdmission, byCore] = await Promise.all([
      create(podOf(template, OWNERS[kind])),
      create(podOf(expected, OWNERS[kind]), { as: OPERATOR }),
    ]);
    return { byAdmission: parse(byAdmission), byCore: parse(byCore) };
  }

  for (const [what, gates] of Object.entries(SCENES)) {
    describe(`with ${what}`, () => {
      before(async () => {
        namespace = await cluster().namespace();
        await cluster().installInPods(namespace, ...gates);
      });

      for (const kind of KINDS) {
        it(`make of every Pod of a ${kind} what the core makes of it`, async () => {
          const cases = what === 'one gate' ? [...TEMPLATES, ...CONVERSIONS] : TEMPLATES;
          for (const template of cases) {
            const written = template.of(targetAnnotationValue(kind, TARGET));
            const { byAdmission, byCore } = await both(kind, written, gates);
            expect(byAdmission, template.what).to.deep.equal(byCore);
          }
        });
      }
    });
  }

  it('make of any Pod what the core makes of it, with any gates', async () => {
    const some = fc.uniqueArray(
      fc.constantFrom('a', 'api', 'api-2', 'z').chain((name) => gateNamed(name)),
      { selector: ({ gate }) => gate.name, minLength: 1, maxLength: 3 },
    );
    const property = fc.asyncProperty(
      some,
      fc.array(templates, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...KINDS),
      async (now, written, kind) => {
        namespace = await cluster().namespace();
        const gates = now.map((one) => inPods(one.specifying({ targets: [] })).rendered());
        await cluster().installInPods(namespace, ...gates);
        for (const template of written) {
          const { byAdmission, byCore } = await both(kind, template, gates);
          expect(byAdmission).to.deep.equal(byCore);
        }
      },
    );
    await fc.assert(property, {
      numRuns: propertyRuns(),
      interruptAfterTimeLimit: 120_000,
      endOnFailure: true,
    });
  });

  describe('with a gate for each placement', () => {
    const [template, pod] = [gate('b-template').dependsOn(dns('api')), gate('c-pod').dependsOn(dns('api'))];
    const gates = [template.rendered(), inPods(pod).rendered()];
    before(async () => {
      namespace = await cluster().namespace();
      await cluster().installInPods(namespace, ...gates.slice(1));
      await cluster().install(namespace, ...gates.slice(0, 1));
    });

    it('put what is to go into Pods into no template, and the other way round', async () => {
      for (const kind of [...KINDS, 'CronJob'] as const) {
        const { spec } = await cluster().create(namespace, kind, app(), { dryRun: true });
        expect(
          spec.initContainers?.map(({ name }) => name),
          kind,
        ).to.deep.equal(['dgate-b-template--api']);
      }
      expect((await born(app())).spec.initContainers.map(({ name }) => name)).to.deep.equal([
        'dgate-c-pod--api',
      ]);
    });

    it('order what the template carries and what comes in by the names of gates', async () => {
      const a = gate('a-template').dependsOn(dns('api')).rendered();
      const carrying = placed(
        { ...app(), spec: { ...app().spec, initContainers: [{ name: 'own', ...{ image: 'own' } }] } },
        [template.rendered(), a, gate('d-template').dependsOn(dns('api')).rendered()],
        `Deployment/${TARGET}`,
      );
      expect((await born(carrying)).spec.initContainers.map(({ name }) => name)).to.deep.equal([
        'dgate-a-template--api',
        'dgate-b-template--api',
        'dgate-c-pod--api',
        'dgate-d-template--api',
        'own',
      ]);
    });

    it('gate the Jobs of a CronJob as they are created, also those that somebody starts by hand', async () => {
      const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: TARGET, uid: 'some', controller: true };
      const manifest = z
        .looseObject({ metadata: z.looseObject({}) })
        .parse(manifestOf('Job', app(), 'by-it'));
      const owned = { ...manifest, metadata: { ...manifest.metadata, ownerReferences: [owner] } };
      const made = await cluster().send('POST', pathOf('Job', namespace), owned, { dryRun: true });
      const { metadata, spec } = podTemplateSchema.parse(
        z.object({ spec: z.object({ template: z.unknown() }) }).parse(made).spec.template,
      );
      expect(spec.initContainers?.map(({ name }) => name)).to.deep.equal(['dgate-c-pod--api']);
      expect(metadata?.annotations?.[TARGET_ANNOTATION]).to.equal(`CronJob/${TARGET}`);
    });

    it('gate Jobs as they are created for a gate of either placement', async () => {
      const { spec } = await cluster().create(namespace, 'Job', app(), { dryRun: true });
      expect(spec.initContainers?.map(({ name }) => name)).to.deep.equal([
        'dgate-b-template--api',
        'dgate-c-pod--api',
      ]);
    });
  });

  describe('with one gate', () => {
    before(async () => {
      namespace = await cluster().namespace();
      await cluster().installInPods(namespace, inPods(API_FIRST));
    });

    for (const [why, owner] of Object.entries(OTHERS)) {
      it(`leave a Pod alone if ${why}`, async () => {
        const metadata = { annotations: { [TARGET_ANNOTATION]: `Deployment/${TARGET}` } };
        const pod = podSchema.parse(await create(podOf({ ...app(), metadata }, owner)));
        expect(pod.spec.initContainers).to.deep.equal([]);
        expect(pod.metadata.annotations).to.not.have.property(gateAnnotation('api-first'));
      });
    }

    it('leave a Pod alone with no room for its containers', async () => {
      const names = (count: number) =>
        born(withRoomFor(count)).then(({ spec }) => spec.initContainers.length);
      expect([await names(2), await names(1)]).to.deep.equal([64, 63]);
    });

    it('place again what a copy of an older Pod of the target lacks', async () => {
      const older = placed(
        app(),
        [gate('api-first').dependsOn(dns('old')).rendered()],
        `Deployment/${TARGET}`,
      );
      const pod = await born(older);
      expect(pod.metadata.annotations[gateAnnotation('api-first')]).to.equal(API_FIRST.render.hash);
      expect(pod.spec.initContainers.map(({ name }) => name)).to.deep.equal([
        'dgate-api-first--api',
        'dgate-api-first--redis',
      ]);
    });

    it('let the API server add what it adds to any container, and mount no token into ours', async () => {
      const limits = [{ type: 'Container', default: { cpu: '250m', 'ephemeral-storage': '1Gi' } }];
      const range = { metadata: { name: 'limits' }, spec: { limits } };
      await cluster().send('POST', `/api/v1/namespaces/${namespace}/limitranges`, range);
      const template = { ...app(), spec: { ...app().spec, automountServiceAccountToken: true } };
      const { spec } = await born(template);
      const ours = spec.initContainers;
      expect(ours.map(({ resources }) => resources?.limits?.['ephemeral-storage'])).to.deep.equal([
        '1Gi',
        '1Gi',
      ]);
      const tokens = ours.flatMap(({ volumeMounts }) =>
        volumeMounts.flatMap(({ name, mountPath }) => (mountPath === TOKEN_MOUNT_PATH ? name : [])),
      );
      expect(tokens).to.deep.equal(['dgate-api-first', 'dgate-api-first']);
    });

    it('hold no Pod that requires what is placed into it, and one that lacks another gate', async () => {
      const requiring = (...gates: string[]) => ({
        ...app(),
        metadata: { labels: { [REQUIRE_LABEL]: requireValue(gates) } },
      });
      const holds = async (template: PodTemplate, owner?: Owner) =>
        (await born(template, owner)).spec.schedulingGates.map(({ name }) => name);
      expect(await holds(requiring('api-first'))).to.deep.equal([]);
      expect(await holds(requiring('api-first', 'other'))).to.deep.equal([HOLD_GATE]);
      expect(await holds(requiring('api-first'), OTHERS['its owner has another name'])).to.deep.equal([
        HOLD_GATE,
      ]);
      const foreign = { name: 'example.com/quota' };
      const also = requiring('api-first');
      expect(await holds({ ...also, spec: { ...also.spec, schedulingGates: [foreign] } })).to.deep.equal([
        foreign.name,
      ]);
    });
  });
});

/** Without what differs between two Pods that are alike: when they were made, and by whom. */
function timeless(pod: unknown): unknown {
  const { metadata, spec } = z
    .looseObject({
      metadata: z.looseObject({ annotations: z.unknown(), labels: z.unknown() }).partial(),
      spec: z.unknown(),
    })
    .parse(pod);
  return { metadata: { annotations: metadata.annotations, labels: metadata.labels }, spec };
}
