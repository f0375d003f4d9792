import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ROOT } from './manifests.ts';

/** What a kustomization of a user's own has. */
export interface Overlay {
  /** Folders, from the repository's root. */
  readonly resources: readonly string[];
  readonly namespace?: string;
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly patches?: readonly object[];
}

/** Writes the overlay into a folder, lets it be built, and answers with what came of it. */
export async function withOverlay<T>(
  overlay: Overlay,
  build: (folder: string) => T | Promise<T>,
): Promise<T> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'dependency-gate-overlay-')));
  const resources = overlay.resources.map((path) => relative(folder, join(ROOT, path)));
  try {
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify({ ...overlay, resources }));
    return await build(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
