import { FINALIZER, GATED_LABEL, targetAnnotationValue } from '../../src/api/names.ts';
import { EVALUATOR } from '../../src/core/expression/expression.ts';
import type { Gate, JsonObject, Pod, TemplateView, Workload } from '../../src/core/model.ts';
import { gatesInPod } from '../../src/core/plan/clean-up.ts';
import { decide as decideGate } from '../../src/core/plan/decide.ts';
import { decideWorkload } from '../../src/core/plan/decide-workload.ts';
import { openingKey } from '../../src/core/plan/open.ts';
import type { Plan, Write } from '../../src/core/plan/plan.ts';
import { gatesIn } from '../../src/core/render/inject.ts';
import { type PodTemplate, podTemplateSchema, viewTemplate } from '../../src/core/render/template.ts';
import { soonest } from '../../src/core/soonest.ts';
import type { WorkloadWorld, World } from '../../src/core/world.ts';
import { mergeSchemaOf } from '../../src/sandbox/server/merge-keys.ts';
import { strategicMergePatch } from '../../src/sandbox/server/strategic-merge-patch.ts';
import { frozen, gate } from './builders.ts';

/** An API server in a few functions: what becomes of a world once a plan has been carried out. */

/** What is decided about a gate and about each of the workloads around it, as one plan. */
export interface Round extends Omit<Plan, 'writes'> {
  readonly writes: readonly Write[];
}

export function decide(world: World, now: number): Round {
  const ofGate = decideGate(world, now, EVALUATOR);
  const ofWorkloads = workloadWorlds(world).map((one) => decideWorkload(one, now));
  return {
    writes: [...ofWorkloads.flatMap(({ writes }) => writes), ...ofGate.writes],
    status: ofGate.status,
    next: soonest([ofGate.next, ...ofWorkloads.map(({ next }) => next)]),
  };
}

/** Each workload with this gate, which has not changed of late. Other gates that are in its way are left as they are. */
function workloadWorlds(world: World): WorkloadWorld[] {
  const { gate: mine, workloads, pods, refusals, repairs, othersFirst, inForceSince } = world;
  const known = (one: Gate) => ({ gate: one, changedAt: 0, changingSince: 0, inForceSince });
  return [...workloads].map(([target, workload]) => {
    const around = pods.filter((pod) => pod.target === target);
    const names = [...gatesIn(workload.template), ...around.flatMap(gatesInPod)];
    const others = names.map((name) => [name, known(gate(name).suspended().gate)] as const);
    const gates = new Map([...others, [mine.name, known(mine)]]);
    const placing = world.placing.get(workload.kind) ?? { isThere: false, why: '' };
    const remembered = { refusals, repairs, othersFirst, scaledDown: new Map() };
    return { workload, gates, pods: around, placing, ...remembered };
  });
}

/** The world after the plan, at that time; its controllers have seen every change. */
export function carryOut(world: World, { writes, status }: Omit<Round, 'next'>, now: number): World {
  const after = writes.reduce((before, one) => write(before, one, now), world);
  const isBegun = writes.some((one) => one.do === 'add-finalizer');
  return frozen(status && !isBegun ? { ...after, gate: { ...after.gate, status } } : after);
}

export interface Story {
  /** One plan a round; the last one is the first that writes nothing and leaves the status as it is. */
  readonly plans: readonly Round[];
  readonly world: World;
  /** False where it still had something to do after `limit` rounds. */
  readonly isSilent: boolean;
}

/** Round after round, until there is nothing left to do. */
export function settle(world: World, now: number, limit = 12): Story {
  const plans: Round[] = [];
  let current = world;
  while (plans.length < limit) {
    const plan = decide(current, now);
    plans.push(plan);
    if (isSilent(current, plan)) return { plans, world: current, isSilent: true };
    current = carryOut(current, plan, now);
  }
  return { plans, world: current, isSilent: false };
}

/** Whether a plan does nothing at all: no write, and a status that is the stored one; so there is no Event either. */
export function isSilent({ gate }: World, { writes, status }: Round): boolean {
  const isSame = status === undefined || JSON.stringify(status) === JSON.stringify(gate.status);
  return writes.length === 0 && isSame;
}

