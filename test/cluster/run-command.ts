import { spawn } from 'node:child_process';

export interface CommandOptions {
  /** Written to its standard input, which is closed after that. Nothing by default. */
  readonly input?: string;
  /** Killed after so many milliseconds. 60,000 by default. */
  readonly limitMs?: number;
  readonly cwd?: string;
  /** Called with each line of its standard output, as it comes. */
  readonly onLine?: (line: string) => void;
  /** Called with each line of its standard error, as it comes. */
  readonly onErrorLine?: (line: string) => void;
}

export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that ended with another code than 0, or was killed because its time was up. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** undefined: ended by a signal, or never started. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;

  constructor(command: string, why: string, code: number | undefined, output: CommandOutput) {
    super(`${command}: ${why}\n${output.stderr.trim().split('\n').slice(-15).join('\n')}`.trim());
    this.code = code;
    this.stdout = output.stdout;
    this.stderr = output.stderr;
  }
}

/** Runs a program to its end. Rejects with a `CommandError` unless it exits with 0. */
export function runCommand(
  command: readonly string[],
  { input = '', limitMs = 60_000, cwd, onLine, onErrorLine }: CommandOptions = {},
): Promise<CommandOutput> {
  const [program = '', ...args] = command;
  const shown = [program, ...args].join(' ').slice(0, 200);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...(cwd && { cwd }) });
    const limit = setTimeout(() => child.kill('SIGKILL'), limitMs); // spawn's own stays set when there is no such program
    let stdout = '';
    let stderr = '';
    const toLine = byLine(onLine);
    const toErrorLine = byLine(onErrorLine);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      toLine(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      toErrorLine(text);
    });
    child.stdin.on('error', () => {
      // It ended without reading its input; its exit code says what that means.
    });
    child.stdin.end(input);
    child.on('error', (error) => {
      clearTimeout(limit);
      reject(new CommandError(shown, error.message, undefined, { stdout, stderr }));
    });
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      if (code === 0) return resolve({ stdout, stderr });
      const why = code === null ? `ended by ${signal} (limit ${limitMs / 1000} s)` : `exit code ${code}`;
      reject(new CommandError(shown, why, code ?? undefined, { stdout, stderr }));
    });
  });
}

/** Takes text in pieces and hands on its lines, each once it is whole. */
function byLine(hand: (line: string) => void = () => {}): (text: string) => void {
  let partial = '';
  return (text) => {
    const lines = (partial + text).split('\n');
    partial = lines.pop() ?? '';
    for (const line of lines) hand(line);
  };
}
