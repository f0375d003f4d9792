import { type Fields, isFields, list } from './json.ts';
import { MergeList, type MergeSchema } from './merge-keys.ts';
import { badRequest, StatusError } from './status-error.ts';

/**
 * Strategic merge patch, as apimachinery's `strategicpatch` applies it. In one object, in this order:
 * `$patch` (replace, delete), `$retainKeys`, lists with a `$setElementOrder/<list>`,
 * `$deleteFromPrimitiveList/<list>`, then the other fields. In a merged list: items with `$patch: delete` go first,
 * one with `$patch: replace` makes the patch's items the list, the rest are merged by key, and then the order is set.
 */
const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const ELEMENT_ORDER = '$setElementOrder/';
const DELETE_PRIMITIVES = '$deleteFromPrimitiveList/';

/** Neither argument is changed. Throws 400 for a malformed directive and 500, as the real one, for other misuse. */
export function strategicMergePatch(original: Fields, patch: Fields, schema: MergeSchema): Fields {
  return withoutLeftovers(mergeObject(original, patch, schema));
}

function mergeObject(original: Fields, patch: Fields, schema: MergeSchema): Fields {
  if (DIRECTIVE in patch) return replaceOrDelete(patch);
  let merged = retainKeys(original, patch);
  const rest: Record<string, unknown> = { ...patch };
  delete rest[RETAIN_KEYS];
  for (const [directive, field] of directives(rest, ELEMENT_ORDER)) {
    merged = mergeOrdered(merged, rest, field, array(rest[directive]), listOf(schema, field));
    delete rest[directive];
    delete rest[field];
  }
  for (const [directive, field] of directives(rest, DELETE_PRIMITIVES)) {
    const gone = list(rest[directive]);
    if (Array.isArray(merged[field]))
      merged = { ...merged, [field]: list(merged[field]).filter((item) => !gone.includes(item)) };
    delete rest[directive];
  }
  for (const [field, value] of Object.entries(rest)) merged = mergeField(merged, field, value, schema);
  return merged;
}

function replaceOrDelete(patch: Fields): Fields {
  const { [DIRECTIVE]: directive, ...rest } = patch;
  if (directive === 'replace') return rest;
  if (directive === 'delete') return {};
  throw misuse(`unknown patch type: ${directive} in map`);
}

/** `$retainKeys` names all fields that stay; the patch may set no other. */
function retainKeys(original: Fields, patch: Fields): Fields {
  if (!(RETAIN_KEYS in patch)) return original;
  const retained = patch[RETAIN_KEYS];
  if (!Array.isArray(retained)) throw badRequest('invalid patch format of retainKeys');
  for (const [field, value] of Object.entries(patch)) {
    const exempt = value === null || field === RETAIN_KEYS || /^\$(setElementOrder|deleteFrom)/.test(field);
    if (!exempt && !retained.includes(field)) throw badRequest('invalid patch format of retainKeys');
  }
  return Object.fromEntries(Object.entries(original).filter(([field]) => retained.includes(field)));
}

function mergeField(original: Fields, field: string, value: unknown, schema: MergeSchema): Fields {
  const { [field]: current, ...others } = original;
  if (value === null) return others;
  const below = schema[field];
  if (isFields(current) && isFields(value)) {
    const merged = mergeObject(current, value, below instanceof MergeList ? {} : (below ?? {}));
    return { ...original, [field]: merged };
  }
  if (Array.isArray(current) && Array.isArray(value) && below instanceof MergeList)
    return { ...original, [field]: mergeList(current, value, below) };
  if (isFields(value) && DIRECTIVE in value) return others;
  // Lists that are replaced keep what stands in them, as apimachinery does: only new values lose their directives.
  const replaced = Array.isArray(current) && Array.isArray(value) ? value : withoutDirectives(value);
  return { ...original, [field]: replaced };
}

/** A list with an order: merges the patch's items into it, then puts the named ones into that order. */
function mergeOrdered(
  original: Fields,
  patch: Fields,
  field: string,
  order: readonly unknown[],
  merge: MergeList | undefined,
): Fields {
  const live = original[field] === undefined ? undefined : array(original[field]);
  const added = patch[field] === undefined ? undefined : array(patch[field]);
  if (live === undefined && added === undefined) return original;
  if ([...(live ?? []), ...(added ?? [])].length === 0)
    throw misuse('no elements in any of the given slices');
  const identify = identifier(merge?.key);
  assertOrder(added ?? [], order, identify);
  const merged = combine(live, added, merge);
  return {
    ...original,
    [field]: arrange(merged, order, liveOrder(live ?? [], added ?? [], identify), identify),
  };
}

function combine(
  live: readonly unknown[] | undefined,
  added: readonly unknown[] | undefined,
  merge: MergeList | undefined,
): readonly unknown[] {
  if (live === undefined) return list(withoutDirectives(added));
  if (added === undefined) return live;
  return merge === undefined ? added : mergeList(live, added, merge);
}

/**
 * The order that counts as live. apimachinery deletes and appends within the array that it later takes the live
 * order from: where items were deleted, as many new ones stand in their place, behind the kept ones.
 */
function liveOrder(
  live: readonly unknown[],
  patch: readonly unknown[],
  identify: Identify,
): readonly unknown[] {
  const deleted = new Set(patch.filter((item) => directiveOf(item) === 'delete').map(identify));
  if (deleted.size === 0) return live;
  const kept = live.filter((item) => !deleted.has(identify(item)));
  const known = new Set(kept.map(identify));
  const added = patch.filter((item) => directiveOf(item) === undefined && !known.has(identify(item)));
  return [...kept, ...added].slice(0, live.length);
}

