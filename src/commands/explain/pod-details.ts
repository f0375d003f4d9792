import { z } from 'zod';
import { containerOwner } from '../../api/names.ts';
import { count } from '../../core/count.ts';

/** What only `explain` asks of a Pod: where it is reached, and how its own containers fare behind the gate. */
export interface PodDetails {
  readonly ips: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Whether its `localhost` is the node's. */
  readonly isOnHostNetwork: boolean;
  /** Its own containers that do not run although they should. */
  readonly stuck: readonly StuckContainer[];
}

export interface StuckContainer {
  readonly name: string;
  readonly isInit: boolean;
  /** The kubelet's word: `CrashLoopBackOff`, `ImagePullBackOff`, `Error`. */
  readonly reason: string;
  /** How its last run ended, or what else the kubelet says; empty where it says nothing. */
  readonly message: string;
  /** Whether it has run, so that it may have left a log. */
  readonly hasRun: boolean;
}

const text = z.string().default('');
const ended = z.object({ exitCode: z.int(), reason: text }).optional();
const stateSchema = z.object({
  waiting: z.object({ reason: text, message: text }).optional(),
  terminated: ended,
});

const statusesSchema = z
  .array(
    z.object({
      name: z.string(),
      restartCount: z.int().default(0),
      state: stateSchema.prefault({}),
      lastState: stateSchema.prefault({}),
    }),
  )
  .default([]);

const podSchema = z.object({
  metadata: z.object({ labels: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({ hostNetwork: z.boolean().default(false) }).prefault({}),
  status: z
    .object({
      podIPs: z.array(z.object({ ip: text })).default([]),
      initContainerStatuses: statusesSchema,
      containerStatuses: statusesSchema,
    })
    .prefault({}),
});

type Status = z.infer<typeof statusesSchema>[number];

/** @throws ZodError for what is no Pod. */
export function podDetails(raw: unknown): PodDetails {
  const { metadata, spec, status } = podSchema.parse(raw);
  const own = status.initContainerStatuses.filter(({ name }) => containerOwner(name) === undefined);
  return {
    ips: status.podIPs.map(({ ip }) => ip),
    labels: metadata.labels,
    isOnHostNetwork: spec.hostNetwork,
    stuck: [
      ...own.flatMap((one) => stuck(one, true)),
      ...status.containerStatuses.flatMap((one) => stuck(one, false)),
    ],
  };
}

/** What the kubelet says of a container that is only about to be started. */
const ON_ITS_WAY = ['', 'PodInitializing', 'ContainerCreating'];

function stuck({ name, restartCount, state, lastState }: Status, isInit: boolean): StuckContainer[] {
  const { waiting, terminated } = state;
  const last = terminated ?? lastState.terminated;
  const hasRun = last !== undefined;
  if (waiting && !ON_ITS_WAY.includes(waiting.reason)) {
    const message = last ? endWords(last, restartCount) : waiting.message;
    return [{ name, isInit, reason: waiting.reason, message, hasRun }];
  }
  if (!terminated || terminated.exitCode === 0) return [];
  return [{ name, isInit, reason: terminated.reason, message: endWords(terminated, restartCount), hasRun }];
}

function endWords({ exitCode, reason }: NonNullable<z.infer<typeof ended>>, restarts: number): string {
  const often = restarts === 0 ? '' : `, ${count(restarts, 'restart')}`;
  return `its last run ended with exit code ${exitCode}${reason === '' ? '' : ` (${reason})`}${often}`;
}
