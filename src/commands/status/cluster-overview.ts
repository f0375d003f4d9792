import type { GateState } from '../../api/metric-catalog.ts';
import { count } from '../../core/count.ts';
import type { Gate } from '../../core/model.ts';
import { waiterImageOf } from '../../core/render/render.ts';
import { countStates } from '../../core/status/gate-state.ts';
import { INSTALLED } from '../cluster/installed.ts';
import type { Unread } from '../cluster/reader.ts';
import { some } from '../words.ts';
import type { InstalledOperator } from './read-operators.ts';

/** What `status` tells of a cluster, or of a namespace. Its fields are what `--output` prints. */
export interface ClusterOverview {
  readonly operators: readonly InstalledOperator[];
  /** How many gates there are, and in which state, as the metric `dependency_gate_gates` counts them. */
  readonly gates: Readonly<Record<GateState | 'total', number>>;
  /** Gates whose waiting containers run another image than any operator does, by that image. */
  readonly behind: readonly { readonly image: string; readonly gates: readonly string[] }[];
}

export function clusterOverview(
  gates: readonly Gate[],
  operators: readonly InstalledOperator[],
): ClusterOverview {
  return {
    operators,
    gates: { total: gates.length, ...countStates(gates) },
    behind: operators.length === 0 ? [] : behind(gates, new Set(operators.map(({ image }) => image))),
  };
}

/** Who names an image in the gate has it, whatever the operator runs. */
function behind(gates: readonly Gate[], current: ReadonlySet<string>): ClusterOverview['behind'] {
  const images = Map.groupBy(gates, ({ spec, status: { render } }) =>
    spec.valid && render && spec.value.waiter?.image === undefined
      ? waiterImageOf(render, spec.value)
      : undefined,
  );
  return [...images].flatMap(([image, own]) =>
    image === undefined || current.has(image)
      ? []
      : [{ image, gates: own.map(({ namespace, name }) => `${namespace}/${name}`).toSorted() }],
  );
}

interface OverviewContext {
  /** Why the operator cannot be read. */
  readonly unread: Unread | undefined;
  /** Of which namespaces it tells. */
  readonly where: string;
  /** Whether the cluster is the sandbox, and no operator was installed in it. */
  readonly inSandbox: boolean;
}

/** The same for people. */
export function overviewText(
  { operators, gates, behind }: ClusterOverview,
  { unread, where, inSandbox }: OverviewContext,
): string {
  const lines = [
    ...(unread === undefined
      ? operatorLines(operators, inSandbox)
      : [`Operator: cannot be read: ${unread.unread}`]),
    `Gates in ${where}: ${gates.total}${parts(gates)}`,
    ...behind.map(
      ({ image, gates: own }) =>
        `Behind: the containers of ${count(own.length, 'gate')} run ${image}, until their targets change: ${some(own)}`,
    ),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function operatorLines(operators: readonly InstalledOperator[], inSandbox: boolean): string[] {
  if (inSandbox) return ["Operator: works in the sandbox's own process, without a Deployment"];
  if (operators.length === 0) return [`Operator: no Deployment has the label ${INSTALLED.labelSelector}`];
  return operators.map(
    ({ namespace, name, image, ready, wanted }) =>
      `Operator ${namespace}/${name}: ${ready} of ${wanted} ready, ${image}`,
  );
}

function parts({ total: _, ...states }: ClusterOverview['gates']): string {
  const some = Object.entries(states).filter(([, number]) => number > 0);
  return some.length === 0 ? '' : `: ${some.map(([state, number]) => `${number} ${state}`).join(', ')}`;
}
