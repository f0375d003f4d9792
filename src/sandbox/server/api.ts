import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import type { KubeObject } from '../cluster.ts';
import type { Cleanup } from './cleanup.ts';
import { fromStored, toStored } from './event-view.ts';
import { type Fields, fields } from './json.ts';
import { lackAt } from './lacks.ts';
import { listing } from './listing.ts';
import { type LogSource, streamLog } from './log-response.ts';
import type { Store } from './object-store.ts';
import { parseObject } from './parse-object.ts';
import { APPLY_PATCH, appliedObject, patched } from './patching.ts';
import { type Presentation, presentList, presentObject } from './presentation.ts';
import type { Registry, UpdateOptions } from './registry.ts';
import { type Route, routeOf } from './route.ts';
import { scaled, scaleOf } from './scale.ts';
import type { ResourceType } from './served-resources.ts';
import {
  methodNotAllowed,
  noSuchPath,
  notImplemented,
  StatusError,
  unsupportedMediaType,
} from './status-error.ts';
import { streamWatch } from './watch-response.ts';

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly accept: string;
  /** Media type of the body. */
  readonly contentType: string;
  readonly user: string;
  /** The parsed body; undefined without one. */
  readonly body: unknown;
}

/** A JSON document, or a stream that writes itself. */
export type ApiAnswer =
  | { readonly status: number; readonly body: unknown; readonly warnings?: readonly string[] }
  | { readonly stream: (response: ServerResponse) => void };

export interface ApiOptions {
  readonly types: readonly ResourceType[];
  readonly documents: ReadonlyMap<string, () => Fields>;
  readonly store: Store;
  readonly registry: Registry;
  readonly cleanup: Cleanup;
  readonly logs: LogSource;
  /** ms since the epoch. */
  readonly now: () => number;
  readonly bookmarkPeriodMs: number;
}

/** What those that wait for an API server ask; it is well once it answers. */
const HEALTH = ['/healthz', '/livez', '/readyz'];

