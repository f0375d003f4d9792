import { parseStatus } from '../../api/gate.ts';
import { type FieldSchema, keptOf } from '../../api/kept-fields.ts';
import { GROUP, PLURAL } from '../../api/names.ts';
import type { Render } from '../../api/rendered.ts';
import type { GateStatus } from '../../api/status.ts';
import { canonicalJson } from '../canonical.ts';

/** The CustomResourceDefinition of a release before this one: the API server drops the fields that it lacks. */
export interface OlderCrd {
  /** These, by their paths. */
  readonly lacking: readonly string[];
  /** What it says of a gate. */
  readonly schema: FieldSchema;
}

/** By which policies refuse first starts. */
const LATCH = 'status.targets[].firstStart';

/** Fields that a message names: the others are counted. */
const NAMED_FIELDS = 3;

/**
 * The status as the API server will store it. What it drops is never written, since it would be found missing and written again
 * with every reconcile.
 */
export function keptStatus(status: GateStatus, { schema }: OlderCrd): GateStatus {
  return parseStatus(keptOf(status, schema.properties?.status ?? {}));
}

/** Whether a render would be stored as it is: what lacks a part of it keeps Pods waiting for something else, or is refused. */
export function keepsRender(render: Render, crd: OlderCrd): boolean {
  return canonicalJson(keptStatus({ render }, crd).render) === canonicalJson(render);
}

/** Whether policies can refuse first starts by what is stored. */
export function keepsLatch({ lacking }: Pick<OlderCrd, 'lacking'>): boolean {
  return !lacking.some(
    (path) => LATCH === path || LATCH.startsWith(`${path}.`) || LATCH.startsWith(`${path}[`),
  );
}

/** What is wrong with it and what to do, for people. */
export function olderCrdWords({ lacking }: Pick<OlderCrd, 'lacking'>): string {
  const named = lacking.slice(0, NAMED_FIELDS).join(', ');
  const more = lacking.length > NAMED_FIELDS ? ` and ${lacking.length - NAMED_FIELDS} more` : '';
  return `the CustomResourceDefinition ${PLURAL}.${GROUP} is older than the operator and keeps no ${named}${more}: apply the one of the operator's release`;
}
