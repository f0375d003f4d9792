import type { KnownGate } from '../../src/core/model.ts';
import { decideWorkload } from '../../src/core/plan/decide-workload.ts';
import type { WorkloadPlan } from '../../src/core/plan/plan.ts';
import type { WorkloadWorld } from '../../src/core/world.ts';
import { frozen, type GateBuilder, NOW, PodBuilder, type WorkloadBuilder } from './builders.ts';

type More = Partial<
  Pick<WorkloadWorld, 'refusals' | 'repairs' | 'othersFirst' | 'scaledDown' | 'placing'>
> & {
  readonly now?: number;
};

const THERE = { isThere: true, since: 0 } as const;

/** A gate that has become what it is so many ms ago, in a series of changes that began so many ms ago. */
export const changed = ({ gate }: GateBuilder, ago: number, since = ago): KnownGate => ({
  gate,
  changedAt: NOW - ago,
  changingSince: NOW - since,
  inForceSince: NOW - ago,
});

/** What the reconcile of a workload sees: the gates that exist, which have not changed of late unless it is said, and its Pods. */
export function workloadWorld(
  { workload }: WorkloadBuilder,
  gates: readonly (GateBuilder | KnownGate)[] = [],
  ...around: readonly (PodBuilder | More)[]
): WorkloadWorld {
  const known = gates.map((one) => ('changedAt' in one ? one : changed(one, 3_600_000)));
  const pods = around.flatMap((one) => (one instanceof PodBuilder ? [one.pod] : []));
  const more = around.filter((one) => !(one instanceof PodBuilder));
  const {
    refusals = [],
    repairs = [],
    othersFirst = [],
    scaledDown = new Map(),
    placing = THERE,
  }: More = Object.assign({}, ...more);
  return frozen({
    workload,
    gates: new Map(known.map((one) => [one.gate.name, one])),
    ...{ pods, refusals, repairs, othersFirst, scaledDown, placing },
  });
}

/** What is decided about it. */
export function decided(...args: Parameters<typeof workloadWorld>): WorkloadPlan {
  const { now = NOW }: More = Object.assign({}, ...args.slice(2));
  return decideWorkload(workloadWorld(...args), now);
}
