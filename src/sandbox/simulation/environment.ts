import type { Collection } from './collection.ts';
import type { ConfigMap, Pod, PodContainer, Secret } from './objects.ts';

type Variables = Readonly<Record<string, string>>;
type VariableSource = Pick<Collection<Secret | ConfigMap>, 'get'>;
/** Where the variables' values come from. */
export interface Sources {
  readonly secrets: VariableSource;
  readonly configMaps: VariableSource;
}

/** A Secret or ConfigMap, or a key of one, that a container refers to and that is not there. */
export class Missing extends Error {
  override readonly name = 'Missing';
}

/** A container's environment variables as the kubelet makes them, `$(NAME)` expanded. Throws `Missing`. */
export function environment(pod: Pod, container: PodContainer, sources: Sources): Variables {
  const variables: Record<string, string> = {};
  for (const { prefix, secretRef, configMapRef } of container.envFrom) {
    const data = secretRef
      ? dataOf(pod, sources.secrets, 'secret', secretRef)
      : configMapRef && dataOf(pod, sources.configMaps, 'configmap', configMapRef);
    for (const [key, value] of Object.entries(data ?? {})) variables[prefix + key] = value;
  }
  for (const { name, value, valueFrom } of container.env) {
    const found = valueFrom ? resolved(pod, valueFrom, sources) : expand(value, variables);
    if (found !== undefined) variables[name] = found;
  }
  return variables;
}

/** Replaces `$(NAME)` by the variable; `$$(` stands for `$(`, and what is not known stays as it is. */
export function expand(text: string, variables: Variables): string {
  return text.replace(/\$\$|\$\(([-\w.]+)\)/g, (found, name?: string) =>
    name === undefined ? '$' : (variables[name] ?? found),
  );
}

function resolved(
  pod: Pod,
  { fieldRef, secretKeyRef, configMapKeyRef }: NonNullable<PodContainer['env'][number]['valueFrom']>,
  sources: Sources,
): string | undefined {
  if (fieldRef) return podField(pod, fieldRef.fieldPath);
  const reference = secretKeyRef ?? configMapKeyRef;
  if (!reference) return undefined;
  const data = secretKeyRef
    ? dataOf(pod, sources.secrets, 'secret', reference)
    : dataOf(pod, sources.configMaps, 'configmap', reference);
  const value = data?.[reference.key];
  if (value === undefined && !reference.optional) {
    const kind = secretKeyRef ? 'Secret' : 'ConfigMap';
    throw new Missing(
      `couldn't find key ${reference.key} in ${kind} ${pod.metadata.namespace}/${reference.name}`,
    );
  }
  return value;
}

/** What a Secret or ConfigMap holds, as text. Throws `Missing` for one that is not there and not optional. */
export function dataOf(
  pod: Pod,
  source: VariableSource,
  kind: 'secret' | 'configmap',
  { name, optional }: { readonly name: string; readonly optional: boolean },
): Variables | undefined {
  const held = source.get(`${pod.metadata.namespace}/${name}`);
  if (!held && !optional) throw new Missing(`${kind} "${name}" not found`);
  const entries = Object.entries(held?.data ?? {});
  return Object.fromEntries(
    kind === 'secret'
      ? entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()])
      : entries,
  );
}

/** The fields that the downward API gives to variables (kubernetes.io, "Downward API"). */
function podField({ metadata, spec, status }: Pod, path: string): string {
  const [, map, key = ''] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? [];
  if (map === 'labels') return metadata.labels[key] ?? '';
  if (map === 'annotations') return metadata.annotations[key] ?? '';
  const fields: Variables = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'spec.nodeName': spec.nodeName ?? '',
    'spec.serviceAccountName': spec.serviceAccountName,
    'status.podIP': status.podIP ?? '',
  };
  return fields[path] ?? '';
}
