import { expect } from 'chai';
import fc from 'fast-check';
import type { CompletedJob } from '../../../src/api/completed-job.ts';
import type { Dependency } from '../../../src/api/spec.ts';
import type { DependencyStatus } from '../../../src/api/status.ts';
import { evaluatedFingerprint, evaluations, questionOf } from '../../../src/core/evaluate/evaluate.ts';
import type { Evaluation } from '../../../src/core/evaluate/evaluation.ts';
import { EVALUATOR } from '../../../src/core/expression/expression.ts';
import type { JsonObject, Observation } from '../../../src/core/model.ts';
import { type GateBuilder, gate, type PodBuilder, pod, world } from '../builders.ts';
import { ABSENT, jobDone, seeing, seen, UNSEEN } from '../evaluated-builders.ts';

const VERSION = 'app.kubernetes.io/version';
const COUNTS = { pending: 0, starting: 0, checking: 0, failed: 0, passed: 0, opened: 0, blocked: 0 };

type Resource = NonNullable<Dependency['resource']>;
const selected = (more: Partial<Resource>): Dependency => ({
  name: 'migrate',
  resource: { apiVersion: 'batch/v1', kind: 'Job', selector: { matchLabels: { app: 'shop' } }, ...more },
});
const gated = (dependency: Dependency) => gate('first').targets('web').dependsOn(dependency).rendered();

/** The Job of a release, by its image and its label. */
function job(
  release: number,
  condition?: 'Complete' | 'Failed',
  name = 'migrate',
  uid = `${name}-${release}`,
): JsonObject {
  return {
    ...{ apiVersion: 'batch/v1', kind: 'Job' },
    metadata: {
      name,
      uid,
      resourceVersion: '1',
      creationTimestamp: `2026-01-0${release}T00:00:00Z`,
      labels: { app: 'shop', [VERSION]: `${release}` },
    },
    spec: { template: { spec: { containers: [{ name: 'm', image: `app:${release}` }] } } },
    status: condition ? { conditions: [{ type: condition, status: 'True' }] } : {},
  };
}

/** A Pod of a release, that waits in the gate. */
const waits = (of: GateBuilder, release: number, name = `web-${release}`): PodBuilder =>
  pod(name)
    .of('web')
    .carrying(of)
    .checking('migrate')
    .like({ labels: { [VERSION]: `${release}` }, images: [`app:${release}`], nodeName: `node-${release}` });

/** As the status has it after an evaluation. */
function following(of: GateBuilder, evaluation: Evaluation | undefined): GateBuilder {
  const [first] = of.spec.dependencies;
  if (!first || !evaluation) throw new Error('nothing was evaluated');
  const { completed, reason, answer, is } = evaluation;
  const question = questionOf(first);
  const told: DependencyStatus = {
    ...{ name: 'migrate', check: 'resource', state: 'Checking', ...COUNTS, reason, answer },
    ...{ satisfied: is === 'satisfied', fingerprint: evaluatedFingerprint(first) },
    ...(question !== undefined && { question }),
    ...(completed && { completed: [...completed] }),
  };
  return of.withStatus({ ...of.gate.status, dependencies: [told] });
}

function evaluated(of: GateBuilder, observation: Observation, ...pods: PodBuilder[]): Evaluation | undefined {
  const found = evaluations(seeing(world(of, ...pods), { migrate: observation }), of.spec, EVALUATOR);
  return found.get('migrate');
}
const many = (objects: JsonObject[], more: object = {}): Observation => ({
  ...{ is: 'objects', objects, gone: [], isTooMany: false, isNamespaced: true },
  ...more,
});
const opened = (evaluation: Evaluation | undefined) =>
  [...(evaluation?.opens ?? [])].map((uid) => uid.replace('uid-of-', '')).join(' ');

const WAYS: Readonly<Record<string, Partial<Resource>>> = {
  'by image': { matchPod: { image: true } },
  'by label': { matchPod: { labels: [VERSION] } },
  'by both': { matchPod: { image: true, labels: [VERSION] } },
  'by expression': {
    expression: `object.metadata.labels["${VERSION}"] == pod.labels["${VERSION}"] && object.status.conditions.exists(c, c.type == "Complete")`,
  },
  'by images in an expression': {
    expression:
      'object.spec.template.spec.containers.exists(c, c.image in pod.images) && object.status.conditions.exists(c, c.type == "Complete")',
  },
};

