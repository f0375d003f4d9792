import { containerCheckSchema } from '../../api/container-check.ts';
import { type Check, NEVER_GIVES_UP } from './converted-check.ts';
import { entrypointChecks, imageProgram } from './images.ts';
import { expand, type InitContainer, originWords, Unclear } from './init-container.ts';
import { PROGRAMS } from './known-programs.ts';
import { unknown } from './options.ts';
import { scriptOf, type Waiting, waitsIn } from './shell.ts';

/** What a gate can do for an init container. */
export type Recognized =
  /** Its own checks: several where it waits for several things. */
  | { readonly is: 'checks'; readonly checks: readonly Check[]; readonly by: string }
  /** It waits, and a gate has no check of its own for that: the container itself becomes one. */
  | { readonly is: 'container'; readonly check: Check; readonly by: string }
  /** It stays where it is. */
  | { readonly is: 'left'; readonly why: string };

/** Programs that ask a server whether it is ready, in ways that a gate does not know. */
const CLIENTS =
  /\b(pg_isready|psql|mysqladmin|mysql|mariadb-admin|redis-cli|valkey-cli|mongosh?|clickhouse-client|airflow db check|manage\.py migrate --check|rails db:|rabbitmq-diagnostics|kafka-topics|cqlsh|etcdctl)/;

/** Never guesses: what is not understood stays where it is, and says why. */
export function recognize(container: InitContainer): Recognized {
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
    return whole(container, words.join(' '), error.message);
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
function whole(container: InitContainer, text: string, why: string): Recognized {
  if (!CLIENTS.test(text)) return { is: 'left', why };
  const { name: _name, terminationMessagePath: _path, terminationMessagePolicy: _policy, ...own } = container;
  const { env, command, args, ...rest } = own;
  const read = containerCheckSchema.safeParse({
    ...rest,
    ...(command.length > 0 && { command }),
    ...(args.length > 0 && { args }),
    ...(env.length > 0 && { env }),
  });
  if (!read.success) {
    const fields = read.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys' ? issue.keys : [issue.path.join('.')],
    );
    return { is: 'left', why: `a gate's container has no place for its ${[...new Set(fields)].join(', ')}` };
  }
  const remark =
    'the container as it is: where the server is a Service of this namespace, service may be enough';
  return { is: 'container', check: { check: { container: read.data }, remarks: [remark] }, by: text };
}
