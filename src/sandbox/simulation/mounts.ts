import type { FoundFile } from '../../waiter/files.ts';
import type { Collection } from './collection.ts';
import type { ConfigMap, Pod, PodContainer } from './objects.ts';

/**
 * A file of a container, from the ConfigMaps of a projected volume, as a kubelet would have it there by now. All such volumes
 * are taken to be optional, and no other files are there.
 */
export function mountedFile(
  { metadata, spec }: Pod,
  { volumeMounts }: PodContainer,
  configMaps: Pick<Collection<ConfigMap>, 'get'>,
  file: string,
): FoundFile | undefined {
  const texts = volumeMounts
    .filter(({ mountPath }) => file.startsWith(`${mountPath}/`))
    .flatMap(({ name, mountPath }) => {
      const path = file.slice(mountPath.length + 1);
      const sources = spec.volumes.find((volume) => volume.name === name)?.projected?.sources ?? [];
      return sources.flatMap(({ configMap }) => {
        const key = configMap?.items.find((item) => item.path === path)?.key;
        const data = configMap && configMaps.get(`${metadata.namespace}/${configMap.name}`)?.data;
        return (key !== undefined && data?.[key]) || [];
      });
    });
  const [text] = texts;
  return text === undefined ? undefined : { version: text, text: () => text };
}
