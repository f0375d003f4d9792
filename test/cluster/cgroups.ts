import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';
const CONTROLLERS = join(ROOT, 'cgroup.controllers');

/** Makes a cgroup of that name at the top, with every controller: the kubelet keeps all Pods below it. */
export function createCgroup(name: string): void {
  if (existsSync(CONTROLLERS)) {
    const enable = readFileSync(CONTROLLERS, 'utf8')
      .trim()
      .split(' ')
      .map((controller) => `+${controller}`);
    writeFileSync(join(ROOT, 'cgroup.subtree_control'), enable.join(' '));
  }
  for (const hierarchy of hierarchies()) mkdirSync(join(hierarchy, name));
}

/** Removes the cgroup and those below it. False while processes are in it. */
export function removeCgroup(name: string): boolean {
  const folders = foldersOf(name);
  if (folders.length > 0)
    spawnSync('find', [...folders, '-depth', '-type', 'd', '-delete'], { stdio: 'ignore' });
  return !hasCgroup(name);
}

export function hasCgroup(name: string): boolean {
  return foldersOf(name).length > 0;
}

function foldersOf(name: string): string[] {
  return hierarchies()
    .map((hierarchy) => join(hierarchy, name))
    .filter((folder) => existsSync(folder));
}

/** One in version 2, one for each controller in version 1. */
function hierarchies(): string[] {
  if (existsSync(CONTROLLERS)) return [ROOT];
  return readdirSync(ROOT)
    .map((name) => join(ROOT, name))
    .filter((folder) => lstatSync(folder).isDirectory()); // links such as `cpu` → `cpu,cpuacct` are no further ones
}
