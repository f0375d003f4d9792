import { API_VERSION, KIND } from '../api/names.ts';
import { plain } from '../api/plain.ts';
import type { Gate, GateEvent, Pod, Workload } from '../core/model.ts';
import type { EventDraft } from '../kube/events.ts';
import { WORKLOADS } from '../projections/resources.ts';

/** What is recorded of an event. Its note may quote others: the API server, managers, kubelets. */
export function eventDraft(about: Gate | Workload | Pod, event: GateEvent): EventDraft {
  const { namespace, name, uid, resourceVersion } = about;
  return {
    regarding: { ...typeOf(about), namespace, name, uid, resourceVersion },
    ...event,
    note: plain(event.note),
  };
}

function typeOf(about: Gate | Workload | Pod): { readonly apiVersion: string; readonly kind: string } {
  if ('phase' in about) return { apiVersion: 'v1', kind: 'Pod' };
  if (!('kind' in about)) return { apiVersion: API_VERSION, kind: KIND };
  const { group, version } = WORKLOADS[about.kind];
  return { apiVersion: `${group}/${version}`, kind: about.kind };
}
