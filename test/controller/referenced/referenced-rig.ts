import { expect } from 'chai';
import { ReferencedWatches } from '../../../src/controller/referenced/referenced-watches.ts';
import { createStores } from '../../../src/controller/stores.ts';
import { SERVICE_LABEL } from '../../../src/core/evaluate/references.ts';
import { keyOf } from '../../../src/kube/object.ts';
import type { Resource } from '../../../src/kube/resource.ts';
import { type GateBuilder, gate, NAMESPACE } from '../../core/builders.ts';
import { jobDone } from '../../core/evaluated-builders.ts';
import { ManualClock, settled } from '../../kube/manual-clock.ts';
import { FakeKinds, jobs } from '../../kube/watch/fake-kinds.ts';

export const JOB = { apiVersion: 'batch/v1', kind: 'Job' };
export const DATABASE = { apiVersion: 'example.com/v1', kind: 'Database' };
export const databases: Resource = {
  group: 'example.com',
  version: 'v1',
  plural: 'databases',
  namespaced: false,
};
export const services: Resource = { group: '', version: 'v1', plural: 'services', namespaced: true };
const slices: Resource = {
  ...{ group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices', namespaced: true },
};

export const migrate = gate('g').targets('pinger').dependsOn(jobDone('migrate'));

/** The watches of an operator that has just started, before a server that has all kinds. Pauses are 800, 1600 … ms. */
export class ReferencedRig {
  readonly server = new FakeKinds();
  readonly clock = new ManualClock();
  readonly gates = createStores().gates;
  readonly errors: string[] = [];
  readonly #told: string[] = [];
  #version = 0;
  readonly watches = new ReferencedWatches({
    requests: this.server,
    gates: this.gates,
    clock: this.clock,
    random: () => 0,
    onAffected: (gate) => this.#told.push(keyOf(gate)),
    onError: (kind, { message }) => this.errors.push(`${kind}: ${message}`),
  });

  constructor() {
    const served = { Job: jobs, Database: databases, Service: services, EndpointSlice: slices };
    for (const [kind, resource] of Object.entries(served)) this.server.served.set(kind, resource);
    this.watches.start();
  }

  /** Nothing is left of the watches when they are stopped. */
  async end(): Promise<void> {
    await this.watches.stop();
    await this.quiet();
    expect(this.clock.pending, 'timers that are left').to.deep.equal([]);
    expect(this.server.open, 'watches that are left').to.equal(0);
    expect(this.watches.size, 'kinds that are left').to.equal(0);
  }

  /** A gate is made or changed, and all happens that waits for no timer. */
  async set(of: GateBuilder, namespace = NAMESPACE): Promise<void> {
    this.#version += 1;
    this.gates.set({ ...of.gate, namespace, resourceVersion: String(this.#version) });
    await this.quiet();
  }

  /** All gates that there are come in one list. */
  async setAll(...all: readonly GateBuilder[]): Promise<void> {
    this.#version += 1;
    const resourceVersion = String(this.#version);
    const gates = all.map(({ gate }) => ({ ...gate, namespace: NAMESPACE, resourceVersion }));
    this.gates.replace(new Map(gates.map((gate) => [`${NAMESPACE}/${gate.name}`, gate])), false);
    await this.quiet();
  }

  async remove(of: GateBuilder, namespace = NAMESPACE): Promise<void> {
    this.gates.delete(`${namespace}/${of.gate.name}`);
    await this.quiet();
  }

  async quiet(): Promise<void> {
    for (let turn = 0; turn < 12; turn++) await settled();
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await this.quiet();
  }

  job(name: string, namespace = NAMESPACE, more: object = {}): void {
    this.server.put(jobs, { metadata: { namespace, name }, ...more });
  }

  removeJob(name: string, namespace = NAMESPACE): void {
    this.server.delete(jobs, namespace, name);
  }

  slice(name: string, of: string | undefined, namespace = NAMESPACE): void {
    const labels = of === undefined ? {} : { [SERVICE_LABEL]: of };
    this.server.put(slices, { metadata: { namespace, name, labels } });
  }

  /** `watching migrate`, `absent`, `unseen`, `forbidden`: what is seen of an object. */
  looks(name: string, kind = JOB, namespace = NAMESPACE): string {
    const look = this.watches.look({ ...kind, name }, namespace);
    if (look?.is !== 'watching') return look?.is ?? 'unseen';
    const names = look.found.map(({ metadata }) => JSON.stringify(metadata).match(/"name":"([^"]*)"/)?.[1]);
    return names.length === 0 ? 'absent' : `watching ${names.sort().join(' ')}`;
  }

  /** The gates that were told since the last call, each once. */
  told(): string[] {
    return [...new Set(this.#told.splice(0))].sort();
  }
}
