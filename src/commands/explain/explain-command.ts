import { Command } from 'commander';
import { type ClusterFlags, refuseTwoNamespaces, withClusterOptions } from '../cluster/cluster-options.ts';
import { type GateAddress, gateAddress } from '../cluster/gate-address.ts';
import type { Process } from '../process.ts';

/** `dependency-gate explain`, and as a plugin `kubectl dgate explain`; what it does is loaded when it is used. */
export function explainCommand(process: Process): Command {
  const command = new Command('explain')
    .description(
      'Print what the Pods of a gate wait for, since when and why, and what to do next; with your own permissions.',
    )
    .argument('<gate>', 'NAMESPACE/NAME, or NAME', gateAddress);
  return withClusterOptions(command).action(async (address: GateAddress, flags: ClusterFlags) => {
    refuseTwoNamespaces(command, address, flags);
    const { runExplain } = await import('./run-explain.ts');
    await runExplain(address, flags, process.env);
  });
}