describe('a dependency that is evaluated for each Pod', () => {
  for (const [way, asked] of Object.entries(WAYS)) {
    describe(way, () => {
      const of = gated(jobDone('migrate', asked));
      const both = [waits(of, 1), waits(of, 2)];

      it("opens a release's Pods by its own Job, and no others", () => {
        expect(opened(evaluated(of, seen(job(1, 'Complete')), ...both))).to.equal('web-1');
        expect(opened(evaluated(of, seen(job(2, 'Complete')), ...both))).to.equal('web-2');
        expect(opened(evaluated(of, seen(job(2)), ...both))).to.equal('');
      });

      it('opens by a Job that is gone its own release only, a week later and after a restart', () => {
        const known = following(of, evaluated(of, seen(job(1, 'Complete'))));
        expect(opened(evaluated(known, ABSENT, ...both))).to.equal('web-1');
        expect(
          opened(evaluated(known.specifying({ suspend: false }).generation(9), ABSENT, ...both)),
        ).to.equal('web-1');
        expect(opened(evaluated(known, UNSEEN, ...both)), 'it may have been made anew').to.equal('');
      });

      it('opens each release by its own where one took the name of the other, failed or not', () => {
        const known = following(of, evaluated(of, seen(job(1, 'Complete'))));
        const failed = evaluated(known, seen(job(2, 'Failed')), ...both);
        expect(opened(failed)).to.equal('web-1');
        expect(following(known, failed).gate.status.dependencies?.[0]?.completed).to.have.length(1);
        const second = following(known, evaluated(known, seen(job(2, 'Complete')), ...both));
        expect(opened(evaluated(second, ABSENT, ...both))).to.equal('web-1 web-2');
      });

      it('waits for a Job of the same release that was made anew, also once that is gone', () => {
        const known = following(of, evaluated(of, seen(job(1, 'Complete'))));
        const again = evaluated(known, seen(job(1, undefined, 'migrate', 'again')), ...both);
        expect(opened(again)).to.equal('');
        expect(opened(evaluated(following(known, again), ABSENT, ...both))).to.equal('');
      });

      it('says nothing has failed while nobody waits', () => {
        expect(evaluated(of, seen(job(1, 'Failed')))?.is).to.equal('waiting');
      });
    });
  }

  it('tells of the Pods that most need a look', () => {
    const of = gated(jobDone('migrate', { matchPod: { image: true } }));
    const known = following(of, evaluated(of, seen(job(1, 'Complete'))));
    const pods = [waits(of, 1), waits(of, 2), waits(of, 2, 'web-2b')];
    expect(evaluated(known, seen(job(2, 'Failed')), ...pods)).to.deep.include({
      is: 'failed',
      reason: 'JobFailed',
      answer: 'Job migrate failed (for Pod web-2 and 1 more)',
    });
    expect(evaluated(of, seen(job(1, 'Complete')), waits(of, 2))).to.deep.include({
      is: 'waiting',
      reason: 'NoneMatchesPod',
      answer: "Job migrate is not the Pod's own, by image",
    });
  });

  it('matches Pods on the node of the Pod, and nothing that runs on none', () => {
    const agent = (node: string): JsonObject => ({
      ...{
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `agent-${node}`, uid: node, labels: { app: 'shop' } },
      },
      spec: { nodeName: node },
      status: { conditions: [{ type: 'Ready', status: node === 'node-1' ? 'True' : 'False' }] },
    });
    const of = gated(selected({ apiVersion: 'v1', kind: 'Pod', matchPod: { node: true } }));
    const pods = [waits(of, 1), waits(of, 2), waits(of, 3, 'unscheduled').like({ nodeName: '' })];
    const seenOf = many([agent('node-1'), agent('node-2'), agent('')]);
    expect(opened(evaluated(of, seenOf, ...pods))).to.equal('web-1');
  });

  describe('with a selector', () => {
    const of = gated(selected({ matchPod: { image: true } }));
    const two = (one?: 'Complete' | 'Failed', other?: 'Complete' | 'Failed') =>
      many([job(1, 'Failed', 'old'), job(2, one, 'a'), job(2, other, 'b')]);

    it('waits for all that match, and for one at least', () => {
      const answer = (observation: Observation) => {
        const { is, answer } = evaluated(of, observation, waits(of, 2)) ?? {};
        return `${is}: ${answer}`;
      };
      expect(answer(many([]))).to.equal('waiting: there is no Job with app=shop');
      expect(answer(many([job(1, 'Complete')]))).to.equal(
        "waiting: of 1 Job with app=shop none is the Pod's own, by image",
      );
      expect(answer(two('Complete'))).to.equal(
        'waiting: 1 of 2 Jobs: Job b: 0 of 1 Pods succeeded, 0 active, 0 failed',
      );
      expect(answer(two('Complete', 'Failed'))).to.equal('failed: 1 of 2 Jobs: Job b failed');
      expect(answer(two('Complete', 'Complete'))).to.equal('satisfied: 2 of 2 Jobs: Job a completed');
      expect(answer(many([job(2)], { isTooMany: true }))).to.match(
        /^waiting: there is more than 500 times a Job/,
      );
    });

    it('waits for as many as are asked for', () => {
      const some = gated(selected({ matchPod: { image: true }, minReady: 1 }));
      const is = (observation: Observation) => evaluated(some, observation, waits(some, 2))?.is;
      expect(is(two('Failed', 'Complete'))).to.equal('satisfied');
      expect(is(two('Failed'))).to.equal('waiting');
      expect(is(two('Failed', 'Failed'))).to.equal('failed');
    });

    it('counts those that were deleted, by their names and releases', () => {
      const known = following(of, evaluated(of, two('Complete', 'Complete')));
      expect(opened(evaluated(known, many([]), waits(of, 1), waits(of, 2)))).to.equal('web-2');
      expect(opened(evaluated(known, many([job(2, undefined, 'b', 'again')]), waits(of, 2)))).to.equal('');
      const gone = evaluated(of, many([], { gone: [job(2, 'Complete', 'a')] }), waits(of, 2));
      expect(opened(gone), 'it was never seen complete').to.equal('web-2');
    });
  });

  it('may look neither for selected objects nor for a match outside of the namespace', () => {
    const outside = many([job(1, 'Complete')], { isNamespaced: false });
    const of = gated(selected({}));
    expect(evaluated(of, outside)).to.deep.include({ is: 'waiting', reason: 'MatchOutsideNamespace' });
    const matching = gated(jobDone('migrate', { matchPod: { image: true } }));
    const evaluation = evaluated(matching, seen(job(1, 'Complete'), false), waits(matching, 1));
    expect(evaluation?.fault?.reason).to.equal('InvalidSpec');
    expect(opened(evaluation)).to.equal('');
  });

  it('asks an expression once for Pods that are alike in what it looks at, and of 64 that are not', () => {
    const of = gated(jobDone('migrate', { expression: 'pod.labels.n == "x" || object.spec.ok' }));
    const asked: unknown[] = [];
    const ask = (pods: readonly PodBuilder[]) => {
      asked.length = 0;
      const expressions = {
        check: () => ({
          problem: undefined,
          reads: {
            pod: { labels: ['n'], annotations: [], images: false, nodeName: false },
            object: { labels: [], annotations: [], spec: true },
          },
        }),
        evaluate: (_: string, __: JsonObject, of?: JsonObject) => {
          asked.push(of);
          return { is: 'true' } as const;
        },
      };
      const at = seeing(world(of, ...pods), { migrate: seen(job(1)) });
      return evaluations(at, of.spec, expressions).get('migrate');
    };
    const alike = [1, 2, 3].map((n) => waits(of, n).like({ labels: { n: 'x', other: `${n}` } }));
    expect(opened(ask(alike))).to.equal('web-1 web-2 web-3');
    expect(asked).to.deep.equal([{ labels: { n: 'x' }, annotations: {}, images: [], nodeName: '' }]);
    const all = Array.from({ length: 70 }, (_, n) =>
      waits(of, 1, `web-${n}`).like({ labels: { n: `${n}` } }),
    );
    const evaluation = ask(all);
    expect(asked).to.have.length(64);
    expect(evaluation).to.deep.include({ is: 'waiting', reason: 'TooManyPods' });
    expect(evaluation?.opens?.size).to.equal(64);
  });
});

