import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { KubeObject } from '../../src/sandbox/cluster.ts';
import { type Expected, mismatches } from '../scenarios/expectation.ts';
import {
  type GateView,
  type PodView,
  type Summary,
  summarize,
  viewGate,
  viewPod,
} from '../scenarios/views.ts';
import type { Access } from './access.ts';
import { eventually } from './eventually.ts';
import type { CommandOptions } from './run-command.ts';

/** Longer than a kubelet, with its back-offs, takes for anything on a busy machine. */
const LIMIT_MS = 120_000;

const podList = z.object({ items: z.array(z.unknown()) });

/** A story's namespace on a real node: what people do in it and see, all of it through kubectl. */
export class Story {
  readonly namespace: string;
  readonly #cluster: Access;

  constructor(cluster: Access, namespace = `story-${randomUUID().slice(0, 8)}`) {
    this.#cluster = cluster;
    this.namespace = namespace;
  }

  async begin(): Promise<void> {
    const metadata = { name: this.namespace };
    await this.#cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata }));
  }

  /** Lets the namespace go with all that is in it, and does not wait for that. */
  async end(): Promise<void> {
    await this.#cluster.kubectl(['delete', 'namespace', this.namespace, '--wait=false']);
  }

  kubectl(args: readonly string[], options?: CommandOptions): Promise<string> {
    return this.#cluster.kubectl([`--namespace=${this.namespace}`, ...args], options);
  }

  /** Applies objects, or YAML as people write it. */
  async apply(...manifests: readonly (KubeObject | string)[]): Promise<void> {
    const texts = manifests.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
    // The first line says that it is YAML: kubectl 1.30 takes what begins with a brace for JSON alone.
    const input = texts.map((text) => `---\n${text}\n`).join('');
    await this.kubectl(['apply', '--server-side', '-f', '-'], { input });
  }

  /** What the API server would store of an object. Rejects where it is refused. */
  dryRun(object: KubeObject): Promise<string> {
    const args = ['create', '--dry-run=server', '--output=json', '--filename=-'];
    return this.kubectl(args, { input: JSON.stringify(object) });
  }

  /** Waits until what would be stored of an object has this text in it. */
  async untilStoredWith(object: KubeObject, text: string): Promise<void> {
    await eventually(
      `what is created has ${text}`,
      LIMIT_MS,
      async () => (await this.dryRun(object)).includes(text) || undefined,
    );
  }

  /** Waits, as people do, until the Deployments have rolled out. */
  async rolledOut(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      const args = ['rollout', 'status', name, `--timeout=${LIMIT_MS / 1000}s`];
      await this.kubectl(args, { limitMs: LIMIT_MS + 10_000 });
    }
  }

  async get(...args: readonly string[]): Promise<unknown> {
    return JSON.parse(await this.kubectl(['get', ...args, '--output=json']));
  }

  async gate(name: string): Promise<GateView> {
    return viewGate(await this.get('dependencygate', name));
  }

  /** Waits until the gate's status speaks of its spec and is as expected. */
  untilGate(name: string, expected: Expected<Summary>): Promise<GateView> {
    return eventually(`gate ${name} is as expected`, LIMIT_MS, async () => {
      const gate = await this.gate(name);
      const left = mismatches(summarize(gate), { isSeen: true, ...expected });
      if (left.length > 0) throw new Error(left.join('; '));
      return gate;
    });
  }

  /** The app's Pods that are not about to end. */
  async pods(app: string): Promise<PodView[]> {
    const { items } = podList.parse(await this.get('pods', `--selector=app=${app}`));
    return items.map(viewPod).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  }

  /** Waits until one of the app's Pods is as the predicate wants it. */
  untilPod(app: string, what: string, holds: (pod: PodView) => boolean): Promise<PodView> {
    return eventually(`a Pod of ${app} ${what}`, LIMIT_MS, async () => (await this.pods(app)).find(holds));
  }

  /** Waits until the app has exactly so many Pods and each of them is as the predicate wants it. */
  untilPods(
    app: string,
    count: number,
    what: string,
    holds: (pod: PodView) => boolean,
  ): Promise<readonly PodView[]> {
    return eventually(`${count} Pods of ${app} ${what}`, LIMIT_MS, async () => {
      const pods = await this.pods(app);
      return pods.length === count && pods.every(holds) ? pods : undefined;
    });
  }

  /** The one Pod of an app whose gate container `dgate-<gate>--<dependency>` runs. */
  untilWaiting(app: string, container: string): Promise<PodView> {
    return this.untilPod(app, `runs ${container}`, ({ status }) =>
      status.initContainerStatuses.some(
        ({ name, state }) => name === container && state.running !== undefined,
      ),
    );
  }

  /** What a Pod's container has written. */
  log(pod: PodView, container: string): Promise<string> {
    return this.kubectl(['logs', pod.metadata.name, `--container=${container}`]);
  }

  /** As `log`, each line with the time at which the container runtime read it. */
  stampedLog(pod: PodView, container: string): Promise<string> {
    return this.kubectl(['logs', '--timestamps', pod.metadata.name, `--container=${container}`]);
  }

  /** Waits until a Pod's container has written a line. */
  async untilLog(pod: PodView, container: string, line: RegExp): Promise<void> {
    await eventually(`${container} writes ${line}`, LIMIT_MS, async () => {
      const log = await this.log(pod, container);
      if (!line.test(log)) throw new Error(log);
      return true;
    });
  }

  /** Runs a command in a Pod of a workload, `deployment/api` for example. */
  exec(target: string, ...command: readonly string[]): Promise<string> {
    return this.kubectl(['exec', target, '--', ...command]);
  }
}

/** Gives each test of a suite a namespace of its own. */
export function useStory(cluster: () => Access): () => Story {
  let story: Story | undefined;
  beforeEach('make a namespace', async () => {
    story = new Story(cluster());
    await story.begin();
  });
  afterEach('let the namespace go', async () => {
    await story?.end();
    story = undefined;
  });
  return () => {
    if (story === undefined) throw new Error('the story is there while a test runs');
    return story;
  };
}
