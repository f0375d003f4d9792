import { execFileSync } from 'node:child_process';
import { build } from 'esbuild';
import { z } from 'zod';
import { type BundledPackage, bundledPackages } from './bundled-packages.ts';
import { COMMON, ROOT } from './bundling.ts';

const componentSchema = z.looseObject({ 'bom-ref': z.string(), name: z.string(), version: z.string() });
const billSchema = z.looseObject({
  metadata: z.looseObject({ component: componentSchema }),
  components: z.array(componentSchema),
  dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

/** What a program is made of, in CycloneDX's words. */
export type Bill = z.infer<typeof billSchema>;

/**
 * Of a bill of all that is installed, what is in the program.
 *
 * @throws where a package is in the program and not in the bill
 */
export function billOf(all: Bill, packages: readonly BundledPackage[]): Bill {
  const components = packages.map((bundled) => {
    const found = all.components.find((one) => one.name === bundled.name && one.version === bundled.version);
    if (found === undefined) throw new Error(`the bill lacks ${bundled.name} ${bundled.version}`);
    return { ...found, scope: 'required', properties: [] };
  });
  const { component } = all.metadata;
  const refs = new Set([component, ...components].map((one) => one['bom-ref']));
  const dependencies = all.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) }));
  const named = { ...component, type: 'application', name: 'dependency-gate' };
  return { ...all, metadata: { ...all.metadata, component: named }, components, dependencies };
}

/**
 * What npm says of all packages that are installed. With `--omit=dev` it leaves out some that a development tool needs too,
 * and some of those are in the program.
 */
export function installed(): Bill {
  const args = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'];
  return billSchema.parse(JSON.parse(execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8' })));
}

/** The packages of the whole program, the waiter and the rest. */
export async function packagesOfProgram(): Promise<BundledPackage[]> {
  const { metafile } = await build({
    ...COMMON,
    entryPoints: ['src/executable.ts'],
    format: 'cjs',
    write: false,
    logLevel: 'error',
  });
  return bundledPackages([metafile]);
}

/** `node .release/bill-of-materials.ts` prints what the program is made of, as CycloneDX. */
if (import.meta.main) {
  const bill = billOf(installed(), await packagesOfProgram());
  console.log(JSON.stringify(bill, null, 2));
}
