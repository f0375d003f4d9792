import { z } from 'zod';
import { ApiError, errorFromAnswer, errorFromNetwork } from '../api-error.ts';
import type { Clock } from '../clock.ts';
import { isProtobuf, listOf, PROTOBUF_OR_JSON, readObject, readStatus } from '../protobuf/envelope.ts';
import type { Message } from '../protobuf/message.ts';
import {
  collectionPath,
  nameOf,
  type ObjectName,
  objectPath,
  queryOf,
  type Resource,
  versionPath,
} from '../resource.ts';
import type { Connection, HttpAnswer, Init } from './connection.ts';
import { withDeadline } from './deadline.ts';
import type {
  DeleteOptions,
  List,
  LogOptions,
  PatchOptions,
  RequestObservation,
  Requests,
  Selection,
  Verb,
  WatchBody,
  WatchQuery,
  WriteOptions,
} from './requests.ts';

export interface RequestsOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  /** For one request, from its start to the end of its answer. Default 15 s. */
  readonly deadlineMs?: number;
  /** Is told of every request. Must not throw. */
  readonly observer?: (observation: RequestObservation) => void;
}

export function createRequests(options: RequestsOptions): Requests {
  return new ConnectionRequests(options);
}

const PAGE = 500;
const DEADLINE_MS = 15_000;
const JSON_TYPE = 'application/json';
const PODS: Resource = { group: '', version: 'v1', plural: 'pods', namespaced: true };
const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
} as const;

/** A server without that form answers with the whole object. */
const METADATA_OR_JSON = `${JSON_TYPE};as=PartialObjectMetadata;g=meta.k8s.io;v=v1,${JSON_TYPE}`;

/** Whatever group is asked for, as what is observed becomes labels of metrics: users name groups, and without bound. */
const DISCOVERY: Resource = { group: '', version: '', plural: 'discovery', namespaced: false };

const VERSION: Resource = { group: '', version: '', plural: 'version', namespaced: false };

const pageSchema = z.object({
  metadata: z.object({ resourceVersion: z.string().default(''), continue: z.string().default('') }),
  items: z
    .array(z.unknown())
    .nullish()
    .transform((items) => items ?? []),
});

/** What a request is, apart from its deadline. */
interface Call {
  readonly verb: Verb;
  readonly resource: Resource;
  readonly path: string;
  readonly method: Init['method'];
  readonly body?: unknown;
  readonly contentType?: string;
  /** Default: JSON. */
  readonly accept?: string | undefined;
  /** What is read of a protobuf answer, which is asked for then. */
  readonly message?: Message | undefined;
}

class ConnectionRequests implements Requests {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  readonly #observer: (observation: RequestObservation) => void;

  constructor(options: RequestsOptions) {
    this.#connection = options.connection;
    this.#clock = options.clock;
    this.#deadlineMs = options.deadlineMs ?? DEADLINE_MS;
    this.#observer = options.observer ?? (() => {});
  }

