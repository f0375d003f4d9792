/**
 * A real cluster to try things on: starts one, says how to reach it and stays until Ctrl-C.
 *
 *     node test/cluster/run.ts [control-plane|node]
 *     node test/cluster/run.ts control-plane --version 1.37     # another release of versions.ts
 *
 * `node` adds a node that runs Pods (Linux, root) and Debian's dig as the image localhost/tools:test; that cluster
 * lives in a network of its own. KUBEBUILDER_ASSETS may name a folder with other builds of etcd, kube-apiserver and
 * kubectl for a control plane. Standard output gets the kubeconfig's path and nothing else.
 */
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { startControlPlane } from './control-plane.ts';
import { programsOf } from './go-module.ts';
import { toolsImage } from './images.ts';
import { startNode } from './node.ts';
import { versionNamed, versionUnderTest } from './versions.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { version: { type: 'string' } },
});
const [tier = 'control-plane'] = positionals;
const version = values.version === undefined ? versionUnderTest() : versionNamed(values.version);

if (tier === 'control-plane') {
  const cluster = await startControlPlane({ version, assets: process.env.KUBEBUILDER_ASSETS });
  stay(
    cluster.kubeconfig,
    `export ${environment(cluster.kubeconfig, programsOf(version))}`,
    cluster.auditLog,
  );
} else if (tier === 'node') {
  const cluster = await startNode({ version });
  await cluster.importImage(await toolsImage());
  const shell = [
    ...cluster.enterNetwork,
    'env',
    environment(cluster.kubeconfig, programsOf(version)),
    'bash',
  ].join(' ');
  stay(cluster.kubeconfig, shell, cluster.auditLog);
} else {
  console.error('usage: node test/cluster/run.ts [control-plane|node] [--version VERSION]');
  process.exitCode = 2;
}

/** What kubectl needs; its cache goes with the cluster, whose address the next one may have. */
function environment(kubeconfig: string, programs: string): string {
  return `KUBECONFIG=${kubeconfig} KUBECACHEDIR=${dirname(kubeconfig)}/kubectl-cache PATH=${programs}:$PATH`;
}

/** Keeps this process until a signal comes, on which the cluster ends and its files go. */
function stay(kubeconfig: string, how: string, auditLog: string | undefined): void {
  setInterval(() => {}, 60_000);
  console.log(kubeconfig);
  console.error(`\n  ${how}\n  kubectl get namespaces\n  audit log: ${auditLog}\n\nCtrl-C ends it.`);
}
