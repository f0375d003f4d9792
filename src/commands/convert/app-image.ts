import { isDeepStrictEqual } from 'node:util';
import type { InitContainer } from './init-container.ts';

/** What a check takes over from the container that it is made from, where it gives none itself. */
const SINGLE = ['imagePullPolicy', 'workingDir', 'resources', 'securityContext'] as const;
/** And what it has besides its own. */
const LISTS = ['env', 'envFrom', 'volumeMounts'] as const;

/** A container that is made from one of the Pod's own, and what a person should know of that. */
export interface FromApp {
  /** What is left to say of it: `from`, and what the other has not. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly remarks: readonly string[];
}

/**
 * An init container that runs the image of one of the Pod's own containers, as an app's migration tool does: with `from` it
 * follows that image through every release, where `image` would stay at the version of today. Undefined where it runs
 * another image, or names no command: then nothing tells what it does.
 */
export function fromApp(container: InitContainer, apps: readonly InitContainer[]): FromApp | undefined {
  const [app, ...others] = apps.filter(({ image }) => image !== '' && image === container.image);
  if (!app || container.command.length + container.args.length === 0) return undefined;
  const { name: _, image: __, ...own } = container;
  const gained = [...LISTS.filter((field) => missing(app, own, field)), ...SINGLE.filter(isTaken(app, own))];
  return {
    fields: { from: app.name, ...withoutShared(own, app) },
    remarks: [
      `it runs the image of ${app.name}, and so the one of each release, with its environment and volumes`,
      ...(gained.length > 0 ? [`it also gets what only ${app.name} has of ${gained.join(', ')}`] : []),
      ...(others.length > 0
        ? [`${names(others)} has that image too: put it into from where it is meant`]
        : []),
    ],
  };
}

function withoutShared(own: Readonly<Record<string, unknown>>, app: InitContainer): Record<string, unknown> {
  const left = Object.entries(own).flatMap(([field, value]): [string, unknown][] => {
    if (isOneOf(SINGLE, field)) return isDeepStrictEqual(value, app[field]) ? [] : [[field, value]];
    if (!isOneOf(LISTS, field)) return [[field, value]];
    const items = listed(value).filter((item) => !has(app, field, item));
    return items.length === 0 ? [] : [[field, items]];
  });
  return Object.fromEntries(left);
}

/** Whether the app has some of a list that the container has not. */
function missing(app: InitContainer, own: Readonly<Record<string, unknown>>, field: string): boolean {
  return listed(app[field]).some((item) => !has(own, field, item));
}

function isTaken(app: InitContainer, own: Readonly<Record<string, unknown>>) {
  return (field: string) => app[field] !== undefined && own[field] === undefined;
}

function has(of: Readonly<Record<string, unknown>>, field: string, item: unknown): boolean {
  return listed(of[field]).some((one) => isDeepStrictEqual(one, item));
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isOneOf(fields: readonly string[], field: string): boolean {
  return fields.includes(field);
}

function names(containers: readonly InitContainer[]): string {
  return containers.map(({ name }) => name).join(', ');
}
