import type { Message } from '../protobuf/message.ts';
import type { ObjectName, Resource } from '../resource.ts';

/** Which objects of a resource, and what of them. */
export interface Selection {
  /** All namespaces when not given. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /**
   * Protobuf is asked for, and of each object this is read. A server that has none answers in JSON, and then all of it is.
   * Default: JSON.
   */
  readonly message?: Message | undefined;
}

export interface List {
  /** As the server sent them, but lists leave out `apiVersion` and `kind` of their items. */
  readonly items: readonly unknown[];
  /** Of the list as a whole: where a watch goes on from. */
  readonly resourceVersion: string;
}

export interface WatchQuery {
  readonly resourceVersion?: string;
  /** First an ADDED event for each object that is there, then a bookmark that says so (WatchList). */
  readonly sendInitialEvents?: true;
  /** When the server is to end the watch. */
  readonly timeoutSeconds: number;
}

/** The answer to a watch, which goes on. */
export interface WatchBody {
  /** Frames of protobuf, and not lines of JSON. */
  readonly isProtobuf: boolean;
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface WriteOptions {
  /** Who owns the fields that are written; by default the server takes it from the user agent. */
  readonly fieldManager?: string | undefined;
  /** Everything but storing it. */
  readonly dryRun?: boolean | undefined;
  /** What happens to fields that the server does not know; by default it drops them with a warning. */
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore' | undefined;
}

export interface PatchOptions extends WriteOptions {
  readonly type: 'merge' | 'strategic' | 'json';
  /** `status`, `scale` */
  readonly subresource?: string | undefined;
  /** What is sent back of the object, where the server can: all of it (default), or its metadata alone. */
  readonly answer?: 'metadata' | undefined;
}

export interface DeleteOptions {
  /** A 409 when the object is another, or has changed. */
  readonly preconditions?: {
    readonly uid?: string | undefined;
    readonly resourceVersion?: string | undefined;
  };
}

/** Which lines of a container's log. */
export interface LogOptions {
  readonly container: string;
  /** Only so many of the last lines. */
  readonly tailLines: number;
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete';

/** One HTTP request that is over; a watch, once it has begun. */
export interface RequestObservation {
  readonly verb: Verb;
  readonly resource: Resource;
  /** 200 for every success, else the HTTP status, 0 when there was no answer. */
  readonly status: number;
  readonly ms: number;
}

/**
 * The verbs of the API, on raw JSON: what is sent is what was given, what comes back is to be parsed by the caller. What
 * came as protobuf is as in JSON.
 * Each throws ApiError and nothing else. Nothing is tried again here.
 */
export interface Requests {
  /** Which release the API server is of (`/version`). */
  version(): Promise<unknown>;
  /** What the API server serves of a group and version (APIResourceList). */
  resources(group: string, version: string, signal?: AbortSignal): Promise<unknown>;
  /** An object, or its subresource. */
  get(resource: Resource, target: ObjectName, subresource?: string): Promise<unknown>;
  /** The last lines that a container of a Pod has written so far. */
  log(pod: ObjectName, options: LogOptions): Promise<string>;
  /** All pages. */
  list(resource: Resource, selection?: Selection): Promise<List>;
  /** Page by page, so that a large list is never whole in memory. A page that has expired throws (`isGone`). */
  pages(resource: Resource, selection: Selection, signal?: AbortSignal): AsyncIterable<List>;
  /** What a watch sends. Only its beginning has a deadline (that of the connection): the signal ends it. */
  watch(resource: Resource, selection: Selection, query: WatchQuery, signal: AbortSignal): Promise<WatchBody>;
  create(
    resource: Resource,
    namespace: string | undefined,
    body: unknown,
    options?: WriteOptions,
  ): Promise<unknown>;
  patch(resource: Resource, target: ObjectName, body: unknown, options: PatchOptions): Promise<unknown>;
  delete(resource: Resource, target: ObjectName, options?: DeleteOptions): Promise<void>;
}
