/**
 * Writes what the site has besides its versions, each of which is a folder: their list, which the menu reads, and the
 * way to the latest from the site's root.
 *
 *     node .site/versions.ts .cache/site
 */
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const RELEASE = /^v(\d+)\.(\d+)\.(\d+)$/;

/** Folders of versions, the latest release first, and last what is not released; others are left out. */
export function versionsOf(folders: readonly string[]): string[] {
  const releases = folders.filter((name) => RELEASE.test(name)).toSorted(laterFirst);
  return [...releases, ...folders.filter((name) => name === 'main')];
}

function laterFirst(one: string, other: string): number {
  return other.localeCompare(one, 'en', { numeric: true });
}

/** A page that leads on to a version. */
export function redirectTo(version: string): string {
  return [
    '<!doctype html>',
    '<meta charset="utf-8">',
    `<meta http-equiv="refresh" content="0; url=./${version}/">`,
    `<title>Dependency Gate</title>`,
    `<a href="./${version}/">Dependency Gate ${version}</a>`,
    '',
  ].join('\n');
}

if (import.meta.main) {
  const [, , folder = '.cache/site'] = process.argv;
  const versions = versionsOf(readdirSync(folder));
  const [latest] = versions;
  if (latest === undefined) throw new Error(`${folder} has no version`);
  writeFileSync(join(folder, 'versions.json'), `${JSON.stringify(versions)}\n`);
  writeFileSync(join(folder, 'index.html'), redirectTo(latest));
  // What a server shows for whatever is not there.
  copyFileSync(join(folder, latest, '404.html'), join(folder, '404.html'));
}
