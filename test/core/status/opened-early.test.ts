import { expect } from 'chai';
import type { Dependency } from '../../../src/api/spec.ts';
import type { GateStatus } from '../../../src/api/status.ts';
import { EVALUATOR } from '../../../src/core/expression/expression.ts';
import type { JsonObject, Observation } from '../../../src/core/model.ts';
import { decide } from '../../../src/core/plan/decide.ts';
import { gateEvents } from '../../../src/core/status/gate-events.ts';
import { ago, type GateBuilder, gate, NOW, type PodBuilder, pod, workload, world } from '../builders.ts';
import { ABSENT, jobDone, jobObject, seeing, seen, UNSEEN } from '../evaluated-builders.ts';

const VERSION = 'app.kubernetes.io/version';

interface Release {
  readonly images?: readonly string[];
  readonly version?: string;
}

/** A Job of a release, so old. */
function job(name: string, seconds: number, { images = [], version }: Release, isDone = true): JsonObject {
  const object = jobObject(name, isDone ? 'Complete' : undefined, `uid-of-${name}-${seconds}`);
  const labels = version === undefined ? {} : { [VERSION]: version };
  const metadata = { name, uid: `uid-of-${name}-${seconds}`, creationTimestamp: ago(seconds), labels };
  const containers = images.map((image) => ({ image }));
  return { ...object, metadata, spec: { template: { spec: { containers } } } };
}

/** Pods as old as that, of a release, which the operator let through five seconds later. */
function passed(of: GateBuilder, seconds: number, { images = [], version }: Release): PodBuilder {
  const labels = version === undefined ? {} : { [VERSION]: version };
  return pod(`web-${seconds}`)
    .of('web')
    .carrying(of)
    .openedForRun('migrate', 1, ago(seconds - 1))
    .passed('migrate', ago(seconds - 5))
    .like({ images: [...images], labels })
    .with({ phase: 'Running', createdAt: ago(seconds) });
}

/** The gate's status after each of these was seen in turn, beside the Pods. */
function statuses(of: GateBuilder, pods: readonly PodBuilder[], all: readonly Observation[]): GateStatus[] {
  const found: GateStatus[] = [];
  let known = of;
  for (const observation of all) {
    const at = world(known, workload('web').carrying(of), ...pods);
    const { status } = decide(seeing(at, { migrate: observation }), NOW, EVALUATOR);
    if (!status) return expect.fail('it has no status');
    found.push(status);
    known = known.withStatus(status);
  }
  return found;
}

const early = (status: GateStatus | undefined) => status?.dependencies?.[0]?.openedEarly;
const image = (version: number): Release => ({ images: [`app:${version}`] });
const labelled = (version: string): Release => ({ version });

function gated(dependency: Dependency = jobDone('migrate')): GateBuilder {
  return gate('first').targets('web').dependsOn(dependency).rendered();
}

