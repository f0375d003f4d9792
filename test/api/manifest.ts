import { API_VERSION, KIND } from '../../src/api/names.ts';

/** A manifest as somebody writes it, right or wrong. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  spec: Record<string, unknown>;
}

/** A valid gate of one target and one dependency, except for the fields of the spec that are given. */
export function manifest(spec: Record<string, unknown> = {}, name = 'api-first'): Manifest {
  return {
    apiVersion: API_VERSION,
    kind: KIND,
    metadata: { name },
    spec: {
      targets: [{ name: 'pinger' }],
      dependencies: [{ name: 'api', dns: { host: 'api' } }],
      ...spec,
    },
  };
}

/** A valid gate whose dependencies, named d0, d1 and so on, have these fields. */
export function depending(...dependencies: Record<string, unknown>[]): Manifest {
  return manifest({
    dependencies: dependencies.map((dependency, index) => ({ name: `d${index}`, ...dependency })),
  });
}
