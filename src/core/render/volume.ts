import { ANNOTATIONS_PATH, type CaSource, caPath, volumeName } from '../../api/names.ts';
import type { RenderedVolume } from '../../api/rendered.ts';
import type { GateSpec } from '../../api/spec.ts';
import { caSourceOf } from './wait-arguments.ts';

type VolumeSource = RenderedVolume['projected']['sources'][number];

/**
 * The volume of a gate: what its waiting containers read. The Pod's annotations, by which they are opened, are in each, needed
 * or not; besides there are the CA bundles. Those are optional to the kubelet, which would otherwise start no container of the
 * Pod while one is missing: the waiter tells which one it misses, and takes it when it comes.
 */
export function renderVolume(gate: string, { dependencies }: GateSpec): RenderedVolume {
  const sources = dependencies.flatMap((dependency) => caSourceOf(dependency) ?? []);
  const byName = Map.groupBy(sources, ({ configMap }) => configMap);
  return {
    name: volumeName(gate),
    projected: { sources: [ANNOTATIONS, ...[...byName].map(bundles)] },
  };
}

const ANNOTATIONS: VolumeSource = {
  downwardAPI: { items: [{ path: ANNOTATIONS_PATH, fieldRef: { fieldPath: 'metadata.annotations' } }] },
};

/** The bundles of one ConfigMap, each key once. */
function bundles([name, sources]: readonly [string, readonly CaSource[]]): VolumeSource {
  const items = new Map(sources.map((source) => [source.key, { key: source.key, path: caPath(source) }]));
  return { configMap: { name, items: [...items.values()], optional: true } };
}
