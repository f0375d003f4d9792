import { z } from 'zod';
import { targetAnnotationValue } from '../../api/names.ts';
import { TARGET_RESOURCES } from '../../api/target-resources.ts';
import { serviceOf } from '../../core/evaluate/references.ts';
import type { Gate } from '../../core/model.ts';
import type { Resource } from '../../kube/resource.ts';
import { ifReadable, type Reader } from '../cluster/reader.ts';
import { type ExplainWorld, statusOf, type Trouble } from './explain-world.ts';
import { lacksPods } from './steps/rest-steps.ts';

const SERVICES: Resource = { group: '', version: 'v1', plural: 'services', namespaced: true };
const EVENTS: Resource = { group: '', version: 'v1', plural: 'events', namespaced: true };

/** So many are looked at; more of them have the same cause. */
const MOST = 3;

const serviceSchema = z.object({
  spec: z.object({ selector: z.record(z.string(), z.string()).default({}) }).prefault({}),
});

/** What the Services select of which the operator sees too few endpoints, by the dependencies that keep Pods for them. */
export async function readSelectors(
  reader: Pick<Reader, 'get'>,
  gate: Gate,
): Promise<ExplainWorld['selectors']> {
  const dependencies = gate.spec.valid ? gate.spec.value.dependencies : [];
  const { namespace } = gate;
  const wanted = dependencies.flatMap((dependency) => {
    const status = statusOf({ gate }, dependency.name);
    const service = serviceOf(dependency, namespace);
    const isEmpty = (status?.blocked ?? 0) > 0 && status?.reason === 'EndpointsNotReady';
    return isEmpty && service !== undefined ? [[dependency.name, service] as const] : [];
  });
  const found = await Promise.all(
    wanted.slice(0, MOST).map(async ([dependency, name]) => {
      const service = await ifReadable(reader.get(SERVICES, { namespace, name }));
      return [dependency, serviceSchema.safeParse(service).data?.spec.selector ?? {}] as const;
    }),
  );
  return new Map(found);
}

const workloadSchema = z.object({
  spec: z.object({ paused: z.boolean().default(false) }).prefault({}),
  status: z
    .object({
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), message: z.string().default('') }))
        .default([]),
    })
    .prefault({}),
});

const eventsSchema = z.array(z.object({ reason: z.string().default(''), message: z.string().default('') }));

/** Why targets that want Pods have none, as their controllers say it, by `<Kind>/<name>`. */
export async function readTroubles(
  reader: Pick<Reader, 'get' | 'list'>,
  { namespace, status }: Gate,
): Promise<ExplainWorld['troubles']> {
  const isAsked = status.conditions?.some(({ type, reason }) => type === 'Open' && reason === 'NoPodYet');
  const targets = isAsked ? (status.targets ?? []).filter(lacksPods).slice(0, MOST) : [];
  const found = await Promise.all(
    targets.map(async ({ kind, name }) => {
      const workload = await ifReadable(reader.get(TARGET_RESOURCES[kind], { namespace, name }));
      const trouble = troubleOf(workload) ?? (await lastWarning(reader, namespace, kind, name));
      return trouble ? [[targetAnnotationValue(kind, name), trouble] as const] : [];
    }),
  );
  return new Map(found.flat());
}

/** A Deployment's Pods are made by its ReplicaSet, whose failures it repeats as a condition. */
function troubleOf(raw: unknown): Trouble | undefined {
  const { spec, status } = workloadSchema.safeParse(raw).data ?? {};
  if (spec?.paused) return { is: 'paused' };
  const failure = status?.conditions.find((one) => one.type === 'ReplicaFailure' && one.status === 'True');
  return failure && { is: 'refused', message: failure.message };
}

/** Other controllers tell it by Events of the workload itself. */
async function lastWarning(
  reader: Pick<Reader, 'list'>,
  namespace: string,
  kind: string,
  name: string,
): Promise<Trouble | undefined> {
  const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${name},type=Warning`;
  const events = await ifReadable(reader.list(EVENTS, { namespace, fieldSelector }));
  const last = eventsSchema
    .safeParse(events?.items)
    .data?.filter(({ reason }) => reason === 'FailedCreate')
    .at(-1);
  return last && { is: 'refused', message: last.message };
}
