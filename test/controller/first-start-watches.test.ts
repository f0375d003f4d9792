import { expect } from 'chai';
import fc from 'fast-check';
import { Memory } from '../../src/controller/memory.ts';
import { observe } from '../../src/controller/observe.ts';
import { createStores } from '../../src/controller/stores.ts';
import { EVALUATOR } from '../../src/core/expression/expression.ts';
import type { Pod, Workload } from '../../src/core/model.ts';
import { decide } from '../../src/core/plan/decide.ts';
import { firstStarts } from '../../src/core/status/gate-events.ts';
import type { World } from '../../src/core/world.ts';
import { dns, type GateBuilder, gate, NOW, PLACING, pod, SETTINGS, workload } from '../core/builders.ts';

/** What was stored, in its order, and how long after the one before it; each of the two watches shows its own of it. */
type Stored = { readonly afterMs: number } & ({ readonly workload: Workload } | { readonly pod: Pod });

interface Cluster {
  readonly gate: GateBuilder;
  readonly firstStarts: World['firstStarts'];
  readonly history: readonly Stored[];
  /** How far behind each watch is with what it shows next, ms. */
  readonly lags: readonly number[];
}

const inTemplates = gate('first').targets('web').dependsOn(dns('api')).rendered();
const inPods = inTemplates.specifying({ placement: 'Pod' }).rendered();
const born = workload('web').with({ createdAt: new Date(NOW).toISOString(), generation: 1 });
/** Longer than the two watches can differ. */
const QUIET_MS = 60_000;

/** One gate's operator, that reconciles after each change and whenever it wanted to. */
class Told {
  readonly reasons: (string | undefined)[] = [];
  events = 0;
  readonly #stores = createStores();
  readonly #memory = new Memory();
  readonly #firstStarts: World['firstStarts'];
  #gate: GateBuilder;
  #now = NOW;
  #version = 100;
  #next: number | undefined;

  constructor({ gate, firstStarts }: Cluster) {
    this.#firstStarts = firstStarts;
    this.#gate = gate.with({ createdAt: new Date(NOW - 60_000).toISOString() });
    this.#reconcile();
  }

  show(stored: Stored): void {
    if ('pod' in stored) this.#stores.pods.set(stored.pod);
    else this.#stores.workloads.Deployment.set(stored.workload);
    this.#reconcile();
  }

  until(time: number): void {
    while (this.#next !== undefined && this.#next <= time) {
      this.#now = this.#next;
      this.#reconcile();
    }
    this.#now = Math.max(this.#now, time);
  }

