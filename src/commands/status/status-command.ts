import { Command, Option } from 'commander';
import { refuseTwoNamespaces, withClusterOptions } from '../cluster/cluster-options.ts';
import { type GateAddress, gateAddress } from '../cluster/gate-address.ts';
import { FORMATS } from '../options/formats.ts';
import type { Process } from '../process.ts';
import { terminalOf } from '../terminal.ts';
import type { StatusFlags } from './run-status.ts';

/** `dependency-gate status`, and as a plugin `kubectl dgate status`. */
export function statusCommand(process: Process): Command {
  const command = new Command('status')
    .description(
      'Print how a gate stands, from its status alone; without a gate, how the operator and all gates do.',
    )
    .argument('[gate]', 'NAMESPACE/NAME, or NAME', gateAddress)
    .addOption(
      new Option('-o, --output <format>', 'how to print it').choices(['text', ...FORMATS]).default('text'),
    );
  return withClusterOptions(command).action(async (address: GateAddress | undefined, flags: StatusFlags) => {
    if (address) refuseTwoNamespaces(command, address, flags);
    const { runStatus } = await import('./run-status.ts');
    await runStatus(address, flags, terminalOf(process));
  });
}
