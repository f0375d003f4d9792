import type { ServerResponse } from 'node:http';
import type { KubeObject } from '../cluster.ts';
import type { Change, Store } from './object-store.ts';
import { type Presentation, presentObject } from './presentation.ts';
import { selectorOf } from './selectors.ts';
import { apiVersionOf, type ResourceType } from './served-resources.ts';
import { badRequest, expired } from './status-error.ts';

export interface WatchOptions {
  readonly store: Store;
  readonly namespace: string | undefined;
  readonly query: URLSearchParams;
  /** As of now, since ages in tables go on. */
  readonly presentation: () => Presentation;
  readonly bookmarkPeriodMs: number;
}

/** What the real API server gives a watch that names no time, at least. */
const DEFAULT_TIMEOUT_SECONDS = 1800;

/**
 * Answers a watch: the objects as ADDED where no version (or `0`) or `sendInitialEvents` is given, then the changes
 * after the version, bookmarks where they are allowed, until `timeoutSeconds` are over.
 */
export function streamWatch(options: WatchOptions, response: ServerResponse): void {
  const { query, store } = options;
  const write = (type: string, object: unknown) => response.write(`${JSON.stringify({ type, object })}\n`);
  const version = query.get('resourceVersion') ?? '';
  if (!/^\d*$/.test(version)) throw badRequest(`Invalid value: "${version}": invalid resource version`);
  const initial = sendsInitialEvents(query);
  const past = initial || version === '' || version === '0' ? 'objects' : store.since(Number(version));
  const send = sender(options, write);
  response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
  if (past === undefined) {
    write('ERROR', expired(`too old resource version: ${version} (${store.revision})`).body);
    response.end();
    return;
  }
  if (past === 'objects')
    for (const object of store.list(storedType(options), options.namespace)) send(added(options, object));
  else for (const change of past) send(change);
  if (initial) write('BOOKMARK', bookmark(options, { 'k8s.io/initial-events-end': 'true' }));
  keepOpen(options, response, send, write);
}

function keepOpen(
  options: WatchOptions,
  response: ServerResponse,
  send: (change: Change) => void,
  write: (type: string, object: unknown) => void,
): void {
  const { query, store, bookmarkPeriodMs } = options;
  const unsubscribe = store.subscribe(send);
  const bookmarks = setInterval(() => write('BOOKMARK', bookmark(options)), bookmarkPeriodMs);
  if (query.get('allowWatchBookmarks') !== 'true') clearInterval(bookmarks);
  const seconds = Number(query.get('timeoutSeconds') ?? 0) || DEFAULT_TIMEOUT_SECONDS;
  const end = setTimeout(() => response.end(), seconds * 1000);
  response.on('close', () => {
    unsubscribe();
    clearInterval(bookmarks);
    clearTimeout(end);
  });
  response.flushHeaders();
}

function sendsInitialEvents(query: URLSearchParams): boolean {
  if (query.get('sendInitialEvents') !== 'true') return false;
  if (query.get('resourceVersionMatch') !== 'NotOlderThan')
    throw badRequest(
      'resourceVersionMatch: Forbidden: sendInitialEvents requires resourceVersionMatch=NotOlderThan',
    );
  return true;
}

/** Sends a change as it looks through the selectors: an object that begins or ceases to match is added or deleted. */
function sender(
  { namespace, query, presentation }: WatchOptions,
  write: (type: string, object: unknown) => void,
): (change: Change) => void {
  const type = storedType({ presentation });
  const matches = selectorOf(type, query);
  return ({ type: changed, event, object, previous }) => {
    if (changed !== type || (namespace !== undefined && object.metadata.namespace !== namespace)) return;
    const before = previous !== undefined && matches(previous);
    const after = event !== 'DELETED' && matches(object);
    if (!before && !after) return;
    const seen = before ? (after ? 'MODIFIED' : 'DELETED') : 'ADDED';
    write(seen, presentObject(object, presentation()));
  };
}

function storedType({ presentation }: Pick<WatchOptions, 'presentation'>): ResourceType {
  const { type } = presentation();
  return type.viewOf ?? type;
}

function added({ presentation }: WatchOptions, object: KubeObject): Change {
  return { revision: 0, event: 'ADDED', type: storedType({ presentation }), object, previous: undefined };
}

function bookmark({ store, presentation }: WatchOptions, annotations?: Record<string, string>): unknown {
  const { type, as } = presentation();
  const metadata = { resourceVersion: String(store.revision), ...(annotations ? { annotations } : {}) };
  if (as === 'table')
    return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata, columnDefinitions: [], rows: [] };
  return { kind: type.kind, apiVersion: apiVersionOf(type), metadata };
}
