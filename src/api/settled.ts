import type { DnsCheck, GrpcCheck, HttpCheck, TcpCheck } from './checks.ts';
import type { ContainerCheck } from './container-check.ts';
import { DEFAULT_ORDER, DEFAULT_PLACEMENT, DEFAULT_TARGET_KIND, DEFAULT_TIMING } from './defaults.ts';
import type { GateCheck, ResourceCheck, ServiceCheck } from './evaluated-checks.ts';
import type { Dependency, GateSpec, Target, TargetKind, Timing } from './spec.ts';

/** What a valid spec means: its defaults applied, its choices told apart. */

/** A dependency's one check by its name, with its settings. */
export type CheckOf =
  | { readonly check: 'dns'; readonly settings: DnsCheck }
  | { readonly check: 'tcp'; readonly settings: TcpCheck }
  | { readonly check: 'http'; readonly settings: HttpCheck }
  | { readonly check: 'grpc'; readonly settings: GrpcCheck }
  | EvaluatedCheckOf
  | { readonly check: 'container'; readonly settings: ContainerCheck };

/** A check that the operator makes. */
export type EvaluatedCheckOf =
  | { readonly check: 'service'; readonly settings: ServiceCheck }
  | { readonly check: 'resource'; readonly settings: ResourceCheck }
  | { readonly check: 'gate'; readonly settings: GateCheck };

export function targetKind(target: Target): TargetKind {
  return target.kind ?? DEFAULT_TARGET_KIND;
}

/**
 * Whether a gate is put into the Pods of targets of a kind, and not into their templates. That of a Job never changes, and
 * gets it as the Job is created, if the gate is there then.
 */
export function isPlacedInPods({ placement = DEFAULT_PLACEMENT }: GateSpec, kind: TargetKind): boolean {
  return placement === 'Pod' && kind !== 'Job';
}

/**
 * The one check of a dependency.
 * @throws TypeError for a dependency without any, which validation does not let through.
 */
export function checkOf(dependency: Dependency): CheckOf {
  const { dns, tcp, http, grpc, container } = dependency;
  const evaluated = evaluatedCheckOf(dependency);
  if (dns) return { check: 'dns', settings: dns };
  if (tcp) return { check: 'tcp', settings: tcp };
  if (http) return { check: 'http', settings: http };
  if (grpc) return { check: 'grpc', settings: grpc };
  if (evaluated) return evaluated;
  if (container) return { check: 'container', settings: container };
  throw new TypeError(`dependency ${dependency.name} has no check: validation let it through`);
}

/** The check of a dependency that the operator evaluates; undefined where its Pods do so themselves. */
export function evaluatedCheckOf({ service, resource, gate }: Dependency): EvaluatedCheckOf | undefined {
  if (service) return { check: 'service', settings: service };
  if (resource) return { check: 'resource', settings: resource };
  if (gate) return { check: 'gate', settings: gate };
  return undefined;
}

/** The dependencies that `spec.open` opens: a user's container cannot see it. */
export function openedBySpec({ open = [], dependencies }: GateSpec): Set<string> {
  const named = (name: string) => open.includes('*') || open.includes(name);
  return new Set(
    dependencies.filter(({ name, container }) => !container && named(name)).map(({ name }) => name),
  );
}

/**
 * The dependencies that share one container, in their order; none with `order: Sequential`. A user's own image is run in a
 * container of its own.
 */
export function sharingOne({ order = DEFAULT_ORDER, dependencies }: GateSpec): readonly Dependency[] {
  return order === 'Parallel' ? dependencies.filter(({ container }) => container === undefined) : [];
}

/** A timing with nothing left open. */
export type SettledTiming = { readonly [Name in keyof Timing]-?: NonNullable<Timing[Name]> };

/** A dependency's timing: what it says itself, else the gate's `spec.defaults`, else {@link DEFAULT_TIMING}. */
export function timingOf(dependency: Timing, defaults: Timing | undefined): SettledTiming {
  const own = { ...defaults, ...dependency };
  return {
    periodSeconds: own.periodSeconds ?? DEFAULT_TIMING.periodSeconds,
    timeoutSeconds: own.timeoutSeconds ?? DEFAULT_TIMING.timeoutSeconds,
    successThreshold: own.successThreshold ?? DEFAULT_TIMING.successThreshold,
    overdueAfterSeconds: own.overdueAfterSeconds ?? DEFAULT_TIMING.overdueAfterSeconds,
    onOverdue: own.onOverdue ?? DEFAULT_TIMING.onOverdue,
  };
}