const VERBS: Readonly<Record<string, string>> = {
  GET: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

const deleteSchema = z.looseObject({
  gracePeriodSeconds: z.coerce.number().int().optional(),
  propagationPolicy: z.enum(['Orphan', 'Background', 'Foreground']).optional(),
  preconditions: z.object({ uid: z.string().optional(), resourceVersion: z.string().optional() }).optional(),
  dryRun: z.union([z.string(), z.array(z.string())]).optional(),
});

/** The REST API: what each method means at each kind of path. Throws `StatusError`. */
export class Api {
  readonly #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  answer(request: ApiRequest): ApiAnswer {
    const { documents, types } = this.#options;
    const { method, path } = request;
    const document = documents.get(path);
    if (document && method === 'GET') return { status: 200, body: document() };
    if (path === '/openapi/v2') return { stream: sendOpenApi2 };
    if (HEALTH.includes(path)) return { stream: sendOk };
    const lack = lackAt(path);
    if (lack) throw notImplemented(lack);
    const route = routeOf(path, types);
    if (!route) throw noSuchPath();
    assertServed(route.type, VERBS[method]);
    if (route.name === undefined) return this.#collection(request, route);
    if (route.subresource === 'log') return this.#log(request, route);
    return this.#object(request, route, route.name);
  }

  #collection(request: ApiRequest, { type, namespace }: Route): ApiAnswer {
    const { store, registry, bookmarkPeriodMs } = this.#options;
    const { method, query } = request;
    const stored = type.viewOf ?? type;
    const presentation = () => this.#presentation(request, type);
    if (method === 'GET' && /^(true|1)$/.test(query.get('watch') ?? '')) {
      const options = { store, namespace, query, presentation, bookmarkPeriodMs };
      return { stream: (response) => streamWatch(options, response) };
    }
    if (method === 'POST' && (namespace !== undefined || !type.namespaced)) {
      const body = this.#body(request, type);
      if (type.review)
        return { status: 201, body: { ...body, status: type.review(request.user) }, warnings: ofLack(type) };
      return this.#create(request, type, namespace, body);
    }
    if (method !== 'GET' && method !== 'DELETE') throw methodNotAllowed();
    const { objects, metadata } = listing(store, stored, namespace, query);
    if (method === 'DELETE')
      for (const { metadata } of objects)
        registry.delete(stored, metadata.namespace ?? '', metadata.name, {});
    return { status: 200, body: presentList(objects, metadata, presentation()) };
  }

  #create(request: ApiRequest, type: ResourceType, namespace = '', body: KubeObject): ApiAnswer {
    const warnings = ofLack(type);
    const options = writeOptions(request, warnings);
    const object = this.#options.registry.create(type.viewOf ?? type, namespace, body, options);
    return { status: 201, body: presentObject(object, this.#presentation(request, type)), warnings };
  }

  #object(request: ApiRequest, route: Route, name: string): ApiAnswer {
    const { registry, store } = this.#options;
    const { type, namespace = '', subresource } = route;
    const stored = type.viewOf ?? type;
    if (request.method === 'DELETE' && subresource === undefined) return this.#delete(request, route, name);
    if (!['GET', 'PUT', 'PATCH'].includes(request.method)) throw methodNotAllowed();
    if (isApply(request) && subresource === undefined && !store.get(stored, namespace, name)) {
      assertServed(type, 'create');
      return this.#create(request, type, namespace, appliedObject(type, request.body));
    }
    const shown = (object: KubeObject) =>
      subresource === 'scale' ? scaleOf(object) : presentObject(object, this.#presentation(request, type));
    if (request.method === 'GET') return { status: 200, body: shown(registry.get(stored, namespace, name)) };
    const warnings = ofLack(type);
    const options: UpdateOptions = {
      ...writeOptions(request, warnings),
      ...(request.method === 'PATCH' && { patch: request.body }),
      subresource: subresource === 'status' || subresource === 'scale' ? subresource : undefined,
    };
    const change = (current: KubeObject) => this.#changed(request, route, current);
    return { status: 200, body: shown(registry.update(stored, namespace, name, change, options)), warnings };
  }

  /** What a PUT or PATCH makes of the current object. */
  #changed(request: ApiRequest, { type, subresource }: Route, current: KubeObject): KubeObject {
    const { method, contentType, body } = request;
    const stored = type.viewOf ?? type;
    const isScale = subresource === 'scale';
    if (method === 'PUT') {
      const object = this.#body(request, type);
      return isScale ? scaled(current, object) : object;
    }
    if (isScale) return scaled(current, patched(stored, scaleOf(current), contentType, body));
    return toStored(type, patched(stored, fromStored(type, current), contentType, body));
  }

  #delete(request: ApiRequest, { type, namespace = '' }: Route, name: string): ApiAnswer {
    const { registry, cleanup } = this.#options;
    const stored = type.viewOf ?? type;
    const parsed = deleteSchema.safeParse({ ...Object.fromEntries(request.query), ...fields(request.body) });
    if (!parsed.success) throw new StatusError(400, 'BadRequest', parsed.error.issues[0]?.message ?? '');
    const { preconditions, gracePeriodSeconds, propagationPolicy, dryRun } = parsed.data;
    const options = { preconditions: preconditions ?? {}, gracePeriodSeconds, dryRun: dryRun !== undefined };
    const current = registry.get(stored, namespace, name);
    if (propagationPolicy === 'Orphan' && !options.dryRun) cleanup.orphan(current);
    const { object, gone } = registry.delete(stored, namespace, name, options);
    if (!gone || type.kind === 'Pod')
      return { status: 200, body: presentObject(object, this.#presentation(request, type)) };
    const { group, resource: kind } = type;
    const details = { name, ...(group === '' ? {} : { group }), kind, uid: object.metadata.uid };
    return {
      status: 200,
      body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details },
    };
  }

  #log({ method, query }: ApiRequest, { type, namespace = '', name = '' }: Route): ApiAnswer {
    if (method !== 'GET') throw methodNotAllowed();
    const pod = this.#options.registry.get(type, namespace, name);
    return { stream: (response) => streamLog(pod, query, this.#options.logs, response) };
  }

  #body({ contentType, body }: ApiRequest, type: ResourceType): KubeObject {
    if (contentType !== 'application/json')
      throw unsupportedMediaType(
        'the body of the request was in an unknown format - accepted media types include: application/json',
      );
    return toStored(type, parseObject(body, { custom: type.custom !== undefined }));
  }

  #presentation({ accept, query }: ApiRequest, type: ResourceType): Presentation {
    const includeObject = query.get('includeObject') ?? 'Metadata';
    const as = /\bas=(Table|PartialObjectMetadata)\b/.exec(accept)?.[1];
    const form = as === 'Table' ? 'table' : as === 'PartialObjectMetadata' ? 'metadata' : 'object';
    return { type, as: form, includeObject, now: this.#options.now() };
  }
}

/**
 * kubectl asks for the older OpenAPI document where it finds a kind in no newer one, and complains of the document and not
 * of the kind when there is none. It reads it as protobuf, in which an empty document has no bytes.
 */
function sendOpenApi2(response: ServerResponse): void {
  response
    .writeHead(200, { 'content-type': 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf' })
    .end();
}

function isApply({ method, contentType }: ApiRequest): boolean {
  return method === 'PATCH' && contentType === APPLY_PATCH;
}

function sendOk(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
}

/** Throws where a kind does not have the verb: 501 where Kubernetes' has it, else 405. */
function assertServed({ verbs, lack, review }: ResourceType, verb = ''): void {
  if (!verbs.includes(verb)) throw lack && !review ? notImplemented(lack) : methodNotAllowed();
}

/** What is said of a kind that is kept and not brought to life, when one is written. */
function ofLack({ lack }: ResourceType): string[] {
  return lack ? [lack.words] : [];
}

/** @param warnings takes what the answer is to warn of */
function writeOptions({ user, query }: ApiRequest, warnings: string[]): UpdateOptions {
  const validation = query.get('fieldValidation');
  return {
    user,
    dryRun: query.get('dryRun') === 'All',
    strict: validation === 'Strict',
    ...(validation !== 'Ignore' && { warn: (text: string) => warnings.push(text) }),
  };
}
