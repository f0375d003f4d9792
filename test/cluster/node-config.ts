/** The configuration of a node's programs. JSON where they read YAML, which contains it. */

/** The node's address, on a bridge of its own network namespace: Kubernetes and DNS answer here. */
export const NODE_ADDRESS = '10.88.0.2';
export const NODE_NAME = 'node0';
export const PAUSE_IMAGE = 'localhost/pause:1';

const POD_SUBNET = '10.88.1.0/24';

/**
 * Where files are is seen from inside of the node, whose /run, /var/lib and /var/log are its own.
 *
 * @param snapshotter `native` copies an image's files for each container, for where overlayfs cannot be mounted
 */
export function containerd(snapshotter: 'overlayfs' | 'native', cniFolder: string): string {
  return `
version = 2

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  restrict_oom_score_adj = true # containers of CI machines may not lower it

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "${cniFolder}"

[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "${snapshotter}"
`;
}

/** A point-to-point link for each Pod: all traffic is routed, so kube-proxy's rules see it without br_netfilter. */
export function cni(): string {
  const ipam = { type: 'host-local', ranges: [[{ subnet: POD_SUBNET }]], routes: [{ dst: '0.0.0.0/0' }] };
  return JSON.stringify({
    cniVersion: '1.0.0',
    name: 'pods',
    plugins: [{ type: 'ptp', ipMasq: false, ipam }],
  });
}

/**
 * @param cgroup the cgroup below which all Pods are
 * @param syncSeconds how often the volumes of a running Pod are looked at again
 */
export function kubelet(cgroup: string, resolvConf: string, syncSeconds: number): string {
  return JSON.stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    syncFrequency: `${syncSeconds}s`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: ['pods'],
    // The API server is the only one that reaches it.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    resolvConf,
    clusterDNS: [NODE_ADDRESS],
    clusterDomain: 'cluster.local',
    // Images come from tars, and the disk is the developer's: nothing is evicted or collected.
    localStorageCapacityIsolation: false,
    evictionHard: { 'memory.available': '100Mi' },
    imageGCHighThresholdPercent: 100,
  });
}

export function kubeProxy(kubeconfig: string): string {
  return JSON.stringify({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'iptables',
    clientConnection: { kubeconfig },
    clusterCIDR: POD_SUBNET,
    hostnameOverride: NODE_NAME,
    conntrack: { maxPerCore: 0, min: 0 }, // that is the machine's, not the namespace's
  });
}

/**
 * As kubeadm's, which from 1.32 on caches nothing of the cluster's own names; the rest of the world has no names.
 *
 * @param cacheSeconds caches the cluster's names too, for so long at most, as older clusters do (30); 0 as kubeadm's
 */
export function corefile(kubeconfig: string, cacheSeconds: number): string {
  const cache = cacheSeconds > 0 ? `cache ${cacheSeconds}` : '';
  return `
cluster.local in-addr.arpa {
  bind ${NODE_ADDRESS}
  errors
  ready ${NODE_ADDRESS}:8181
  kubernetes {
    kubeconfig ${kubeconfig}
    pods insecure
    ttl ${Math.max(30, cacheSeconds)}
  }
  ${cache}
}

. {
  bind ${NODE_ADDRESS}
  template ANY ANY {
    rcode NXDOMAIN
  }
}
`;
}

/** What CoreDNS reads, for the user that it is here. */
export const COREDNS_RBAC = readerRole('system:coredns', [
  { apiGroups: [''], resources: ['services', 'namespaces'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'] },
]);

/** What kube-router reads of a cluster whose NetworkPolicies it enforces. */
export const KUBE_ROUTER_RBAC = readerRole('system:kube-router', [
  { apiGroups: [''], resources: ['namespaces', 'pods', 'nodes', 'services', 'endpoints'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'] },
  { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'] },
]);

/** NetworkPolicies and nothing else of what kube-router does: Pods are linked by the CNI plugin, Services by kube-proxy. */
export function kubeRouterFlags(kubeconfig: string): readonly string[] {
  return [
    '--run-firewall=true',
    '--run-router=false',
    '--run-service-proxy=false',
    '--enable-cni=false',
    `--kubeconfig=${kubeconfig}`,
    `--hostname-override=${NODE_NAME}`,
  ];
}

/** A ClusterRole for a user of the same name, who may read and nothing else. */
function readerRole(name: string, rules: readonly object[]): string {
  const apiGroup = 'rbac.authorization.k8s.io';
  const apiVersion = `${apiGroup}/v1`;
  const verbs = ['get', 'list', 'watch'];
  const role = { kind: 'ClusterRole', rules: rules.map((rule) => ({ ...rule, verbs })) };
  const binding = {
    kind: 'ClusterRoleBinding',
    roleRef: { apiGroup, kind: 'ClusterRole', name },
    subjects: [{ apiGroup, kind: 'User', name }],
  };
  const items = [role, binding].map((object) => ({ apiVersion, metadata: { name }, ...object }));
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}
