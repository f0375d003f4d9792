import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { z } from 'zod';
import { ROOT } from './bundling.ts';

/** A package of npm that a bundle has parts of. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** As SPDX has it. */
  readonly license: string;
  /** Its licences and notices, as they stand in it; some packages bring none. */
  readonly texts: readonly string[];
}

const manifestSchema = z.object({ name: z.string(), version: z.string(), license: z.string() });
const TEXTS = /^(licen[cs]e|copying|notice)/i;

/** The packages whose code is in the outputs, by name. */
export function bundledPackages(metafiles: readonly Metafile[]): BundledPackage[] {
  const inputs = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap((one) => used(one.inputs)),
  );
  const folders = new Set(
    inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  );
  return [...folders].map(readPackage).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Files that were read for nothing have no bytes in the output. */
function used(inputs: Metafile['outputs'][string]['inputs']): string[] {
  return Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? path : []));
}

function readPackage(folder: string): BundledPackage {
  const read = (file: string) => readFileSync(join(ROOT, folder, file), 'utf8').trim();
  const texts = readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && TEXTS.test(entry.name))
    .map(({ name }) => read(name));
  return { ...manifestSchema.parse(JSON.parse(read('package.json'))), texts };
}

/** One text of all their licences, as those ask for it. */
export function licencesText(packages: readonly BundledPackage[]): string {
  const about = packages.map(({ name, version, license, texts }) => {
    const own = texts.length > 0 ? texts : ['(The package brings no text of its own.)'];
    return [`${name} ${version}: ${license}`, ...own].join('\n\n');
  });
  return `${['Packages whose code is in this program, and their licences.', ...about].join(`\n\n${'-'.repeat(80)}\n`)}\n`;
}