  resources(group: string, version: string, signal?: AbortSignal): Promise<unknown> {
    return this.#json(
      { verb: 'get', resource: DISCOVERY, method: 'GET', path: versionPath(group, version) },
      signal,
    );
  }

  version(): Promise<unknown> {
    return this.#json({ verb: 'get', resource: VERSION, method: 'GET', path: '/version' });
  }

  get(resource: Resource, target: ObjectName, subresource?: string): Promise<unknown> {
    const path = objectPath(resource, target, subresource);
    return this.#json({ verb: 'get', resource, method: 'GET', path });
  }

  log(pod: ObjectName, { container, tailLines }: LogOptions): Promise<string> {
    const path = objectPath(PODS, pod, 'log') + queryOf({ container, tailLines });
    return this.#whole({ verb: 'get', resource: PODS, method: 'GET', path }, (answer) => answer.text());
  }

  async list(resource: Resource, selection: Selection = {}): Promise<List> {
    const items: unknown[] = [];
    let resourceVersion = '';
    for await (const page of this.pages(resource, selection)) {
      for (const item of page.items) items.push(item);
      resourceVersion = page.resourceVersion;
    }
    return { items, resourceVersion };
  }

  async *pages(resource: Resource, selection: Selection, signal?: AbortSignal): AsyncGenerator<List> {
    const { namespace, message: item, ...selectors } = selection;
    const message = item && listOf(item);
    const collection = collectionPath(resource, namespace);
    let next: string | undefined;
    do {
      const path = collection + queryOf({ ...selectors, limit: PAGE, continue: next });
      const answer = await this.#json({ verb: 'list', resource, method: 'GET', path, message }, signal);
      const page = pageSchema.safeParse(answer);
      if (!page.success) throw unreadable(`${nameOf(resource)}: the answer is not a list`);
      const { metadata, items } = page.data;
      yield { items, resourceVersion: metadata.resourceVersion };
      next = metadata.continue === '' ? undefined : metadata.continue;
    } while (next !== undefined);
  }

  async watch(
    resource: Resource,
    { namespace, message, ...selectors }: Selection,
    query: WatchQuery,
    signal: AbortSignal,
  ): Promise<WatchBody> {
    const path =
      collectionPath(resource, namespace) +
      queryOf({
        watch: true,
        allowWatchBookmarks: true,
        ...selectors,
        resourceVersionMatch: query.sendInitialEvents && 'NotOlderThan',
        ...query,
      });
    const call: Call = { verb: 'watch', resource, method: 'GET', path, message };
    return this.#observed(call, async () => {
      const { contentType, chunks } = await this.#fetch(call, signal);
      return { isProtobuf: isProtobuf(contentType), chunks: reading(chunks) };
    });
  }

  create(
    resource: Resource,
    namespace: string | undefined,
    body: unknown,
    options: WriteOptions = {},
  ): Promise<unknown> {
    const path = collectionPath(resource, namespace) + writeQuery(options);
    return this.#json({ verb: 'create', resource, method: 'POST', path, body });
  }

  patch(resource: Resource, target: ObjectName, body: unknown, options: PatchOptions): Promise<unknown> {
    const path = objectPath(resource, target, options.subresource) + writeQuery(options);
    const contentType = PATCH_TYPES[options.type];
    const accept = options.answer && METADATA_OR_JSON;
    return this.#json({ verb: 'patch', resource, method: 'PATCH', path, body, contentType, accept });
  }

  async delete(resource: Resource, target: ObjectName, options: DeleteOptions = {}): Promise<void> {
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', ...options };
    await this.#json({
      verb: 'delete',
      resource,
      method: 'DELETE',
      path: objectPath(resource, target),
      body,
    });
  }

  /** The parsed body of a successful answer. */
  #json(call: Call, parent?: AbortSignal): Promise<unknown> {
    return this.#whole(call, (answer) => parse(answer, call), parent);
  }

  /** A successful answer, read within the deadline. */
  #whole<T>(call: Call, read: (answer: HttpAnswer) => Promise<T>, parent?: AbortSignal): Promise<T> {
    const work = async (signal: AbortSignal) => read(await this.#fetch(call, signal));
    return this.#observed(call, () => withDeadline(this.#clock, this.#deadlineMs, work, parent));
  }

  /** @throws ApiError for every status that is not a success. */
  async #fetch(call: Call, signal: AbortSignal): Promise<HttpAnswer> {
    const answer = await this.#connection.fetch(call.path, {
      method: call.method,
      signal,
      isWatch: call.verb === 'watch',
      ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
      headers: headersOf(call),
    });
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw await withDeadline(this.#clock, this.#deadlineMs, () => refusal(answer), signal);
  }

  async #observed<T>(call: Call, run: () => Promise<T>): Promise<T> {
    const { verb, resource } = call;
    const start = this.#clock.now();
    const tell = (status: number) =>
      this.#observer({ verb, resource, status, ms: this.#clock.now() - start });
    try {
      const result = await run();
      tell(200);
      return result;
    } catch (error) {
      const told = errorFromNetwork(error);
      tell(told.status);
      throw told;
    }
  }
}

function headersOf({ message, accept, body, contentType = JSON_TYPE }: Call): Record<string, string> {
  const accepted = message ? PROTOBUF_OR_JSON : accept;
  return {
    ...(accepted !== undefined && { Accept: accepted }),
    ...(body !== undefined && { 'Content-Type': contentType }),
  };
}

/** The body, whose failures are ApiErrors as all others. */
async function* reading(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw errorFromNetwork(error);
  }
}

function writeQuery({ fieldManager, dryRun, fieldValidation }: WriteOptions): string {
  return queryOf({ fieldManager, dryRun: dryRun ? 'All' : undefined, fieldValidation });
}

async function refusal(answer: HttpAnswer): Promise<ApiError> {
  const { status, retryAfter } = answer;
  return isProtobuf(answer.contentType)
    ? errorFromAnswer(status, retryAfter, '', readStatus(await answer.bytes()))
    : errorFromAnswer(status, retryAfter, await answer.text());
}

async function parse(answer: HttpAnswer, { verb, resource, message }: Call): Promise<unknown> {
  const asked = isProtobuf(answer.contentType) ? message : undefined;
  const body = asked ? await answer.bytes() : await answer.text();
  try {
    return typeof body === 'string' ? JSON.parse(body) : asked && readObject(body, asked);
  } catch {
    throw unreadable(`${verb} ${nameOf(resource)}: the answer is not ${asked ? 'protobuf' : 'JSON'}`);
  }
}

/** Something on the way answered in the API server's place, or only a part arrived: as good as no answer. */
function unreadable(message: string): ApiError {
  return new ApiError({ status: 0, reason: 'NetworkError', message });
}
