import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

export const ROOT = join(import.meta.dirname, '../..');

const manifestSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** What kustomize reads besides objects. */
const FOR_KUSTOMIZE = /\/(kustomization|names)\.yaml$/;

/** The YAML files of a folder that hold objects, sorted; paths from the repository's root. */
export function manifestFiles(folder: string): string[] {
  return globSync(`${folder}/**/*.yaml`, { cwd: ROOT })
    .filter((path) => !FOR_KUSTOMIZE.test(path))
    .sort();
}

export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The objects of a YAML text. A document that does not parse, or that is no object, fails the test. */
export function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return manifestSchema.parse(document.toJS());
  });
}

export function readManifests(path: string): Manifest[] {
  return parseManifests(read(path));
}

/** The files of a folder's own kustomization, without those of the folders that it is made from. */
export function kustomized(folder: string): { readonly resources: string[]; readonly patches: string[] } {
  const [document] = parseAllDocuments(read(`${folder}/kustomization.yaml`));
  const schema = z.looseObject({
    resources: z.array(z.string()).default([]),
    patches: z.array(z.object({ path: z.string() })).default([]),
  });
  const { resources, patches } = schema.parse(document?.toJS());
  return { resources, patches: patches.map(({ path }) => path) };
}
