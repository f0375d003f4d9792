import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { parse } from 'yaml';
import { z } from 'zod';
import { type FieldSchema, fieldSchema, lackingFields } from '../../src/api/kept-fields.ts';
import { ROOT } from './go-module.ts';
import type { Release } from './operator-manifests.ts';
import { runCommand } from './run-command.ts';

export interface OlderRelease extends Release {
  /** The fields of gates that its custom resource does not have yet, by their paths. */
  readonly lacks: readonly string[];
}

const IMAGE = 'localhost/dependency-gate:older';

const crdSchema = z.object({
  spec: z.object({
    versions: z.tuple([z.object({ schema: z.object({ openAPIV3Schema: fieldSchema }) })]),
  }),
});

/** What stands in a clone and is not of it. */
const NOT_SOURCE = ['.git', '.cache', 'dist', 'node_modules'];

/**
 * What makes of this tree one that could have come before it: without the check `gate`, without a policy, of another
 * version. Types do not hold there, and nothing asks for them.
 */
const EDITS: readonly (readonly [file: string, what: string | RegExp, by: string])[] = [
  ['package.json', /"version": "[^"]+"/, '"version": "0.0.1"'],
  ['src/api/spec.ts', '  gate: gateCheckSchema.optional(),\n', '\n'],
  ['src/api/spec.ts', "['service', 'resource', 'gate']", "['service', 'resource']"],
  [
    'src/api/rules.ts',
    "'self.spec.dependencies.all(d, !has(d.gate) || d.gate.name != self.metadata.name)'",
    "'true'",
  ],
  ['config/guards/kustomization.yaml', '- guard-reads.yaml\n', ''],
];

/**
 * The release before this one, built in an empty folder: that of the newest tag `v…` that this commit is not in. Where git
 * knows none, what stands in for it is this tree, made older.
 */
export async function olderRelease(folder: string): Promise<OlderRelease> {
  const tag = await newestTag();
  console.log(`the older release is ${tag ?? 'made of this tree: git knows no tag of one'}`);
  if (tag === undefined) standIn(folder);
  else await unpack(tag, folder);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const cwd = { cwd: folder };
  if (tag === undefined) await runCommand([process.execPath, 'src/api/generate.ts'], cwd);
  await runCommand([process.execPath, 'build.ts'], cwd);
  return { root: folder, image: IMAGE, lacks: lackingFields(schemaIn(ROOT), schemaIn(folder)) };
}

function schemaIn(root: string): FieldSchema {
  const crd = crdSchema.parse(parse(readFileSync(join(root, 'crds/dependencygates.yaml'), 'utf8')));
  return crd.spec.versions[0].schema.openAPIV3Schema;
}

async function newestTag(): Promise<string | undefined> {
  const tags = ['git', 'tag', '--list', 'v*', '--no-contains', 'HEAD', '--sort=-version:refname'];
  const { stdout } = await runCommand(tags, { cwd: ROOT }).catch(() => ({ stdout: '' })); // no clone, or no git
  return stdout.split('\n').find((line) => line !== '');
}

async function unpack(tag: string, folder: string): Promise<void> {
  const archive = join(folder, 'release.tar');
  await runCommand(['git', 'archive', `--output=${archive}`, tag], { cwd: ROOT });
  await runCommand(['tar', '--extract', '--file', archive, '--directory', folder]);
}

function standIn(folder: string): void {
  cpSync(ROOT, folder, { recursive: true, filter: (path) => !NOT_SOURCE.includes(basename(path)) });
  for (const [file, what, by] of EDITS) {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    const edited = text.replace(what, by);
    if (edited === text)
      throw new Error(`${file} has no ${what}: the stand-in for an older release is made from it`);
    writeFileSync(path, edited);
  }
}