  #reconcile(): void {
    this.#stores.gates.set(this.#gate.gate);
    const around = {
      ...{ memory: this.#memory, settings: SETTINGS, firstStarts: this.#firstStarts },
      ...{ foreignPolicies: [], olderCrd: undefined, idleAdmission: new Map(), placing: PLACING },
      referenced: { look: () => undefined },
    };
    const seen = observe(this.#stores, around, this.#gate.gate, this.#now);
    if (!seen) throw new Error('there is no gate');
    const { status, next } = decide(seen, this.#now, EVALUATOR);
    this.events += firstStarts(seen.gate.status, status).length;
    if (status) this.#gate = this.#gate.withStatus(status).with({ resourceVersion: `${++this.#version}` });
    this.reasons.push(status?.targets?.[0]?.reason);
    this.#next = next === undefined ? undefined : this.#now + next;
  }
}

function run(cluster: Cluster): Told {
  const shown = { pod: 0, workload: 0 };
  let at = NOW;
  const due = cluster.history.map((stored, index) => {
    at += stored.afterMs;
    const watch = 'pod' in stored ? 'pod' : 'workload';
    // A watch keeps its order.
    shown[watch] = Math.max(shown[watch], at + (cluster.lags[index % cluster.lags.length] ?? 0));
    return { stored, at: shown[watch] };
  });
  const told = new Told(cluster);
  for (const { stored, at } of due.toSorted((a, b) => a.at - b.at)) {
    told.until(at);
    told.show(stored);
  }
  told.until(at + QUIET_MS);
  return told;
}

const lagsUpTo = (max: number) => fc.array(fc.integer({ min: 0, max }), { minLength: 1, maxLength: 12 });
const pause = fc.integer({ min: 0, max: 5000 });
const gatedPod = (of: GateBuilder, index: number) => pod(`web-${index}`).of('web').carrying(of).pod;

/** A workload whose Pods all carry the gate: each is stored before it is counted; now and then its template changes. */
const gatedHistory = (
  of: GateBuilder,
  steps: readonly (readonly ['Pod' | 'rollout', number])[],
): Stored[] => {
  const carrier = of === inPods ? born : born.carrying(of);
  let known = carrier.with({ replicas: 0, updated: 0, templateHash: '0' });
  const history: Stored[] = [{ afterMs: 0, workload: known.workload }];
  let version = 0;
  const store = (change: Partial<Workload>, afterMs: number) => {
    known = known.with({ ...change, resourceVersion: `${++version}` });
    history.push({ afterMs, workload: known.workload });
  };
  for (const [index, [what, afterMs]] of steps.entries()) {
    const { replicas, updated, generation } = known.workload;
    if (what === 'Pod') {
      history.push({ afterMs, pod: gatedPod(of, index) });
      store({ replicas: replicas + 1, updated: updated + 1 }, afterMs / 100);
    } else {
      store({ generation: generation + 1, templateHash: `${index}` }, afterMs);
      store({ observedGeneration: generation + 1, updated: 0 }, afterMs / 100);
    }
  }
  return history;
};

const ways: fc.Arbitrary<World['firstStarts']> = fc.constantFrom('placed', 'refused', 'patched');

describe('a first start, as the watches of workloads and of Pods tell of it', () => {
  it('is never told as ungated where the template has had the containers from the first, however far a watch is behind', () => {
    const pods = fc.array(pause, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(pods, ways, lagsUpTo(100_000), (pauses, firstStarts, lags) => {
        const steps = pauses.map((afterMs) => ['Pod', afterMs] as const);
        const history = gatedHistory(inTemplates, steps);
        const told = run({ gate: inTemplates, firstStarts, history, lags });
        expect(told.reasons).to.not.include('FirstStartUngated');
      }),
    );
  });

  it('is never told as ungated where every Pod is gated, in whichever order the watches show it within three seconds', () => {
    const step = fc.tuple(fc.constantFrom('Pod' as const, 'rollout' as const), pause);
    const steps = fc.array(step, { minLength: 1, maxLength: 8 });
    const gates = fc.constantFrom(inTemplates, inPods);
    fc.assert(
      fc.property(gates, steps, ways, lagsUpTo(2900), (gate, steps, firstStarts, lags) => {
        const told = run({ gate, firstStarts, history: gatedHistory(gate, steps), lags });
        expect(told.reasons).to.not.include('FirstStartUngated');
        expect(told.events).to.equal(0);
      }),
    );
  });

  it('is told once, and until the end, where an ungated Pod stays, in whichever order the watches show the rest', () => {
    const afters = fc.tuple(pause, pause, pause);
    const isCountedFirst = fc.boolean();
    const ways = fc.constantFrom('refused' as const, 'patched' as const, 'placed' as const);
    fc.assert(
      fc.property(
        afters,
        isCountedFirst,
        ways,
        lagsUpTo(1400),
        (afters, isCountedFirst, firstStarts, lags) => {
          const [counted, patched, gated] = afters;
          const bare = born.with({ replicas: 0, updated: 0, templateHash: '0', resourceVersion: '1' });
          const one = { replicas: 1, resourceVersion: '2' };
          const written = { operatorWroteAt: new Date(NOW).toISOString(), templateHash: '1', generation: 2 };
          const patch = born.carrying(inTemplates).with(written);
          const history: Stored[] = [
            { afterMs: 0, workload: bare.workload },
            ...(isCountedFirst
              ? [{ afterMs: counted, workload: bare.with({ ...one, updated: 1 }).workload }]
              : []),
            {
              afterMs: patched,
              workload: patch.with(
                isCountedFirst
                  ? { ...one, resourceVersion: '3', updated: 1 }
                  : { replicas: 0, resourceVersion: '3' },
              ).workload,
            },
            {
              afterMs: 20,
              workload: patch.with({ ...one, updated: 0, observedGeneration: 2, resourceVersion: '4' })
                .workload,
            },
            { afterMs: gated, pod: gatedPod(inTemplates, 1) },
            {
              afterMs: 100,
              workload: patch.with({ replicas: 2, updated: 1, observedGeneration: 2, resourceVersion: '5' })
                .workload,
            },
          ];
          const told = run({ gate: inTemplates, firstStarts, history, lags });
          const first = told.reasons.indexOf('FirstStartUngated');
          expect(first, 'told').to.be.at.least(0);
          expect(new Set(told.reasons.slice(first))).to.deep.equal(new Set(['FirstStartUngated']));
          expect(told.events).to.equal(1);
        },
      ),
    );
  });

  it('is told once where no Pod got the gate at its birth', () => {
    fc.assert(
      fc.property(fc.tuple(pause, pause), lagsUpTo(2900), ([counted, gated], lags) => {
        const of = (replicas: number) =>
          born.with({ replicas, updated: replicas, resourceVersion: `${replicas}` });
        const history: Stored[] = [
          { afterMs: 0, workload: of(0).workload },
          { afterMs: counted, workload: of(1).workload },
          { afterMs: gated + 6000, pod: gatedPod(inPods, 1) },
          { afterMs: 50, workload: of(2).workload },
        ];
        const told = run({ gate: inPods, firstStarts: 'placed', history, lags });
        expect(told.reasons.at(-1)).to.equal('FirstStartUngated');
        expect(told.events).to.equal(1);
      }),
    );
  });
});
