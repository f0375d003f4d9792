import { type DestinationStream, destination, type Logger, pino } from 'pino';

/** A log of JSON lines at standard output, which a terminal may show as they are. */
export function createLog(level: string, to: DestinationStream = destination(1)): Logger {
  return pino({ level }, { write: (line) => to.write(escaped(line)) });
}

/**
 * JSON escapes the control characters below U+0020 only. What else could steer a terminal or hide itself is written as
 * JSON may have it, so that whoever parses the line reads what was said.
 */
function escaped(line: string): string {
  return line.replaceAll(/[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, at) => unit(character.charCodeAt(at))).join(''),
  );
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
