import { parseStatus, validateGate } from '../api/gate.ts';
import {
  gateAnnotation,
  HOLD_GATE,
  KIND,
  OPERATOR_USER,
  REQUIRE_LABEL,
  requiredGates,
  targetAnnotationValue,
} from '../api/names.ts';
import type { Render } from '../api/rendered.ts';
import { targetKind } from '../api/settled.ts';
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
  return request.kind === 'Pod' ? hold(request) : admitTarget(request);
}

/** The operator's own patches are not looked at a second time. */
function admitTarget(request: AdmissionRequest): KubeObject {
  const { object, kind, user } = request;
  if (kind !== 'Deployment' || user === OPERATOR_USER || object.metadata.deletionTimestamp) return object;
  const target = targetAnnotationValue(kind, object.metadata.name);
  const isRollout = templateOf(request.old) !== templateOf(object);
  const gates = request.list(KIND).flatMap((gate) => rendered(gate, kind, object.metadata.name, isRollout));
  return gates.reduce((admitted, gate) => place(admitted, gate, target), object);
}

/** A Pod whose template requires gates that it does not carry gets a scheduling gate at its birth. */
function hold({ verb, object }: AdmissionRequest): KubeObject {
  const { labels, annotations = {} } = object.metadata;
  const isComplete = requiredGates(labels?.[REQUIRE_LABEL]).every(
    (gate) => gateAnnotation(gate) in annotations,
  );
  if (verb !== 'create' || isComplete) return object;
  const spec = isRecord(object.spec) ? object.spec : {};
  const holds = Array.isArray(spec.schedulingGates) ? spec.schedulingGates : [];
  return { ...object, spec: { ...spec, schedulingGates: [...holds, { name: HOLD_GATE }] } };
}

function templateOf(object: KubeObject | undefined): string {
  return canonicalJson(isRecord(object?.spec) ? object.spec.template : undefined);
}

/** The gate's stored render, where it names the workload, is not going away, and does not wait for a rollout. */
function rendered(object: KubeObject, kind: string, name: string, isRollout: boolean): RenderedGate[] {
  const verdict = validateGate(object);
  const { render } = parseStatus(object.status);
  if (!verdict.valid || !render || object.metadata.deletionTimestamp) return [];
  if (verdict.gate.spec.updatePolicy === 'OnNextRollout' && !isRollout) return [];
  const isNamed = verdict.gate.spec.targets.some(
    (target) => target.name === name && targetKind(target) === kind,
  );
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

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
