import type { ReadFile } from '../../src/waiter/files.ts';

/** Files by their paths, as they are at the time of the call; each change is another version. */
export function filesIn(texts: Readonly<Record<string, string>>): ReadFile {
  return (path) => {
    const text = texts[path];
    return text === undefined ? undefined : { version: text, text: () => text };
  };
}
