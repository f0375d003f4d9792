import { chmod, readFile, rm } from 'node:fs/promises';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { z } from 'zod';

/**
 * Bundles the command into dist/, in two parts. The entry point has the waiter in it and nothing else, in one file, since
 * each file more that an init container reads costs it memory and time; everything else is read only when it is asked
 * for.
 */
const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(await readFile('package.json', 'utf8')));

const common: BuildOptions = {
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'external',
};

/** The entry point reads the other part from the file beside it. */
const commandLineApart: Plugin = {
  name: 'command-line-apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/command-line\.ts$/ }, () => ({ path: './command-line.js', external: true }));
  },
};

await rm('dist', { recursive: true, force: true });
await build({
  ...common,
  entryPoints: { 'dependency-gate': 'src/main.ts' },
  minify: true,
  plugins: [commandLineApart],
});
await build({
  ...common,
  entryPoints: ['src/command-line.ts'],
  splitting: true,
  chunkNames: '[name]-[hash]',
  define: { DEPENDENCY_GATE_VERSION: JSON.stringify(version) },
  // CommonJS packages inside an ES module bundle still call require() for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
await chmod('dist/dependency-gate.js', 0o755);
