import { InvalidArgumentError } from 'commander';

/** A DNS label (RFC 1123), as names of namespaces are. */
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Names of namespaces, separated by commas: each once. */
export function namespaces(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !LABEL.test(name));
  if (wrong !== undefined)
    throw new InvalidArgumentError(
      `${wrong === '' ? 'A name is missing' : `"${wrong}" is no name of a namespace`}: give names, separated by commas.`,
    );
  return [...new Set(names)];
}
