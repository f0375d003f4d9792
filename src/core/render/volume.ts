import { filesOf } from '../../api/key-references.ts';
import { ANNOTATIONS_PATH, type FileSource, filePath, volumeName } from '../../api/names.ts';
import type { RenderedVolume } from '../../api/rendered.ts';
import type { GateSpec } from '../../api/spec.ts';

type VolumeSource = RenderedVolume['projected']['sources'][number];

/**
 * The volume of a gate: what its waiting containers read. The Pod's annotations, by which they are opened, are in each, needed
 * or not; besides there are the files that its checks read. Those are optional to the kubelet, which would otherwise start no container of the
 * Pod while one is missing: the waiter tells which one it misses, and takes it when it comes.
 */
export function renderVolume(gate: string, { dependencies }: GateSpec): RenderedVolume {
  const byObject = Map.groupBy(dependencies.flatMap(filesOf), ({ kind, name }) => `${kind} ${name}`);
  return {
    name: volumeName(gate),
    projected: { sources: [ANNOTATIONS, ...[...byObject.values()].flatMap(filesOfOne)] },
  };
}

const ANNOTATIONS: VolumeSource = {
  downwardAPI: { items: [{ path: ANNOTATIONS_PATH, fieldRef: { fieldPath: 'metadata.annotations' } }] },
};

/** The files of one ConfigMap or Secret, each key once. */
function filesOfOne(sources: readonly FileSource[]): VolumeSource[] {
  const [first] = sources;
  if (!first) return [];
  const { kind, name } = first;
  const items = new Map(sources.map((source) => [source.key, { key: source.key, path: filePath(source) }]));
  const files = { name, items: [...items.values()], optional: true };
  return [kind === 'Secret' ? { secret: files } : { configMap: files }];
}
