import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { z } from 'zod';

/** The top of the clone. */
export const ROOT = join(import.meta.dirname, '..');

/** The version of package.json: that of whatever is released. */
export const { version: VERSION } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));

/** How everything is bundled. Inputs are named from the top of the clone. */
export const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  metafile: true,
} as const satisfies BuildOptions;

/** What the command line knows of its build. */
export const DEFINED = { DEPENDENCY_GATE_VERSION: JSON.stringify(VERSION) };
