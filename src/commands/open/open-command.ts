import { Command } from 'commander';
import { refuseTwoNamespaces, withClusterOptions } from '../cluster/cluster-options.ts';
import { type GateAddress, gateAddress } from '../cluster/gate-address.ts';
import type { Process } from '../process.ts';
import { terminalOf } from '../terminal.ts';
import type { OpenFlags } from './run-open.ts';

/** `dependency-gate open`, and as a plugin `kubectl dgate open`. */
export function openCommand(process: Process): Command {
  const command = new Command('open')
    .description(
      'Let the Pods of a gate start without a dependency: at once, with no rollout and no restart.',
    )
    .argument('<gate>', 'NAMESPACE/NAME, or NAME', gateAddress)
    .argument('[dependencies...]', 'names of dependencies of the gate')
    .option('--all', 'all of its dependencies')
    .option(
      '--pod <name>',
      'for this Pod alone, by an annotation of it (default: for all Pods, by spec.open)',
    )
    .option('--undo', 'take back what was opened')
    .option('--dry-run', 'let the API server look at it, and change nothing');
  return withClusterOptions(command).action(
    async (address: GateAddress, dependencies: readonly string[], flags: OpenFlags) => {
      refuseTwoNamespaces(command, address, flags);
      const { runOpen } = await import('./run-open.ts');
      await runOpen({ address, dependencies }, flags, terminalOf(process));
    },
  );
}
