import { Command, Option } from 'commander';
import { append } from '../options/repeatable.ts';
import { pullPolicyOption, runAsUserOption } from '../options/waiter-options.ts';
import type { Process } from '../process.ts';
import type { RenderFlags } from './run-render.ts';

/** `dependency-gate render`; what it does is loaded when it is used. */
export function renderCommand(process: Pick<Process, 'exitCode' | 'env'>): Command {
  return new Command('render')
    .description(
      'Print manifests with the containers of their gates in them: no cluster and no operator is needed.',
    )
    .option(
      '-f, --filename <file>',
      'manifests and gates, - for standard input (default: -); repeatable',
      append,
    )
    .option('-k, --kustomize <dir>', 'a kustomization to build and take as input')
    .option('--gates <file>', 'gates that are not printed themselves; repeatable', append)
    .addOption(
      new Option(
        '--output <form>',
        'manifests, a strategic merge patch for kustomize, or bare init containers',
      )
        .choices(['manifests', 'patch', 'containers'])
        .default('manifests'),
    )
    .addOption(
      new Option('--diff', 'print what changes in the manifests, as a unified diff').conflicts('output'),
    )
    .option('--strict', 'exit 1, and print nothing, where there would be a warning')
    .option('--waiter-image <image>', 'image of the waiting containers: the same as that of the operator')
    .addOption(pullPolicyOption())
    .addOption(runAsUserOption())
    .action(async (flags: RenderFlags) => {
      const { runRender } = await import('./run-render.ts');
      process.exitCode = await runRender(flags, process);
    });
}
