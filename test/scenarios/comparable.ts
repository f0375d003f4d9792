import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Namespace } from './namespace.ts';
import type { Kind } from './resources.ts';

const KINDS: readonly Kind[] = ['DependencyGate', 'Deployment', 'ReplicaSet', 'Pod'];

/** What is another in every run. */
const OF_ONE_RUN = new Set([
  ...['uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'podIP', 'podIPs'],
  ...['containerID', 'imageID', 'restartCount', 'lastState', 'state'],
]);
/** Whether a target was seen to come after its gate depends on who looked when. */
const OF_WHO_LOOKED = new Set(['firstStart']);
const UID = /\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;
const TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;
/** How often a container that was to wait had been started when it was opened. */
const ATTEMPT = /^\d+ (?=<time>)/;
const SETTLED_WITHIN_MS = 30_000;
/** What follows from a write, of controllers and of the operator, has come after so many equal looks. */
const EQUAL_LOOKS = 10;

const record = z.record(z.string(), z.unknown());
const named = z.looseObject({ metadata: z.looseObject({ name: z.string() }) });

/**
 * The objects of a namespace without what is another in every run, once they are as they are to be, or stay as they are.
 *
 * @param until what they are waited to be
 */
export async function comparable(here: Namespace, until?: unknown): Promise<unknown> {
  let before = await objectsOf(here);
  let equal = 0;
  try {
    return await here.until(
      'nothing changes any more',
      async () => {
        const now = await objectsOf(here);
        equal = isDeepStrictEqual(now, before) && !isGoing(now) ? equal + 1 : 0;
        before = now;
        const isSettled = until === undefined ? equal >= EQUAL_LOOKS : isDeepStrictEqual(now, until);
        return isSettled ? now : undefined;
      },
      SETTLED_WITHIN_MS,
    );
  } catch {
    return before;
  }
}

/** Whether one of them is being deleted, and will be gone. */
function isGoing(objects: readonly unknown[]): boolean {
  return objects.some((one) => named.parse(one).metadata.deletionTimestamp !== undefined);
}

async function objectsOf(here: Namespace): Promise<unknown[]> {
  const objects = (await Promise.all(KINDS.map((kind) => here.list(kind)))).flat();
  const same = objects.map((one) => withoutRun(one, here.name));
  return same.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}

function withoutRun(raw: unknown, namespace: string): unknown {
  const { name } = named.parse(raw).metadata;
  return stripped(raw, (text) =>
    text
      .replaceAll(namespace, '<namespace>')
      .replaceAll(name, withoutSuffix(name))
      .replaceAll(/\b(app-[a-z0-9]+)-[a-z0-9]{5}\b/g, '$1-<random>')
      .replaceAll(UID, '<uid>')
      .replaceAll(TIME, '<time>')
      .replace(ATTEMPT, '<attempt> '),
  );
}

/** Pods have a random one. */
function withoutSuffix(name: string): string {
  return name.replace(/^(app-[a-z0-9]+)-[a-z0-9]{5}$/, '$1-<random>');
}

function stripped(value: unknown, inText: (text: string) => string): unknown {
  if (typeof value === 'string') return inText(value);
  if (Array.isArray(value)) return value.map((one) => stripped(one, inText));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(record.parse(value))
    .filter(([key]) => !OF_ONE_RUN.has(key) && !OF_WHO_LOOKED.has(key))
    .map(([key, one]) => [key, stripped(one, inText)] as const);
  return Object.fromEntries(entries);
}
