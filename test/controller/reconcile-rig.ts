import { pino } from 'pino';
import type { Context } from '../../src/controller/context.ts';
import { Expressions } from '../../src/controller/expressions.ts';
import { Memory } from '../../src/controller/memory.ts';
import { PatientEvents } from '../../src/controller/patient-events.ts';
import { reconcile } from '../../src/controller/reconcile.ts';
import { idOf, referenceTo } from '../../src/controller/reference.ts';
import type { Look } from '../../src/controller/referenced/watched-kind.ts';
import { createStores, workloadReference } from '../../src/controller/stores.ts';
import type { Evaluator } from '../../src/core/expression/evaluator.ts';
import { EVALUATOR } from '../../src/core/expression/expression.ts';
import { ApiError } from '../../src/kube/api-error.ts';
import type { PatchOptions } from '../../src/kube/client/requests.ts';
import {
  type GateBuilder,
  NOW,
  PLACING,
  type PodBuilder,
  SETTINGS,
  type WorkloadBuilder,
} from '../core/builders.ts';
import { ManualClock } from '../kube/manual-clock.ts';

/** A patch as it was sent. */
export interface Sent {
  readonly name: string;
  readonly body: unknown;
  readonly isDryRun: boolean;
}

/** The answer of the API server; undefined for what it has stored. */
export type Answers = (sent: Sent) => Error | object | undefined;

export const answered = (status: number) => new ApiError({ status, reason: 'Unknown', message: 'no' });

/** Reconciles before an API server that answers as it is told, and stores nothing: what the stores show is the test's. */
export class ReconcileRig {
  readonly stores = createStores();
  readonly memory = new Memory();
  readonly sent: Sent[] = [];
  /** `<Event's object> <reason>: <note>` */
  readonly told: string[] = [];
  /** What was queued by a reconcile. */
  readonly looked: string[] = [];
  /** Of the Events that wait whether what they tell lasts. */
  readonly patience = new ManualClock();
  readonly #answers: Answers;
  readonly #expressions: Expressions;
  readonly #referenced: Context['referenced'];
  readonly #patientEvents = new PatientEvents(this.patience);
  #now = NOW;

  /** @param seen how expressions are evaluated, and what a watch shows of whatever is referenced */
  constructor(
    answers: Answers = () => undefined,
    { evaluator = EVALUATOR, look }: { readonly evaluator?: Evaluator; readonly look?: Look } = {},
  ) {
    this.#answers = answers;
    this.#referenced = { look: () => look };
    this.#expressions = new Expressions({
      clock: { now: () => this.#now, after: atOnce },
      load: async () => evaluator,
    });
  }

  /** What the stores show; each object as if it had just changed. */
  see(...objects: readonly (GateBuilder | WorkloadBuilder | PodBuilder)[]): void {
    for (const one of objects) {
      if ('gate' in one) this.stores.gates.set(one.gate);
      else if ('pod' in one) this.stores.pods.set(one.pod);
      else this.stores.workloads[one.workload.kind].set(one.workload);
    }
  }

  later(ms: number): void {
    this.#now += ms;
  }

  gate({ gate }: GateBuilder): Promise<number | undefined> {
    return reconcile(this.#context(), referenceTo(gate));
  }

  workload({ workload }: WorkloadBuilder): Promise<number | undefined> {
    return reconcile(this.#context(), workloadReference(workload));
  }

  /** The names of what was patched since the last call, dry-runs marked. */
  tried(): string[] {
    return this.sent.splice(0).map(({ name, isDryRun }) => (isDryRun ? `try ${name}` : name));
  }

  #context(): Context {
    return {
      requests: {
        patch: async (_, { name, namespace = '' }, body, options) =>
          this.#patch(name, namespace, body, options),
        get: () => Promise.reject(new Error('nothing is to be read')),
        list: () => Promise.reject(new Error('nothing is to be read')),
        delete: () => Promise.reject(new Error('nothing is to be deleted')),
      },
      memory: this.memory,
      clock: { now: () => this.#now, after: () => () => {} },
      stores: this.stores,
      settings: SETTINGS,
      firstStarts: 'placed',
      foreignPolicies: [],
      olderCrd: undefined,
      idleAdmission: new Map(),
      placing: PLACING,
      referenced: this.#referenced,
      expressions: this.#expressions,
      log: pino({ level: 'silent' }),
      emit: ({ name }, { reason, note }) => this.told.push(`${name} ${reason}: ${note}`),
      patientEvents: this.#patientEvents,
      look: (one) => this.looked.push(idOf(one)),
    };
  }

  /** What is not said otherwise is stored, in a version that the stores have seen. */
  #patch(name: string, namespace: string, body: unknown, { dryRun = false }: PatchOptions): unknown {
    const one = { name, body, isDryRun: dryRun };
    this.sent.push(one);
    const answer = this.#answers(one);
    if (answer instanceof Error) throw answer;
    const metadata = { name, namespace, uid: 'seen', resourceVersion: '1', generation: 2 };
    return { metadata, spec: { template: { spec: {} } }, ...answer };
  }
}

/** What an API server answers that has stored the templates of these workloads. */
export const storing =
  (...workloads: readonly WorkloadBuilder[]): Answers =>
  ({ name }) => {
    const found = workloads.find(({ workload }) => workload.name === name);
    return found && { spec: { template: found.template } };
  };

export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Nobody else has to have their turn. */
function atOnce(_ms: number, run: () => void): () => void {
  run();
  return () => {};
}
