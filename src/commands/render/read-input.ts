import { isUtf8 } from 'node:buffer';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { stdin } from 'node:process';
import { buffer } from 'node:stream/consumers';
import { InputError, type TextSource } from './yaml/documents.ts';

/** Where the input comes from. */
export interface InputFlags {
  /** Files; `-` is standard input. */
  readonly filename?: readonly string[];
  readonly kustomize?: string;
}

/** What a kustomization may be built from lies in the network: bases are cloned. */
const BUILD_LIMIT_MS = 5 * 60_000;
const MAX_BUILT_BYTES = 256 * 1024 * 1024;

/** The programs that build a kustomization; the first one that exists is used. */
const BUILDERS = [
  ['kubectl', 'kustomize'],
  ['kustomize', 'build'],
] as const;

/**
 * Reads what is to be gated: standard input unless something else is named.
 * @throws InputError for what cannot be read or built
 */
export async function readInput({ filename, kustomize }: InputFlags): Promise<TextSource[]> {
  const sources = await readFiles(filename ?? (kustomize === undefined ? ['-'] : []));
  return kustomize === undefined ? sources : [...sources, await build(kustomize)];
}

/** Reads files; `-` is standard input. @throws InputError for one that cannot be read */
export async function readFiles(names: readonly string[]): Promise<TextSource[]> {
  const sources: TextSource[] = [];
  for (const name of names) sources.push(name === '-' ? await readStandardInput() : await readNamed(name));
  return sources;
}

async function readStandardInput(): Promise<TextSource> {
  if (stdin.isTTY) console.error('dependency-gate: reading manifests from the terminal, until Ctrl-D');
  return sourceOf('stdin', await buffer(stdin));
}

async function readNamed(name: string): Promise<TextSource> {
  try {
    return sourceOf(name, await readFile(name));
  } catch (error) {
    throw new InputError([error instanceof Error ? error.message : String(error)]);
  }
}

function sourceOf(name: string, bytes: Buffer): TextSource {
  const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
  return { name, text: bytes.toString(encoding), encoding };
}

async function build(folder: string): Promise<TextSource> {
  for (const [program, command] of BUILDERS) {
    const built = await run(program, [command, folder]);
    if (built !== undefined) return { name: `${program} ${command} ${folder}`, text: built };
  }
  throw new InputError(['neither kubectl nor kustomize is found, and -k needs one of them']);
}

/** Its output; undefined where there is no such program. */
function run(program: string, args: readonly string[]): Promise<string | undefined> {
  const limits = { timeout: BUILD_LIMIT_MS, maxBuffer: MAX_BUILT_BYTES };
  return new Promise((resolve, reject) => {
    execFile(program, args, limits, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else if (error.code === 'ENOENT') resolve(undefined);
      else reject(new InputError([`${program} ${args.join(' ')}: ${stderr.trim() || error.message}`]));
    });
  });
}