function mergeList(
  live: readonly unknown[],
  patch: readonly unknown[],
  merge: MergeList,
): readonly unknown[] {
  if (live.length === 0 && patch.length === 0) return live;
  const { key } = merge;
  if (key === undefined || ![...live, ...patch].every(isFields)) {
    if ([...live, ...patch].some((item) => typeof item === 'object')) throw misuse(mixedTypes());
    return arrange([...new Set([...live, ...patch])], patch, live, identifier(undefined));
  }
  const identify = identifier(key);
  const deleted = patch.filter((item) => directiveOf(item) === 'delete').map(identify);
  const items = patch.filter(isFields).filter((item) => directiveOf(item) === undefined);
  if (patch.some((item) => directiveOf(item) === 'replace')) return items;
  const kept = live.filter((item) => !deleted.includes(isFields(item) ? item[key] : undefined));
  const merged = items.reduce((into, item) => mergeItem(into, item, merge, identify), kept);
  return arrange(merged, items, kept, identify);
}

function mergeItem(
  into: readonly unknown[],
  item: Fields,
  { items, key = '' }: MergeList,
  identify: Identify,
): unknown[] {
  const id = identify(item);
  const index = into.findIndex((candidate) => isFields(candidate) && candidate[key] === id);
  const found = into[index];
  if (!isFields(found)) return [...into, item];
  return into.with(index, mergeObject(found, item, items));
}

/**
 * Puts the items that `order` names into that order and the others where they stood in `live` relative to the named
 * ones: each goes before the first named item that followed it there.
 */
function arrange(
  items: readonly unknown[],
  order: readonly unknown[],
  live: readonly unknown[],
  identify: Identify,
): unknown[] {
  const [rank, liveRank] = [ranks(order, identify), ranks(live, identify)];
  const byRank = (by: ReadonlyMap<unknown, number>) => (a: unknown, b: unknown) =>
    (by.get(identify(a)) ?? by.size) - (by.get(identify(b)) ?? by.size);
  const named = items.filter((item) => rank.has(identify(item))).sort(byRank(rank));
  const others = items.filter((item) => !rank.has(identify(item))).sort(byRank(liveRank));
  const arranged: unknown[] = [];
  for (const item of named) {
    const place = liveRank.get(identify(item)) ?? -1;
    while (others.length > 0 && (liveRank.get(identify(others[0])) ?? Infinity) < place)
      arranged.push(others.shift());
    arranged.push(item);
  }
  return [...arranged, ...others];
}

function ranks(items: readonly unknown[], identify: Identify): ReadonlyMap<unknown, number> {
  const found = new Map<unknown, number>();
  for (const [index, item] of items.entries()) {
    const id = identify(item);
    if (!found.has(id)) found.set(id, index);
  }
  return found;
}

/**
 * The patch's items must be among the ordered ones, in the same order. As in apimachinery, an item with
 * `$patch: replace` is passed over only while there are ordered ones left.
 */
function assertOrder(items: readonly unknown[], order: readonly unknown[], identify: Identify): void {
  if (order.length === 0) return;
  const wanted = items.filter((item) => directiveOf(item) !== 'delete');
  let next = 0;
  for (const id of order.map(identify)) {
    while (directiveOf(wanted[next]) === 'replace') next++;
    if (next < wanted.length && identify(wanted[next]) === id) next++;
  }
  if (next < wanted.length) throw misuse(`The order in patch list doesn't match ${ELEMENT_ORDER} list`);
}

type Identify = (item: unknown) => unknown;

function identifier(key: string | undefined): Identify {
  return (item) => {
    if (key === undefined || !isFields(item)) return item;
    if (item[key] === undefined)
      throw misuse(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
    return item[key];
  };
}

function directiveOf(item: unknown): unknown {
  if (!isFields(item) || !(DIRECTIVE in item)) return undefined;
  const directive = item[DIRECTIVE];
  if (directive === 'delete' || directive === 'replace') return directive;
  throw misuse(
    directive === 'merge'
      ? 'merging lists cannot yet be specified in the patch'
      : `unknown patch type: ${directive} in map`,
  );
}

/** What a patch adds where nothing was: nulls and whatever carries a directive are left out. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value))
    return value.filter((item) => !(isFields(item) && DIRECTIVE in item)).map(withoutDirectives);
  if (!isFields(value)) return value;
  const kept = Object.entries(value).filter(
    ([, field]) => field !== null && !(isFields(field) && DIRECTIVE in field),
  );
  return Object.fromEntries(kept.map(([name, field]) => [name, withoutDirectives(field)]));
}

/** Directives in what was taken over as a whole are fields that the Go types do not know, and fall away. */
function withoutLeftovers(value: Fields): Fields {
  const known = Object.entries(value).filter(
    ([name]) => !/^\$(patch|retainKeys|setElementOrder\/|deleteFrom)/.test(name),
  );
  return Object.fromEntries(known.map(([name, field]) => [name, cleaned(field)]));
}

function cleaned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleaned);
  return isFields(value) ? withoutLeftovers(value) : value;
}

function directives(patch: Fields, prefix: string): readonly (readonly [string, string])[] {
  return Object.keys(patch)
    .filter((name) => name.startsWith(prefix))
    .map((name) => [name, name.slice(prefix.length)]);
}

function listOf(schema: MergeSchema, field: string): MergeList | undefined {
  const found = schema[field];
  return found instanceof MergeList ? found : undefined;
}

function array(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw badRequest('invalid patch format of setElementOrder list');
}

function mixedTypes(): string {
  return 'list element types are not identical';
}

function misuse(message: string): StatusError {
  return new StatusError(500, '', message);
}
