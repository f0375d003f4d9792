import { fs } from './builtin.ts';

/**
 * Whether the annotation is in a downward-API file. The kubelet writes one line `key="value"` for each annotation and
 * escapes the value as Go's `%q` does, so a value holds no line break: only a real key stands at the start of a line.
 */
export function hasAnnotation(text: string, key: string): boolean {
  return text.split('\n').some((line) => line.startsWith(`${key}="`));
}

/**
 * Whether the file says that the dependency was opened. A file that is absent (the kubelet has not written it yet, or the
 * program runs outside of a Pod) or unreadable opens nothing, and must not stop the check itself.
 */
export function isOpened(file: string, key: string): boolean {
  try {
    return hasAnnotation(fs.readFileSync(file, 'utf8'), key);
  } catch {
    return false;
  }
}
