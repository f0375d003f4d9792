import { InvalidArgumentError } from 'commander';
import { label } from '../../api/fields.ts';

/** A DNS label (RFC 1123), as names of namespaces are. */
const namespace = label(63);

/** Names of namespaces, separated by commas: each once. */
export function namespaces(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !namespace.safeParse(name).success);
  if (wrong !== undefined)
    throw new InvalidArgumentError(
      `${wrong === '' ? 'A name is missing' : `"${wrong}" is no name of a namespace`}: give names, separated by commas.`,
    );
  return [...new Set(names)];
}
