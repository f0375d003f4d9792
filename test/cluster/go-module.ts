import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The project's folder. */
export const ROOT = join(import.meta.dirname, '../..');
/** The Go module that makes Kubernetes' own programs of pinned modules. */
export const GO_MODULE = join(import.meta.dirname, 'go');
/** Where built programs are kept between runs. */
export const PROGRAMS = join(ROOT, '.cache/cluster/bin');

/** The release of Kubernetes that go.mod pins, such as `v1.36.3`. */
export function kubernetesVersion(): string {
  const version = /^\s*k8s\.io\/kubernetes (v\d+\.\d+\.\d+)$/m.exec(
    readFileSync(join(GO_MODULE, 'go.mod'), 'utf8'),
  )?.[1];
  if (version === undefined) throw new Error(`${GO_MODULE}/go.mod requires no release of k8s.io/kubernetes`);
  return version;
}
