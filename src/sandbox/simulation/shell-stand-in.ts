import { setImmediate as turn } from 'node:timers/promises';
import type { PodNetwork } from './pod-network.ts';
import {
  type AndOr,
  type Command,
  type List,
  NotPlayed,
  type Part,
  type Pipeline,
  parseScript,
  type Word,
} from './shell-syntax.ts';
import type { Clock } from './simulated-clock.ts';

/** What a script sees of the world. */
export interface ShellWorld {
  readonly environment: Readonly<Record<string, string>>;
  readonly network: Pick<PodNetwork, 'resolve'>;
  readonly clock: Clock;
  /** Takes a line of the output. */
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/** How a program ended. */
export interface Exit {
  readonly exitCode: number;
  /** What it left for the Pod's status. */
  readonly message?: string;
}

type Output = (text: string) => void;
/** A command's arguments, what is piped into it, and where its output goes; resolves with its exit code. */
type Program = (args: readonly string[], input: string, output: Output) => number | Promise<number>;

/** `exit` ends the script from however deep within. */
class Exited extends Error {
  readonly code: number;

  constructor(code: number) {
    super('exit');
    this.code = code;
  }
}

/** `sh -c` for the scripts that people write to wait: see `Shell`. */
export function playScript(script: string, world: ShellWorld): Promise<Exit> {
  return play(world, (shell) => shell.list(parseScript(script), '', lines(world.log)));
}

/** A command without a shell, if it is one of those that are played. */
export function playCommand(words: readonly string[], world: ShellWorld): Promise<Exit> {
  return play(world, (shell) => shell.program(words, '', lines(world.log)));
}

/** Whether a command is one of those that are played. */
export function isPlayed(command: string | undefined): boolean {
  return command !== undefined && ['true', 'false', 'exit', 'echo', 'sleep', 'test', 'dig'].includes(command);
}

async function play(world: ShellWorld, run: (shell: Shell) => Promise<number>): Promise<Exit> {
  try {
    return { exitCode: await run(new Shell(world)) };
  } catch (error) {
    if (error instanceof Exited) return { exitCode: error.code };
    if (!(error instanceof NotPlayed)) throw error;
    const message = `the sandbox plays only a part of sh (until, while, dig +short, test, grep -q, echo, sleep, exit), not ${error.message}`;
    world.log(message);
    return { exitCode: 127, message };
  }
}

/**
 * Plays `until`/`while` loops, `&&`, `||`, `!`, `|`, `;`, quotes, `$NAME`, `${NAME}`, `$(…)` and the commands of
 * `#programs`. Whatever else a script has ends it with 127 and a message, before or when it is reached, instead of
 * being played wrongly. There is no standard error, and no redirection.
 */
class Shell {
  readonly #world: ShellWorld;
  readonly #programs: Readonly<Record<string, Program>> = {
    true: () => 0,
    false: () => 1,
    exit: (args) => {
      if (!/^\d+$/.test(args.join(' '))) throw new NotPlayed(`'${['exit', ...args].join(' ')}'`);
      throw new Exited(Number(args[0]) & 255);
    },
    echo: (args, _input, output) => {
      if (/^-[neE]+$/.test(args[0] ?? '')) throw new NotPlayed(`'echo ${args[0]}'`);
      output(`${args.join(' ')}\n`);
      return 0;
    },
    sleep: async ([seconds = '']) => {
      if (!/^\d+(\.\d+)?$/.test(seconds)) throw new NotPlayed(`sleep '${seconds}'`);
      await this.#world.clock.sleep(Number(seconds) * 1000, this.#world.signal);
      return 0;
    },
    test: (args) => (test(args) ? 0 : 1),
    '[': (args) => {
      if (args.at(-1) !== ']') throw new NotPlayed("'[' without an end");
      return test(args.slice(0, -1)) ? 0 : 1;
    },
    grep: (args, input) => (grep(args, input) ? 0 : 1),
    dig: (args, _input, output) => this.#dig(args, output),
  };

  constructor(world: ShellWorld) {
    this.#world = world;
  }

  async list(list: List, input: string, output: Output): Promise<number> {
    let code = 0;
    for (const andOr of list) code = await this.#andOr(andOr, input, output);
    return code;
  }

  program([name = '', ...args]: readonly string[], input: string, output: Output): Promise<number> {
    const program = Object.hasOwn(this.#programs, name) ? this.#programs[name] : undefined;
    if (!program) throw new NotPlayed(`'${name}'`);
    return Promise.resolve(program(args, input, output));
  }

  async #andOr(steps: AndOr, input: string, output: Output): Promise<number> {
    let code = 0;
    for (const { operator, pipeline } of steps) {
      const skipped = (operator === '&&' && code !== 0) || (operator === '||' && code === 0);
      if (!skipped) code = await this.#pipeline(pipeline, input, output);
    }
    return code;
  }

