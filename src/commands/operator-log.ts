import { type DestinationStream, destination, type Logger, pino } from 'pino';
import { ApiError } from '../kube/api-error.ts';

/**
 * A log of JSON lines at standard output, which a terminal may show as they are: the level by its name, the time as RFC
 * 3339 has it. Process and host are left out, since whoever collects logs of Pods knows them.
 */
export function createLog(level: string, to: DestinationStream = destination(1)): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: serialized },
  };
  return pino(options, { write: (line) => to.write(escaped(line)) });
}

/** What the API server said needs no stack: that is of the code which asked, the same each time. */
function serialized(error: unknown): unknown {
  if (error instanceof ApiError) {
    const { name, status, reason, message } = error;
    return { type: name, status, reason, message };
  }
  return error instanceof Error ? pino.stdSerializers.err(error) : error;
}

/** Changes between the level that was asked for and `debug`, for whoever cannot start the operator again to see more. */
export function toggleDebug(log: Logger, level: string): void {
  log.level = log.level === 'debug' ? level : 'debug';
  log.info({ logLevel: log.level }, 'the log level has changed');
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
