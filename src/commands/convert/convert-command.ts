import { Command } from 'commander';
import { append } from '../options/repeatable.ts';
import type { Process } from '../process.ts';
import type { InputFlags } from '../render/read-input.ts';

/** `dependency-gate convert`; what it does is loaded when it is used. */
export function convertCommand(process: Pick<Process, 'exitCode'>): Command {
  return new Command('convert')
    .description(
      'Read manifests and propose gates for the init containers that wait, as YAML with comments; nothing is changed.',
    )
    .option('-f, --filename <file>', 'manifests, - for standard input (default: -); repeatable', append)
    .option('-k, --kustomize <dir>', 'a kustomization to build and take as input')
    .action(async (flags: InputFlags) => {
      const { runConvert } = await import('./run-convert.ts');
      process.exitCode = await runConvert(flags);
    });
}
