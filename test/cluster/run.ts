/**
 * A real cluster to try things on: starts one, says how to reach it and stays until Ctrl-C.
 *
 *     node test/cluster/run.ts [control-plane|node]
 *
 * `node` adds a node that runs Pods (Linux, root) and Debian's dig as the image localhost/tools:test; that cluster
 * lives in a network of its own. KUBEBUILDER_ASSETS may name a folder with other builds of etcd, kube-apiserver and
 * kubectl for a control plane. Standard output gets the kubeconfig's path and nothing else.
 */
import { dirname } from 'node:path';
import { startControlPlane } from './control-plane.ts';
import { PROGRAMS } from './go-module.ts';
import { toolsImage } from './images.ts';
import { startNode } from './node.ts';

switch (process.argv[2] ?? 'control-plane') {
  case 'control-plane': {
    const cluster = await startControlPlane({ assets: process.env.KUBEBUILDER_ASSETS });
    stay(cluster.kubeconfig, `export ${environment(cluster.kubeconfig)}`, cluster.auditLog);
    break;
  }
  case 'node': {
    const cluster = await startNode();
    await cluster.importImage(await toolsImage());
    const shell = [...cluster.enterNetwork, 'env', environment(cluster.kubeconfig), 'bash'].join(' ');
    stay(cluster.kubeconfig, shell, cluster.auditLog);
    break;
  }
  default:
    console.error('usage: node test/cluster/run.ts [control-plane|node]');
    process.exitCode = 2;
}

/** What kubectl needs; its cache goes with the cluster, whose address the next one may have. */
function environment(kubeconfig: string): string {
  return `KUBECONFIG=${kubeconfig} KUBECACHEDIR=${dirname(kubeconfig)}/kubectl-cache PATH=${PROGRAMS}:$PATH`;
}

/** Keeps this process until a signal comes, on which the cluster ends and its files go. */
function stay(kubeconfig: string, how: string, auditLog: string | undefined): void {
  setInterval(() => {}, 60_000);
  console.log(kubeconfig);
  console.error(`\n  ${how}\n  kubectl get namespaces\n  audit log: ${auditLog}\n\nCtrl-C ends it.`);
}
