import type { FoundFile } from '../../waiter/files.ts';
import { dataOf, type Sources } from './environment.ts';
import type { Pod, PodContainer } from './objects.ts';

/**
 * A file of a container, from the ConfigMaps and Secrets of a projected volume, as a kubelet would have it there by now. All
 * such volumes are taken to be optional, and no other files are there.
 */
export function mountedFile(
  pod: Pod,
  { volumeMounts }: PodContainer,
  { configMaps, secrets }: Sources,
  file: string,
): FoundFile | undefined {
  const texts = volumeMounts
    .filter(({ mountPath }) => file.startsWith(`${mountPath}/`))
    .flatMap(({ name, mountPath }) => {
      const path = file.slice(mountPath.length + 1);
      const sources = pod.spec.volumes.find((volume) => volume.name === name)?.projected?.sources ?? [];
      return sources.flatMap(({ configMap, secret }) => {
        const [source, kind] = secret ? [secret, 'secret' as const] : [configMap, 'configmap' as const];
        const key = source?.items.find((item) => item.path === path)?.key;
        if (source === undefined || key === undefined) return [];
        const held = kind === 'secret' ? secrets : configMaps;
        return dataOf(pod, held, kind, { name: source.name, optional: true })?.[key] ?? [];
      });
    });
  const [text] = texts;
  return text === undefined ? undefined : { version: text, text: () => text };
}
