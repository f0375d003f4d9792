import { expect } from 'chai';
import type { TargetStatus } from '../../../src/api/status.ts';
import type { Workload } from '../../../src/core/model.ts';
import { countedText, SETTLED_MS, ungatedPods } from '../../../src/core/progress/ungated.ts';
import type { World } from '../../../src/core/world.ts';
import { dns, gate, NOW, pod, type WorkloadBuilder, workload, world } from '../builders.ts';

const first = gate('first').targets('web').dependsOn(dns('api')).rendered();
const bare = workload('web');
const carrier = bare.carrying(first);
const gated = (name: string) => pod(name).of('web').carrying(first).pod;
const TARGET = 'Deployment/web';

interface Seen {
  /** How many Pods that carry the gate are seen. */
  readonly pods?: number;
  readonly silentMs?: number;
  /** What the status tells already. */
  readonly told?: number;
  readonly isInPods?: boolean;
}

function count(of: WorkloadBuilder, { pods = 0, silentMs = 0, told, isInPods = false }: Seen) {
  const counts = { open: 0, waiting: 0, held: 0 };
  const before: TargetStatus[] =
    told === undefined
      ? []
      : [{ kind: 'Deployment', name: 'web', state: 'Rolling', ...counts, ungated: told }];
  const known = first.withStatus({ ...first.gate.status, targets: before });
  const seen: World = {
    ...world(known, of),
    pods: Array.from({ length: pods }, (_, index) => gated(`web-${index}`)),
    countedSince: new Map([[TARGET, NOW - silentMs]]),
  };
  return ungatedPods(seen, of.workload, { target: TARGET, isInPods }, NOW);
}

describe('ungatedPods', () => {
  const cases: readonly [string, number, WorkloadBuilder, Seen][] = [
    [
      'a Pod of a template that has the containers, whose watch is behind',
      0,
      carrier.with({ updated: 1 }),
      {},
    ],
    [
      'Pods of a template that never had the containers',
      3,
      bare.with({ replicas: 3, updated: 3 }),
      { told: 0 },
    ],
    ['Pods told of, while one with the gate is seen before it is counted', 1, carrier, { pods: 1, told: 1 }],
    [
      'Pods told of, when the workload has no more of earlier templates',
      0,
      carrier.with({ updated: 1 }),
      { told: 1 },
    ],
    [
      'more than the workload has of earlier templates',
      1,
      carrier.with({ replicas: 2, updated: 1 }),
      { told: 5 },
    ],
    ['Pods that may have come with the gate, and were not told of', 0, carrier, { told: 0 }],
    ['the same, once both watches have been silent', 1, carrier, { told: 0, silentMs: SETTLED_MS }],
    [
      'none of those told of, once both watches have been silent',
      0,
      carrier,
      { pods: 1, told: 1, silentMs: SETTLED_MS },
    ],
    [
      'Pods that get the gate at their birth, and are not seen yet',
      0,
      bare.with({ updated: 1 }),
      { told: 0, isInPods: true },
    ],
    [
      'Pods of a template without the containers that may be held',
      0,
      bare.with({ updated: 1 }).requiring('other'),
      { told: 0 },
    ],
    [
      'Pods of a template that its controller has not seen',
      0,
      bare.with({ updated: 1 }).unobserved(),
      { told: 0 },
    ],
  ];
  for (const [title, expected, of, seen] of cases)
    it(`counts ${expected}: ${title}`, () => {
      expect(count(of, seen).count).to.equal(expected);
    });

  it('says when the two watches will have been silent for long enough, where that may change something', () => {
    expect(count(carrier, { told: 0, silentMs: 1000 })).to.include({ count: 0, settlesIn: 2000 });
    expect(count(carrier, { told: 1, silentMs: 1000 })).to.include({ isCertain: false, settlesIn: 2000 });
    expect(count(carrier, { pods: 1, told: 0 }).settlesIn, 'they agree').to.equal(undefined);
    expect(count(carrier, { told: 0, silentMs: SETTLED_MS })).to.include({
      isCertain: true,
      settlesIn: undefined,
    });
  });

  it('is certain of Pods whose template never had the containers, and not where one with the gate was seen', () => {
    const two = bare.with({ replicas: 2, updated: 2 });
    expect(count(two, {})).to.include({ count: 2, isCertain: true, settlesIn: undefined });
    expect(count(two, { pods: 1 })).to.include({ count: 1, isCertain: false });
  });
});

describe('countedText', () => {
  const text = (change: Partial<Workload>, ...names: string[]) =>
    countedText('first', TARGET, carrier.with(change).workload, names.map(gated));

  it('is another one when the workload counts otherwise, has another template or is another one, or a Pod comes', () => {
    const before = text({});
    const changes = [
      { replicas: 2 },
      { updated: 1 },
      { templateHash: 'b' },
      { uid: 'b' },
      { observedGeneration: 0 },
    ];
    expect(new Set([before, text({}, 'a'), ...changes.map((change) => text(change))]).size).to.equal(7);
  });

  it('is the same whatever else changes', () => {
    expect(text({ resourceVersion: '9', otherManager: 'helm' })).to.equal(text({}));
  });
});
