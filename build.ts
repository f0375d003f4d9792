import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { bundledPackages, licencesText } from './.release/bundled-packages.ts';
import { COMMON, DEFINED } from './.release/bundling.ts';

/**
 * Bundles the command in two parts. The entry point has the waiter in it and nothing else, in one file, since
 * each file more that an init container reads costs it memory and time; everything else is read only when it is asked
 * for.
 *
 *     node build.ts [folder, default dist]
 */
const outdir = process.argv[2] ?? 'dist';
const common = { ...COMMON, outdir, format: 'esm', legalComments: 'external' } as const;

/** The entry point reads the other part from the file beside it. */
const commandLineApart: Plugin = {
  name: 'command-line-apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/command-line\.ts$/ }, () => ({ path: './command-line.js', external: true }));
  },
};

await rm(outdir, { recursive: true, force: true });
const first = await build({
  ...common,
  entryPoints: { 'dependency-gate': 'src/main.ts' },
  minify: true,
  plugins: [...COMMON.plugins, commandLineApart],
});
const second = await build({
  ...common,
  entryPoints: ['src/command-line.ts'],
  splitting: true,
  chunkNames: '[name]-[hash]',
  define: DEFINED,
  // Node's own modules are there by require() only; an import would bring more (see bundling.ts).
  banner: {
    js: "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);",
  },
});
await chmod(join(outdir, 'dependency-gate.js'), 0o755);
const packages = bundledPackages([first.metafile, second.metafile]);
await writeFile(join(outdir, 'THIRD-PARTY-LICENSES.txt'), licencesText(packages));
