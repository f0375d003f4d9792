import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { OPERATOR_SERVICE_ACCOUNT } from '../../../src/api/names.ts';
import type { KubeObject } from '../../../src/sandbox/cluster.ts';
import { useProgram } from '../../commands/programs.ts';
import { CHART } from '../../config/chart.ts';
import { deployment, gate } from '../../scenarios/manifests.ts';
import { OperatorRunner } from '../../scenarios/operator-runner.ts';
import { viewWorkload, type WorkloadView } from '../../scenarios/views.ts';
import type { ControlPlane } from '../control-plane.ts';
import { established } from '../established.ts';
import { eventually } from '../eventually.ts';
import { podOf } from '../refused-starts/cluster.ts';
import { runCommand } from '../run-command.ts';
import { Story } from '../story-namespace.ts';
import { MUTATING_POLICIES, meets, versionUnderTest } from '../versions.ts';

export const NAMESPACE = 'dependency-gate-system';
const SERVICE = [{ name: 'api', service: { name: 'api' } }];

/** Whether policies that gate by admission are served. */
export const HAS_MUTATING = meets(versionUnderTest(), MUTATING_POLICIES);

/** A release of the chart, the operator that it installs, run by the tests with its rights, and a namespace with apps. */
export function useInstallation(on: () => ControlPlane) {
  const program = useProgram('helm');
  const operator = new Installed(on);
  let home = '';
  let story: Story | undefined;
  before('make a namespace', async () => {
    home = mkdtempSync(join(tmpdir(), 'dependency-gate-helm-'));
    story = new Story(on());
    await story.begin();
  });
  after('stop the operator, and let the namespace go', async () => {
    await operator.stop();
    await story?.end();
    rmSync(home, { recursive: true });
  });

  return {
    operator,
    helm: async (...args: readonly string[]): Promise<string> => {
      const access = [`--kubeconfig=${on().kubeconfig}`, `--namespace=${NAMESPACE}`];
      return (await runCommand(['env', `HOME=${home}`, program(), ...args, ...access])).stdout;
    },
    kubectl: (...args: readonly string[]) => on().kubectl(args),
    story: (): Story => story ?? expect.fail('the story is there while tests run'),
    /** The chart of a release before: its custom resource has no short name yet. */
    olderChart: (): string => {
      const folder = join(home, 'older');
      cpSync(CHART, folder, { recursive: true });
      edit(join(folder, 'Chart.yaml'), /^(version|appVersion): .*$/gm, '$1: 0.0.9');
      edit(join(folder, 'templates/crds/dependencygates.yaml'), /^ +shortNames:\n +- dgate\n/m, '');
      return folder;
    },
  };
}

/** The operator of a release. There is no node: it is run here, as its ServiceAccount, with what the release grants that. */
class Installed {
  readonly #on: () => ControlPlane;
  #runner: OperatorRunner | undefined;
  #starting: Promise<void> | undefined;

  constructor(on: () => ControlPlane) {
    this.#on = on;
  }

  /**
   * Starts it, and waits until it has seen all gates.
   *
   * @param mayNeverSeeAll they are about to go for good, and nobody waits for that
   */
  async start({ mayNeverSeeAll = false } = {}): Promise<void> {
    if (!mayNeverSeeAll) await established(this.#on());
    const kubeconfigPath = await this.#on().serviceAccountKubeconfig(NAMESPACE, OPERATOR_SERVICE_ACCOUNT);
    this.#runner = new OperatorRunner({ kubeconfigPath });
    this.#starting = this.#runner.start();
    if (!mayNeverSeeAll) await this.#starting;
  }

  async stop(): Promise<void> {
    await this.#runner?.stop();
    await this.#starting;
    this.#runner = undefined;
  }

  /** Waits until it has done all that there is to do about a gate (`<namespace>/<name>`). */
  async hasReconciled(gate: string): Promise<void> {
    await eventually(`${gate} is reconciled`, 60_000, () => (this.#runner?.passes(gate) ? true : undefined));
  }

  /** What it has against its installation. */
  complaints(): string[] {
    return [this.#runner?.refusal ?? [], this.#runner?.errors ?? []].flat();
  }
}

function edit(file: string, what: RegExp, by: string): void {
  const text = readFileSync(file, 'utf8');
  const edited = text.replace(what, by);
  if (edited === text) throw new Error(`${file} has nothing like ${what}`);
  writeFileSync(file, edited);
}

/** Policies are in force a moment after they are stored, and there is no node here that would end a rollout. */
function untilRefusing(story: Story): Promise<true> {
  const input = JSON.stringify(podOf('Deployment', 'app'));
  return eventually('the first Pods of app are refused', 60_000, () =>
    story.kubectl(['create', '--dry-run=server', '-f', '-'], { input }).then(
      () => undefined,
      (error: unknown) => (/Policy '[^']*first-start'/.test(String(error)) ? true : undefined),
    ),
  );
}

/** A Deployment with a gate that waits for a Service which is not there. */
export async function gated(story: Story): Promise<void> {
  await story.apply(gate('first', ['app'], SERVICE));
  await story.untilGate('first', { ready: 'True/InForce' });
  await untilRefusing(story);
  await story.apply(deployment('app'));
  await story.untilGate('first', { ready: 'True/InForce', open: 'False/Waiting', targets: 'app Current' });
}

/** An app that no gate names, and has its Pod. */
export async function startsUngated(story: Story, app: KubeObject): Promise<void> {
  await story.apply(app);
  await story.untilPods(app.metadata.name, 1, 'are there', () => true);
}

export async function workload(story: Story, name: string): Promise<WorkloadView> {
  return viewWorkload(await story.get('deployment', name));
}

/** What must not change where nobody changes a gate: each object's uid, and the generation of the workload and of the gate. */
export async function identities(story: Story): Promise<string[]> {
  const columns = '{.kind}/{.metadata.name} {.metadata.uid} {.metadata.generation}';
  const format = `--output=jsonpath={range .items[*]}${columns}{"\\n"}{end}`;
  const kinds = 'deployments,replicasets,pods,dependencygates';
  return (await story.kubectl(['get', kinds, format])).trim().split('\n').toSorted();
}
