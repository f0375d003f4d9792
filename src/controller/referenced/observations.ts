import { AGGREGATE_LABEL } from '../../api/names.ts';
import type { Dependency } from '../../api/spec.ts';
import { cycleThrough } from '../../core/evaluate/evaluate-gate.ts';
import {
  ENDPOINT_SLICE,
  type ReferencedKind,
  referencedByResource,
  SERVICE,
  serviceOf,
} from '../../core/evaluate/references.ts';
import type { Gate, Observation } from '../../core/model.ts';
import { keyOf } from '../../kube/object.ts';
import type { Resource } from '../../kube/resource.ts';
import type { View } from '../../kube/watch/store.ts';
import type { ReferencedWatches } from './referenced-watches.ts';
import type { Look } from './watched-kind.ts';

/** Where dependencies are looked for. */
export interface Watched {
  readonly gates: Pick<View<Gate>, 'get'>;
  readonly referenced: Pick<ReferencedWatches, 'look'>;
}

/** What is seen of a gate's dependencies, by their names. */
export function observationsOf(watched: Watched, gate: Gate): Map<string, Observation> {
  const dependencies = gate.spec.valid ? gate.spec.value.dependencies : [];
  const found = dependencies.flatMap((dependency) => {
    const observation = observationOf(watched, gate, dependency);
    return observation ? [[dependency.name, observation] as const] : [];
  });
  return new Map(found);
}

function observationOf(watched: Watched, gate: Gate, dependency: Dependency): Observation | undefined {
  if (dependency.gate) return gateObservation(watched, gate, dependency.gate.name);
  const { resource } = dependency;
  if (resource) {
    const look = watched.referenced.look(referencedByResource(resource), gate.namespace);
    return resource.selector ? selectedObservation(resource, look) : objectObservation(resource, look);
  }
  const service = serviceOf(dependency, gate.namespace);
  return service === undefined ? undefined : serviceObservation(watched, gate.namespace, service);
}

function gateObservation({ gates }: Watched, { namespace, name: own }: Gate, name: string): Observation {
  const of = (one: string) => gates.get(keyOf({ namespace, name: one }));
  const gate = of(name);
  return gate ? { is: 'gate', gate, cycle: cycleThrough(own, name, of) } : { is: 'absent' };
}

function selectedObservation(kind: ReferencedKind, look: Look | undefined): Observation {
  if (look?.is !== 'watching') return unseen(kind, look);
  const { found: objects, gone = [], isTooMany = false, isNamespaced } = look;
  return { is: 'objects', objects, gone, isTooMany, isNamespaced };
}

function objectObservation(kind: ReferencedKind, look: Look | undefined): Observation {
  if (look?.is !== 'watching') return unseen(kind, look);
  const { found, last, isNamespaced } = look;
  const [object] = found;
  if (object) return { is: 'object', object, isNamespaced };
  return last ? { is: 'absent', last } : { is: 'absent' };
}

function serviceObservation({ referenced }: Watched, namespace: string, name: string): Observation {
  const service = referenced.look({ ...SERVICE, name }, namespace);
  const slices = referenced.look({ ...ENDPOINT_SLICE, name }, namespace);
  if (service?.is !== 'watching') return unseen(SERVICE, service);
  if (slices?.is !== 'watching') return unseen(ENDPOINT_SLICE, slices);
  return { is: 'service', service: service.found[0], slices: slices.found };
}

function unseen(
  { apiVersion, kind }: ReferencedKind,
  look: Exclude<Look, { is: 'watching' }> | undefined,
): Observation {
  if (look === undefined) return { is: 'unseen' };
  if (look.is === 'looking') return { is: 'unseen', problem: look.problem };
  if (look.is === 'unknown') {
    return {
      is: 'unknown kind',
      message: `the API server knows no ${kind} of ${apiVersion}`,
    };
  }
  return look.resource
    ? { is: 'forbidden', message: ruleFor(look.resource) }
    : { is: 'undiscoverable', message: mayNotDiscover(apiVersion) };
}

function ruleFor({ group, plural }: Resource): string {
  const rule = JSON.stringify({ apiGroups: [group], resources: [plural], verbs: ['list', 'watch'] });
  return `the operator may not read ${plural}: create a ClusterRole labelled ${AGGREGATE_LABEL}: "true" with the rule ${rule}`;
}

/** Without that it is not known what a rule would have to name. */
function mayNotDiscover(apiVersion: string): string {
  return `the operator may not ask what the API server serves of ${apiVersion}: bind it to the ClusterRole system:discovery`;
}
