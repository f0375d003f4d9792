import { FINALIZER } from '../../src/api/names.ts';
import type { Render } from '../../src/api/rendered.ts';
import { type Dependency, type GateSpec, TARGET_KINDS, type Target } from '../../src/api/spec.ts';
import type { GateStatus } from '../../src/api/status.ts';
import type { Gate, Settings } from '../../src/core/model.ts';
import { render } from '../../src/core/render/render.ts';
import { ago } from './time.ts';

export const NAMESPACE = 'my-namespace';

export const SETTINGS: Settings = {
  waiterImage: 'registry.example/dependency-gate:1.0.0',
  waiterImagePullPolicy: undefined,
  runAsUser: 65532,
};

type Timing = NonNullable<GateSpec['defaults']>;

export const dns = (host: string, more: Partial<Dependency> = {}): Dependency => ({
  name: host,
  dns: { host },
  ...more,
});

export const tcp = (host: string, port: number, more: Partial<Dependency> = {}): Dependency => ({
  name: host,
  tcp: { host, port },
  ...more,
});

/** A user's own container. */
export const container = (name: string, image = 'busybox'): Dependency => ({
  name,
  container: { image, command: ['sh', '-c', 'test -e /tmp/there'] },
});

/** `pinger` is a Deployment, `StatefulSet/db` is what it says. */
export function target(text: string): Target {
  const [left = '', right] = text.split('/');
  if (right === undefined) return { name: left };
  return { kind: TARGET_KINDS.find((kind) => kind === left) ?? 'Deployment', name: right };
}

/** A gate without targets or dependencies: `gate('api-first').targets('pinger').dependsOn(dns('api'))`. */
export function gate(name: string): GateBuilder {
  return new GateBuilder({
    namespace: NAMESPACE,
    name,
    uid: `uid-of-${name}`,
    resourceVersion: '100',
    createdAt: ago(3600),
    writtenAt: ago(3600),
    generation: 1,
    deleting: false,
    finalizers: [],
    spec: { valid: true, value: { targets: [], dependencies: [] } },
    status: {},
  });
}

/** Each step gives a new builder; `gate` is what has been built so far. */
export class GateBuilder {
  readonly gate: Gate;

  constructor(gate: Gate) {
    this.gate = gate;
  }

  /** @throws for a gate made `invalid`. */
  get spec(): GateSpec {
    if (!this.gate.spec.valid) throw new Error(`gate ${this.gate.name} has no spec`);
    return this.gate.spec.value;
  }

  /** The stored render, else that of the spec. */
  get render(): Render {
    return this.gate.status.render ?? render(this.gate.name, this.spec, SETTINGS);
  }

  targets(...names: string[]): GateBuilder {
    return this.specifying({ targets: names.map(target) });
  }

  dependsOn(...dependencies: Dependency[]): GateBuilder {
    return this.specifying({ dependencies });
  }

  defaults(defaults: Timing): GateBuilder {
    return this.specifying({ defaults });
  }

  suspended(): GateBuilder {
    return this.specifying({ suspend: true });
  }

  specifying(change: Partial<GateSpec>): GateBuilder {
    return this.with({ spec: { valid: true, value: { ...this.spec, ...change } } });
  }

  invalid(message: string): GateBuilder {
    return this.with({ spec: { valid: false, message } });
  }

  withFinalizer(): GateBuilder {
    return this.with({ finalizers: [FINALIZER] });
  }

  /** The finalizer is there, and the render of the spec *as it stands now* is stored. */
  rendered(): GateBuilder {
    const stored = render(this.gate.name, this.spec, SETTINGS);
    return this.withFinalizer().withStatus({ ...this.gate.status, render: stored });
  }

  withStatus(status: GateStatus): GateBuilder {
    return this.with({ status });
  }

  generation(generation: number): GateBuilder {
    return this.with({ generation });
  }

  deleting(): GateBuilder {
    return this.with({ deleting: true });
  }

  with(change: Partial<Gate>): GateBuilder {
    return new GateBuilder({ ...this.gate, ...change });
  }
}
