import {
  containerName,
  containerOwner,
  gateAnnotation,
  type OpenValue,
  openAnnotation,
  openValue,
  TARGET_ANNOTATION,
} from '../../src/api/names.ts';
import type { ContainerState, ContainerStatus, Pod } from '../../src/core/model.ts';
import type { PodFacts } from '../../src/core/pod-facts.ts';
import { viewContainer } from '../../src/core/render/contents.ts';
import { type GateBuilder, NAMESPACE } from './gate-builder.ts';
import { ago } from './time.ts';

export interface FailedRun {
  readonly exitCode?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly restarts?: number;
}

/**
 * A Pod, 40 seconds old, of which the kubelet has not reported anything:
 * `pod('pinger-1').of('pinger').carrying(gate).passed('api').checking('redis')`.
 *
 * Where two gates have a dependency of the same name, say `gate/dependency`.
 */
export function pod(name: string): PodBuilder {
  return new PodBuilder({
    namespace: NAMESPACE,
    name,
    uid: `uid-of-${name}`,
    resourceVersion: '300',
    createdAt: ago(40),
    deleting: false,
    phase: 'Pending',
    restartPolicy: 'Always',
    target: '',
    owner: { name: '', uid: '' },
    annotations: {},
    writtenByOthers: {},
    required: [],
    held: false,
    replicaSet: undefined,
    revision: undefined,
    containers: [],
    contents: [],
    statuses: [],
    facts: { labels: {}, annotations: {}, images: [], nodeName: '' },
    unscheduled: undefined,
    unreadable: undefined,
  });
}

/** Each step gives a new builder; `pod` is what has been built so far. */
export class PodBuilder {
  readonly pod: Pod;

  constructor(pod: Pod) {
    this.pod = pod;
  }

  /** Made while its template lacked the gates that it requires: it has the scheduling gate, and never started. */
  heldFor(...gates: string[]): PodBuilder {
    return this.with({ held: true, required: gates, unscheduled: 'SchedulingGated: held' });
  }

  /** Was made by this ReplicaSet. */
  madeBy(replicaSet: string): PodBuilder {
    return this.with({ replicaSet: { name: replicaSet, uid: `uid-of-${replicaSet}` } });
  }

  /** `pinger` is a Deployment, `StatefulSet/db` is what it says. */
  of(target: string): PodBuilder {
    const value = target.includes('/') ? target : `Deployment/${target}`;
    const annotations = { ...this.pod.annotations, [TARGET_ANNOTATION]: value };
    const name = value.slice(value.indexOf('/') + 1);
    return this.with({ target: value, owner: { name, uid: `uid-of-${name}` }, annotations });
  }

  /** Was made from a template that carries the gates' renders. */
  carrying(...gates: GateBuilder[]): PodBuilder {
    const sorted = gates.toSorted((a, b) => (a.gate.name < b.gate.name ? -1 : 1));
    const hashes = sorted.map(({ gate, render }) => [gateAnnotation(gate.name), render.hash]);
    const containers = sorted.flatMap(({ render }) => render.initContainers);
    return this.with({
      annotations: { ...this.pod.annotations, ...Object.fromEntries(hashes) },
      containers: containers.map(({ name }) => name),
      contents: containers.map(viewContainer),
    });
  }

  /** Its template had been written into: one of its gate containers has these fields. */
  overwritten(container: string, fields: object): PodBuilder {
    const contents = this.pod.contents.map((one) =>
      one.name === container ? { ...one, ...viewContainer({ name: container, ...fields }) } : one,
    );
    return this.with({ contents });
  }

  /** `message` is what the container has left as its last words. */
  passed(dependency: string, finishedAt = ago(10), message = ''): PodBuilder {
    const state = { is: 'terminated', exitCode: 0, reason: 'Completed', message, finishedAt } as const;
    return this.#reporting(dependency, state);
  }

