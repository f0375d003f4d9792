/**
 * Which lists a strategic merge patch merges, and by which key: the `patchStrategy` and `patchMergeKey` tags of
 * Kubernetes' Go types, for the kinds of the sandbox. A list that does not stand here is replaced as a whole.
 */
export interface MergeSchema {
  readonly [field: string]: MergeSchema | MergeList;
}

export class MergeList {
  /** Field that identifies an item; undefined for a set of plain values. */
  readonly key: string | undefined;
  readonly items: MergeSchema;

  constructor(key?: string, items: MergeSchema = {}) {
    this.key = key;
    this.items = items;
  }
}

const metadata = { ownerReferences: new MergeList('uid'), finalizers: new MergeList() };

const containers = new MergeList('name', {
  ports: new MergeList('containerPort'),
  env: new MergeList('name'),
  volumeMounts: new MergeList('mountPath'),
  volumeDevices: new MergeList('devicePath'),
});

const podSpec = {
  volumes: new MergeList('name'),
  initContainers: containers,
  containers,
  ephemeralContainers: containers,
  imagePullSecrets: new MergeList('name'),
  hostAliases: new MergeList('ip'),
  topologySpreadConstraints: new MergeList('topologyKey'),
  schedulingGates: new MergeList('name'),
  resourceClaims: new MergeList('name'),
};

const conditions = new MergeList('type');
const template = { metadata, spec: podSpec };

const KINDS: Readonly<Record<string, MergeSchema>> = {
  Namespace: { status: { conditions } },
  Pod: {
    spec: podSpec,
    status: {
      conditions,
      hostIPs: new MergeList('ip'),
      podIPs: new MergeList('ip'),
      resourceClaimStatuses: new MergeList('name'),
    },
  },
  Service: { spec: { ports: new MergeList('port') }, status: { conditions } },
  ServiceAccount: { secrets: new MergeList('name') },
  Deployment: { spec: { template }, status: { conditions } },
  ReplicaSet: { spec: { template }, status: { conditions } },
};

export function mergeSchemaOf(kind: string): MergeSchema {
  return { metadata, ...KINDS[kind] };
}
