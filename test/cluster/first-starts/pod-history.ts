import { z } from 'zod';
import { containerOwner, HOLD_GATE } from '../../../src/api/names.ts';
import type { Cluster, KubeObject } from '../../../src/sandbox/cluster.ts';

/** A container's state has one of these, or neither while it has not started. */
const started = z.looseObject({ startedAt: z.string().optional() }).optional();
const run = z.looseObject({ running: started, terminated: started });

const podSchema = z.looseObject({
  metadata: z.looseObject({
    namespace: z.string(),
    name: z.string(),
    uid: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.looseObject({
    initContainers: z.array(z.looseObject({ name: z.string() })).default([]),
    schedulingGates: z.array(z.looseObject({ name: z.string() })).default([]),
    nodeName: z.string().optional(),
  }),
  status: z
    .looseObject({ containerStatuses: z.array(z.looseObject({ state: run.prefault({}) })).default([]) })
    .prefault({}),
});

/** A Pod, of all that it ever was. */
export interface PodRecord {
  readonly namespace: string;
  readonly name: string;
  /** Its label of that name. */
  readonly app: string | undefined;
  /** The gates whose containers it was made with. */
  readonly gates: ReadonlySet<string>;
  /** It was held at its birth. */
  readonly wasHeld: boolean;
  /** It was at some time not held: it was free to start. */
  readonly wasFree: boolean;
  /** It got a node at some time. */
  readonly wasBound: boolean;
  /** When its own containers, those that are no init containers, were started: RFC 3339, whole seconds. */
  readonly appStarts: ReadonlySet<string>;
}

/**
 * Every Pod that ever was in a cluster, from a watch that is older than all of them: a Pod that comes and goes between
 * two looks at the cluster is in it too.
 */
export class PodHistory {
  readonly #records = new Map<string, PodRecord>();

  constructor(cluster: Pick<Cluster, 'watch'>, signal: AbortSignal) {
    cluster.watch('Pod', ({ object }) => this.#note(object), signal);
  }

  /** Those of a namespace, the oldest first. */
  of(namespace: string): PodRecord[] {
    return [...this.#records.values()].filter((record) => record.namespace === namespace);
  }

  #note(object: KubeObject): void {
    const { metadata, spec, status } = podSchema.parse(object);
    const { namespace, name, uid, labels } = metadata;
    const isHeld = spec.schedulingGates.some((gate) => gate.name === HOLD_GATE);
    const before = this.#records.get(uid);
    const starts = status.containerStatuses.flatMap(
      ({ state }) => state.running?.startedAt ?? state.terminated?.startedAt ?? [],
    );
    this.#records.set(uid, {
      namespace,
      name,
      app: labels.app,
      gates: new Set(spec.initContainers.flatMap((container) => containerOwner(container.name)?.gate ?? [])),
      wasHeld: before?.wasHeld ?? isHeld,
      wasFree: (before?.wasFree ?? false) || !isHeld,
      wasBound: (before?.wasBound ?? false) || spec.nodeName !== undefined,
      appStarts: new Set([...(before?.appStarts ?? []), ...starts]),
    });
  }
}
