import type { Access } from './access.ts';
import { eventually } from './eventually.ts';

const CRD = 'crd/dependencygates.dependencygate.dev';

/** Waits until gates are served. `kubectl wait` fails at once where a definition has no conditions yet. */
export async function established(access: Pick<Access, 'kubectl'>): Promise<void> {
  const wait = ['wait', '--for=condition=Established', '--timeout=60s', CRD];
  await eventually('the custom resource is established', 60_000, () => access.kubectl(wait));
}
