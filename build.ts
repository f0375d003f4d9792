import { chmod, readFile, rm } from 'node:fs/promises';
import { build } from 'esbuild';

/**
 * Bundles the command into dist/. Each sub-command is a chunk of its own that is loaded when it is used, so that an init
 * container reads the waiter and nothing else.
 */
const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: { 'dependency-gate': 'src/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'external',
  chunkNames: '[name]-[hash]',
  define: { DEPENDENCY_GATE_VERSION: JSON.stringify(version) },
  // CommonJS packages inside an ES module bundle still call require() for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
await chmod('dist/dependency-gate.js', 0o755);
