import { expect } from 'chai';
import { type BuildResult, build } from 'esbuild';
import { bundledPackages } from '../../.release/bundled-packages.ts';
import { COMMON, DEFINED } from '../../.release/bundling.ts';

const ENTRIES = ['src/command-line.ts', 'src/commands/operator/run-operator.ts'];

type Outputs = NonNullable<BuildResult['metafile']>['outputs'];

/** The files that are read before the first request: those of the entries, and what these import at once. */
function readAtStart(outputs: Outputs): Outputs {
  const names = new Set(
    Object.keys(outputs).filter((name) => ENTRIES.includes(outputs[name]?.entryPoint ?? '')),
  );
  // What is added meanwhile has its turn too.
  for (const name of names)
    for (const { path, kind } of outputs[name]?.imports ?? [])
      if (kind === 'import-statement' && path in outputs) names.add(path);
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => names.has(name)));
}

describe('what the operator loads at its start', function () {
  this.timeout(60_000);
  const bundle = () =>
    build({
      ...COMMON,
      entryPoints: ENTRIES.slice(0, 1),
      outdir: 'dist',
      format: 'esm',
      splitting: true,
      define: DEFINED,
      write: false,
    });

  it('has nothing of what reads kubeconfigs, evaluates CEL or writes YAML, nor what is left out of libraries', async () => {
    const { metafile, outputFiles } = await bundle();
    const outputs = readAtStart(metafile.outputs);
    const packages = bundledPackages([{ ...metafile, outputs }]).map(({ name }) => name);
    expect(packages).to.include.members(['undici', 'zod', 'pino', 'commander']);
    for (const name of ['@kubernetes/client-node', '@bufbuild/cel', '@bufbuild/re2', 'yaml'])
      expect(packages).to.not.include(name);
    const inputs = Object.values(outputs).flatMap((one) => Object.keys(one.inputs));
    expect(inputs.filter((path) => /undici\/(index|lib\/mock)|zod\/v4\/locales\/de/.test(path))).to.be.empty;
    const importing = outputFiles.filter(({ text }) => /\bfrom\s*"node:/.test(text));
    expect(
      importing.map(({ path }) => path),
      "Node's own modules",
    ).to.be.empty;
  });
});
