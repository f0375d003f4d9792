import { z } from 'zod';
import { ApiError, isForbidden } from '../../kube/api-error.ts';
import { Backoff, type Random } from '../../kube/backoff.ts';
import type { Requests } from '../../kube/client/requests.ts';
import type { Clock } from '../../kube/clock.ts';
import { pause } from '../../kube/pause.ts';
import type { ObjectName } from '../../kube/resource.ts';
import { PODS } from '../../projections/resources.ts';
import type { Process } from '../process.ts';

/** The operator's container in config/operator. */
const CONTAINER = 'operator';

const container = z.object({ name: z.string(), image: z.string().min(1) });
const podSchema = z.object({
  spec: z.object({ containers: z.tuple([container], container) }),
});

/** The Pod that this process runs in, by the variables that its template sets; undefined outside of one. */
export function ownPod({ POD_NAME: name, POD_NAMESPACE: namespace }: Process['env']): ObjectName | undefined {
  return name && namespace ? { name, namespace } : undefined;
}

export interface OwnImageOptions {
  readonly requests: Pick<Requests, 'get'>;
  /** Undefined outside of a Pod. */
  readonly pod: ObjectName | undefined;
  readonly clock: Clock;
  readonly random: Random;
  /** Is told of each time that the API server has not answered, and is asked again. */
  readonly onRetry: (error: ApiError) => void;
}

/**
 * The image that the waiting containers run where none is named: that of this very Pod, as its spec has it. So an image
 * that is set in one place, by kustomize or by a registry's mutator, is set for both. An API server that does not answer
 * is asked again.
 *
 * @throws Error, of one line, where it is not known
 */
export async function ownImage({ requests, pod, clock, random, onRetry }: OwnImageOptions): Promise<string> {
  if (!pod) throw new Error('which image do waiting containers run? Outside of a Pod give --waiter-image');
  const backoff = new Backoff(clock, random);
  for (;;) {
    try {
      return imageIn(await requests.get(PODS, pod));
    } catch (error) {
      if (!isTransient(error)) throw unreadable(pod, error);
      onRetry(error);
      await pause(clock, backoff.next(), new AbortController().signal);
    }
  }
}

function imageIn(raw: unknown): string {
  const { containers } = podSchema.parse(raw).spec;
  const [first] = containers;
  return (containers.find(({ name }) => name === CONTAINER) ?? first).image;
}

function isTransient(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);
}

function unreadable({ namespace, name }: ObjectName, cause: unknown): Error {
  const advice = isForbidden(cause)
    ? 'let the operator get Pods in its own namespace (config/rbac), or '
    : '';
  const why = cause instanceof ApiError ? cause.message : 'it has no image';
  const message = `the image of Pod ${namespace}/${name} cannot be read: ${why}; ${advice}give --waiter-image`;
  return new Error(message, { cause });
}
