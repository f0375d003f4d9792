import { type Command as Completed, RootCommand } from '@bomb.sh/tab';
import type { Command, Option } from 'commander';
import { withDeadline } from '../../kube/client/deadline.ts';
import { systemClock } from '../../kube/clock.ts';
import { withCluster } from '../cluster/cluster-access.ts';
import type { ClusterFlags } from '../cluster/cluster-options.ts';
import { readGates } from '../cluster/fetch-gates.ts';
import type { Process } from '../process.ts';

/** Prints what may come as the last of the words: commands, options, their values, and names of gates. */
export async function complete(root: Command, given: readonly string[], env: Process['env']): Promise<void> {
  const words = split(given);
  const gates = await gatesFor(root, words, env);
  const completed = new RootCommand();
  for (const command of root.createHelp().visibleCommands(root))
    describe(completed.command(command.name(), command.description()), command, gates);
  completed.parse(words);
}

function describe(completed: Completed, command: Command, gates: readonly string[]): void {
  for (const option of command.createHelp().visibleOptions(command)) describeOption(completed, option);
  for (const argument of command.registeredArguments) {
    const values = argument.name() === GATE ? gates : (argument.argChoices ?? []);
    completed.argument(argument.name(), all(values), argument.variadic);
  }
}

function describeOption(completed: Completed, option: Option): void {
  const { long = '', short, description, argChoices = [] } = option;
  const alias = short?.slice(1);
  if (option.isBoolean()) completed.option(long.slice(2), description, alias);
  else completed.option(long.slice(2), description, all(argChoices), alias);
}

function all(values: readonly string[]) {
  return (told: (value: string, description: string) => void) => {
    for (const value of values) told(value, '');
  };
}

/** The name of the argument that is a gate, in each command that takes one. */
const GATE = 'gate';
/** Who presses Tab waits no longer than that. */
const LONGEST_MS = 2000;

/** Names of gates, where a word may be one; none where no cluster tells them in time. */
async function gatesFor(root: Command, words: readonly string[], env: Process['env']): Promise<string[]> {
  const command = root.commands.find((one) => one.name() === words[0]);
  if (!command?.registeredArguments.some((one) => one.name() === GATE)) return [];
  const [, namespace] = (words.at(-1) ?? '').split('/').reverse();
  const flags = clusterFlags(words);
  try {
    // The deadline is inside, so that the connection is closed when it is over: an open one keeps the process.
    const gates = await withCluster(flags, { env, command: 'complete' }, (access) =>
      withDeadline(systemClock, LONGEST_MS, () => readGates(access.requests, namespace ?? access.namespace)),
    );
    return gates.map((gate) => (namespace === undefined ? gate.name : `${namespace}/${gate.name}`));
  } catch {
    return [];
  }
}

/** The options of the words that say which cluster is meant. */
function clusterFlags(words: readonly string[]): ClusterFlags {
  const given = (...names: readonly string[]) =>
    words.flatMap((word, index) => (names.includes(word) ? words.slice(index + 1, index + 2) : [])).at(-1);
  const namespace = given('-n', '--namespace');
  const context = given('--context');
  const kubeconfig = given('--kubeconfig');
  return {
    ...(namespace !== undefined && { namespace }),
    ...(context !== undefined && { context }),
    ...(kubeconfig !== undefined && { kubeconfig }),
  };
}

/** `--namespace=shop` as `--namespace shop`, which is all that the library takes for an option with its value. */
function split(words: readonly string[]): string[] {
  const last = words.at(-1) ?? '';
  const before = words.slice(0, -1).flatMap((word) => /^(--[^=]+)=(.*)$/.exec(word)?.slice(1) ?? [word]);
  return [...before, last];
}
