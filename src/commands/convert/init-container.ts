import { z } from 'zod';
import type { KeySource } from '../../api/key-source.ts';

const text = z.string();
const reference = z.looseObject({ name: text, key: text, optional: z.boolean().optional() });

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

/** A container of a Pod template, as far as it is looked at. What else it has is kept as it is. */
export const initContainerSchema = z.looseObject({
  name: text,
  image: text.default(''),
  command: z.array(text).default([]),
  args: z.array(text).default([]),
  env: z.array(envSchema).default([]),
});

type KeyReference = z.infer<typeof reference>;

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
 * Puts values in the place of variables: `$NAME`, `${NAME}` (a shell's) and `$(NAME)` (Kubernetes'). For one that comes from
 * a Secret or ConfigMap there is a mark, see `keySourceOf`.
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
  if (secretKeyRef) return origin(name, 'Secret', secretKeyRef);
  if (configMapKeyRef) return origin(name, 'ConfigMap', configMapKeyRef);
  throw new Unclear(`${name} has no value in the manifest`);
}

/** Stands for a value that only a Secret or ConfigMap has, between two characters that no manifest uses. */
const ORIGIN = /\uE000(\S+) (Secret|ConfigMap) (\S+) (\S+)\uE001/;

/** Without one that is optional the container runs too, and a gate's does not. */
function origin(
  variable: string,
  kind: 'Secret' | 'ConfigMap',
  { name, key, optional }: KeyReference,
): string {
  if (optional) throw new Unclear(`${variable} comes from ${kind} ${name}, key ${key}, where it is there`);
  return `\uE000${variable} ${kind} ${name} ${key}\uE001`;
}

/** Where a word comes from that is a single variable of a Secret or ConfigMap. */
export function keySourceOf(word: string): KeySource | undefined {
  const [all, , kind, name = '', key = ''] = ORIGIN.exec(word) ?? [];
  if (all !== word) return undefined;
  return kind === 'Secret' ? { secretKeyRef: { name, key } } : { configMapKeyRef: { name, key } };
}

/** What is said of the first value in a text that only a Secret or ConfigMap has; undefined where there is none. */
export function originWords(text: string): string | undefined {
  const [all, variable, kind, name, key] = ORIGIN.exec(text) ?? [];
  return all && `${variable} comes from ${kind} ${name}, key ${key}`;
}