  /** Passed all that it carries, and runs. */
  open(): PodBuilder {
    const passed = this.pod.containers.reduce<PodBuilder>((builder, name) => {
      const owner = containerOwner(name);
      return owner ? builder.passed(`${owner.gate}/${owner.dependency}`) : builder;
    }, this);
    return passed.with({ phase: 'Running' });
  }

  /** Runs now; `after` is how its last run ended. */
  checking(dependency: string, after?: FailedRun): PodBuilder {
    return this.#reporting(dependency, { is: 'running', startedAt: ago(5) }, after);
  }

  /** Does not run yet; the kubelet says why. */
  starting(dependency: string, reason: string, message = ''): PodBuilder {
    return this.#reporting(dependency, { is: 'waiting', reason, message });
  }

  /** Ended in an error, and the kubelet backs off. */
  failed(dependency: string, run: FailedRun = {}): PodBuilder {
    return this.#reporting(dependency, { is: 'waiting', reason: 'CrashLoopBackOff', message: '' }, run);
  }

  /** Ended in an error just now: the kubelet has not turned to it yet, or never will. */
  ended(dependency: string, run: FailedRun = {}): PodBuilder {
    return this.#reporting(dependency, terminated(run), undefined, run.restarts);
  }

  /** By a value that names no run, as a person writes it; who wrote it is not told. */
  opened(dependency: string, value = '1'): PodBuilder {
    const owner = containerOwner(this.#container(dependency));
    const key = openAnnotation(owner?.gate ?? '', dependency.slice(dependency.indexOf('/') + 1));
    return this.with({ annotations: { ...this.pod.annotations, [key]: value } });
  }

  /** By the operator: for the run that `checking` tells of, or for another. */
  openedForRun(dependency: string, attempt = 1, startedAt = ago(5), by?: OpenValue['by']): PodBuilder {
    return this.opened(dependency, openValue({ attempt, startedAt, by }));
  }

  /** By a person, then. */
  openedByHand(dependency: string, at: string, value = 'please'): PodBuilder {
    const key = openAnnotation(containerOwner(this.#container(dependency))?.gate ?? '', dependency);
    return this.opened(dependency, value).with({
      writtenByOthers: { ...this.pod.writtenByOthers, [key]: at },
    });
  }

  /** Of a release: what its template has of it, and where it runs. */
  like(facts: Partial<PodFacts>): PodBuilder {
    return this.with({ facts: { ...this.pod.facts, ...facts } });
  }

  deleting(): PodBuilder {
    return this.with({ deleting: true });
  }

  revision(revision: string): PodBuilder {
    return this.with({ revision });
  }

  /** Of the containers that it is left with, the contents stay. */
  with(change: Partial<Pod>): PodBuilder {
    const { contents } = this.pod;
    const left = contents.filter(({ name }) => change.containers?.includes(name) ?? true);
    return new PodBuilder({ ...this.pod, contents: left, ...change });
  }

  #reporting(dependency: string, state: ContainerState, run?: FailedRun, restarts = 0): PodBuilder {
    const name = this.#container(dependency);
    const status: ContainerStatus = {
      name,
      restarts: run?.restarts ?? restarts,
      state,
      last: run && terminated(run),
    };
    const others = this.pod.statuses.filter((known) => known.name !== name);
    return this.with({ statuses: [...others, status] });
  }

  #container(dependency: string): string {
    const [left = '', right] = dependency.split('/');
    const wanted = (name: string) =>
      right === undefined ? containerOwner(name)?.dependency === left : name === containerName(left, right);
    const found =
      this.pod.containers.find(wanted) ??
      this.pod.contents.find(({ waitsFor }) => waitsFor?.includes(dependency))?.name;
    if (found === undefined) throw new Error(`Pod ${this.pod.name} has no container for ${dependency}`);
    return found;
  }
}

function terminated(run: FailedRun): Extract<ContainerState, { is: 'terminated' }> {
  const { exitCode = 1, reason = 'Error', message = '' } = run;
  return { is: 'terminated', exitCode, reason, message, finishedAt: ago(3) };
}
