/**
 * What holds where the spec says nothing. The CRD itself has no defaults, since a default inside a list shows as drift
 * in GitOps tools for ever; the field descriptions take their numbers from here.
 */

export const DEFAULT_TARGET_KIND = 'Deployment';

/** Seconds and counts, with the names and units of Kubernetes' probes. */
export const DEFAULT_TIMING = {
  periodSeconds: 2,
  timeoutSeconds: 5,
  successThreshold: 1,
  overdueAfterSeconds: 300,
  onOverdue: 'Wait',
} as const;

export const DEFAULT_UPDATE_POLICY = 'Immediate';

export const DEFAULT_PLACEMENT = 'Template';

export const DEFAULT_DNS_TYPE = 'any';
export const DEFAULT_HTTP_METHOD = 'GET';
/** Inclusive. */
export const DEFAULT_HTTP_STATUS = { from: 200, to: 299 } as const;
export const DEFAULT_MIN_READY = 1;
export const DEFAULT_CONDITION_STATUS = 'True';

/**
 * Of a waiting container. The requests are what it uses, since a Pod holds them for all of its life; the limits are what it needs to start within
 * half a second and to hold a large CA bundle. Requests and limits are told of both, so a quota finds its numbers.
 */
export const DEFAULT_WAITER_RESOURCES = {
  requests: { cpu: '10m', memory: '64Mi' },
  limits: { cpu: '100m', memory: '96Mi' },
} as const;

export const DEFAULT_WHEN = 'EveryStart';

export const DEFAULT_ORDER = 'Sequential';
