/**
 * A control plane to try things on: starts one, says how to reach it and stays until Ctrl-C.
 *
 *     node test/cluster/run.ts
 *
 * KUBEBUILDER_ASSETS may name a folder with other builds of etcd, kube-apiserver and kubectl.
 * Standard output gets the kubeconfig's path and nothing else.
 */
import { startControlPlane } from './control-plane.ts';
import { PROGRAMS } from './go-module.ts';

const cluster = await startControlPlane({ assets: process.env.KUBEBUILDER_ASSETS });
setInterval(() => {}, 60_000); // stays until a signal comes, on which the cluster ends and its files go
console.log(cluster.kubeconfig);
console.error(`
  export KUBECONFIG=${cluster.kubeconfig} PATH=${PROGRAMS}:$PATH
  kubectl get namespaces
  audit log: ${cluster.auditLog}

Ctrl-C ends it.`);
