import type { ContainerCheck, EnvVar } from './container-check.ts';
import type { Rule } from './rule.ts';
import { type Place, type Places, RULES, type RuledGate } from './rules.ts';
import type { Dependency } from './spec.ts';

/** A rule that a gate breaks, and where. */
export interface Violation {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** What breaks it. */
  readonly value: unknown;
}

/** Every rule that a gate of the right shape breaks, in the order of its fields. */
export function violations(gate: RuledGate): Violation[] {
  const { targets, dependencies } = gate.spec;
  return [
    ...broken('', [], gate),
    ...broken('spec', ['spec'], gate.spec),
    ...broken('spec.targets', ['spec', 'targets'], targets),
    ...broken('spec.dependencies', ['spec', 'dependencies'], dependencies),
    ...broken(
      'spec.waiter.imagePullSecrets',
      ['spec', 'waiter', 'imagePullSecrets'],
      gate.spec.waiter?.imagePullSecrets,
    ),
    ...broken('spec.waiter.resources', ['spec', 'waiter', 'resources'], gate.spec.waiter?.resources),
    ...dependencies.flatMap((dependency, index) =>
      dependencyViolations(dependency, ['spec', 'dependencies', index]),
    ),
  ];
}

function dependencyViolations(dependency: Dependency, path: Violation['path']): Violation[] {
  const { tcp, http, grpc, resource, container } = dependency;
  const at = 'spec.dependencies[]';
  return [
    ...broken(at, path, dependency),
    ...broken(`${at}.tcp`, [...path, 'tcp'], tcp),
    ...broken(`${at}.tcp.hostFrom`, [...path, 'tcp', 'hostFrom'], tcp?.hostFrom),
    ...broken(`${at}.tcp.portFrom`, [...path, 'tcp', 'portFrom'], tcp?.portFrom),
    ...broken(`${at}.http`, [...path, 'http'], http),
    ...broken(`${at}.http.urlFrom`, [...path, 'http', 'urlFrom'], http?.urlFrom),
    ...(http?.headers ?? []).flatMap((header, index) =>
      broken(`${at}.http.headers[]`, [...path, 'http', 'headers', index], header),
    ),
    ...broken(`${at}.http.tls`, [...path, 'http', 'tls'], http?.tls),
    ...broken(`${at}.http.tls.caFrom`, [...path, 'http', 'tls', 'caFrom'], http?.tls?.caFrom),
    ...broken(`${at}.grpc`, [...path, 'grpc'], grpc),
    ...broken(`${at}.grpc.hostFrom`, [...path, 'grpc', 'hostFrom'], grpc?.hostFrom),
    ...broken(`${at}.grpc.portFrom`, [...path, 'grpc', 'portFrom'], grpc?.portFrom),
    ...broken(`${at}.grpc.tls`, [...path, 'grpc', 'tls'], grpc?.tls),
    ...broken(`${at}.grpc.tls.caFrom`, [...path, 'grpc', 'tls', 'caFrom'], grpc?.tls?.caFrom),
    ...broken(`${at}.resource`, [...path, 'resource'], resource),
    ...broken(`${at}.resource.selector`, [...path, 'resource', 'selector'], resource?.selector),
    ...broken(`${at}.resource.matchPod`, [...path, 'resource', 'matchPod'], resource?.matchPod),
    ...(container ? containerViolations(container, [...path, 'container']) : []),
  ];
}

function containerViolations(container: ContainerCheck, path: Violation['path']): Violation[] {
  const { resources, securityContext, env = [], envFrom = [], volumeMounts = [] } = container;
  const at = 'spec.dependencies[].container';
  return [
    ...broken(at, path, container),
    ...broken(`${at}.resources`, [...path, 'resources'], resources),
    ...broken(`${at}.securityContext`, [...path, 'securityContext'], securityContext),
    ...env.flatMap((variable, index) => envVarViolations(variable, [...path, 'env', index])),
    ...envFrom.flatMap((source, index) => broken(`${at}.envFrom[]`, [...path, 'envFrom', index], source)),
    ...volumeMounts.flatMap((mount, index) =>
      broken(`${at}.volumeMounts[]`, [...path, 'volumeMounts', index], mount),
    ),
  ];
}

function envVarViolations(variable: EnvVar, path: Violation['path']): Violation[] {
  const at = 'spec.dependencies[].container.env[]';
  return [
    ...broken(at, path, variable),
    ...broken(`${at}.valueFrom`, [...path, 'valueFrom'], variable.valueFrom),
  ];
}

function broken<P extends Place>(
  place: P,
  path: Violation['path'],
  value: Places[P] | undefined,
): Violation[] {
  if (value === undefined) return [];
  const rules: readonly Rule<Places[P]>[] = RULES[place];
  return rules
    .filter((rule) => !rule.holds(value))
    .map(({ field = [], message }) => ({ path: [...path, ...field], message, value }));
}
