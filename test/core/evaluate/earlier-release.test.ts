import { expect } from 'chai';
import type { Dependency } from '../../../src/api/spec.ts';
import type { DependencyStatus } from '../../../src/api/status.ts';
import { evaluatedFingerprint, evaluations, questionOf } from '../../../src/core/evaluate/evaluate.ts';
import type { Evaluation } from '../../../src/core/evaluate/evaluation.ts';
import { EVALUATOR } from '../../../src/core/expression/expression.ts';
import type { JsonObject, Observation } from '../../../src/core/model.ts';
import { type GateBuilder, gate, pod, world } from '../builders.ts';
import { ABSENT, seeing, seen } from '../evaluated-builders.ts';

/**
 * What the finished migration of the release before might let through. Each is a chart at its second release, whose Pods are
 * there before its own Job is.
 */

type Resource = NonNullable<Dependency['resource']>;

interface Release {
  readonly images: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

interface Chart {
  readonly what: string;
  readonly asked: Partial<Resource>;
  /** The first release's Job, which completed. */
  readonly before: Release;
  /** The second release's Pods. */
  readonly pods: Release;
  /** Its own Job; undefined where nothing tells the two apart, so that neither counts. */
  readonly own?: Release;
}

const VERSION = 'app.kubernetes.io/version';
const IMAGE = { matchPod: { image: true } };
const LABEL = { matchPod: { labels: [VERSION] } };
const DIGEST = ['a', 'b'].map((letter) => `@sha256:${letter.repeat(64)}`);
const LONG = `registry.example/${'team/'.repeat(60)}app`;
const TOOLS = Array.from({ length: 5 }, (_, at) => `registry.example/${'tools/'.repeat(30)}tool-${at}:1`);

const CHARTS: readonly Chart[] = [
  {
    what: 'an image by digest',
    asked: IMAGE,
    before: { images: [`app${DIGEST[0]}`] },
    pods: { images: [`app${DIGEST[1]}`] },
    own: { images: [`app${DIGEST[1]}`] },
  },
  {
    what: 'one tag, and digests that an admission step has added',
    asked: IMAGE,
    before: { images: [`app:main${DIGEST[0]}`] },
    pods: { images: [`app:main${DIGEST[1]}`] },
    own: { images: [`app:main${DIGEST[1]}`] },
  },
  {
    what: 'a digest in the Job, and a tag alone in the Pod',
    asked: IMAGE,
    before: { images: [`app${DIGEST[0]}`] },
    pods: { images: ['app:2'] },
  },
  {
    what: 'a sidecar in Job and Pod, and the app in both',
    asked: IMAGE,
    before: { images: ['proxy:1', 'app:1'] },
    pods: { images: ['app:2', 'proxy:1'] },
    own: { images: ['proxy:1', 'app:2'] },
  },
  {
    what: 'a sidecar that was injected into the Pod, and not into the Job’s template',
    asked: IMAGE,
    before: { images: ['app:1'] },
    pods: { images: ['app:2', 'mesh:7'] },
    own: { images: ['app:2'] },
  },
  {
    what: 'a Job with several containers, of which most stay as they are',
    asked: IMAGE,
    before: { images: ['tools:9', 'seed:1', 'app:1'] },
    pods: { images: ['app:2', 'tools:9'] },
    own: { images: ['tools:9', 'seed:1', 'app:2'] },
  },
  {
    what: 'the app from a mirror in the Pod',
    asked: IMAGE,
    before: { images: ['registry.example/shop/app:1', 'proxy:1'] },
    pods: { images: ['mirror.local/registry.example/shop/app:2', 'mirror.local/proxy:1'] },
    own: { images: ['registry.example/shop/app:2', 'proxy:1'] },
  },
  {
    what: 'two containers of the Pod with one image, in two versions',
    asked: IMAGE,
    before: { images: ['app:1'] },
    pods: { images: ['app:1', 'app:2'] },
  },
  {
    what: 'images that are too long to be remembered, beside a sidecar that is not',
    asked: IMAGE,
    before: { images: ['proxy:1', ...TOOLS, `${LONG}:1`] },
    pods: { images: ['proxy:1', `${LONG}:2`] },
    own: { images: ['proxy:1', `${LONG}:2`] },
  },
  {
    what: 'an expression about all images, and more of them than are remembered',
    asked: {
      expression:
        'object.spec.template.spec.containers.all(c, c.image in pod.images) && object.status.succeeded == 1',
    },
    before: { images: [...TOOLS, `${LONG}:1`] },
    pods: { images: [...TOOLS, `${LONG}:2`] },
    own: { images: [...TOOLS, `${LONG}:2`] },
  },
  {
    what: 'a label of the release',
    asked: LABEL,
    before: { images: ['app:1'], labels: { [VERSION]: '1' } },
    pods: { images: ['app:1'], labels: { [VERSION]: '2' } },
    own: { images: ['app:1'], labels: { [VERSION]: '2' } },
  },
  {
    what: 'a label that neither Job nor Pod has',
    asked: LABEL,
    before: { images: ['app:1'] },
    pods: { images: ['app:2'] },
  },
  {
    what: 'a label that the Pod has not',
    asked: LABEL,
    before: { images: ['app:1'], labels: { [VERSION]: '1' } },
    pods: { images: ['app:2'] },
  },
  {
    what: 'a label that the Job has not',
    asked: LABEL,
    before: { images: ['app:1'] },
    pods: { images: ['app:2'], labels: { [VERSION]: '2' } },
  },
  {
    what: 'a label that is empty in every release, as of a chart without a version of the app',
    asked: LABEL,
    before: { images: ['app:1'], labels: { [VERSION]: '' } },
    pods: { images: ['app:2'], labels: { [VERSION]: '' } },
  },
  {
    what: 'a label of the release beside one that is empty',
    asked: { matchPod: { labels: [VERSION, 'track'] } },
    before: { images: ['app:1'], labels: { [VERSION]: '1', track: '' } },
    pods: { images: ['app:2'], labels: { [VERSION]: '2', track: '' } },
    own: { images: ['app:2'], labels: { [VERSION]: '2', track: '' } },
  },
  {
    what: 'an image that stays, and a label of the release',
    asked: { matchPod: { image: true, labels: [VERSION] } },
    before: { images: ['app:latest'], labels: { [VERSION]: '1' } },
    pods: { images: ['app:latest'], labels: { [VERSION]: '2' } },
    own: { images: ['app:latest'], labels: { [VERSION]: '2' } },
  },
];

function job(name: string, uid: string, { images, labels = {} }: Release, isDone = true): JsonObject {
  return {
    ...{ apiVersion: 'batch/v1', kind: 'Job' },
    metadata: {
      ...{ name, uid, resourceVersion: '1', creationTimestamp: `2026-01-0${uid}T00:00:00Z` },
      labels: { app: 'shop', ...labels },
    },
    spec: { template: { spec: { containers: images.map((image) => ({ image })) } } },
    status: isDone ? { succeeded: 1, conditions: [{ type: 'Complete', status: 'True' }] } : {},
  };
}

const selecting = (objects: JsonObject[], gone: JsonObject[] = []): Observation => ({
  ...{ is: 'objects', objects, gone, isTooMany: false, isNamespaced: true },
});

/** How charts call their Jobs, and by which way a gate finds them. */
const WAYS = {
  'of one name': {
    names: ['migrate', 'migrate'],
    look: { name: 'migrate' },
    observe: (there: JsonObject[]): Observation => (there[0] ? seen(there[0]) : ABSENT),
  },
  'of a name with a hash': {
    names: ['migrate-1', 'migrate-2'],
    look: { selector: { matchLabels: { app: 'shop' } } },
    observe: (there: JsonObject[]) => selecting(there),
  },
} as const;

for (const [way, { names, look, observe }] of Object.entries(WAYS)) {
  describe(`a release’s Pods, with Jobs ${way}`, () => {
    for (const { what, asked, before, pods, own } of CHARTS) {
      const dependency: Dependency = {
        name: 'migrate',
        resource: { apiVersion: 'batch/v1', kind: 'Job', ...look, ...asked },
      };
      const of = gate('first').targets('web').dependsOn(dependency).rendered();
      const evaluated = (known: GateBuilder, observation: Observation) => {
        const waiting = pod('web').of('web').carrying(known).checking('migrate');
        const like = waiting.like({ images: [...pods.images], labels: { ...pods.labels }, nodeName: 'node' });
        return evaluations(seeing(world(known, like), { migrate: observation }), known.spec, EVALUATOR).get(
          'migrate',
        );
      };
      const isOpen = (evaluation: Evaluation | undefined) => (evaluation?.opens?.size ?? 0) > 0;
      const remembering = (known: GateBuilder, evaluation: Evaluation | undefined): GateBuilder => {
        const [first] = known.spec.dependencies;
        if (!first || !evaluation) return expect.fail();
        const counts = { pending: 0, starting: 0, checking: 1, failed: 0, passed: 0, opened: 0, blocked: 0 };
        const question = questionOf(first);
        const told: DependencyStatus = {
          ...{ name: 'migrate', check: 'resource', state: 'Checking', ...counts },
          ...{ satisfied: false, fingerprint: evaluatedFingerprint(first) },
          ...(question !== undefined && { question }),
          ...(evaluation.completed && { completed: [...evaluation.completed] }),
        };
        return known.withStatus({ ...known.gate.status, dependencies: [told] });
      };
      const first = job(names[0], '1', before);
      const mine = (isDone: boolean) => (own ? [job(names[1], '2', own, isDone)] : []);

      it(`are not let through by the Job before their own: ${what}`, () => {
        const live = evaluated(of, observe([first]));
        expect(isOpen(live), 'that is still there').to.equal(false);
        const known = remembering(of, live);
        const gone = evaluated(known, observe([]));
        expect(isOpen(gone), 'that its TTL or a hook has deleted').to.equal(false);
        expect(isOpen(evaluated(remembering(known, gone), observe(mine(false)))), 'whose own runs').to.equal(
          false,
        );
      });

      if (own) {
        it(`are let through by their own, and are so once it is gone, where it is remembered: ${what}`, () => {
          const known = remembering(of, evaluated(of, observe([first])));
          const done = evaluated(known, observe(mine(true)));
          expect(isOpen(done)).to.equal(true);
          const isRemembered = done?.completed?.some(({ uid }) => uid === '2') ?? false;
          expect(isOpen(evaluated(remembering(known, done), observe([])))).to.equal(isRemembered);
        });
      }
    }
  });
}
