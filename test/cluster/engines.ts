import { join } from 'node:path';
import { z } from 'zod';
import type { KubeObject } from '../../src/sandbox/cluster.ts';
import { build } from './build.ts';
import { PROGRAMS } from './go-module.ts';
import { runCommand } from './run-command.ts';

/** The engines of Flux and Argo CD, each as a program (`go/flux`, `go/argo-cd`), at work on one cluster. */

const LIMIT_MS = 300_000;

const actionSchema = z.object({ sync: z.int(), object: z.string(), action: z.string() });
const statusSchema = z.object({ object: z.string(), status: z.string(), message: z.string() });
const differenceSchema = z.object({
  object: z.string(),
  modified: z.boolean(),
  live: z.string().optional(),
  predicted: z.string().optional(),
});

/** How Argo CD compares: by default, with ServerSideApply=true, with ServerSideDiff=true. */
export type Comparison = 'client' | 'apply' | 'server';

/** Builds them where they are not up to date; rejects where that cannot be. */
export async function requireEngines(): Promise<void> {
  await build('gitops', console.error);
}

/** Applies the objects so many times as Flux does, and tells what was to be done each time. */
export function fluxSyncs(kubeconfig: string, objects: readonly KubeObject[], count: number) {
  return lines(actionSchema, kubeconfig, ['flux', 'sync', String(count)], objects);
}

/** What kstatus computes, by which Flux and Helm wait. It asks no cluster. */
export function kstatus(objects: readonly object[]) {
  return lines(statusSchema, '', ['flux', 'status'], objects);
}

/** Compares the objects so many times with what is live, as Argo CD does. */
export function argoDiffs(
  kubeconfig: string,
  objects: readonly KubeObject[],
  comparison: Comparison,
  count: number,
) {
  return lines(differenceSchema, kubeconfig, ['argo-cd', comparison, String(count)], objects);
}

async function lines<Line>(
  schema: z.ZodType<Line>,
  kubeconfig: string,
  [name = '', ...args]: readonly string[],
  objects: readonly object[],
): Promise<Line[]> {
  const input = objects.map((object) => `---\n${JSON.stringify(object)}\n`).join('');
  const command = ['env', `KUBECONFIG=${kubeconfig}`, join(PROGRAMS, name), ...args];
  const { stdout } = await runCommand(command, { input, limitMs: LIMIT_MS });
  return stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => schema.parse(JSON.parse(line)));
}
