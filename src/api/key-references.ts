import type { EnvSource } from './container-check.ts';
import type { KeySource } from './key-source.ts';
import type { FileSource } from './names.ts';
import type { Dependency } from './spec.ts';
import { tlsSources } from './tls.ts';

/** A Secret or ConfigMap that a dependency's container reads. */
export interface KeyReference {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
  /** Undefined where all of its keys are read. */
  readonly key: string | undefined;
  /** Whether the kubelet starts the container only once it is there. */
  readonly required: boolean;
}

/** Every key that a dependency refers to, in the order of its fields. */
export function keyReferences(dependency: Dependency): KeyReference[] {
  const { http, container } = dependency;
  const variables = [...(http?.headers ?? []), ...(container?.env ?? [])].map(({ valueFrom }) => valueFrom);
  return [
    ...[...addressSources(dependency), ...variables].flatMap((source) => referencesOf(source, true)),
    ...(container?.envFrom ?? []).flatMap(objectOf),
    ...filesOf(dependency).map((source) => ({ ...source, required: false })),
  ];
}

function objectOf({ secretRef, configMapRef }: EnvSource): KeyReference[] {
  const of = (kind: KeyReference['kind'], ref: EnvSource['secretRef']) =>
    ref ? [{ kind, name: ref.name, key: undefined, required: ref.optional !== true }] : [];
  return [...of('Secret', secretRef), ...of('ConfigMap', configMapRef)];
}

/** The keys that a dependency's container reads as files, which may come later than it. */
export function filesOf({ http, grpc }: Dependency): FileSource[] {
  const { ca, client } = tlsSources((http ?? grpc)?.tls);
  return [...(ca ? [ca] : []), ...(client ? [client.certificate, client.key] : [])];
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

interface Source {
  readonly secretKeyRef?: KeyRef | undefined;
  readonly configMapKeyRef?: KeyRef | undefined;
}

interface KeyRef {
  readonly name: string;
  readonly key: string;
  readonly optional?: boolean | undefined;
}

function referencesOf(source: Source | undefined, isNeeded: boolean): KeyReference[] {
  const of = (kind: KeyReference['kind'], ref: KeyRef | undefined) =>
    ref ? [{ kind, name: ref.name, key: ref.key, required: isNeeded && ref.optional !== true }] : [];
  return [...of('Secret', source?.secretKeyRef), ...of('ConfigMap', source?.configMapKeyRef)];
}
