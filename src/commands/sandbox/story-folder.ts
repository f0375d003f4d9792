import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { getAsset, getAssetKeys, isSea } from 'node:sea';

/** Where the story's manifests are in a clone, and by which names the single executable has them. */
const STORY = 'config/samples/story';

/**
 * The folder with the manifests of the story: of the clone that the program is in (as source, or built), else of the working
 * folder. The single executable has them inside and writes them down.
 *
 * @param scratch a folder that goes when the sandbox ends
 */
export async function storyFolder(scratch: string): Promise<string> {
  if (isSea()) return unpack(join(scratch, 'story'));
  const clones = [join(import.meta.dirname, '..'), join(import.meta.dirname, '../../..')];
  const folders = clones.map((clone) => join(clone, STORY));
  return folders.find((folder) => existsSync(folder)) ?? STORY;
}

async function unpack(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const ours = getAssetKeys().filter((key) => key.startsWith(STORY));
  await Promise.all(ours.map((key) => writeFile(join(folder, basename(key)), getAsset(key, 'utf8'))));
  return folder;
}
