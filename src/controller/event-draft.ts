import { API_VERSION, KIND } from '../api/names.ts';
import { plain } from '../api/plain.ts';
import type { Gate, GateEvent, Workload } from '../core/model.ts';
import type { EventDraft } from '../kube/events.ts';
import type { Resource } from '../kube/resource.ts';
import { WORKLOADS } from '../projections/resources.ts';

/** What is recorded of an event. Its note may quote others: the API server, managers, kubelets. */
export function eventDraft(about: Gate | Workload, event: GateEvent): EventDraft {
  const { namespace, name, uid, resourceVersion } = about;
  const type =
    'kind' in about ? typeOf(WORKLOADS[about.kind], about.kind) : { apiVersion: API_VERSION, kind: KIND };
  return { regarding: { ...type, namespace, name, uid, resourceVersion }, ...event, note: plain(event.note) };
}

function typeOf(
  { group, version }: Resource,
  kind: string,
): { readonly apiVersion: string; readonly kind: string } {
  return { apiVersion: `${group}/${version}`, kind };
}
