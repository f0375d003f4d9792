import { expect } from 'chai';
import { openAnnotation } from '../../src/api/names.ts';
import type { Dependency } from '../../src/api/spec.ts';
import type { KubeObject } from '../../src/sandbox/cluster.ts';
import { JOB_CRITERIA, meets, versionUnderTest } from '../cluster/versions.ts';
import { deployment, gate } from './manifests.ts';
import type { Namespace } from './namespace.ts';
import type { PodView } from './views.ts';

/** An app whose releases each have a Job that migrates, and a record of which Pods were opened when. */

/** Told of the release on its Pods and its Job. */
export const VERSION = 'app.kubernetes.io/version';
const OPEN = openAnnotation('first', 'migrate');

type Resource = NonNullable<Dependency['resource']>;

export const image = (release: number) => `registry.example/app:${release}`;

/** The Deployment `web` of a release. */
export function web(release: number, replicas = 1): KubeObject {
  const template = {
    metadata: { labels: { app: 'web', [VERSION]: String(release) } },
    spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'app', image: image(release) }] },
  };
  return deployment('web', { replicas, spec: { template } });
}

/** A Job of a release that completes or fails when it is told to. */
export function migration(name: string, release: number, metadata: object = {}): KubeObject {
  const containers = [{ name: 'migrate', image: image(release) }];
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels: { job: 'migrate', [VERSION]: String(release) }, ...metadata },
    spec: {
      managedBy: 'stories.example.com/none',
      template: { spec: { restartPolicy: 'Never', containers } },
    },
  };
}

/** The gate before `web`, that waits for the Job. */
export function waiting(resource: Omit<Resource, 'apiVersion' | 'kind'>): KubeObject {
  return gate(
    'first',
    ['web'],
    [{ name: 'migrate', resource: { apiVersion: 'batch/v1', kind: 'Job', ...resource } }],
  );
}

/** The conditions of a Job that ended well, as the release under test takes them. */
export const COMPLETED = meets(versionUnderTest(), JOB_CRITERIA)
  ? ['SuccessCriteriaMet', 'Complete']
  : ['Complete'];

/** Says of a Job how it ended. */
export async function end(
  here: Namespace,
  name: string,
  how: 'Complete' | 'Failed' = 'Complete',
): Promise<void> {
  await here.until(`Job ${name} is there`, async () => (await here.get('Job', name)) && true);
  const now = `${new Date().toISOString().slice(0, 19)}Z`;
  const condition = { status: 'True', lastTransitionTime: now, lastProbeTime: now };
  const isDone = how === 'Complete';
  const types = isDone ? COMPLETED : ['FailureTarget', how];
  const conditions = types.map((type) => ({ ...condition, type }));
  const status = { startTime: now, ...(isDone && { completionTime: now, succeeded: 1 }), conditions };
  await here.patch('Job', name, { status }, { type: 'merge', subresource: 'status' });
}

export function releaseOf({ metadata }: PodView): number {
  return Number(metadata.labels[VERSION]);
}

/** The releases of which Pods are open, and those of which Pods wait: `1 | 2`. */
export async function standing(here: Namespace): Promise<string> {
  const pods = (await here.pods('web')).filter((pod) => pod.spec.initContainers.length > 0);
  const releases = (some: readonly PodView[]) => [...new Set(some.map(releaseOf))].sort().join(' ');
  return `${releases(pods.filter(isOpened))} | ${releases(pods.filter((pod) => !isOpened(pod)))}`;
}

function isOpened({ metadata }: PodView): boolean {
  return OPEN in metadata.annotations;
}

/** Looks at the Pods all the time: none is opened before the Job of its own release has completed. */
export class PodRecord {
  readonly #here: Namespace;
  readonly #done = new Set<number>();
  readonly #wrong = new Set<string>();
  readonly #opened = new Set<number>();
  #isRunning = true;
  readonly #looking: Promise<void>;

  constructor(here: Namespace) {
    this.#here = here;
    this.#looking = this.#look();
  }

  /** Is said before the Job is told to complete. */
  completes(release: number): void {
    this.#done.add(release);
  }

  /** The releases of which Pods were opened. */
  async end(): Promise<number[]> {
    this.#isRunning = false;
    await this.#looking;
    expect([...this.#wrong], 'Pods that another release opened').to.deep.equal([]);
    return [...this.#opened].sort();
  }

  async #look(): Promise<void> {
    await this.#here.until(
      'the record ends',
      async () => {
        const done = new Set(this.#done);
        for (const pod of (await this.#here.pods('web')).filter(isOpened)) {
          this.#opened.add(releaseOf(pod));
          // What completed meanwhile may have opened it.
          if (!done.has(releaseOf(pod)) && !this.#done.has(releaseOf(pod)))
            this.#wrong.add(pod.metadata.name);
        }
        return this.#isRunning ? undefined : true;
      },
      RECORD_LIMIT_MS,
    );
  }
}

const RECORD_LIMIT_MS = 10 * 60_000;
