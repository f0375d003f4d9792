import { z } from 'zod';
import { microTime } from '../micro-time.ts';
import type { Resource } from '../resource.ts';
import type { LeaseRecord, Move } from './lease-standing.ts';

export const LEASES: Resource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  namespaced: true,
};

const nullish = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

const leaseSchema = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  spec: z
    .object({
      holderIdentity: nullish(z.string()),
      leaseDurationSeconds: nullish(z.number()),
      leaseTransitions: nullish(z.number()),
      acquireTime: nullish(z.string()),
    })
    .prefault({}),
});

/** @throws ZodError where it is no Lease. */
export function readLease(raw: unknown): LeaseRecord {
  const { metadata, spec } = leaseSchema.parse(raw);
  return {
    holder: spec.holderIdentity ?? '',
    durationMs: (spec.leaseDurationSeconds ?? 0) * 1000,
    transitions: spec.leaseTransitions ?? 0,
    acquireTime: spec.acquireTime,
    resourceVersion: metadata.resourceVersion,
  };
}

/** Whose the Lease is to be. */
export interface Holder {
  readonly identity: string;
  readonly leaseMs: number;
  /** By the clock on the wall, ms since the epoch. */
  readonly wallNow: number;
}

/** The spec of a Lease after a move. */
export function specAfter(
  move: Exclude<Move, { do: 'wait' }>,
  { identity, leaseMs, wallNow }: Holder,
): object {
  const now = microTime(wallNow);
  const changesHands = move.do === 'take';
  const from = move.do === 'create' ? undefined : move.from;
  return {
    holderIdentity: identity,
    leaseDurationSeconds: Math.ceil(leaseMs / 1000),
    acquireTime: move.do === 'renew' ? (from?.acquireTime ?? now) : now,
    renewTime: now,
    leaseTransitions: (from?.transitions ?? 0) + (changesHands ? 1 : 0),
  };
}

/** As client-go writes it: nobody's, and for a second, for whoever goes by its time alone. */
export function specReleased(wallNow: number): object {
  return { holderIdentity: null, leaseDurationSeconds: 1, renewTime: microTime(wallNow) };
}
