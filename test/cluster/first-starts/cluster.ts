import { gateAnnotation } from '../../../src/api/names.ts';
import type { KubeObject } from '../../../src/sandbox/cluster.ts';
import { useNamespace } from '../../scenarios/cluster.ts';
import type { Namespace } from '../../scenarios/namespace.ts';
import {
  install,
  type RealCluster,
  SERVICE_ACCOUNT,
  startRealCluster,
} from '../../scenarios/real-cluster.ts';
import { AdmissionCluster } from '../admission-cluster.ts';
import type { ControlPlaneOptions } from '../control-plane.ts';
import { httpCluster } from '../http-cluster.ts';
import type { Version } from '../versions.ts';
import { PodHistory, type PodRecord } from './pod-history.ts';

/** A real control plane that remembers every Pod. */
export interface WatchedCluster extends RealCluster {
  readonly history: PodHistory;
}

/** @param version the release to run; default the one under test */
export async function startWatchedCluster(
  flags: ControlPlaneOptions['flags'] = {},
  version?: Version,
): Promise<WatchedCluster> {
  const cluster = await startRealCluster(flags, undefined, version);
  const ending = new AbortController();
  const history = new PodHistory(httpCluster(cluster.connection), ending.signal);
  const stop: RealCluster['stop'] = async (options) => {
    ending.abort();
    await cluster.stop(options);
  };
  return { ...cluster, history, stop };
}

export interface GatedCluster extends WatchedCluster {
  /** Installs what is missing of the operator: all that it needs, with the policies in force. */
  reinstall(): Promise<void>;
}

/** As above, with the policies of config/admission in force before there is an operator. */
export async function startGatedCluster(): Promise<GatedCluster> {
  const cluster = await startWatchedCluster();
  const admission = new AdmissionCluster(cluster.controlPlane);
  await admission.putPoliciesInForce();
  const stop: RealCluster['stop'] = async (options) => {
    await cluster.stop(options);
    await admission.stop(options);
  };
  const reinstall = async () => {
    await install(cluster.controlPlane);
    // With its ServiceAccount its token is another.
    await cluster.controlPlane.serviceAccountKubeconfig(SERVICE_ACCOUNT.namespace, SERVICE_ACCOUNT.name);
    await admission.putPoliciesInForce();
  };
  return { ...cluster, stop, reinstall };
}

/** A scenario's namespace and the Pods that ever were in it. */
export interface Story {
  readonly here: () => Namespace;
  /** All Pods that there were until now: of an app, or of every app. */
  readonly everyPod: (app?: string) => Promise<PodRecord[]>;
  /** Those of them that were free to start, at any time, without one of these gates. */
  readonly ungated: (app: string, ...gates: readonly string[]) => Promise<string[]>;
  /** Waits until these gates are rendered and admission, which is a moment late, would gate the workload. */
  readonly untilInForce: (workload: KubeObject, ...gates: readonly string[]) => Promise<void>;
  /** Waits until the operator has nothing left to do about a gate. */
  readonly settle: (gate: string) => Promise<void>;
}

export function useStory(on: () => WatchedCluster): Story {
  const here = useNamespace(on);
  const everyPod: Story['everyPod'] = async (app) => {
    await catchUp(here(), on().history);
    return on()
      .history.of(here().name)
      .filter((record) => (app === undefined ? record.app !== undefined : record.app === app));
  };
  return {
    here,
    everyPod,
    ungated: async (app, ...gates) => {
      return (await everyPod(app)).filter((pod) => isUngated(pod, gates)).map(({ name }) => name);
    },
    untilInForce: async (workload, ...gates) => {
      for (const gate of gates) await here().untilGate(gate, { ready: 'True/InForce' });
      await here().until('admission knows the gates', async () => {
        const manifest = JSON.stringify(workload);
        const made = await here().kubectl(['create', '--dry-run=server', '-o=json', '-f=-'], manifest);
        return gates.every((gate) => made.includes(gateAnnotation(gate))) ? true : undefined;
      });
    },
    settle: async (gate) => {
      const pass = here().untilPass(gate);
      await here().patch('DependencyGate', gate, {
        metadata: { labels: { looked: `${performance.now()}` } },
      });
      await pass;
    },
  };
}

/** Whether a Pod was free to start, at any time, without one of these gates. */
export function isUngated({ wasFree, wasBound, gates }: PodRecord, wanted: readonly string[]): boolean {
  return (wasFree || wasBound) && !wanted.every((gate) => gates.has(gate));
}

/** Events come in the order of the writes: when a Pod that is made now has come, all before it have. */
async function catchUp(here: Namespace, history: PodHistory): Promise<void> {
  const name = `marker-${performance.now()}`.replace('.', '-');
  const spec = { schedulingGates: [{ name: 'test/never' }], containers: [{ name: 'app', image: 'none' }] };
  await here.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec });
  await here.until('the history has come to this moment', () =>
    history.of(here.name).some((record) => record.name === name) ? true : undefined,
  );
  await here.delete('Pod', name);
}
