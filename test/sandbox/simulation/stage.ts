import {
  type Deployment,
  deploymentSchema,
  isTrue,
  type Pod,
  podSchema,
  replicaSetSchema,
} from '../../../src/sandbox/simulation/objects.ts';
import { type Simulation, startSimulation } from '../../../src/sandbox/simulation/simulation.ts';
import { ClusterDouble } from './cluster-double.ts';
import { ManualClock } from './manual-clock.ts';

/** A simulation over a double of the API server, whose time the test moves, and what a person would look at. */
export class Stage {
  readonly clock = new ManualClock();
  readonly cluster: ClusterDouble;
  readonly simulation: Simulation;

  constructor(cluster?: ClusterDouble) {
    this.cluster = cluster ?? new ClusterDouble(this.clock.now);
    // A generator of the usual kind (Park and Miller's), so that names differ and runs do not.
    let seed = 1;
    const random = () => {
      seed = (seed * 48271) % 2147483647;
      return seed / 2147483647;
    };
    this.simulation = startSimulation(this.cluster, { clock: this.clock, random });
  }

  get pods(): Pod[] {
    return this.cluster.all('Pod').map((pod) => podSchema.parse(pod));
  }

  readyPods(image?: string): Pod[] {
    return this.pods.filter(
      ({ status, spec, metadata }) =>
        !metadata.deletionTimestamp &&
        isTrue(status.conditions, 'Ready') &&
        (image === undefined || spec.containers.some((container) => container.image === image)),
    );
  }

  /** Replicas of each ReplicaSet, in the order of their revisions. */
  get sizes(): number[] {
    return this.cluster.all('ReplicaSet').map((set) => replicaSetSchema.parse(set).spec.replicas);
  }

  deployment(name: string): Deployment {
    return deploymentSchema.parse(this.cluster.get('Deployment', name));
  }

  /** The status of the Pods' only init container, `<state>` or `<state> <reason>`, for each Pod. */
  get initStates(): string[] {
    return this.pods.map((pod) => describeState(statusesOf(pod, 'initContainerStatuses')[0]));
  }

  initStatus(container = 'init') {
    return this.pods
      .flatMap((pod) => statusesOf(pod, 'initContainerStatuses'))
      .find(({ name }) => name === container);
  }

  appStatus() {
    return this.pods.flatMap((pod) => statusesOf(pod, 'containerStatuses'))[0];
  }

  log(container = 'init', previous = false): string[] {
    const [pod] = this.pods;
    const reference = { namespace: 'default', pod: pod?.metadata.name ?? '', container, previous };
    return (this.simulation.logs.read(reference)?.lines ?? []).map(({ text }) => text);
  }

  async patch(name: string, spec: Readonly<Record<string, unknown>>): Promise<void> {
    await this.cluster.patch({ kind: 'Deployment', name }, { spec });
  }

  /** Gives the app container another image, and so begins a rollout. */
  async setImage(name: string, image: string): Promise<void> {
    await this.patch(name, { template: { spec: { containers: [{ name: 'app', image }] } } });
  }

  until(what: string, holds: () => boolean, limit?: number): Promise<void> {
    return this.clock.until(holds, what, limit);
  }

  untilReady(count: number, image?: string): Promise<void> {
    return this.until(`${count} Pods ready`, () => this.readyPods(image).length === count);
  }
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly started: boolean;
  readonly restartCount: number;
  readonly state: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly lastState: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

function statusesOf({ status }: Pod, field: string): readonly ContainerStatus[] {
  return (status[field] ?? []) as readonly ContainerStatus[];
}

/** `running`, `terminated Completed`, `waiting CrashLoopBackOff` … */
export function describeState(status: ContainerStatus | undefined): string {
  const [state] = Object.entries(status?.state ?? {});
  return state ? `${state[0]} ${state[1].reason ?? ''}`.trim() : 'none';
}