describe('what is remembered of Jobs', () => {
  const of = gated(jobDone('migrate', { matchPod: { image: true, labels: [VERSION] } }));
  const history = (...objects: JsonObject[]) =>
    objects.reduce((known, object) => following(known, evaluated(known, seen(object))), of).gate.status
      .dependencies?.[0]?.completed ?? [];

  it('are the last three of a name, by what is looked at', () => {
    const all = history(...[1, 2, 3, 4].map((release) => job(release, 'Complete')));
    expect(all.map(({ uid }) => uid)).to.deep.equal(['migrate-2', 'migrate-3', 'migrate-4']);
    expect(all[0]).to.deep.equal({
      name: 'migrate',
      uid: 'migrate-2',
      images: ['app:2'],
      labels: { [VERSION]: '2' },
    });
  });

  it('are those of other names too, for a release that is rolled back', () => {
    const rename = (dependency: Dependency) => ({ ...dependency, name: 'migrate' });
    const first = gated(rename(jobDone('migrate-1', { matchPod: { image: true } })));
    const known = following(first, evaluated(first, seen(job(1, 'Complete', 'migrate-1'))));
    const second = gated(rename(jobDone('migrate-2', { matchPod: { image: true } }))).withStatus(
      known.gate.status,
    );
    expect(opened(evaluated(second, ABSENT, waits(second, 1), waits(second, 2)))).to.equal('');
    const done = following(second, evaluated(second, seen(job(2, 'Complete', 'migrate-2'))));
    const back = first.withStatus(done.gate.status);
    expect(opened(evaluated(back, ABSENT, waits(back, 1), waits(back, 2)))).to.equal('web-1');
  });

  it('stay small, whatever others write into Jobs', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 2000 }), { maxLength: 40 }),
        fc.dictionary(fc.string({ maxLength: 300 }), fc.string({ maxLength: 63 }), { maxKeys: 60 }),
        (images, labels) => {
          const asked = gated(
            jobDone('migrate', { expression: 'object.metadata.labels == pod.labels || object.spec.a' }),
          );
          const big = {
            ...job(1, 'Complete'),
            metadata: { name: 'migrate', uid: 'u', resourceVersion: '1', labels },
          };
          const object = {
            ...big,
            spec: { template: { spec: { containers: images.map((image) => ({ image })) } } },
          };
          const [entry]: readonly (CompletedJob | undefined)[] =
            evaluated(asked, seen(object))?.completed ?? [];
          const areAllKept = images.filter((one) => one !== '').join('').length <= 500 && images.length < 10;
          expect(entry !== undefined || !areAllKept, 'it is remembered').to.equal(true);
          if (entry)
            expect(entry.images ?? []).to.deep.equal([...new Set(images)].filter((one) => one !== ''));
          expect(
            [...(entry?.images ?? []), ...Object.entries(entry?.labels ?? {}).flat()].join('').length,
          ).to.be.at.most(1024);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('open no Pod by the Job of another release, whatever happens in which order', () => {
    const event = fc.record({
      release: fc.integer({ min: 1, max: 3 }),
      is: fc.constantFrom('none', 'running', 'Complete', 'Failed'),
      uid: fc.integer({ min: 1, max: 2 }),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(WAYS)),
        fc.array(event, { minLength: 1, maxLength: 8 }),
        (asked, events) => {
          let known = gated(jobDone('migrate', asked));
          const done = new Set<number>();
          for (const { release, is, uid } of events) {
            const condition = is === 'Complete' || is === 'Failed' ? is : undefined;
            const observation =
              is === 'none' ? ABSENT : seen(job(release, condition, 'migrate', `${release}-${uid}-${is}`));
            const evaluation = evaluated(known, observation, ...[1, 2, 3].map((one) => waits(known, one)));
            if (is === 'Complete') done.add(release);
            for (const one of opened(evaluation).split(' ').filter(Boolean)) {
              expect(done.has(Number(one.replace('web-', ''))), `${one} is open`).to.equal(true);
            }
            known = following(known, evaluation);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
