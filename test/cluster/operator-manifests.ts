import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect } from 'chai';
import type { Access } from './access.ts';
import { ROOT } from './go-module.ts';
import { PROJECT_IMAGE } from './images.ts';
import { MUTATING_POLICIES, meets, versionUnderTest } from './versions.ts';

/** What a kustomization of a user's own has beside ours; its resources are named from the release's root. */
export type Overlay = Readonly<Record<string, unknown>> & { readonly resources?: readonly string[] };

/** A release as the tests have it: a folder with its source and its `dist`, and what the node calls its image. */
export interface Release {
  readonly root: string;
  readonly image: string;
}

export const THIS_RELEASE: Release = { root: ROOT, image: PROJECT_IMAGE };

/** What is installed on the release of Kubernetes under test: with the policies that mutate where it has them. */
function installation(): string {
  return meets(versionUnderTest(), MUTATING_POLICIES) ? 'config/default' : 'config/without-admission';
}

/** A release's manifests with another image, set as users do it: in a kustomization of their own. */
export async function operatorManifests(
  cluster: Access,
  overlay: Overlay = {},
  { root, image }: Release = THIS_RELEASE,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'dependency-gate-overlay-'));
  const [newName, newTag] = image.split(':');
  const resources = new Set([installation(), ...(overlay.resources ?? [])]);
  const kustomization = {
    ...overlay,
    resources: [...resources].map((path) => relative(folder, join(root, path))),
    images: [{ name: 'ghcr.io/dependency-gate/dependency-gate', newName, newTag }],
  };
  try {
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
    const manifests = await cluster.kubectl(['kustomize', folder]);
    expect(manifests).to.not.contain('ghcr.io');
    return manifests;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
