import fc from 'fast-check';
import type { Dependency, GateSpec } from '../../src/api/spec.ts';
import { evaluatedFingerprint } from '../../src/core/evaluate/evaluate.ts';
import type { Observation, Refusal } from '../../src/core/model.ts';
import type { World } from '../../src/core/world.ts';
import { dependencies, placing, templates } from './arbitraries.ts';
import {
  ago,
  daemonSet,
  type GateBuilder,
  gate,
  NOW,
  type PodBuilder,
  pod,
  refusal,
  statefulSet,
  type WorkloadBuilder,
  workload,
  world,
} from './builders.ts';
import {
  ABSENT,
  databaseObject,
  FORBIDDEN,
  jobObject,
  seen,
  seenGate,
  seenService,
  UNKNOWN_KIND,
  UNSEEN,
  withOpen,
} from './evaluated-builders.ts';

/** Random worlds around one gate, among them such as nobody would make. */

const TARGETS = ['pinger', 'StatefulSet/db', 'DaemonSet/agent', 'former'];

const bool = fc.boolean();
const rarely = fc.integer({ min: 0, max: 9 }).map((number) => number === 0);

/** The gate, and as it stood before its spec was changed. */
interface Gates {
  readonly now: GateBuilder;
  readonly before: GateBuilder;
  readonly other: GateBuilder;
}

const gates: fc.Arbitrary<Gates> = fc
  .record({
    targets: fc.subarray(TARGETS.slice(0, 3), { minLength: 1 }),
    now: fc.tuple(dependencies, placing),
    before: fc.tuple(dependencies, placing),
    other: fc.tuple(dependencies, placing),
    placement: fc.constantFrom('Template', 'Template', 'Template', 'Pod'),
    stored: fc.constantFrom('none', 'before', 'now'),
    suspended: rarely,
    invalid: rarely,
    deleting: rarely,
    finalizer: bool,
    open: fc.constantFrom<string[]>([], [], ['*']),
    completed: bool,
  })
  .map((random) => {
    const blank = gate('api').targets(...random.targets);
    const before = specified(blank, random.before);
    const stored = { none: blank, before: before.rendered(), now: specified(blank, random.now).rendered() };
    const told = random.completed ? remembering(stored[random.stored]) : stored[random.stored];
    const unplaced = { after: undefined, waiter: undefined, placement: random.placement, open: random.open };
    const changed = specified(told.specifying(unplaced), random.now).with({ generation: 3 });
    const spec = random.suspended ? changed.suspended() : changed;
    const finalized = random.finalizer ? spec.withFinalizer() : spec;
    const valid = random.deleting ? finalized.deleting() : finalized;
    return {
      now: random.invalid ? valid.invalid('no good') : valid,
      before,
      other: specified(gate('api-2'), random.other),
    };
  });

function specified(
  of: GateBuilder,
  [some, placed]: readonly [readonly Dependency[], Partial<GateSpec>],
): GateBuilder {
  return of.dependsOn(...some).specifying(placed);
}

/** With a status that says of every Job that it completed. */
function remembering(of: GateBuilder): GateBuilder {
  const counts = { pending: 0, starting: 0, checking: 0, failed: 0, passed: 0, opened: 0, blocked: 0 };
  const told = of.spec.dependencies.flatMap((dependency) => {
    const { name, resource } = dependency;
    const completed = [{ name, uid: `uid-of-${name}` }];
    const fingerprint = evaluatedFingerprint(dependency);
    return resource
      ? [
          {
            ...{ name, check: 'resource', state: 'Pending' as const, ...counts },
            ...{ satisfied: true, answer: 'it completed', completed, fingerprint },
          },
        ]
      : [];
  });
  return of.withStatus({ ...of.gate.status, dependencies: told });
}

const carried = ({ now, before, other }: Gates) =>
  fc.constantFrom<GateBuilder[][]>(
    [],
    [before],
    [other],
    [other, before],
    now.gate.spec.valid ? [now] : [before],
  );

function workloadAt(target: string, of: Gates): fc.Arbitrary<WorkloadBuilder> {
  const [kind, name = target] = target.includes('/') ? target.split('/') : ['Deployment', target];
  const blank =
    { Deployment: workload, StatefulSet: statefulSet, DaemonSet: daemonSet }[kind ?? ''] ?? workload;
  return fc
    .record({
      app: templates.map(({ spec: { initContainers: _, ...spec } }) => spec),
      carrying: carried(of),
      replicas: fc.integer({ min: 0, max: 3 }),
      ...{ foreign: rarely, deleting: rarely, unobserved: rarely, onDelete: rarely, partitioned: rarely },
    })
    .map(({ app, carrying, replicas, foreign, deleting, unobserved, onDelete, partitioned }) => {
      const own = blank(name).running(app).own('migrate').replicas(replicas);
      const held = foreign ? own.carrying(...carrying).foreignVolume('api') : own.carrying(...carrying);
      const seen = unobserved ? held.unobserved() : held;
      const updated = onDelete ? seen.onDelete() : seen;
      const limited = partitioned && kind === 'StatefulSet' ? updated.partition(1) : updated;
      return deleting ? limited.deleting() : limited;
    });
}

