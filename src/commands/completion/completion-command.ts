import { Argument, Command } from 'commander';
import type { Process } from '../process.ts';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;

/** `dependency-gate completion`: prints what a shell needs, so that Tab completes commands, options and names. */
export function completionCommand(): Command {
  return new Command('completion')
    .description(
      'Print the script by which a shell completes this command: source <(dependency-gate completion bash).',
    )
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .action(async (shell: (typeof SHELLS)[number]) => {
      const { script } = await import('@bomb.sh/tab');
      script(shell, NAME, NAME);
    });
}

/**
 * What these scripts call, and kubectl for its plugins (an executable `kubectl_complete-dgate`, which passes its arguments
 * on): prints what may come last, a line for each, as the programs do that are written with Cobra.
 */
export function completeCommand(root: Command, process: Process): Command {
  return new Command('complete')
    .argument('[words...]', 'the words so far, the last of which is to be completed')
    .helpOption(false)
    .allowUnknownOption()
    .action(async (words: readonly string[]) => {
      const { complete } = await import('./complete.ts');
      await complete(root, words, process.env);
    });
}

const NAME = 'dependency-gate';
