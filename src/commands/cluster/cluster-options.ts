import type { Command } from 'commander';
import { type GateAddress, label } from './gate-address.ts';

/** Which cluster is asked, and where in it: options that are named as kubectl's are. */
export interface ClusterFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
}

/** Gives a command the options of {@link ClusterFlags}. */
export function withClusterOptions(command: Command): Command {
  return command
    .option('-n, --namespace <namespace>', "namespace (default: that of the kubeconfig's context)", label)
    .option('--context <context>', 'context of the kubeconfig (default: the current one)')
    .option('--kubeconfig <path>', 'kubeconfig file (default: $KUBECONFIG, else ~/.kube/config)');
}

/** An address and `--namespace` that name different namespaces are wrong usage. */
export function refuseTwoNamespaces(
  command: Command,
  { namespace }: GateAddress,
  flags: Pick<ClusterFlags, 'namespace'>,
): void {
  if (namespace === undefined || flags.namespace === undefined || namespace === flags.namespace) return;
  command.error(`error: the gate's namespace is ${namespace} and --namespace says ${flags.namespace}`);
}
