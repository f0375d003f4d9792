import { containerCheckSchema } from '../../api/container-check.ts';
import { fromApp } from './app-image.ts';
import { type Check, NEVER_GIVES_UP } from './converted-check.ts';
import { entrypointChecks, imageProgram } from './images.ts';
import { expand, type InitContainer, originWords, Unclear } from './init-container.ts';
import { PROGRAMS } from './known-programs.ts';
import { unknown } from './options.ts';
import { asks, migration } from './schema-programs.ts';
import { scriptOf, type Waiting, waitsIn } from './shell.ts';

/** What a gate can do for an init container. */
export type Recognized =
  /** Its own checks: several where it waits for several things. */
  | { readonly is: 'checks'; readonly checks: readonly Check[]; readonly by: string }
  /** It waits, and a gate has no check of its own for that: the container itself becomes one. */
  | { readonly is: 'container'; readonly check: Check; readonly by: string }
  /** It stays where it is. */
  | { readonly is: 'left'; readonly why: string };

/**
 * Never guesses: what is not understood stays where it is, and says why.
 * @param apps the Pod's own containers, whose images checks may run with
 */
export function recognize(container: InitContainer, apps: readonly InitContainer[] = []): Recognized {
  const words = [...container.command, ...container.args];
  try {
    const entrypoint = entrypointChecks(container);
    if (entrypoint) return { is: 'checks', checks: entrypoint, by: 'kubernetes-entrypoint' };
    const waits = waitsOf(container, words);
    const checks = waits.flatMap(({ words: [program = '', ...args], givesUp }) =>
      checksOf(program, args, container).map(({ check, remarks }) => ({
        check,
        remarks: [...remarks, ...(givesUp ? [NEVER_GIVES_UP] : [])],
      })),
    );
    return { is: 'checks', checks, by: waits.map(({ text }) => text).join(' && ') };
  } catch (error) {
    if (!(error instanceof Unclear)) throw error;
    return whole(container, apps, words.join(' '), error.message);
  }
}

function waitsOf(container: InitContainer, words: readonly string[]): Waiting[] {
  const script = scriptOf(words);
  if (script !== undefined) return waitsIn(script);
  const program = imageProgram(container.image);
  const all = container.command.length === 0 && program !== undefined ? [program, ...words] : words;
  if (all.length === 0) throw new Unclear(`what image ${container.image} does is not in the manifest`);
  return [{ words: all, text: all.join(' '), givesUp: false }];
}

function checksOf(program: string, args: readonly string[], container: InitContainer): Check[] {
  const name = program.split('/').at(-1) ?? '';
  const found = PROGRAMS[name] ?? unknown(name);
  const words = args.map((word) => expand(word, container));
  try {
    const checks = found(words);
    const left = originWords(JSON.stringify(checks));
    return left === undefined ? checks : unclear(left);
  } catch (error) {
    const origin = error instanceof Unclear ? originWords(error.message) : undefined;
    throw origin === undefined ? error : new Unclear(origin);
  }
}

function unclear(why: string): never {
  throw new Unclear(why);
}

/** A container that waits by other means is taken over as it is, as far as a gate has its fields. */
function whole(
  container: InitContainer,
  apps: readonly InitContainer[],
  text: string,
  why: string,
): Recognized {
  if (!asks(text)) return { is: 'left', why };
  const changes = migration(text);
  if (changes !== undefined)
    return { is: 'left', why: `it does more than wait: ${changes} changes the schema` };
  const { name: _name, ...own } = container;
  const app = fromApp(container, apps);
  const read = containerCheckSchema.safeParse(withoutEmpty(app?.fields ?? own));
  if (!read.success) {
    const fields = read.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys' ? issue.keys : [issue.path.join('.')],
    );
    return { is: 'left', why: `a gate's container has no place for its ${[...new Set(fields)].join(', ')}` };
  }
  return {
    is: 'container',
    check: { check: { container: read.data }, remarks: app?.remarks ?? [AS_IT_IS] },
    by: text,
  };
}

const AS_IT_IS =
  'the container as it is: where the server is a Service of this namespace, service may be enough';

/** Without lists that the manifest has not, and where its last words are put, which decides nothing. */
function withoutEmpty(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { terminationMessagePath: _path, terminationMessagePolicy: _policy, ...own } = fields;
  const isEmpty = (field: string, value: unknown) =>
    ['command', 'args', 'env'].includes(field) && Array.isArray(value) && value.length === 0;
  return Object.fromEntries(Object.entries(own).filter(([field, value]) => !isEmpty(field, value)));
}
