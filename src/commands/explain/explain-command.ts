import { Command } from 'commander';
import type { Process } from '../process.ts';
import { type GateAddress, gateAddress, label } from './gate-address.ts';
import type { ExplainFlags } from './run-explain.ts';

interface Flags extends ExplainFlags {
  readonly namespace?: string;
}

/** `dependency-gate explain`, and as a plugin `kubectl dgate explain`; what it does is loaded when it is used. */
export function explainCommand(process: Process): Command {
  return new Command('explain')
    .description(
      'Print what the Pods of a gate wait for, since when and why, and what to do next; with your own permissions.',
    )
    .argument('<gate>', 'NAMESPACE/NAME, or NAME', gateAddress)
    .option('-n, --namespace <namespace>', "its namespace (default: that of the kubeconfig's context)", label)
    .option('--context <context>', 'context of the kubeconfig (default: the current one)')
    .option('--kubeconfig <path>', 'kubeconfig file (default: $KUBECONFIG, else ~/.kube/config)')
    .action(async (address: GateAddress, { namespace, ...flags }: Flags, command: Command) => {
      if (namespace !== undefined && (address.namespace ?? namespace) !== namespace)
        command.error(
          `error: the gate's namespace is ${address.namespace} and --namespace says ${namespace}`,
        );
      const { runExplain } = await import('./run-explain.ts');
      await runExplain({ ...address, namespace: address.namespace ?? namespace }, flags, process.env);
    });
}
