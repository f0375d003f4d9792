import type { KeySource } from './key-source.ts';
import type { Dependency } from './spec.ts';

/** A key of a Secret or ConfigMap that a dependency's container reads. */
export interface KeyReference {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
  readonly key: string;
  /** Whether the kubelet starts the container only once it is there. */
  readonly required: boolean;
}

/** Every key that a dependency refers to, in the order of its fields. */
export function keyReferences(dependency: Dependency): KeyReference[] {
  const { http, grpc, container } = dependency;
  const variables = [...(http?.headers ?? []), ...(container?.env ?? [])].map(({ valueFrom }) => valueFrom);
  const bundles = [http?.tls?.caFrom, grpc?.tls?.caFrom];
  return [
    ...[...addressSources(dependency), ...variables].flatMap((source) => referencesOf(source, true)),
    ...bundles.flatMap((source) => referencesOf(source, false)),
  ];
}

/** Where a dependency's address comes from, as far as it does not stand in the gate. */
export function addressSources({ tcp, http, grpc }: Dependency): KeySource[] {
  const sources = [tcp?.hostFrom, tcp?.portFrom, http?.urlFrom, grpc?.hostFrom, grpc?.portFrom];
  return sources.flatMap((source) => source ?? []);
}

/** `key host of Secret db`. */
export function keyWords(source: KeySource): string {
  return referencesOf(source, true)
    .map(({ kind, name, key: of }) => `key ${of} of ${kind} ${name}`)
    .join();
}

function referencesOf(source: Partial<KeySource> | undefined, required: boolean): KeyReference[] {
  const { secretKeyRef, configMapKeyRef } = source ?? {};
  return [
    ...(secretKeyRef ? [{ kind: 'Secret' as const, ...secretKeyRef, required }] : []),
    ...(configMapKeyRef ? [{ kind: 'ConfigMap' as const, ...configMapKeyRef, required }] : []),
  ];
}