/** The API server's own answer to a strategic merge patch of a Pod template. */
export function patchTemplate(template: PodTemplate, patch: JsonObject): PodTemplate {
  return podTemplateSchema.parse(strategicMergePatch(template, patch, templateSchema()));
}

function templateSchema() {
  const { spec } = mergeSchemaOf('Pod');
  return spec === undefined ? {} : { spec };
}

function write(world: World, one: Write, now: number): World {
  switch (one.do) {
    case 'add-finalizer':
      return { ...world, gate: { ...world.gate, finalizers: [...world.gate.finalizers, FINALIZER] } };
    case 'remove-finalizer':
      return {
        ...world,
        gate: { ...world.gate, finalizers: world.gate.finalizers.filter((name) => name !== FINALIZER) },
      };
    case 'try-render':
      return { ...world, triedRender: one.hash };
    case 'ask-order': {
      // There is no admission: what stands first was put there by whoever wrote the template.
      const { uid, templateHash } = one.workload;
      return { ...world, othersFirst: [...world.othersFirst, { uid, templateHash, names: [] }] };
    }
    case 'patch-workload':
      return patched(world, one.workload, one.patch);
    case 'release-job':
      return {
        ...world,
        workloads: new Map(
          [...world.workloads].map(([key, of]) =>
            of === one.workload ? [key, { ...of, resumedBy: undefined, rest: undefined }] : [key, of],
          ),
        ),
      };
    case 'open-pod':
      return opened(world, one, now);
    case 'scale-down':
      return withPods(world, (pod) => (pod.replicaSet?.uid === one.replicaSet.uid ? undefined : pod));
    case 'scale-down-empty':
      return world;
    case 'release-pod':
      return withPods(world, (pod) => (pod.uid === one.pod.uid ? { ...pod, held: false } : pod));
    case 'delete-pod':
      return withPods(world, (pod) => (pod.uid === one.pod.uid ? undefined : pod));
  }
}

function opened(
  world: World,
  { pod: { uid }, annotations }: Extract<Write, { do: 'open-pod' }>,
  now: number,
): World {
  const written = Object.keys(annotations).map((key) => [openingKey({ uid }, key), now] as const);
  const after = withPods(world, (pod) =>
    pod.uid === uid ? { ...pod, annotations: { ...pod.annotations, ...annotations } } : pod,
  );
  return { ...after, openings: new Map([...world.openings, ...written]) };
}

function withPods(world: World, change: (pod: Pod) => Pod | undefined): World {
  return { ...world, pods: world.pods.flatMap((pod) => change(pod) ?? []) };
}

function patched(world: World, workload: Workload, { spec }: JsonObject): World {
  const patch = isObject(spec) && isObject(spec.template) ? spec.template : {};
  const template = viewTemplate(patchTemplate(templateOf(workload.template), patch));
  const generation = workload.generation + 1;
  const key = targetAnnotationValue(workload.kind, workload.name);
  const after = { ...workload, template, generation, observedGeneration: generation };
  return { ...world, workloads: new Map([...world.workloads, [key, after]]) };
}

/** A template that has this view. */
function templateOf(view: TemplateView): PodTemplate {
  const { initContainers, volumes, foreignVolumes, nodeVolumes, annotations, gated } = view;
  const projected = { sources: [{ downwardAPI: { items: [{ path: 'annotations' }] } }] };
  const sourceOf = (name: string) => {
    if (nodeVolumes.includes(name)) return { hostPath: { path: '/tmp' } };
    return foreignVolumes.includes(name) ? { emptyDir: {} } : { projected };
  };
  return {
    metadata: { annotations: { ...annotations }, labels: gated ? { [GATED_LABEL]: 'true' } : {} },
    spec: {
      initContainers: initContainers.map((name) => ({ name })),
      volumes: volumes.map((name) => ({ name, ...sourceOf(name) })),
      imagePullSecrets: view.pullSecrets.map((name) => ({ name })),
      containers: Object.entries(view.sources).map(([name, json]) => ({ ...JSON.parse(json), name })),
    },
  };
}

function isObject(value: JsonObject[string]): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