  async #pipeline({ negated, commands }: Pipeline, input: string, output: Output): Promise<number> {
    let code = 0;
    let piped = input;
    for (const [index, command] of commands.entries()) {
      let collected = '';
      const isLast = index === commands.length - 1;
      code = await this.#command(command, piped, isLast ? output : (text) => (collected += text));
      piped = collected;
    }
    return negated ? Number(code === 0) : code;
  }

  async #command(command: Command, input: string, output: Output): Promise<number> {
    if (command.kind === 'simple') return this.program(await this.#fields(command.words), input, output);
    while (((await this.list(command.test, input, output)) === 0) !== command.until) {
      await this.list(command.body, input, output);
      // A loop that never sleeps must not keep the process, which is everybody's here, from its other work.
      await turn();
      if (this.#world.signal.aborted) throw new Exited(143);
    }
    return 0;
  }

  async #fields(words: readonly Word[]): Promise<string[]> {
    const fields: string[] = [];
    for (const word of words) {
      let field: string | undefined;
      for (const part of word) {
        const text = await this.#expand(part);
        const [first = '', ...more] = part.quoted || 'text' in part.is ? [text] : text.split(/\s+/);
        if (part.quoted || first !== '' || more.length > 0) field = (field ?? '') + first;
        for (const next of more) {
          if (field) fields.push(field);
          field = next;
        }
      }
      if (field !== undefined) fields.push(field);
    }
    return fields;
  }

  async #expand({ is }: Part): Promise<string> {
    if ('text' in is) return is.text;
    if ('variable' in is) return this.#world.environment[is.variable] ?? '';
    let output = '';
    await this.list(is.list, '', (text) => (output += text));
    return output.replace(/\n+$/, '');
  }

  /**
   * As BIND's: any answer of a name server counts as success, NXDOMAIN and SERVFAIL too, with nothing printed; 9 when
   * none answers, and that is said on standard output. The search list is not used.
   */
  async #dig(args: readonly string[], output: Output): Promise<number> {
    const words = args.filter((word) => !/^\+(short|time=\d+|tries=\d+)$/.test(word));
    const type = words.find((word) => word === 'A' || word === 'AAAA') ?? 'A';
    const [name, ...more] = words.filter((word) => word !== type);
    if (!args.includes('+short') || name === undefined || more.length > 0 || /^[-+@]/.test(name)) {
      throw new NotPlayed(`'dig ${args.join(' ')}'`);
    }
    const found = await this.#world.network.resolve(
      name.replace(/\.$/, ''),
      type === 'AAAA' ? 'AAAA' : 'A',
      this.#world.signal,
    );
    if ('addresses' in found) output(found.addresses.map((address) => `${address}\n`).join(''));
    else if (found.code === 'TIMEOUT' || found.code === 'UNREACHABLE') {
      output(';; no servers could be reached\n');
      return 9;
    }
    return 0;
  }
}

function test(args: readonly string[]): boolean {
  const [first = '', operator, second] = args;
  if (args.length === 1) return first !== '';
  if (args.length === 2 && first === '-n') return operator !== '';
  if (args.length === 2 && first === '-z') return operator === '';
  if (args.length === 3 && operator === '=') return first === second;
  if (args.length === 3 && operator === '!=') return first !== second;
  throw new NotPlayed(`'test ${args.join(' ')}'`);
}

/** Where a basic regular expression means the same as one of JavaScript: `^`, `$`, `.`, `*`, plain brackets. */
const PLAYED_PATTERN = /^\^?(([\w .:/-]|\[\^?[\w .:/-]+\])\*?)+\$?$/;

function grep(args: readonly string[], input: string): boolean {
  const [option, pattern = '', ...more] = args;
  const expression = PLAYED_PATTERN.test(pattern) ? compiled(pattern) : undefined;
  if (option !== '-q' || !expression || more.length > 0) throw new NotPlayed(`'grep ${args.join(' ')}'`);
  return input
    .replace(/\n$/, '')
    .split('\n')
    .some((line) => input !== '' && expression.test(line));
}

/** Undefined for a range like `[z-a]`. */
function compiled(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern);
  } catch {
    return undefined;
  }
}

/** Hands on whole lines. All that is played prints whole lines. */
function lines(log: (line: string) => void): Output {
  return (text) => {
    for (const line of text.split('\n').slice(0, -1)) log(line);
  };
}
