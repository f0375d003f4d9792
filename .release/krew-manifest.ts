import { createHash } from 'node:crypto';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { VERSION } from './bundling.ts';

/** An archive of the executable, as `.release/executable.ts` names it. */
export interface Archive {
  readonly file: string;
  /** In hexadecimal digits. */
  readonly sha256: string;
}

const NAME = /^kubectl-dgate-(?<version>.+)-(?<os>linux|darwin)-(?<arch>amd64|arm64)\.tar\.gz$/;

/**
 * The manifest by which krew installs the plugin
 * (https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest).
 *
 * @param repository `owner/name` on GitHub, whose release has the archives
 * @throws where an archive is of no platform, or of another version
 */
export function krewManifest(version: string, repository: string, archives: readonly Archive[]): string {
  const home = `https://github.com/${repository}`;
  const manifest = {
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'dgate' },
    spec: {
      version: `v${version}`,
      homepage: home,
      shortDescription: 'Show what Pods wait for before they start',
      description: DESCRIPTION,
      caveats: CAVEATS,
      platforms: archives.map(({ file, sha256 }) => ({
        selector: { matchLabels: platformOf(file, version) },
        uri: `${home}/releases/download/v${version}/${file}`,
        sha256,
        bin: 'kubectl-dgate',
      })),
    },
  };
  return stringify(manifest, { lineWidth: 0, blockQuote: 'literal' });
}

const DESCRIPTION = `Gates of the Dependency Gate operator keep Pods from starting before what they depend on is there.
This plugin lists what waits for what, explains why and what to do next, and opens a gate by hand.
It also renders gates into manifests at build time, and runs a cluster in one process to try them on.
`;

const CAVEATS = `For completion by Tab, put an executable kubectl_complete-dgate on your PATH:
  #!/bin/sh
  exec kubectl-dgate complete -- "$@"
`;

function platformOf(file: string, version: string): Record<'os' | 'arch', string> {
  const { os = '', arch = '', version: named } = NAME.exec(file)?.groups ?? {};
  if (named !== version) throw new Error(`${file} is no archive of version ${version}`);
  return { os, arch };
}

/** The archives of a folder, by name. */
export function archivesIn(folder: string): Archive[] {
  const files = globSync('kubectl-dgate-*.tar.gz', { cwd: folder }).toSorted();
  if (files.length === 0) throw new Error(`there are no archives in ${folder}: make executable`);
  return files.map((file) => ({ file, sha256: sha256(join(folder, file)) }));
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** `node .release/krew-manifest.ts FOLDER OWNER/NAME` writes dgate.yaml for the archives of the folder beside them. */
if (import.meta.main) {
  const [folder = '', repository = ''] = process.argv.slice(2);
  writeFileSync(join(folder, 'dgate.yaml'), krewManifest(VERSION, repository, archivesIn(folder)));
}
