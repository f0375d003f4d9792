import {
  PULL_SECRETS_ANNOTATION_PREFIX,
  PULL_SECRETS_SEPARATOR,
  pullSecretsAnnotation,
} from '../../api/names.ts';
import type { Render } from '../../api/rendered.ts';
import type { JsonObject, TemplateView } from '../model.ts';

/**
 * The secrets that the images of waiting containers are pulled with. They are the whole Pod's, each there once, whoever wants
 * it: so an annotation of each gate keeps which of those that it wants were put in by a gate. What the target has had
 * without any gate is in none of these records, and is never taken out.
 */

type View = Pick<TemplateView, 'annotations' | 'pullSecrets'>;

/** A gate's render, as far as it is about them. */
interface Wanting {
  readonly gate: string;
  readonly render: Pick<Render, 'imagePullSecrets'>;
}

interface Change {
  readonly inject: readonly Wanting[];
  readonly remove: readonly string[];
}

/** Whether one is missing, or the record is not what it should be. */
export function lacksPullSecrets(template: View, wanting: Wanting): boolean {
  const record = template.annotations[pullSecretsAnnotation(wanting.gate)] ?? '';
  return (
    wanted(wanting).some((name) => !template.pullSecrets.includes(name)) ||
    record !== formatted(putIn(template, wanting))
  );
}

function wanted({ render }: Wanting): string[] {
  return (render.imagePullSecrets ?? []).map(({ name }) => name);
}

/** Those that a gate wants and that are there because of gates, or will be. */
function putIn(template: View, wanting: Wanting): string[] {
  const byGates = recorded(template, () => true);
  return wanted(wanting).filter((name) => !template.pullSecrets.includes(name) || byGates.includes(name));
}

/** The names in the records of the gates of which this holds. */
function recorded({ annotations }: Pick<View, 'annotations'>, isMeant: (gate: string) => boolean): string[] {
  return Object.entries(annotations).flatMap(([key, value]) => {
    const gate = key.slice(PULL_SECRETS_ANNOTATION_PREFIX.length);
    return key.startsWith(PULL_SECRETS_ANNOTATION_PREFIX) && isMeant(gate)
      ? value.split(PULL_SECRETS_SEPARATOR)
      : [];
  });
}

function formatted(names: readonly string[]): string {
  return names.join(PULL_SECRETS_SEPARATOR);
}

/** What becomes of a template's, when renders come in and gates leave. */
export interface PullSecretsChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** All names, as they stand afterwards. */
  readonly order: readonly string[];
  /** The records by their annotations; `null` where one goes. */
  readonly records: Readonly<Record<string, string | null>>;
}

export function changePullSecrets(template: View, { inject, remove }: Change): PullSecretsChange {
  const changed = [...inject.map(({ gate }) => gate), ...remove];
  const put = inject.map((wanting) => [wanting.gate, putIn(template, wanting)] as const);
  const kept = [
    ...recorded(template, (gate) => !changed.includes(gate)),
    ...put.flatMap(([, names]) => names),
  ];
  const old = new Set(recorded(template, (gate) => changed.includes(gate)));
  const added = [...new Set(inject.flatMap(wanted))].filter((name) => !template.pullSecrets.includes(name));
  const removed = template.pullSecrets.filter((name) => old.has(name) && !kept.includes(name));
  return {
    added,
    removed,
    order: orderWith(template, added, removed),
    records: recordsOf(template, put, remove),
  };
}

/** Behind the target's own, and sorted among themselves: admission sees the gates in random order. */
function orderWith(template: View, added: readonly string[], removed: readonly string[]): string[] {
  const byGates = new Set([...recorded(template, () => true), ...added]);
  const left = template.pullSecrets.filter((name) => !removed.includes(name));
  return added.toSorted().reduce((order, name) => {
    const at = order.findIndex((one) => byGates.has(one) && one > name);
    return order.toSpliced(at < 0 ? order.length : at, 0, name);
  }, left);
}

function recordsOf(
  { annotations }: View,
  put: readonly (readonly [gate: string, names: readonly string[]])[],
  remove: readonly string[],
): PullSecretsChange['records'] {
  const all = [...remove.map((gate) => [gate, []] as const), ...put].map(
    ([gate, names]) => [pullSecretsAnnotation(gate), formatted(names)] as const,
  );
  const told = all.filter(([key, names]) => names !== '' || key in annotations);
  return Object.fromEntries(told.map(([key, names]) => [key, names === '' ? null : names]));
}

/** The part of a strategic merge patch. */
export function pullSecretsPatch({ added, removed, order }: PullSecretsChange): JsonObject {
  if (added.length + removed.length === 0) return {};
  // The API server refuses a patch whose items are in another order than the one that it asks for.
  const inOrder = order.filter((name) => added.includes(name));
  return {
    '$setElementOrder/imagePullSecrets': order.map((name) => ({ name })),
    imagePullSecrets: [
      ...removed.map((name) => ({ name, $patch: 'delete' })),
      ...inOrder.map((name) => ({ name })),
    ],
  };
}

/** Annotations with the records changed. */
export function withRecords(
  annotations: Readonly<Record<string, string>> | null | undefined,
  { records }: PullSecretsChange,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ ...annotations, ...records }).flatMap(([key, value]) =>
      value === null ? [] : [[key, value] as const],
    ),
  );
}

/** A template's list, changed. */
export function withPullSecrets({ added, removed, order }: PullSecretsChange): {
  readonly imagePullSecrets?: { name: string }[];
} {
  return added.length + removed.length === 0 ? {} : { imagePullSecrets: order.map((name) => ({ name })) };
}
