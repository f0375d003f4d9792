import { z } from 'zod';
import { containerOwner, MAX_GATE_CONTAINERS } from '../api/names.ts';
import { kept } from '../core/cut.ts';
import type { ContainerState, ContainerStatus, ContainerView, Pod } from '../core/model.ts';
import { viewContainer } from '../core/render/contents.ts';

/** No target may carry so many gate containers: what has more was written by somebody else. */
const MAX_CONTAINERS = 4 * MAX_GATE_CONTAINERS;
/** As much as the kubelet tells of a container's last words. */
const MAX_WORDS = 4096;

export const text = z
  .string()
  .default('')
  .transform((words) => kept(words, MAX_WORDS));

/** Times that the kubelet does not know are `null`, as of a container that was lost with its node. */
const time = z
  .string()
  .nullish()
  .transform((known) => known ?? '');

const terminatedSchema = z.object({ exitCode: z.int(), reason: text, message: text, finishedAt: time });

const stateSchema = z.object({
  waiting: z.object({ reason: text, message: text }).optional(),
  running: z.object({ startedAt: time }).optional(),
  terminated: terminatedSchema.optional(),
});

export const initContainerSchema = z.looseObject({ name: z.string() });

export const containerStatusSchema = z.object({
  name: z.string(),
  started: z.boolean().nullish(),
  restartCount: z.int().default(0),
  state: stateSchema.prefault({}),
  lastState: stateSchema.prefault({}),
});

type InitContainer = z.infer<typeof initContainerSchema>;
type RawStatus = z.infer<typeof containerStatusSchema>;

/**
 * What of a Pod's init containers decides about waiting: those of gates, and its own as far as gates stand behind them.
 *
 * @param known what the gates' containers of this very Pod were before
 */
export function initContainers(
  all: readonly InitContainer[],
  statuses: readonly RawStatus[],
  known: readonly ContainerView[] = [],
): Pick<Pod, 'containers' | 'contents' | 'statuses'> {
  const last = all.findLastIndex(isOfGate);
  const concerned = all.slice(0, last + 1).slice(0, MAX_CONTAINERS);
  const byName = new Map(statuses.map((status) => [status.name, status]));
  const begun = concerned.findLastIndex(({ name }) => hasBegun(byName.get(name)));
  return {
    containers: concerned.map(({ name }) => name),
    contents: concerned
      .filter(isOfGate)
      .map((container) => known.find((one) => isStill(one, container)) ?? viewContainer(container)),
    statuses: concerned.flatMap((container, index) => {
      const raw = byName.get(container.name);
      if (!raw) return [];
      return [isOfGate(container) ? containerStatus(raw) : ownStatus(container, raw, index < begun)];
    }),
  };
}

/** The API server lets nobody change the containers of a Pod that exists, but for their images ("Pod update and replacement"). */
function isStill({ name, image }: ContainerView, container: InitContainer): boolean {
  return container.name === name && container.image === image;
}

function isOfGate({ name }: { readonly name: string }): boolean {
  return containerOwner(name) !== undefined;
}

function hasBegun(status: RawStatus | undefined): boolean {
  return status?.state.running !== undefined || status?.state.terminated !== undefined;
}

/**
 * Of a container of the Pod's own: for what stands behind a sidecar it has ended once it has started, and so has whatever has
 * had something begin behind it, as a sidecar that is restarted.
 */
function ownStatus(container: InitContainer, raw: RawStatus, isPast: boolean): ContainerStatus {
  const status = containerStatus(raw);
  const isSidecar = container.restartPolicy === 'Always';
  const isEnded = raw.state.terminated?.exitCode === 0 && !isSidecar;
  if (isEnded || !(isPast || (isSidecar && raw.started === true))) return status;
  const finishedAt = raw.state.running?.startedAt ?? raw.state.terminated?.finishedAt ?? '';
  const state = { is: 'terminated', exitCode: 0, reason: '', message: '', finishedAt } as const;
  return { ...status, state };
}

function containerStatus(raw: RawStatus): ContainerStatus {
  const last = raw.lastState.terminated;
  return {
    name: raw.name,
    restarts: raw.restartCount,
    state: containerState(raw.state),
    last: last && { is: 'terminated', ...last },
  };
}

/** A state with no member is `waiting` (Kubernetes API conventions for ContainerState). */
function containerState({ waiting, running, terminated }: z.infer<typeof stateSchema>): ContainerState {
  if (terminated) return { is: 'terminated', ...terminated };
  if (running) return { is: 'running', ...running };
  return { is: 'waiting', reason: waiting?.reason ?? '', message: waiting?.message ?? '' };
}
