import type { KubeObject } from '../cluster.ts';
import { ageOf } from './age.ts';
import { at, type Fields, fields, list, number, text } from './json.ts';

/** READY, STATUS and RESTARTS of a Pod, as kubectl's columns show them. */
export interface PodRow {
  readonly ready: string;
  readonly status: string;
  readonly restarts: string;
}

/** Sums the Pod up as `printPod` of Kubernetes' printers does: the first init container that is not through decides. */
export function podRow(pod: KubeObject, now: number): PodRow {
  const spec = fields(pod.spec);
  const status = fields(pod.status);
  const sidecars = list(spec.initContainers)
    .map(fields)
    .filter(isSidecar)
    .map((container) => text(container.name));
  const init = list(status.initContainerStatuses).map(fields);
  const apps = list(status.containerStatuses).map(fields);
  const of = (container: Fields) => sidecars.includes(text(container.name));
  const blocked = initReason(init, sidecars, list(spec.initContainers).length);
  const started = blocked === undefined || hasCondition(status, 'Initialized');
  const counted = started ? [...init.filter(of), ...apps] : init;
  const ready = [...init.filter(of), ...(started ? apps.filter(isRunning) : [])].filter(
    (one) => one.ready === true,
  );
  return {
    ready: `${ready.length}/${list(spec.containers).length + sidecars.length}`,
    status: ending(pod) ?? (started ? appReason(apps, status, blocked ?? phase(status)) : blocked),
    restarts: restarts(counted, now),
  };
}

function isSidecar(container: Fields): boolean {
  return container.restartPolicy === 'Always';
}

function isRunning(container: Fields): boolean {
  return at(container, 'state', 'running') !== undefined;
}

function hasCondition(status: Fields, type: string): boolean {
  return list(status.conditions).some((one) => fields(one).type === type && fields(one).status === 'True');
}

function phase(status: Fields): string {
  const gated = list(status.conditions).some((one) => fields(one).reason === 'SchedulingGated');
  return gated ? 'SchedulingGated' : text(status.reason) || text(status.phase);
}

function ending({ metadata, status }: KubeObject): string | undefined {
  if (!metadata.deletionTimestamp) return undefined;
  if (fields(status).reason === 'NodeLost') return 'Unknown';
  return /^(Succeeded|Failed)$/.test(text(fields(status).phase)) ? undefined : 'Terminating';
}

/** `Init:…` of the first init container that holds up the Pod; undefined when none does. */
function initReason(init: readonly Fields[], sidecars: readonly string[], total: number): string | undefined {
  const index = init.findIndex((container) => {
    if (at(container, 'state', 'terminated', 'exitCode') === 0) return false;
    return !(sidecars.includes(text(container.name)) && container.started === true);
  });
  const container = init[index];
  if (!container) return undefined;
  const terminated = at(container, 'state', 'terminated');
  if (terminated !== undefined) return `Init:${terminationReason(fields(terminated))}`;
  const waiting = text(at(container, 'state', 'waiting', 'reason'));
  return waiting !== '' && waiting !== 'PodInitializing' ? `Init:${waiting}` : `Init:${index}/${total}`;
}

function terminationReason({ reason, signal, exitCode }: Fields): string {
  return text(reason) || (number(signal) > 0 ? `Signal:${number(signal)}` : `ExitCode:${number(exitCode)}`);
}

/** The first app container that waits or has ended gives the reason. */
function appReason(apps: readonly Fields[], status: Fields, otherwise: string): string {
  const reasons = apps.flatMap((container) => {
    const waiting = text(at(container, 'state', 'waiting', 'reason'));
    if (waiting !== '') return [waiting];
    const terminated = at(container, 'state', 'terminated');
    return terminated === undefined ? [] : [terminationReason(fields(terminated))];
  });
  const reason = reasons[0] ?? otherwise;
  const running = apps.some((container) => container.ready === true && isRunning(container));
  if (reason !== 'Completed' || !running) return reason;
  return hasCondition(status, 'Ready') ? 'Running' : 'NotReady';
}

function restarts(counted: readonly Fields[], now: number): string {
  const total = counted.reduce((sum, container) => sum + number(container.restartCount), 0);
  const last = counted
    .map((container) => text(at(container, 'lastState', 'terminated', 'finishedAt')))
    .sort()
    .at(-1);
  return total > 0 && last ? `${total} (${ageOf(last, now)} ago)` : String(total);
}
