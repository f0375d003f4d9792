import { z } from 'zod';
import type { Cluster, KubeObject } from '../../src/sandbox/cluster.ts';
import type { Access } from './access.ts';

const listSchema = z.object({ metadata: z.object({ resourceVersion: z.string() }) });
const eventSchema = z.object({
  type: z.enum(['ADDED', 'MODIFIED', 'DELETED']),
  object: z.looseObject({
    apiVersion: z.string(),
    kind: z.string(),
    metadata: z.looseObject({ name: z.string(), resourceVersion: z.string() }),
  }),
});

/** How long the API server lets a look at what has happened wait for more, s. */
const LOOK_SECONDS = 1;

/**
 * A watch of a namespace's Pods where only kubectl reaches the API server. It misses nothing that happens between two
 * looks: each goes on from the version at which the last one ended, and one that comes too late for that fails.
 */
export class PodWatch implements Pick<Cluster, 'watch'> {
  readonly #cluster: Access;
  readonly #path: string;
  #version = '';
  #onPod: (pod: KubeObject) => void = () => {};

  private constructor(cluster: Access, namespace: string) {
    this.#cluster = cluster;
    this.#path = `/api/v1/namespaces/${namespace}/pods`;
  }

  /** Sees all that happens from now on. */
  static async begin(cluster: Access, namespace: string): Promise<PodWatch> {
    const watch = new PodWatch(cluster, namespace);
    watch.#version = listSchema.parse(JSON.parse(await watch.#get(''))).metadata.resourceVersion;
    return watch;
  }

  watch(_kind: string, onEvent: Parameters<Cluster['watch']>[1]): void {
    this.#onPod = (object) => onEvent({ type: 'MODIFIED', object });
  }

  /** Tells what has happened since the last look. */
  async look(): Promise<void> {
    const since = `?watch=true&resourceVersion=${this.#version}&timeoutSeconds=${LOOK_SECONDS}`;
    const lines = (await this.#get(since)).split('\n').filter((line) => line !== '');
    for (const { object } of lines.map((line) => eventSchema.parse(JSON.parse(line)))) {
      this.#version = object.metadata.resourceVersion;
      this.#onPod(object);
    }
  }

  #get(query: string): Promise<string> {
    return this.#cluster.kubectl(['get', '--raw', this.#path + query]);
  }
}
