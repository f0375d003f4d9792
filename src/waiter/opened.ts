import { readOpenValue } from '../api/names.ts';
import { fs } from './builtin.ts';
import type { Clock } from './wait-clock.ts';

/** How much earlier than the process the kubelet may say that it started: it tells whole seconds. */
const EARLIER_BY = 2000;
/** How much later: the runtime may be slow to event. */
const LATER_BY = 60_000;
/** Less than the 250 ms after which `wait` looks again, though a timer be early, and more than those who look lie apart. */
const HELD_FOR = 200;

/**
 * The annotation in a downward-API file, with its value as it is escaped there. The kubelet writes one line `key="value"` for
 * each annotation and escapes the value as Go's `%q` does, so a value holds no line break: only a real key stands at the
 * start of a line.
 */
export function annotationOf(text: string, key: string): string | undefined {
  const start = `${key}="`;
  const line = text.split('\n').find((one) => one.startsWith(start));
  return line?.slice(start.length).replace(/"$/, '');
}

/**
 * Whether an opening is for the run that started then (ms since the epoch): one by the operator is for a single run, and does
 * not open the next one, in a sandbox that was made again or in another Pod that was made from this one. Both times are the
 * node's.
 */
export function isForRun(value: string, startedAt: number): boolean {
  const opening = readOpenValue(value);
  if (opening === undefined) return true;
  const since = startedAt - Date.parse(opening.startedAt);
  return since <= EARLIER_BY && since >= -LATER_BY;
}

/**
 * The command by which a person opens the dependency for this Pod. Its name is the host's (but with `hostNetwork`), and the
 * search list begins with its namespace (but with another `dnsPolicy`); what is not known is left to be filled in.
 */
export function openingCommand(
  { opening }: { readonly opening: { readonly key: string } | undefined },
  { HOSTNAME = 'POD' }: Readonly<Record<string, string | undefined>>,
  [domain = '']: readonly string[],
): string | undefined {
  if (opening === undefined) return undefined;
  const [, namespace = 'NAMESPACE'] = /^([^.]+)\.svc\./.exec(domain) ?? [];
  return `kubectl annotate pod ${HOSTNAME} -n ${namespace} ${opening.key}=1`;
}

/** Whether the annotations say that the dependency was opened for the run that started then. */
export function isOpened(annotations: string, key: string, startedAt: number): boolean {
  const value = annotationOf(annotations, key);
  return value !== undefined && isForRun(value, startedAt);
}

/**
 * The downward-API file's text. One that is absent (the kubelet has not written it yet, or the program runs outside of a Pod)
 * or unreadable has none: it opens nothing, and must not stop the check itself.
 */
export function readAnnotations(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/**
 * Reads for several dependencies that look at nearly the same moments: what one of them has read serves the others too.
 * It is forgotten before any of them looks again.
 */
export function readingOnce(
  read: (file: string) => string,
  clock: Pick<Clock, 'now'>,
): (file: string) => string {
  const held = new Map<string, { readonly text: string; readonly at: number }>();
  return (file) => {
    const before = held.get(file);
    if (before !== undefined && clock.now() - before.at < HELD_FOR) return before.text;
    const text = read(file);
    held.set(file, { text, at: clock.now() });
    return text;
  };
}
