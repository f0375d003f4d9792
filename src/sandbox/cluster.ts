/** Any Kubernetes object, as its JSON says. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly [field: string]: unknown;
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

export interface ClusterEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
}

/**
 * What the simulators (Deployments, Services, the node) need of an API server. The sandbox's own server implements it
 * in process; tests implement it over HTTP, so that the same simulators drive a real control plane.
 */
export interface Cluster {
  /** Calls back with ADDED for each object of the kind that exists, then with every change, until the signal aborts. */
  watch(kind: string, onEvent: (event: ClusterEvent) => void, signal: AbortSignal): void;
  create(object: KubeObject): Promise<KubeObject>;
  /**
   * JSON merge patch (RFC 7396). A `metadata.resourceVersion` in it is a precondition. Rejects with an error that
   * has a numeric `status` (404, 409, …) as the API server would.
   */
  patch(
    target: ObjectReference,
    patch: Readonly<Record<string, unknown>>,
    subresource?: 'status',
  ): Promise<KubeObject>;
  delete(target: ObjectReference): Promise<void>;
}

export interface ObjectReference {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}
