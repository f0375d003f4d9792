import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';
import { z } from 'zod';

/** The top of the clone. */
export const ROOT = join(import.meta.dirname, '..');

/** The version of package.json: that of whatever is released. */
export const { version: VERSION } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));

/** Of zod's messages in fifty languages, those that are shown. */
const zodInEnglish: Plugin = {
  name: 'zod-in-english',
  setup({ onLoad }) {
    onLoad({ filter: /\bzod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/**
 * Node's own modules by require(). An `import` of one reads all that it exports, whatever is named: of `node:http` the
 * whole undici that is inside Node.
 */
const builtinsByRequire: Plugin = {
  name: 'builtins-by-require',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'builtin' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require('${path}');`,
    }));
  },
};

/** How everything is bundled. Inputs are named from the top of the clone. */
export const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  metafile: true,
  plugins: [zodInEnglish, builtinsByRequire],
} satisfies BuildOptions;

/** What the command line knows of its build. */
export const DEFINED = { DEPENDENCY_GATE_VERSION: JSON.stringify(VERSION) };
