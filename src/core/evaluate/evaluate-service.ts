import { z } from 'zod';
import { DEFAULT_MIN_READY } from '../../api/defaults.ts';
import type { ServiceCheck } from '../../api/spec.ts';
import type { JsonObject, Observation } from '../model.ts';
import type { Evaluation } from './evaluation.ts';

type Seen = Extract<Observation, { is: 'service' }>;

const portsSchema = z
  .array(z.object({ name: z.string().nullish(), port: z.int().nullish() }))
  .nullish()
  .transform((ports) => ports ?? []);

const serviceSchema = z.object({
  spec: z.object({ type: z.string().default('ClusterIP'), ports: portsSchema }),
});

const sliceSchema = z.object({
  addressType: z.string().default(''),
  ports: portsSchema,
  endpoints: z
    .array(
      z.object({
        addresses: z.array(z.string()).default([]),
        conditions: z
          .object({
            ready: z.boolean().nullish(),
            serving: z.boolean().nullish(),
            terminating: z.boolean().nullish(),
          })
          .nullish()
          .transform((conditions) => conditions ?? {}),
        targetRef: z.object({ uid: z.string().optional() }).nullish(),
      }),
    )
    .nullish()
    .transform((endpoints) => endpoints ?? []),
});

type Slice = z.infer<typeof sliceSchema>;

/** Satisfied with enough ready endpoints, of one port where it is named. */
export function evaluateService(
  { name, port, minReady = DEFAULT_MIN_READY }: ServiceCheck,
  seen: Seen,
): Evaluation {
  if (!seen.service) return { is: 'waiting', reason: 'NotFound', answer: `Service ${name} does not exist` };
  const parsed = serviceSchema.safeParse(seen.service);
  if (!parsed.success)
    return { is: 'waiting', reason: 'Unreadable', answer: `Service ${name} cannot be read` };
  const { type, ports } = parsed.data.spec;
  if (type === 'ExternalName') {
    return {
      is: 'waiting',
      reason: 'ExternalName',
      answer: `Service ${name} is an ExternalName, which has no endpoints: use dns or tcp`,
    };
  }
  // A number may be there twice, for TCP and UDP.
  const wanted = ports.filter((one) => one.port === port);
  if (port !== undefined && wanted.length === 0)
    return { is: 'waiting', reason: 'PortNotFound', answer: withoutPort(name, port, ports) };
  const slices = slicesOf(seen.slices).filter(
    (slice) => port === undefined || wanted.some((one) => hasPort(slice, one.name)),
  );
  const ready = countReady(slices);
  const of = port === undefined ? '' : ` for port ${port}`;
  const answer = `Service ${name} has ${ready} of ${minReady} ready endpoint${minReady === 1 ? '' : 's'}${of}`;
  return ready >= minReady
    ? { is: 'satisfied', reason: 'EndpointsReady', answer }
    : { is: 'waiting', reason: 'EndpointsNotReady', answer };
}

function withoutPort(name: string, port: number, ports: z.infer<typeof portsSchema>): string {
  const there = ports.flatMap((one) => one.port ?? []).join(', ') || 'none';
  return `Service ${name} has no port ${port}: it has ${there}`;
}

function slicesOf(slices: readonly JsonObject[]): Slice[] {
  return slices.flatMap((slice) => sliceSchema.safeParse(slice).data ?? []);
}

/** A port has the same name in the Service and in its slices, and another number where the Service maps it. */
function hasPort({ ports }: Slice, name: string | null | undefined): boolean {
  return ports.some((one) => (one.name ?? '') === (name ?? ''));
}

/** Endpoints that serve. One may stand in several slices, and in a dual-stack Service each has one for each family: it counts once. */
function countReady(slices: readonly Slice[]): number {
  const byFamily = new Map<string, Set<string>>();
  for (const { addressType, endpoints } of slices) {
    const known = byFamily.get(addressType) ?? new Set();
    for (const { conditions, targetRef, addresses } of endpoints) {
      if (serves(conditions)) known.add(targetRef?.uid ?? addresses[0] ?? '');
    }
    byFamily.set(addressType, known);
  }
  return Math.max(0, ...[...byFamily.values()].map(({ size }) => size));
}

/**
 * `ready` is true of every address of a Service with `publishNotReadyAddresses`; whether the Pod is ready is told by
 * `serving`, and whether it will be gone soon by `terminating`. What is absent says nothing against it: then, as in slices that
 * people make, `ready` decides, and counts as true where it is absent too (EndpointConditions of discovery.k8s.io/v1).
 */
function serves({ ready, serving, terminating }: Slice['endpoints'][number]['conditions']): boolean {
  return ready !== false && serving !== false && terminating !== true;
}

/** What the Service that a check's host names looks like from outside of the Pod: why it may be that it waits. */
export function serviceHint(name: string, { service, slices }: Seen): Pick<Evaluation, 'reason' | 'answer'> {
  if (!service) return { reason: 'NotFound', answer: `Service ${name} does not exist` };
  const ready = countReady(slicesOf(slices));
  return {
    reason: ready === 0 ? 'EndpointsNotReady' : 'EndpointsReady',
    answer: `Service ${name} has ${ready === 0 ? 'no' : ready} ready endpoint${ready === 1 ? '' : 's'}`,
  };
}
