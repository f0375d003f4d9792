import { z } from 'zod';
import type { Cluster, KubeObject } from '../../src/sandbox/cluster.ts';
import type { Access } from './access.ts';
import { eventually } from './eventually.ts';

const podSchema = z.object({ metadata: z.object({ name: z.string(), resourceVersion: z.string() }) });
const listSchema = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  items: z.array(podSchema),
});
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
  /** The last version of each Pod that was told. */
  readonly #told = new Map<string, bigint>();
  #onPod: (pod: KubeObject) => void = () => {};

  private constructor(cluster: Access, namespace: string) {
    this.#cluster = cluster;
    this.#path = `/api/v1/namespaces/${namespace}/pods`;
  }

  /** Sees all that happens from now on. */
  static async begin(cluster: Access, namespace: string): Promise<PodWatch> {
    const watch = new PodWatch(cluster, namespace);
    watch.#version = (await watch.#list()).metadata.resourceVersion;
    return watch;
  }

  watch(_kind: string, onEvent: Parameters<Cluster['watch']>[1]): void {
    this.#onPod = (object) => onEvent({ type: 'MODIFIED', object });
  }

  /** Tells what has happened since the last look: at least all that has become of the Pods that there are now. */
  async look(): Promise<void> {
    const { items } = await this.#list();
    const isTold = ({ metadata }: z.infer<typeof podSchema>) =>
      (this.#told.get(metadata.name) ?? 0n) >= BigInt(metadata.resourceVersion);
    // An API server that is busy may end a watch before it has sent anything.
    await eventually('the watch tells of every Pod', 60_000, async () => {
      await this.#follow();
      return items.every(isTold) || undefined;
    });
  }

  async #follow(): Promise<void> {
    const since = `?watch=true&resourceVersion=${this.#version}&timeoutSeconds=${LOOK_SECONDS}`;
    const lines = (await this.#get(since)).split('\n').filter((line) => line !== '');
    for (const { object } of lines.map((line) => eventSchema.parse(JSON.parse(line)))) {
      this.#version = object.metadata.resourceVersion;
      this.#told.set(object.metadata.name, BigInt(this.#version));
      this.#onPod(object);
    }
  }

  async #list(): Promise<z.infer<typeof listSchema>> {
    return listSchema.parse(JSON.parse(await this.#get('')));
  }

  #get(query: string): Promise<string> {
    return this.#cluster.kubectl(['get', '--raw', this.#path + query]);
  }
}
