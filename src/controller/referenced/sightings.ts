import { AGGREGATE_LABEL } from '../../api/names.ts';
import type { Dependency } from '../../api/spec.ts';
import { cycleThrough } from '../../core/evaluate/judge-gate.ts';
import { ENDPOINT_SLICE, SERVICE, type SubjectKind, serviceOf } from '../../core/evaluate/subjects.ts';
import type { Gate, Sighting } from '../../core/model.ts';
import { keyOf } from '../../kube/object.ts';
import type { Resource } from '../../kube/resource.ts';
import type { View } from '../../kube/watch/store.ts';
import type { SubjectWatches } from './subject-watches.ts';
import type { Look } from './watched-kind.ts';

/** Where dependencies are looked for. */
export interface Watched {
  readonly gates: Pick<View<Gate>, 'get'>;
  readonly subjects: Pick<SubjectWatches, 'look'>;
}

/** What is seen of a gate's dependencies, by their names. */
export function sightingsOf(watched: Watched, gate: Gate): Map<string, Sighting> {
  const dependencies = gate.spec.valid ? gate.spec.value.dependencies : [];
  const found = dependencies.flatMap((dependency) => {
    const sighting = sightingOf(watched, gate, dependency);
    return sighting ? [[dependency.name, sighting] as const] : [];
  });
  return new Map(found);
}

function sightingOf(watched: Watched, gate: Gate, dependency: Dependency): Sighting | undefined {
  if (dependency.gate) return gateSighting(watched, gate, dependency.gate.name);
  const { resource } = dependency;
  if (resource) return objectSighting(resource, watched.subjects.look(resource, gate.namespace));
  const service = serviceOf(dependency, gate.namespace);
  return service === undefined ? undefined : serviceSighting(watched, gate.namespace, service);
}

function gateSighting({ gates }: Watched, { namespace, name: own }: Gate, name: string): Sighting {
  const of = (one: string) => gates.get(keyOf({ namespace, name: one }));
  const gate = of(name);
  return gate ? { is: 'gate', gate, cycle: cycleThrough(own, name, of) } : { is: 'absent' };
}

function objectSighting(kind: SubjectKind, look: Look | undefined): Sighting {
  if (look?.is !== 'watching') return unseen(kind, look);
  const { found, last, isNamespaced } = look;
  const [object] = found;
  if (object) return { is: 'object', object, isNamespaced };
  return last ? { is: 'absent', last } : { is: 'absent' };
}

function serviceSighting({ subjects }: Watched, namespace: string, name: string): Sighting {
  const service = subjects.look({ ...SERVICE, name }, namespace);
  const slices = subjects.look({ ...ENDPOINT_SLICE, name }, namespace);
  if (service?.is !== 'watching') return unseen(SERVICE, service);
  if (slices?.is !== 'watching') return unseen(ENDPOINT_SLICE, slices);
  return { is: 'service', service: service.found[0], slices: slices.found };
}

function unseen(
  { apiVersion, kind }: SubjectKind,
  look: Exclude<Look, { is: 'watching' }> | undefined,
): Sighting {
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
