import { z } from 'zod';
import { containerOwner, VOLUME_MOUNT_PATH } from '../../api/names.ts';
import { billionths } from '../../api/quantity.ts';
import type { RenderedContainer } from '../../api/rendered.ts';

/**
 * The quality of service of a Pod. Kubernetes makes it Guaranteed where each of its containers, ours too, requests of CPU
 * and memory what it is limited to. Our requests are low, since a Pod holds the largest of its init containers' for all of
 * its life; in a template that is Guaranteed by its own containers they are raised to our limits, so that it stays so.
 */

const amounts = z.record(z.string(), z.union([z.string(), z.number()])).nullish();

const containerSchema = z.looseObject({
  name: z.string(),
  resources: z.looseObject({ requests: amounts, limits: amounts }).nullish(),
});

const podSchema = z.looseObject({
  containers: z.array(containerSchema).min(1),
  initContainers: z.array(containerSchema).nullish(),
});

type Resources = z.infer<typeof containerSchema>['resources'];

/** What decides: of each of these, no matter what else a container requests. */
const DECIDING = ['cpu', 'memory'] as const;

/** Whether the Pod's own containers would make it Guaranteed without ours, unless resources of the whole Pod decide. */
export function isGuaranteed(spec: unknown): boolean {
  const { data } = podSchema.safeParse(spec);
  if (!data) return false;
  const own = (data.initContainers ?? []).filter(({ name }) => containerOwner(name) === undefined);
  return [...own, ...data.containers].every(({ resources }) => isFirm(resources));
}

/** The names of our containers that request what they are limited to. */
export function firmContainers(initContainers: readonly { readonly name: string }[]): string[] {
  const parsed = initContainers.flatMap((container) => containerSchema.safeParse(container).data ?? []);
  return parsed
    .filter(({ name, resources }) => containerOwner(name) !== undefined && isFirm(resources))
    .map(({ name }) => name);
}

/** What is not requested is, of what is limited, as much as the limit. */
function isFirm(resources: Resources): boolean {
  return DECIDING.every((name) => {
    const limit = amountOf(resources?.limits?.[name]);
    return limit > 0n && amountOf(resources?.requests?.[name] ?? resources?.limits?.[name]) === limit;
  });
}

/** 0 for what is no quantity. */
function amountOf(quantity: string | number | undefined): bigint {
  return billionths(String(quantity)) ?? 0n;
}

/** Whether a rendered container is raised: the waiter's, where both of its limits are told; never a user's own. */
export function isRaised({ volumeMounts, resources }: RenderedContainer): boolean {
  const isWaiter = volumeMounts?.some(({ mountPath }) => mountPath === VOLUME_MOUNT_PATH) ?? false;
  return isWaiter && DECIDING.every((name) => resources?.limits?.[name] !== undefined);
}

/** A rendered container as it goes into a template. */
export function raised(container: RenderedContainer, isTemplateGuaranteed: boolean): RenderedContainer {
  if (!isTemplateGuaranteed || !isRaised(container)) return container;
  const limits = container.resources?.limits;
  return { ...container, resources: { ...container.resources, requests: limits } };
}
