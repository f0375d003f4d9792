import { z } from 'zod';

const text = z.string();
const reference = z.looseObject({ name: text, key: text });

const envSchema = z.looseObject({
  name: text,
  value: text.optional(),
  valueFrom: z
    .looseObject({
      fieldRef: z.looseObject({ fieldPath: text }).optional(),
      secretKeyRef: reference.optional(),
      configMapKeyRef: reference.optional(),
    })
    .optional(),
});

/** An init container of a Pod template, as far as it is looked at. What else it has is kept as it is. */
export const initContainerSchema = z.looseObject({
  name: text,
  image: text.default(''),
  command: z.array(text).default([]),
  args: z.array(text).default([]),
  env: z.array(envSchema).default([]),
});

export type InitContainer = z.infer<typeof initContainerSchema>;

/** Something that cannot be told from the manifest, or that a gate has no words for; the message says what. */
export class Unclear extends Error {
  override readonly name = 'Unclear';
}

/** Stands for the Pod's own namespace, which the manifest may not name. */
const OWN_NAMESPACE = '{namespace}';
/** `api.{namespace}.svc.cluster.local` is `api`, where the Pod itself looks it up. */
const IN_OWN_NAMESPACE = /\.\{namespace\}(?:\.svc(?:\.cluster\.local)?)?\.?(?=[:/]|$)/g;

/**
 * Puts values in the place of variables: `$NAME`, `${NAME}` (a shell's) and `$(NAME)` (Kubernetes').
 * @throws Unclear for one that the manifest gives no value
 */
export function expand(word: string, { env }: Pick<InitContainer, 'env'>): string {
  const expanded = word
    .replaceAll(/\$(?:\((\w+)\)|\{(\w+)\}|(\w+))/g, (_, kubernetes, braced, bare) =>
      valueIn(String(kubernetes ?? braced ?? bare), env),
    )
    .replaceAll(IN_OWN_NAMESPACE, '');
  if (/\$[({]|`/.test(expanded)) throw new Unclear(`it is put together by a shell: ${expanded}`);
  if (expanded.includes(OWN_NAMESPACE)) throw new Unclear("it is made from the Pod's own namespace");
  return expanded;
}

function valueIn(name: string, env: InitContainer['env']): string {
  const known = env.findLast((one) => one.name === name);
  if (known?.value !== undefined) return known.value;
  const { fieldRef, secretKeyRef, configMapKeyRef } = known?.valueFrom ?? {};
  if (fieldRef?.fieldPath === 'metadata.namespace') return OWN_NAMESPACE;
  if (fieldRef) throw new Unclear(`${name} is the Pod's own ${fieldRef.fieldPath}`);
  if (secretKeyRef)
    throw new Unclear(`${name} comes from Secret ${secretKeyRef.name}, key ${secretKeyRef.key}`);
  if (configMapKeyRef)
    throw new Unclear(`${name} comes from ConfigMap ${configMapKeyRef.name}, key ${configMapKeyRef.key}`);
  throw new Unclear(`${name} has no value in the manifest`);
}
