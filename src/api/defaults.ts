import type { DnsCheck, GrpcCheck, HttpCheck, TcpCheck } from './checks.ts';
import type { ContainerCheck } from './container-check.ts';
import type { GateCheck, ResourceCheck, ServiceCheck } from './judged-checks.ts';
import type { Dependency, Target, TargetKind, Timing } from './spec.ts';

/**
 * What holds where the spec says nothing. The CRD itself has no defaults, since a default inside a list shows as drift
 * in GitOps tools for ever; the field descriptions take their numbers from here.
 */

export const DEFAULT_TARGET_KIND = 'Deployment';

/** Seconds and counts, with the names and units of Kubernetes' probes. */
export const DEFAULT_TIMING = {
  periodSeconds: 2,
  timeoutSeconds: 5,
  successThreshold: 1,
  overdueAfterSeconds: 300,
  onOverdue: 'Wait',
} as const;

export const DEFAULT_UPDATE_POLICY = 'Immediate';

export const DEFAULT_DNS_TYPE = 'any';
export const DEFAULT_HTTP_METHOD = 'GET';
/** Inclusive. */
export const DEFAULT_HTTP_STATUS = { from: 200, to: 299 } as const;
export const DEFAULT_MIN_READY = 1;
export const DEFAULT_CONDITION_STATUS = 'True';

/** A dependency's one check by its name, with its settings. */
export type CheckOf =
  | { readonly check: 'dns'; readonly settings: DnsCheck }
  | { readonly check: 'tcp'; readonly settings: TcpCheck }
  | { readonly check: 'http'; readonly settings: HttpCheck }
  | { readonly check: 'grpc'; readonly settings: GrpcCheck }
  | JudgedCheckOf
  | { readonly check: 'container'; readonly settings: ContainerCheck };

/** A check that the operator makes. */
export type JudgedCheckOf =
  | { readonly check: 'service'; readonly settings: ServiceCheck }
  | { readonly check: 'resource'; readonly settings: ResourceCheck }
  | { readonly check: 'gate'; readonly settings: GateCheck };

export function targetKind(target: Target): TargetKind {
  return target.kind ?? DEFAULT_TARGET_KIND;
}

/**
 * The one check of a dependency.
 * @throws TypeError for a dependency without any, which validation does not let through.
 */
export function checkOf(dependency: Dependency): CheckOf {
  const { dns, tcp, http, grpc, container } = dependency;
  const judged = judgedCheckOf(dependency);
  if (dns) return { check: 'dns', settings: dns };
  if (tcp) return { check: 'tcp', settings: tcp };
  if (http) return { check: 'http', settings: http };
  if (grpc) return { check: 'grpc', settings: grpc };
  if (judged) return judged;
  if (container) return { check: 'container', settings: container };
  throw new TypeError(`dependency ${dependency.name} has no check: validation let it through`);
}

/** The check of a dependency that the operator judges; undefined where its Pods do so themselves. */
export function judgedCheckOf({ service, resource, gate }: Dependency): JudgedCheckOf | undefined {
  if (service) return { check: 'service', settings: service };
  if (resource) return { check: 'resource', settings: resource };
  if (gate) return { check: 'gate', settings: gate };
  return undefined;
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
