import { Command, Option } from 'commander';
import { withClusterOptions } from '../cluster/cluster-options.ts';
import { FORMATS } from '../options/formats.ts';
import { readerGone } from '../print.ts';
import { type Process, signalled } from '../process.ts';
import { terminalOf } from '../terminal.ts';
import type { ListFlags } from './run-list.ts';

/** `dependency-gate list`, and as a plugin `kubectl dgate list`. */
export function listCommand(process: Process): Command {
  const command = new Command('list')
    .description(
      'Print what waits for what, since when and why, a line for each; and the gates not in force.',
    )
    .option('-A, --all-namespaces', 'of all namespaces')
    .option('-w, --watch', 'print the lines that change, until it is ended')
    .addOption(
      new Option('-o, --output <format>', 'how to print it').choices(['table', ...FORMATS]).default('table'),
    );
  return withClusterOptions(command).action(async (flags: ListFlags) => {
    const { runList } = await import('./run-list.ts');
    await runList(flags, terminalOf(process), () => Promise.race([signalled(process), readerGone()]));
  });
}
