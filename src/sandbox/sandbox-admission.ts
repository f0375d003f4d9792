import { parseStatus, validateGate } from '../api/gate.ts';
import {
  FINALIZER,
  gateAnnotation,
  HOLD_GATE,
  KIND,
  OPERATOR_USER,
  REQUIRE_LABEL,
  requiredGates,
  TEMPLATE_HASH_LABEL,
  targetAnnotationValue,
} from '../api/names.ts';
import type { Render } from '../api/rendered.ts';
import { isPlacedInPods, targetKind } from '../api/settled.ts';
import { canonicalJson } from '../core/canonical.ts';
import { place as placeRender } from '../core/render/place.ts';
import { podTemplateSchema } from '../core/render/template.ts';
import type { KubeObject } from './cluster.ts';
import type { AdmissionRequest } from './server/registry.ts';

interface RenderedGate {
  readonly name: string;
  readonly render: Render;
}

/**
 * What the admission policies of a real cluster do: the stored render of each gate is placed into its targets when they
 * are created or changed, so that a first start is gated and no apply takes the containers out.
 */
export function admit(request: AdmissionRequest): KubeObject {
  return request.kind === 'Pod' ? admitPod(request) : admitTarget(request);
}

/** A Pod gets the gates that are placed into Pods at its birth, and is held where it requires others. */
function admitPod(request: AdmissionRequest): KubeObject {
  const { verb, object } = request;
  if (verb !== 'create') return object;
  const name = deploymentOf(object);
  const gates =
    name === undefined ? [] : request.list(KIND).flatMap((gate) => rendered(gate, { name, where: 'Pod' }));
  const target = targetAnnotationValue('Deployment', name ?? '');
  return hold(gates.reduce((admitted, gate) => placeInto(admitted, gate, target), object));
}

/** By the name of the ReplicaSet that owns the Pod. */
function deploymentOf({ metadata }: KubeObject): string | undefined {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  const suffix = `-${metadata.labels?.[TEMPLATE_HASH_LABEL]}`;
  return owner?.kind === 'ReplicaSet' && owner.name.endsWith(suffix)
    ? owner.name.slice(0, -suffix.length)
    : undefined;
}

/** The operator's own patches are not looked at a second time. */
function admitTarget(request: AdmissionRequest): KubeObject {
  const { object, kind, user } = request;
  if (kind !== 'Deployment' || user === OPERATOR_USER || object.metadata.deletionTimestamp) return object;
  const target = targetAnnotationValue(kind, object.metadata.name);
  const isRollout = templateOf(request.old) !== templateOf(object);
  const { name } = object.metadata;
  const gates = request.list(KIND).flatMap((gate) => rendered(gate, { name, where: 'Template', isRollout }));
  return gates.reduce((admitted, gate) => place(admitted, gate, target), object);
}

/** A Pod whose template requires gates that it does not carry gets a scheduling gate at its birth. */
function hold(object: KubeObject): KubeObject {
  const { labels, annotations = {} } = object.metadata;
  const isComplete = requiredGates(labels?.[REQUIRE_LABEL]).every(
    (gate) => gateAnnotation(gate) in annotations,
  );
  if (isComplete) return object;
  const spec = isRecord(object.spec) ? object.spec : {};
  const holds = Array.isArray(spec.schedulingGates) ? spec.schedulingGates : [];
  return { ...object, spec: { ...spec, schedulingGates: [...holds, { name: HOLD_GATE }] } };
}

function templateOf(object: KubeObject | undefined): string {
  return canonicalJson(isRecord(object?.spec) ? object.spec.template : undefined);
}

/** A Deployment that is written, or one of its Pods. */
interface Written {
  readonly name: string;
  readonly where: 'Template' | 'Pod';
  /** Whether its template changes. */
  readonly isRollout?: boolean;
}

/** The gate's stored render, where it is placed there, will be taken out again, and does not wait for a rollout. */
function rendered(object: KubeObject, { name, where, isRollout = false }: Written): RenderedGate[] {
  const verdict = validateGate(object);
  const { render } = parseStatus(object.status);
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  if (!verdict.valid || !render || deletionTimestamp || !finalizers.includes(FINALIZER)) return [];
  const { spec } = verdict.gate;
  if (isPlacedInPods(spec, 'Deployment') !== (where === 'Pod')) return [];
  if (where === 'Template' && spec.updatePolicy === 'OnNextRollout' && !isRollout) return [];
  const isNamed = spec.targets.some((target) => target.name === name && targetKind(target) === 'Deployment');
  return isNamed ? [{ name: object.metadata.name, render }] : [];
}

function place(object: KubeObject, { name, render }: RenderedGate, target: string): KubeObject {
  const spec = isRecord(object.spec) ? object.spec : {};
  const template = podTemplateSchema.safeParse(spec.template);
  if (!template.success) return object;
  return {
    ...object,
    spec: { ...spec, template: placeRender(template.data, { gate: name, render, target }) },
  };
}

/** A Pod is like a template. */
function placeInto(pod: KubeObject, { name, render }: RenderedGate, target: string): KubeObject {
  const template = podTemplateSchema.safeParse(pod);
  if (!template.success) return pod;
  const { metadata, spec } = placeRender(template.data, { gate: name, render, target });
  const { annotations, labels } = metadata ?? {};
  return {
    ...pod,
    metadata: { ...pod.metadata, ...(annotations && { annotations }), ...(labels && { labels }) },
    spec,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
