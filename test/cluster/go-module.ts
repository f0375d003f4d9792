import { join } from 'node:path';
import { MAIN_VERSION, minorName, type Version } from './versions.ts';

/** The project's folder. */
export const ROOT = join(import.meta.dirname, '../..');
/** The Go module that makes Kubernetes' own programs of pinned modules. */
export const GO_MODULE = join(import.meta.dirname, 'go');
/** Where built programs are kept between runs: those of the main release, and of no release. */
export const PROGRAMS = join(ROOT, '.cache/cluster/bin');

/** Where those are kept that are built of this release. */
export function programsOf(version: Version): string {
  return version === MAIN_VERSION ? PROGRAMS : join(PROGRAMS, version);
}

/** The file that pins what a release is made of, in the Go module's folder. Beside it is a `.sum`. */
export function moduleFile(version: Version): string {
  return version === MAIN_VERSION ? 'go.mod' : `versions/${minorName(version)}.mod`;
}

/** Makes `go` take that file for the module's. */
export function moduleFlags(version: Version): readonly string[] {
  return version === MAIN_VERSION ? [] : [`-modfile=${moduleFile(version)}`];
}
