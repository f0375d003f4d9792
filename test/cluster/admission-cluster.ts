import { formatCrdYaml } from '../../src/api/crd-yaml.ts';
import { gateAnnotation } from '../../src/api/names.ts';
import { POLICY_MANIFESTS } from '../../src/api/policies/manifests.ts';
import { type PodTemplate, podTemplateSchema } from '../../src/core/render/template.ts';
import { manifestFiles, read } from '../config/manifests.ts';
import type { GateBuilder } from '../core/builders.ts';
import {
  AdmissionApi,
  app,
  EFFECT_LIMIT_MS,
  gatePath,
  gateSpec,
  MERGE_PATCH,
  PROBE,
} from './admission-api.ts';
import { prepareProbes } from './admission-probes.ts';
import { TARGET } from './admission-workloads.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { established } from './established.ts';
import { eventually } from './eventually.ts';
import { requirePrograms } from './programs.ts';
import { useCluster } from './use.ts';
import { MUTATING_POLICIES, meets, mutatingApi, mutatingFlags, versionUnderTest } from './versions.ts';

/**
 * Gives the suite a control plane with the custom resource, the permissions and the policies in force, and no operator.
 *
 * @param isWanted which of the policies, by the names of their manifests; default all
 * @param options `isSwitchedOn`: that policies may mutate also where that takes flags
 */
export function useAdmission(
  isWanted: (manifest: string) => boolean = () => true,
  options: AdmissionOptions = {},
): () => AdmissionCluster {
  return useCluster(
    () => requirePrograms(process.env.KUBEBUILDER_ASSETS),
    () => AdmissionCluster.start((cluster) => cluster.putPoliciesInForce(isWanted), options),
  );
}

export interface AdmissionOptions {
  /** Policies may mutate, also where the API server needs flags for that. Default: where they are served by default. */
  readonly isSwitchedOn?: boolean;
}

/** A control plane on which the policies are tried. */
export class AdmissionCluster extends AdmissionApi {
  readonly #hasMutating: boolean;

  constructor(controlPlane: ControlPlane, { isSwitchedOn = false }: AdmissionOptions = {}) {
    super(controlPlane);
    this.#hasMutating = isSwitchedOn || meets(versionUnderTest(), MUTATING_POLICIES);
  }

  /**
   * With the custom resource and the permissions, and no policies yet.
   *
   * @param prepare does what else there is to do. Where it fails the control plane is stopped.
   */
  static async start(
    prepare: (cluster: AdmissionCluster) => Promise<void> = async () => {},
    options: AdmissionOptions = {},
  ) {
    const { KUBEBUILDER_ASSETS: assets, DEPENDENCY_GATE_TEST_KUBECONFIG: kubeconfig } = process.env;
    const flags = options.isSwitchedOn ? mutatingFlags(versionUnderTest()) : {};
    const cluster = new AdmissionCluster(await startControlPlane({ flags, assets, kubeconfig }), options);
    try {
      await cluster.#installResource();
      await prepare(cluster);
      return cluster;
    } catch (error) {
      await cluster.stop({ keepLogs: true });
      throw error;
    }
  }

  async #installResource(): Promise<void> {
    const files = ['config/operator/namespace.yaml', ...manifestFiles('config/rbac')];
    for (const manifests of [...files.map(read), formatCrdYaml()]) await this.controlPlane.apply(manifests);
    await established(this.controlPlane);
  }

  /** Applies the policies that this release serves, and waits until each does what it is for. */
  async putPoliciesInForce(isWanted: (manifest: string) => boolean = () => true): Promise<void> {
    const manifests = Object.entries(POLICY_MANIFESTS)
      .filter(([name]) => isWanted(name))
      .map(([, format]) => format())
      .flatMap((manifest) => this.#served(manifest));
    for (const manifest of manifests) await this.controlPlane.apply(manifest);
    const isApplied = (policy: string) =>
      manifests.some((manifest) => manifest.includes(`  name: dependencygate-${policy}\n`));
    const probes = Object.entries(await prepareProbes(this)).filter(([policy]) => isApplied(policy));
    const inForce = probes.map(([policy, holds]) =>
      eventually(`${policy} is in force`, EFFECT_LIMIT_MS, async () => (await holds()) || undefined),
    );
    await Promise.all(inForce);
  }

  /** A manifest in the version of the API that this cluster has, or nothing. */
  #served(manifest: string): string[] {
    if (!manifest.includes('kind: MutatingAdmissionPolicy\n')) return [manifest];
    if (!this.#hasMutating) return [];
    const api = mutatingApi(versionUnderTest());
    return [manifest.replaceAll(/^apiVersion: admissionregistration.*$/gm, `apiVersion: ${api}`)];
  }

  /** Stores gates, deletes those that are to be going away, and waits until admission knows all that. */
  async install(namespace: string, ...gates: readonly GateBuilder[]): Promise<void> {
    for (const one of gates) await this.storeGate(namespace, one);
    await this.untilKnown(namespace, gates);
    for (const { gate } of gates.filter(({ gate }) => gate.deleting))
      await this.send('DELETE', gatePath(namespace, gate.name));
    await this.untilKnown(namespace, gates, ({ gate }) => !gate.deleting);
  }

  /** The same for gates with placement Pod: admission knows them when a Pod shows it. */
  async installInPods(namespace: string, ...gates: readonly GateBuilder[]): Promise<void> {
    for (const one of gates) await this.storeGate(namespace, one);
    const ownerReferences = [
      { apiVersion: 'apps/v1', kind: 'DaemonSet', name: TARGET, uid: 'probe', controller: true },
    ];
    const pod = { metadata: { name: PROBE, ownerReferences }, spec: carrier().spec };
    await eventually('admission knows the gates', EFFECT_LIMIT_MS, async () => {
      const made = await this.send('POST', `/api/v1/namespaces/${namespace}/pods`, pod, { dryRun: true });
      const found = JSON.stringify(made);
      return gates.every(({ gate }) => found.includes(`"${gateAnnotation(gate.name)}"`)) || undefined;
    });
  }

  /** Changes a gate and its render, and waits until admission knows. */
  async change(namespace: string, changed: GateBuilder): Promise<void> {
    const path = gatePath(namespace, changed.gate.name);
    await this.send('PATCH', path, { spec: gateSpec(changed) }, { type: MERGE_PATCH });
    await this.storeRender(namespace, changed);
    await this.untilKnown(namespace, [changed]);
  }

  /** Waits until admission places the renders of these gates, except for those that it is to leave out. */
  async untilKnown(
    namespace: string,
    gates: readonly GateBuilder[],
    isPlaced: (gate: GateBuilder) => boolean = () => true,
  ): Promise<void> {
    const rendered = gates.filter(({ gate }) => gate.status.render !== undefined);
    await eventually('admission knows the gates', EFFECT_LIMIT_MS, async () => {
      const { metadata } = await this.create(namespace, 'Deployment', carrier(), {
        dryRun: true,
        name: PROBE,
      });
      const isAsExpected = (one: GateBuilder) =>
        metadata?.annotations?.[gateAnnotation(one.gate.name)] ===
        (isPlaced(one) ? one.render.hash : undefined);
      return rendered.every(isAsExpected) || undefined;
    });
  }
}

/** A template that can carry any of the gates. */
function carrier(): PodTemplate {
  const volumes = ['data', 'zone'].map((name) => ({ name, emptyDir: {} }));
  const containers = ['app', 'gone'].map((name) => ({ name, image: 'registry.example/app:1' }));
  return podTemplateSchema.parse({ ...app(), spec: { ...app().spec, containers, volumes } });
}
