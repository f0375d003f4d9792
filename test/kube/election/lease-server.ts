import { z } from 'zod';
import { ApiError } from '../../../src/kube/api-error.ts';
import type { Requests, Verb } from '../../../src/kube/client/requests.ts';

interface Stored {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly resourceVersion: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

const bodySchema = z.object({
  metadata: z.object({ name: z.string().default(''), resourceVersion: z.string().optional() }),
  spec: z.record(z.string(), z.unknown()),
});

/** A request for the Lease, as its sender made it. */
export interface LeaseCall {
  readonly by: string;
  readonly verb: Verb;
  readonly body?: unknown;
}

/** An API server with one Lease, for several candidates; watches may be switched off, and requests of one of them fail. */
export class LeaseServer {
  readonly calls: LeaseCall[] = [];
  /** Of whose requests none arrives. */
  readonly unreachable = new Set<string>();
  /** Whose requests have no answer. */
  readonly silent = new Set<string>();
  /** How it refuses writes, where it does. */
  refusal: ApiError | undefined;
  #stored: Stored | undefined;
  #version = 0;
  readonly #watches = new Set<() => void>();

  get lease(): Stored | undefined {
    return this.#stored;
  }

  /** What a person does by hand. */
  edit(spec: object): void {
    this.#store({ ...this.#stored?.spec, ...spec });
  }

  remove(): void {
    this.#stored = undefined;
    this.#changed();
  }

  /** The requests of one candidate; without `watching` it is told of no change. */
  requestsOf(by: string, watching = true): Pick<Requests, 'get' | 'create' | 'patch' | 'pages' | 'watch'> {
    const asked = async (verb: Verb, body?: unknown) => {
      if (this.silent.has(by)) await new Promise(() => {});
      if (this.unreachable.has(by))
        throw new ApiError({ status: 0, reason: 'NetworkError', message: 'cut off' });
      this.calls.push(body === undefined ? { by, verb } : { by, verb, body });
      if (this.refusal && verb !== 'watch') throw this.refusal;
    };
    return {
      get: async () => {
        await asked('get');
        return this.#stored ?? fail(404, 'NotFound');
      },
      create: async (_resource, _namespace, body) => {
        await asked('create', body);
        if (this.#stored) return fail(409, 'AlreadyExists');
        return this.#store(bodySchema.parse(body).spec);
      },
      patch: async (_resource, _target, body) => {
        await asked('patch', body);
        const { metadata, spec } = bodySchema.parse(body);
        if (!this.#stored) return fail(404, 'NotFound');
        if (metadata.resourceVersion !== this.#stored.metadata.resourceVersion) return fail(409, 'Conflict');
        return this.#store({ ...this.#stored.spec, ...spec });
      },
      pages: async function* () {},
      watch: async (_resource, _selection, _query, signal) => ({
        isProtobuf: false,
        chunks: this.#watch(watching, signal),
      }),
    };
  }

  #store(spec: Readonly<Record<string, unknown>>): Stored {
    this.#version += 1;
    const metadata = { name: 'operator', namespace: 'system', resourceVersion: String(this.#version) };
    this.#stored = { metadata, spec };
    this.#changed();
    return this.#stored;
  }

  #changed(): void {
    for (const tell of this.#watches) tell();
  }

  async *#watch(watching: boolean, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const line = (type: string, object: unknown) =>
      new TextEncoder().encode(`${JSON.stringify({ type, object })}\n`);
    const apiVersion = 'coordination.k8s.io/v1';
    const bookmark = {
      ...{ apiVersion, kind: 'Lease' },
      metadata: { resourceVersion: '0', annotations: { 'k8s.io/initial-events-end': 'true' } },
    };
    yield line('BOOKMARK', bookmark);
    let known: Stored | undefined;
    for (;;) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const tell = () => resolve();
      if (watching) this.#watches.add(tell);
      signal.addEventListener('abort', tell);
      if (!watching || known === this.#stored) await promise;
      this.#watches.delete(tell);
      if (signal.aborted) return;
      const before = known;
      known = this.#stored;
      if (known) yield line(before ? 'MODIFIED' : 'ADDED', { apiVersion, kind: 'Lease', ...known });
      else if (before) yield line('DELETED', { apiVersion, kind: 'Lease', ...before });
    }
  }
}

function fail(status: number, reason: string): never {
  throw new ApiError({ status, reason, message: reason });
}