describe('openedEarly', () => {
  const of = gated();

  describe('tells of Pods that the Job of an earlier release let through, once their own has come,', () => {
    const wrong: readonly (readonly [string, Release, Release])[] = [
      ['by the image', image(1), image(2)],
      ['by the label of the version', labelled('1'), labelled('2')],
      ['by the image, beside a sidecar', { images: ['app:1', 'proxy:1'] }, { images: ['app:2', 'proxy:1'] }],
      ['by a digest', { images: ['app@sha256:a'] }, { images: ['app@sha256:b'] }],
    ];
    for (const [what, before, after] of wrong) {
      it(what, () => {
        const pods = [passed(of, 300, before).with({ uid: 'old' }), passed(of, 100, after)];
        const told = statuses(of, pods, [
          seen(job('migrate', 400, before)),
          seen(job('migrate', 50, after, false)),
          seen(job('migrate', 50, after)),
          ABSENT,
        ]);
        expect(told.map(early)).to.deep.equal([undefined, 1, 1, 1]);
      });
    }

    it('and that has another name', () => {
      const pods = [passed(of, 100, image(2))];
      const named = gated(jobDone('migrate', {}));
      const [first] = statuses(gated(named.spec.dependencies[0]), pods, [
        seen(job('migrate', 400, image(1))),
      ]);
      const renamed: Dependency = { ...jobDone('migrate-2'), name: 'migrate' };
      const next = gated(renamed).withStatus({
        ...gated(renamed).gate.status,
        dependencies: first?.dependencies,
      });
      expect(statuses(next, pods, [seen(job('migrate-2', 50, image(2)))]).map(early)).to.deep.equal([1]);
    });

    it('with one Event, in the message of Open, and nothing of it when the Pods are gone', () => {
      const pods = [passed(of, 100, image(2)), passed(of, 101, image(2))];
      const turns = [
        seen(job('migrate', 400, image(1))),
        seen(job('migrate', 50, image(2))),
        UNSEEN,
        seen(job('migrate', 50, image(2))),
      ];
      const told = statuses(of, pods, turns);
      const events = told.map((after, at) =>
        at === 0 ? [] : gateEvents(told[at - 1] ?? {}, after, []).filter(({ type }) => type === 'Warning'),
      );
      expect(events.flat().map(({ reason, note }) => `${reason}: ${note}`)).to.deep.equal([
        'OpenedEarly: dependency migrate: the Job of an earlier release let 2 Pods through before the Job of their own was created; let Pods wait for their own, with matchPod',
      ]);
      expect(told.map(early)).to.deep.equal([undefined, 2, 2, 2]);
      const open = told.at(-1)?.conditions?.find(({ type }) => type === 'Open');
      expect(open?.message).to.equal(
        '2 Pods passed; let through by the Job of an earlier release than their own: 2 Pods by migrate',
      );
      const known = of.withStatus(told.at(-1) ?? {});
      const [later] = statuses(known, [passed(of, 40, image(2))], turns.slice(-1));
      expect(early(later)).to.equal(undefined);
    });
  });

  describe('says nothing', () => {
    const [FIRST, SECOND] = [job('migrate', 400, image(1)), job('migrate', 50, image(2))];
    const right: readonly (readonly [string, readonly PodBuilder[], readonly JsonObject[]])[] = [
      ['of a hook that is complete before the Pods are made', [passed(of, 40, image(2))], [FIRST, SECOND]],
      ['of Pods of the release before', [passed(of, 300, image(1))], [FIRST, SECOND]],
      ['of a scale-out of the release before', [passed(of, 55, image(1))], [FIRST, SECOND]],
      [
        'where a release changes only values, so that nothing tells the two apart',
        [passed(of, 100, image(1))],
        [FIRST, job('migrate', 50, image(1))],
      ],
      [
        'where the image stays and the label tells another version',
        [passed(of, 100, { ...image(1), version: '2' })],
        [
          job('migrate', 400, { ...image(1), version: '1' }),
          job('migrate', 50, { ...image(1), version: '2' }),
        ],
      ],
      ['where no Job of their release comes', [passed(of, 100, image(2))], [FIRST]],
      [
        'where the Job has an image of its own and no label',
        [passed(of, 100, image(2))],
        [job('migrate', 400, { images: ['tool:1'] }), job('migrate', 50, { images: ['tool:2'] })],
      ],
      [
        'of Pods that are older than the Job before, when that is taken back',
        [passed(of, 500, image(2))],
        [FIRST, SECOND],
      ],
      [
        'of Pods that a person opened',
        [passed(of, 100, image(2)).opened('migrate', 'please')],
        [FIRST, SECOND],
      ],
    ];
    for (const [what, pods, jobs] of right) {
      it(what, () => {
        expect(
          statuses(
            of,
            pods,
            jobs.map((one) => seen(one)),
          ).map(early),
        ).to.deep.equal(jobs.map(() => undefined));
      });
    }

    it('where Job and Pod are compared', () => {
      const compared = gated(jobDone('migrate', { matchPod: { image: true } }));
      const pods = [passed(compared, 100, image(2))];
      expect(statuses(compared, pods, [seen(FIRST), seen(SECOND)]).map(early)).to.deep.equal([
        undefined,
        undefined,
      ]);
    });
  });
});
