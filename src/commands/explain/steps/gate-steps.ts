import { OPERATOR_NAMESPACE, OPERATOR_SERVICE_ACCOUNT } from '../../../api/names.ts';
import type { Stall } from '../../../core/status/conditions.ts';
import { conditionOf, type ExplainWorld } from '../explain-world.ts';
import { kubectl, type Step, step, within } from './step.ts';

/** What to do about the gate as a whole: nothing else counts while the operator does not act on it. */
export function gateSteps(world: ExplainWorld): Step[] {
  return [...operatorSteps(world), ...deletionSteps(world), ...stalledSteps(world), ...readySteps(world)];
}

function operatorSteps(world: ExplainWorld): Step[] {
  const { conditions, observedGeneration = 0 } = world.gate.status;
  if (world.gate.deleting) return [];
  if (!conditions || conditions.length === 0) {
    return [
      step(
        `The gate has no status: no operator is running, it may not read gates, or it was told to look at other namespaces (--namespaces).${expectedOperator(world)} Pods that carry a gate already keep waiting, and go on when their dependencies are there.`,
        ...operatorCommands(world),
      ),
    ];
  }
  if (observedGeneration >= world.gate.generation) return [];
  return [
    step(
      `The operator has not seen the last change of the gate (generation ${world.gate.generation}, the status speaks of ${observedGeneration}). If that stays so, see whether it runs.${expectedOperator(world)}`,
      ...operatorCommands(world),
    ),
  ];
}

/** An operator that is somebody else is refused, and not ready. */
function expectedOperator({ operator }: ExplainWorld): string {
  if (!operator) return '';
  const user = `system:serviceaccount:${operator.namespace}:${operator.name}`;
  return ` Or it is not whom the guards expect: only ${user} may write the status, and an operator that is somebody else is not Ready, and says so in its log and at /readyz.`;
}

function operatorCommands(world: ExplainWorld): string[] {
  const { namespace, name } = world.operator ?? {
    namespace: OPERATOR_NAMESPACE,
    name: OPERATOR_SERVICE_ACCOUNT,
  };
  return [
    within(world, `get pods -n ${namespace}`),
    // Its Deployment has the name of its ServiceAccount.
    within(world, `logs deploy/${name} -n ${namespace} --tail=20`),
  ];
}

function deletionSteps(world: ExplainWorld): Step[] {
  if (!world.gate.deleting) return [];
  return [
    step(
      'The gate is being deleted: the operator takes its containers out of the targets, and then it goes. If it stays, see why.',
      ...operatorCommands(world),
    ),
  ];
}

/** The messages stand with the conditions: here is only what helps. */
const STALLED: Readonly<Record<Stall['reason'], string>> = {
  InvalidSpec:
    "The operator cannot read the spec: the CRD is of another version. Apply the CRD of the operator's version, and write the gate again.",
  InvalidExpression: 'Correct the expression in the gate.',
  DependencyCycle: 'Take what closes the circle out of the dependencies.',
  InvalidRender:
    'Correct the container that the API server refuses. What was in force before stays until then.',
  TargetRefused:
    'Remove what makes the API server refuse the target. It is tried again when the target or the gate changes, and every five minutes.',
  AfterMissing:
    'Give that init container to the target, or correct spec.after. A sidecar that is injected into Pods, and not into templates, is put before all others by most injectors: take spec.after out then.',
  Conflict:
    'Let the manager that is named ignore init containers whose name starts with dgate-, or install the admission policies, with which its own writes carry them. Where it is admission that undoes it, in the writes of the operator, let that webhook or policy put none of the own init containers before them. Webhooks are listed by:',
  NoAdmission:
    'Install the admission policies (config/default), or take updatePolicy and placement out of the gate.',
  CrdOutdated:
    "Apply the CustomResourceDefinition of the operator's release (crds/, or dependencygates.yaml of the release). What was in force before stays until then.",
};

function stalledSteps(world: ExplainWorld): Step[] {
  const stalled = conditionOf(world, 'Stalled');
  if (stalled?.status !== 'True') return [];
  const [, advice = 'The condition Stalled says what to change.'] =
    Object.entries(STALLED).find(([reason]) => reason === stalled.reason) ?? [];
  const command =
    stalled.reason === 'Conflict'
      ? within(world, 'get mutatingwebhookconfigurations')
      : kubectl(world, `edit dgate ${world.gate.name}`);
  return [step(`Stalled, ${stalled.reason}: ${advice}`, command)];
}

function readySteps(world: ExplainWorld): Step[] {
  const ready = conditionOf(world, 'Ready');
  if (ready?.status !== 'False' || conditionOf(world, 'Stalled')?.status === 'True') return [];
  const { name } = world.gate;
  if (ready.reason === 'Suspended') {
    return [
      step(
        'The gate is suspended: its last change is not in the targets. To let the operator go on:',
        kubectl(world, `patch dgate ${name} --type=merge -p '{"spec":{"suspend":false}}'`),
      ),
    ];
  }
  return [
    step(
      'The operator is bringing the gate into force. That takes a moment; if it stays so, its log says why.',
      ...operatorCommands(world),
    ),
  ];
}
