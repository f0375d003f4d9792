import type { Dependency } from '../../api/spec.ts';
import type { Condition, DependencyStatus } from '../../api/status.ts';
import type { Gate } from '../../core/model.ts';
import { checkWords } from '../../core/status/check-words.ts';
import { gateCondition } from '../../core/status/gate-state.ts';

/**
 * A line of `list`: what Pods of a gate wait for, or why a gate is not in force. Its fields are what `--output` prints,
 * so they are names that programs rely on.
 */
export interface Wait {
  readonly namespace: string;
  readonly gate: string;
  /**
   * `Waiting`: Pods wait for the dependency, or behind another init container. `Failed`: an attempt of theirs has failed,
   * for good or until the next.
   * `Held`: Pods were made without the gate and are replaced. `Pending`: the gate is not in force yet, or a
   * target does not exist. `Stalled`: it cannot be without somebody acting. `Over`: nothing waits any more; told by `--watch` alone.
   */
  readonly state: 'Waiting' | 'Failed' | 'Held' | 'Pending' | 'Stalled' | 'Over';
  /** The dependency's name; absent where it is the gate itself. */
  readonly dependency?: string;
  /** What is asked of it: `tcp redis:6379`. */
  readonly check?: string;
  /** How many Pods wait. */
  readonly pods: number;
  /** The first ten of them. */
  readonly podNames?: readonly string[];
  /** Since when, as the API server writes times. */
  readonly since?: string;
  /** It waits for longer than the gate says is usual. Exists only while true. */
  readonly overdue?: true;
  readonly why: string;
}

/** What waits in some gates, in the order of their namespaces and names, each gate's dependencies in their own. */
export function waitsOf(gates: Iterable<Gate>): Wait[] {
  const key = ({ namespace, name }: Gate) => `${namespace}/${name}`;
  return [...gates].toSorted((a, b) => (key(a) < key(b) ? -1 : 1)).flatMap(ofGate);
}

function ofGate(gate: Gate): Wait[] {
  const waits = [...ofDependencies(gate), ...ofHeld(gate)];
  const stalled = gateCondition(gate.status, 'Stalled');
  if (stalled?.status === 'True') return [ofCondition(gate, 'Stalled', stalled), ...waits];
  return waits.length > 0 ? waits : ofNone(gate);
}

/** No Pod of it waits for one of its dependencies: it may be none of their business, or nothing has come that far. */
function ofNone(gate: Gate): Wait[] {
  const ready = gateCondition(gate.status, 'Ready');
  const open = gateCondition(gate.status, 'Open');
  if (!ready) return [unseen(gate)];
  if (ready.status !== 'True') return [ofCondition(gate, 'Pending', ready)];
  if (open?.reason === 'TargetMissing') return [ofCondition(gate, 'Pending', open)];
  if (open?.status !== 'False') return [];
  const isOver = open.reason === 'TargetFailed' || open.reason === 'PodFailed';
  return [ofCondition(gate, isOver ? 'Failed' : 'Waiting', open)];
}

function ofDependencies(gate: Gate): Wait[] {
  const { spec, status } = gate;
  if (!spec.valid) return [];
  return spec.value.dependencies.flatMap((dependency) => {
    const found = status.dependencies?.find(({ name }) => name === dependency.name);
    return found && found.blocked > 0 ? [ofDependency(gate, dependency, found)] : [];
  });
}

function ofDependency(gate: Gate, dependency: Dependency, status: DependencyStatus): Wait {
  const { name, blocked, blockedPods = [], since, overdue, failed } = status;
  return {
    ...addressOf(gate),
    state: failed > 0 ? 'Failed' : 'Waiting',
    dependency: name,
    check: checkWords(dependency),
    pods: blocked,
    podNames: blockedPods,
    ...(since === undefined ? {} : { since }),
    ...(overdue ? { overdue } : {}),
    why: whyOf(status),
  };
}

/** What keeps the container from running comes before what it would be asking. */
function whyOf({ message, answer, state }: DependencyStatus): string {
  return (
    message ?? answer ?? (state === 'Starting' ? 'its container is being started' : "see the Pods' logs")
  );
}

function ofHeld(gate: Gate): Wait[] {
  const { pods, targets = [] } = gate.status;
  const held = pods?.held ?? 0;
  if (held === 0) return [];
  const said = targets.flatMap(({ held: some = 0, message }) => (some > 0 ? (message ?? []) : []));
  const why = said[0] ?? 'made before the gate was in place; the operator replaces them';
  return [{ ...addressOf(gate), state: 'Held', pods: held, why }];
}

function ofCondition(gate: Gate, state: Wait['state'], condition: Condition): Wait {
  const { lastTransitionTime: since, reason, message } = condition;
  const { waiting = 0, failed = 0 } = gate.status.pods ?? {};
  const pods = state === 'Waiting' ? waiting : state === 'Failed' ? failed : 0;
  return { ...addressOf(gate), state, pods, since, why: `${reason}: ${message}` };
}

function unseen(gate: Gate): Wait {
  const why = 'no operator has written its status yet';
  return { ...addressOf(gate), state: 'Pending', pods: 0, since: gate.createdAt, why };
}

function addressOf({ namespace, name }: Gate): Pick<Wait, 'namespace' | 'gate'> {
  return { namespace, gate: name };
}
