import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OPERATOR_SERVICE_ACCOUNT } from '../../../src/api/names.ts';
import type { KubeObject } from '../../../src/sandbox/cluster.ts';
import { useProgram } from '../../commands/programs.ts';
import { CHART } from '../../config/chart.ts';
import { deployment, gate } from '../../scenarios/manifests.ts';
import { OperatorRunner } from '../../scenarios/operator-runner.ts';
import { viewWorkload, type WorkloadView } from '../../scenarios/views.ts';
import type { ControlPlane } from '../control-plane.ts';
import { established } from '../established.ts';
import { runCommand } from '../run-command.ts';
import { Story } from '../story-namespace.ts';
import { MUTATING_POLICIES, meets, versionUnderTest } from '../versions.ts';

export const NAMESPACE = 'dependency-gate-system';
const SERVICE = [{ name: 'api', service: { name: 'api' } }];

/** Whether policies that gate by admission are served. */
export const HAS_MUTATING = meets(versionUnderTest(), MUTATING_POLICIES);

/** The chart's release, the operator that it installs, run by the tests with its rights, and apps that have gates. */
export function useInstallation(on: () => ControlPlane) {
  const program = useProgram('helm');
  let home = '';
  let operator: OperatorRunner | undefined;
  let starting: Promise<void> | undefined;
  const stories: Story[] = [];
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'dependency-gate-helm-'));
  });
  afterEach(async () => {
    await stopOperator();
    for (const story of stories.splice(0)) await story.end();
    rmSync(home, { recursive: true });
  });

  const helm = async (...args: readonly string[]): Promise<string> => {
    const access = [`--kubeconfig=${on().kubeconfig}`, `--namespace=${NAMESPACE}`];
    return (await runCommand(['env', `HOME=${home}`, program(), ...args, ...access])).stdout;
  };
  const stopOperator = async () => {
    const running = operator;
    operator = undefined;
    await running?.stop();
    await starting;
  };

  return {
    helm,
    stopOperator,
    kubectl: (...args: readonly string[]) => on().kubectl(args),
    /**
     * As its Pod would be, with its ServiceAccount and what the release grants that. Where gates are about to go for good it
     * may never see all of them, and nobody waits for that.
     */
    startOperator: async ({ mayNeverSeeAll = false } = {}): Promise<OperatorRunner> => {
      if (!mayNeverSeeAll) await established(on());
      const kubeconfigPath = await on().serviceAccountKubeconfig(NAMESPACE, OPERATOR_SERVICE_ACCOUNT);
      operator = new OperatorRunner({ kubeconfigPath });
      starting = operator.start();
      if (!mayNeverSeeAll) await starting;
      return operator;
    },
    story: async (): Promise<Story> => {
      const story = new Story(on());
      stories.push(story);
      await story.begin();
      return story;
    },
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

function edit(file: string, what: RegExp, by: string): void {
  const text = readFileSync(file, 'utf8');
  const edited = text.replace(what, by);
  if (edited === text) throw new Error(`${file} has nothing like ${what}`);
  writeFileSync(file, edited);
}

/** A Deployment with a gate that waits for a Service which is not there. */
export async function gated(story: Story): Promise<void> {
  await story.apply(gate('first', ['app'], SERVICE));
  await story.untilGate('first', { ready: 'True/InForce' });
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
