/**
 * Commands to a terminal: CSI (colours, the cursor, clearing), OSC (titles, links, the clipboard), and the short ones; with
 * the escape character and in their one-byte form (ECMA-48). None of the repetitions can cross the start of another, so the
 * time is linear.
 */
const COMMANDS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c\x9d]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-Z\\^-~]/g;

/**
 * Words that others may have written, as they may be shown: on one line, with nothing in them that steers a terminal, rings
 * its bell, hides itself or turns the direction of writing. The one rule for everything that comes from outside (answers,
 * logs, messages of Kubernetes, manifests) and goes to a person: a log, a status, an Event, a terminal.
 */
export function plain(words: string): string {
  return words
    .toWellFormed()
    .replaceAll(COMMANDS, '')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/\p{Cf}/gu, '');
}
