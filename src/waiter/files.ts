import { fs } from './builtin.ts';

/** A file as it was when it was looked for. */
export interface FoundFile {
  /** Another one whenever the file has been written or replaced. */
  readonly version: string;
  readonly text: () => string;
}

/** Looks for a file, which may come later than the program, and be replaced. Undefined while there is none. */
export type ReadFile = (path: string) => FoundFile | undefined;

export const readFile: ReadFile = (path) => {
  const found = fs.statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  return {
    version: `${found.ino} ${found.mtimeMs} ${found.size}`,
    text: () => fs.readFileSync(path, 'utf8'),
  };
};
