import { customResourceDefinition } from '../../../src/api/crd.ts';
import { validateGate } from '../../../src/api/gate.ts';
import { at, type Fields, fields, list, text } from '../../../src/sandbox/server/json.ts';
import { type RunningServer, type ServerOptions, startServer } from '../../../src/sandbox/server/server.ts';
import { type Observer, observed } from '../observer.ts';

export const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
export const PODS = '/api/v1/namespaces/default/pods';
export const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
export const GATES = '/apis/dependencygate.dev/v1alpha1/namespaces/default/dependencygates';
export const MERGE = 'application/merge-patch+json';
export const STRATEGIC = 'application/strategic-merge-patch+json';
export const JSON_PATCH = 'application/json-patch+json';

export interface Reply {
  readonly status: number;
  readonly body: Fields;
}

/** A server with gates, and a client that asks it over HTTP. */
export interface Sandbox extends RunningServer, Observer {
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Reply>;
}

export async function sandbox(options: Partial<ServerOptions> = {}): Promise<Sandbox> {
  const crd = customResourceDefinition();
  const observer = observed();
  const server = await startServer({ crd, validate: gateCauses, around: observer.around, ...options });
  return {
    ...server,
    ...observer,
    async call(method, path, body, headers = {}) {
      const type = { 'content-type': 'application/json' };
      const json = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await fetch(server.url + path, { method, headers: { ...type, ...headers }, ...json });
      return { status: response.status, body: fields(await response.json()) };
    },
  };
}

export function gateCauses(object: unknown) {
  const evaluated = validateGate(object);
  return evaluated.valid ? [] : evaluated.causes;
}

export function configMap(name: string, more: Fields = {}): Fields {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, ...more };
}

export function pod(name: string, more: Fields = {}): Fields {
  const spec = { containers: [{ name: 'app', image: 'app:1' }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec, ...more };
}

export function deployment(name: string, podSpec: Fields = {}): Fields {
  const labels = { app: name };
  const spec = { containers: [{ name: 'app', image: 'app:1' }], ...podSpec };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}

export function gate(name: string, more: Fields = {}): Fields {
  const spec = { targets: [{ name: 'pinger' }], dependencies: [{ name: 'api', dns: { host: 'api' } }] };
  return {
    apiVersion: 'dependencygate.dev/v1alpha1',
    kind: 'DependencyGate',
    metadata: { name },
    spec,
    ...more,
  };
}

export function meta(object: unknown): Fields {
  return fields(at(object, 'metadata'));
}

export function namesIn(answer: Fields): readonly string[] {
  return list(answer.items).map((item) => text(meta(item).name));
}

/** The lines of a stream (a watch's events, parsed), as they come. */
export async function* lines(response: Response): AsyncGenerator<string> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
}

export interface WatchEvent {
  readonly type: string;
  readonly object: Fields;
}

/** An open watch: `next` waits for that many events. */
export interface Watch {
  next(count: number): Promise<readonly WatchEvent[]>;
  close(): void;
}

export async function watch(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Watch> {
  const abort = new AbortController();
  const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(60_000)]);
  const stream = lines(await fetch(url, { headers, signal }));
  return {
    close: () => abort.abort(),
    async next(count) {
      const events: WatchEvent[] = [];
      while (events.length < count) {
        const { value, done } = await stream.next();
        if (done) break;
        const event = fields(JSON.parse(value));
        events.push({ type: text(event.type), object: fields(event.object) });
      }
      return events;
    },
  };
}

/** `ADDED a`, `MODIFIED a`, …: events in short. */
export function brief(events: readonly WatchEvent[]): readonly string[] {
  return events.map(({ type, object }) => `${type} ${text(meta(object).name)}`);
}
