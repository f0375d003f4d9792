import type { Condition, ConditionType } from '../../api/status.ts';
import type { Gate } from '../../core/model.ts';
import { waiterImageOf } from '../../core/render/render.ts';
import type { Unread } from '../cluster/reader.ts';
import { count, some } from '../explain/words.ts';
import type { InstalledOperator } from './read-operators.ts';

/** How gates stand, in the order in which it is decided: the first that holds. */
const STATES = ['stalled', 'notInForce', 'waiting', 'open', 'unknown'] as const;
type GateState = (typeof STATES)[number];

/** What `status` tells of a cluster, or of a namespace. Its fields are what `--output` prints. */
export interface ClusterOverview {
  readonly operators: readonly InstalledOperator[];
  /** How many gates are stalled, not in force yet, wait, are open, or have nothing to tell by: no Pods, no targets. */
  readonly gates: Readonly<Record<GateState | 'total', number>>;
  /** Gates whose waiting containers run another image than any operator does, by that image. */
  readonly behind: readonly { readonly image: string; readonly gates: readonly string[] }[];
}

export function clusterOverview(
  gates: readonly Gate[],
  operators: readonly InstalledOperator[],
): ClusterOverview {
  const states = Map.groupBy(gates, stateOf);
  const counts = STATES.map((state) => [state, states.get(state)?.length ?? 0] as const);
  return {
    operators,
    gates: { total: gates.length, ...ofEach(counts) },
    behind: operators.length === 0 ? [] : behind(gates, new Set(operators.map(({ image }) => image))),
  };
}

function ofEach(counts: readonly (readonly [GateState, number])[]): Record<GateState, number> {
  const number = (wanted: GateState) => counts.find(([state]) => state === wanted)?.[1] ?? 0;
  return {
    stalled: number('stalled'),
    notInForce: number('notInForce'),
    waiting: number('waiting'),
    open: number('open'),
    unknown: number('unknown'),
  };
}

function stateOf({ status: { conditions = [] } }: Gate): GateState {
  const is = (type: ConditionType): Condition['status'] | undefined =>
    conditions.find((condition) => condition.type === type)?.status;
  if (is('Stalled') === 'True') return 'stalled';
  if (is('Ready') !== 'True') return 'notInForce';
  if (is('Open') === 'False') return 'waiting';
  return is('Open') === 'True' ? 'open' : 'unknown';
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

/** The same for people. */
export function overviewText(
  { operators, gates, behind }: ClusterOverview,
  { unread, where }: { readonly unread: Unread | undefined; readonly where: string },
): string {
  const lines = [
    ...(unread === undefined ? operatorLines(operators) : [`Operator: cannot be read: ${unread.unread}`]),
    `Gates in ${where}: ${gates.total}${parts(gates)}`,
    ...behind.map(
      ({ image, gates: own }) =>
        `Behind: the containers of ${count(own.length, 'gate')} run ${image}, until their targets change: ${some(own)}`,
    ),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function operatorLines(operators: readonly InstalledOperator[]): string[] {
  if (operators.length === 0)
    return ['Operator: no Deployment has the label app.kubernetes.io/name=dependency-gate'];
  return operators.map(
    ({ namespace, name, image, ready, wanted }) =>
      `Operator ${namespace}/${name}: ${ready} of ${wanted} ready, ${image}`,
  );
}

const WORDS: Readonly<Record<GateState, string>> = {
  open: 'open',
  waiting: 'waiting',
  stalled: 'stalled',
  notInForce: 'not in force yet',
  unknown: 'without a Pod to tell by',
};

function parts(gates: ClusterOverview['gates']): string {
  const some = STATES.toReversed().filter((state) => gates[state] > 0);
  return some.length === 0 ? '' : `: ${some.map((state) => `${gates[state]} ${WORDS[state]}`).join(', ')}`;
}
