import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ROOT } from '../config/manifests.ts';

/** Real programs that read what `render` prints, or that run it. */

/** Where a program is looked for before the PATH: those that the cluster tests built, and what was put beside them. */
const BUILT = join(ROOT, '.cache/cluster/bin');

const HINTS = {
  kubectl: 'make cluster-build',
  kustomize: 'make cluster-build',
  helm: 'make cluster-build',
  promtool: 'make cluster-build',
  glua: 'make cluster-build',
} as const;

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end, for a minute at most. */
export function run(
  [program = '', ...args]: readonly string[],
  { cwd, input, env }: RunOptions = {},
): Outcome {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: cwd ?? ROOT,
    input: input ?? '',
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { code: status, stdout, stderr };
}

/** What a program prints; it must end well. */
export function outputOf(command: readonly string[], options?: RunOptions): string {
  const { code, stdout, stderr } = run(command, options);
  if (code !== 0) throw new Error(`${command.join(' ')}: ${code}: ${stderr}`);
  return stdout;
}

/** Runs a program whose reader goes after the first words. */
export async function runUnread(
  [program = '', ...args]: readonly string[],
  input = '',
): Promise<Pick<Outcome, 'stderr'> & { readonly code: unknown }> {
  const child = spawn(program, args, { cwd: ROOT, stdio: 'pipe' });
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => {
    stderr += data.toString();
  });
  child.stdout.once('data', () => child.stdout.destroy());
  child.stdin.on('error', () => {
    // It may end before it has read everything.
  });
  child.stdin.end(input);
  const [code]: unknown[] = await once(child, 'close');
  return { code, stderr };
}

/** `dependency-gate render`, from the sources. */
export const RENDER = [process.execPath, join(ROOT, 'src/main.ts'), 'render'];

/**
 * Gives the suite a program. Where it is not found, or none is one of those that do, the suite is skipped and says so,
 * and how to get it.
 *
 * @param does of which programs the suite holds, and in words; default any
 * @returns its path, for use inside of tests
 */
export function useProgram(name: keyof typeof HINTS, does = ANY): () => string {
  let found: string | undefined;
  before(`find ${name}`, function () {
    const works = (path: string) => spawnSync(path, ['version', '--client=true']).error === undefined;
    found = [join(BUILT, name), name].find(
      (path) => (path.includes('/') ? existsSync(path) : works(path)) && does.holdsOf(path),
    );
    if (found !== undefined) return;
    console.error(
      `SKIPPED "${this.test?.parent?.fullTitle()}": there is no ${name}${does.what}: ${HINTS[name]}`,
    );
    this.skip();
  });
  return () => found ?? '';
}

interface Ability {
  /** Follows the program's name. */
  readonly what: string;
  readonly holdsOf: (path: string) => boolean;
}

const ANY: Ability = { what: '', holdsOf: () => true };

const versionSchema = z.object({ clientVersion: z.object({ minor: z.string() }) });

/** A kubectl of Kubernetes 1.`minor`, or a newer one. */
export function sinceMinor(minor: number): Ability {
  const minorOf = (path: string) =>
    versionSchema.parse(JSON.parse(outputOf([path, 'version', '--client', '--output=json']))).clientVersion
      .minor;
  return { what: ` of 1.${minor} or newer`, holdsOf: (path) => Number.parseInt(minorOf(path), 10) >= minor };
}

/** Gives each test a folder of its own; files are written into it by their paths. */
export function useFolder(): { readonly path: string; write(files: Readonly<Record<string, string>>): void } {
  let path = '';
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'dependency-gate-render-'));
  });
  afterEach(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return {
    get path() {
      return path;
    },
    write(files) {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(path, name)), { recursive: true });
        writeFileSync(join(path, name), text);
        if (text.startsWith('#!')) chmodSync(join(path, name), 0o755);
      }
    },
  };
}

/** A program that runs `dependency-gate render` with its own arguments. */
export const RENDER_SCRIPT = `#!/bin/sh\nexec '${RENDER.join("' '")}' "$@"\n`;

/** A plugin of Helm 4 that runs it as post-renderer, from the file `render` beside it. */
export const HELM_PLUGIN = `apiVersion: v1
type: postrenderer/v1
name: dependency-gate
version: 0.1.0
runtime: subprocess
runtimeConfig:
  platformCommand:
  - command: \${HELM_PLUGIN_DIR}/render
`;