function podOf(name: string, of: Gates): fc.Arbitrary<PodBuilder> {
  return fc
    .record({
      target: fc.constantFrom(
        ...TARGETS.map((target) => (target.includes('/') ? target : `Deployment/${target}`)),
      ),
      carrying: carried(of),
      passed: fc.integer({ min: 0, max: 4 }),
      last: fc.constantFrom('nothing', 'checking', 'failed', 'ended', 'starting'),
      phase: fc.constantFrom('Pending', 'Pending', 'Running', 'Failed', 'Succeeded'),
      never: rarely,
      deleting: rarely,
      revision: fc.constantFrom(undefined, 'db-new', 'db-old'),
      age: fc.integer({ min: 0, max: 600 }),
    })
    .map(({ target, carrying, passed, last, phase, never, deleting, revision, age }) => {
      const born = pod(name)
        .of(target)
        .carrying(...carrying)
        .with({ createdAt: ago(age), phase, deleting, revision });
      const restarted = never ? born.with({ restartPolicy: 'Never' as const }) : born;
      return walk(restarted, passed, last);
    });
}

/** Lets a Pod pass so many containers and come to the next. */
function walk(born: PodBuilder, passed: number, last: string): PodBuilder {
  const names = born.pod.containers.map((name) => name.replace('dgate-', '').replace('--', '/'));
  const through = names.slice(0, passed).reduce((builder, name) => builder.passed(name), born);
  const next = names[passed];
  if (next === undefined) return through;
  if (last === 'checking') return through.checking(next);
  if (last === 'failed') return through.failed(next, { exitCode: 9, restarts: 2 });
  if (last === 'ended') return through.ended(next);
  return last === 'starting' ? through.starting(next, 'ImagePullBackOff') : through;
}

const refusals = ({ now }: Gates): fc.Arbitrary<readonly Refusal[]> =>
  now.gate.spec.valid
    ? fc.subarray([
        refusal('render', now.withStatus({}), { at: NOW - 10_000 }),
        refusal('target', now, { target: 'Deployment/pinger', at: NOW - 400_000 }),
        refusal('target', now, { target: 'StatefulSet/db', at: NOW - 20_000 }),
      ])
    : fc.constant([]);

/** One thing that may be seen of a dependency, whatever it is of. */
const observation = (name: string): fc.Arbitrary<Observation> =>
  fc.constantFrom<Observation>(
    UNSEEN,
    ABSENT,
    FORBIDDEN,
    UNKNOWN_KIND,
    seen(jobObject(name)),
    seen(jobObject(name, 'Complete')),
    seen(jobObject(name, 'Failed')),
    seen(databaseObject(name, { up: true })),
    seen(databaseObject(name, { up: false })),
    seen(databaseObject(name, { up: true }), false),
    seenService(true),
    seenService(false),
    seenGate(withOpen(gate(name), 'True', 'AllPassed')),
    seenGate(withOpen(gate(name), 'False', 'Waiting')),
    seenGate(withOpen(gate(name), 'True', 'AllPassed'), 'api', name, 'api'),
  );

function observations({ now }: Gates): fc.Arbitrary<ReadonlyMap<string, Observation>> {
  const names = now.gate.spec.valid ? now.spec.dependencies.map(({ name }) => name) : [];
  return fc
    .subarray(names)
    .chain((some) =>
      fc
        .tuple(...some.map((name) => observation(name)))
        .map((all) => new Map(all.map((one, index) => [some[index] ?? '', one]))),
    );
}

export const worlds: fc.Arbitrary<World> = gates.chain((of) =>
  fc
    .record({
      workloads: fc
        .subarray(TARGETS)
        .chain((targets) => fc.tuple(...targets.map((target) => workloadAt(target, of)))),
      pods: fc
        .integer({ min: 0, max: 4 })
        .chain((count) =>
          fc.tuple(...Array.from({ length: count }, (_, index) => podOf(`pod-${index}`, of))),
        ),
      refusals: refusals(of),
      observations: observations(of),
    })
    .map(({ workloads, pods, refusals: refused, observations: found }) => ({
      ...world(of.now, ...workloads, ...pods),
      refusals: refused,
      observations: found,
    })),
);
