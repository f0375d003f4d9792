import type { ParseArgsConfig } from 'node:util';
import { util } from './builtin.ts';
import type { CheckOptions } from './checks/known-checks.ts';
import { type Environment, hostPort, httpUrl, type Shown } from './destination.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { isHost } from './network/address.ts';
import type { TlsOptions } from './network/tls-handshake.ts';
import type { WaitOptions } from './wait.ts';
import { UsageError, ValueError } from './wait-problem.ts';

/** All that the command line says of a dependency. */
export interface Options extends WaitOptions, OuterOptions {
  readonly check: CheckOptions;
  /** Name of the dependency, for the log. */
  readonly name: string;
}

/** What is said of a dependency, and of several as a whole. */
export interface OuterOptions {
  /** What opens it, or all of them, from outside. */
  readonly opening: Opening | undefined;
  readonly logFormat: 'text' | 'json';
}

/** An annotation's key, and the file of the Pod's annotations. */
export interface Opening {
  readonly key: string;
  readonly file: string;
}

const text = { type: 'string' } as const;
const list = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean' } as const;
const outer = { 'open-key': text, 'annotations-file': text, 'log-format': text };
const opening = { name: text, 'overdue-after': text, 'on-overdue': text, ...outer };
const common = { ...opening, period: text, timeout: text, 'success-threshold': text };
const client = { 'client-cert-file': text, 'client-key-file': text };
const tls = { 'tls-server-name': text, 'ca-file': text, ...client, 'insecure-skip-verify': flag };
const TLS_OPTIONS = Object.keys(tls).map((name) => `--${name}`);
const TLS_WORDS = `${TLS_OPTIONS.slice(0, -1).join(', ')} and ${TLS_OPTIONS.at(-1)}`;
const address = { host: text, 'host-env': text, port: text, 'port-env': text };
const dns = { ...common, type: text };
const tcp = { ...common, ...address };
const http = {
  ...{ ...common, ...tls, 'url-env': text },
  ...{ method: text, header: list, 'header-env': list, status: text },
};
const grpc = { ...common, ...address, ...tls, service: text, tls: flag };

const UNNAMED = 'the dependency';
const SECOND = 1000;
const HOUR = 3600 * SECOND;

/**
 * Reads the arguments after `wait` of one dependency. What Secrets and ConfigMaps hold comes from the environment.
 * Throws `UsageError` and `ValueError`.
 */
export function parseArguments(argv: readonly string[], env: Environment): Options {
  const [kind, ...args] = argv;
  switch (kind) {
    case 'dns': {
      const [host, values] = read(args, dns);
      if (host === undefined) throw new UsageError('HOST is missing');
      if (!isHost(host)) throw new UsageError(`not a host: '${host}'`);
      const type = oneOf('type', values.type, ['A', 'AAAA', 'any'], 'any');
      return withCommon({ kind, host, type }, host, values);
    }
    case 'tcp': {
      const [target, values] = read(args, tcp);
      const address = hostPort(target, values, env);
      return withCommon({ kind, ...address }, nameOf(address, address.host), values);
    }
    case 'http': {
      const [target, values] = read(args, http);
      const address = httpUrl(target, values, env);
      assertSecurable(address, values);
      const method = oneOf('method', values.method, ['GET', 'HEAD', 'POST', 'OPTIONS'], 'GET');
      const headers = [
        ...(values.header ?? []).map(header),
        ...(values['header-env'] ?? []).map(headerFrom(env)),
      ];
      const status = statusCodes(values.status?.split(','));
      return withCommon(
        { kind, ...address, method, headers, status, tls: tlsOptions(values) },
        nameOf(address, address.url.hostname),
        values,
      );
    }
    case 'grpc': {
      const [target, values] = read(args, grpc);
      const address = hostPort(target, values, env);
      const secure = values.tls === true;
      if (!secure && Object.keys(tls).some((name) => name in values))
        throw new UsageError(`${TLS_WORDS} need --tls`);
      const { service = '' } = values;
      const check = { kind, ...address, service, tls: secure ? tlsOptions(values) : undefined };
      return withCommon(check, nameOf(address, address.host), values);
    }
    case 'opened':
      return opened(args);
    default:
      throw new UsageError(
        `${kind === undefined ? 'no check given' : `unknown check '${kind}'`}: expected dns, tcp, http, grpc or opened`,
      );
  }
}

/** Reads what is said of several dependencies as a whole. Throws `UsageError`. */
export function parseOuter(args: readonly string[]): OuterOptions {
  return outerOf(readOptions(args, outer));
}

/** Nothing is tried, so there is nothing to be set but what opens it and when it is overdue. */
function opened(args: readonly string[]): Options {
  const values = readOptions(args, opening);
  if (values['open-key'] === undefined)
    throw new UsageError('opened needs --open-key and --annotations-file, or it would wait for ever');
  return { ...withCommon({ kind: 'opened' }, UNNAMED, values), period: HOUR };
}

function read<T extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: T) {
  const { values, positionals } = parse(args, options);
  const [target, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`unexpected argument '${rest.join(' ')}'`);
  return [target, values] as const;
}

/** The options, where nothing may stand beside them. */
function readOptions<T extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: T) {
  const { values, positionals } = parse(args, options);
  if (positionals.length > 0) throw new UsageError(`unexpected argument '${positionals.join(' ')}'`);
  return values;
}

function parse<T extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: T) {
  try {
    return util.parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Node's messages go on with advice; the first sentence says what is wrong.
    throw new UsageError(error.message.split(/\. |\n/)[0] ?? error.message);
  }
}

function withCommon(
  check: CheckOptions,
  host: string,
  values: Partial<Record<keyof typeof common, string>>,
): Options {
  return {
    check,
    name: values.name ?? host,
    period: duration('period', values.period, 10, HOUR, 2 * SECOND),
    timeout: duration('timeout', values.timeout, 10, 300 * SECOND, 5 * SECOND),
    successThreshold: integer('success-threshold', values['success-threshold'] ?? '1', 1, 100),
    overdueAfter: duration('overdue-after', values['overdue-after'], 10, 168 * HOUR, 300 * SECOND),
    onOverdue: oneOf('on-overdue', values['on-overdue'], ['wait', 'open'], 'wait'),
    ...outerOf(values),
  };
}

function outerOf(values: Partial<Record<keyof typeof outer, string>>): OuterOptions {
  const { 'open-key': key, 'annotations-file': file } = values;
  if ((key === undefined) !== (file === undefined))
    throw new UsageError('--open-key and --annotations-file need each other');
  return {
    opening: key === undefined || file === undefined ? undefined : { key, file },
    logFormat: oneOf('log-format', values['log-format'], ['text', 'json'], 'text'),
  };
}

/** What is not shown is no name either. */
function nameOf({ shownAs }: Shown, host: string): string {
  return shownAs === undefined ? host : UNNAMED;
}

/** Settings of TLS that an http URL would leave without effect, a CA above all. */
function assertSecurable({ url, shownAs }: { readonly url: URL } & Shown, values: object): void {
  if (url.protocol === 'https:' || !Object.keys(tls).some((name) => name in values)) return;
  if (shownAs === undefined) throw new UsageError(`${TLS_WORDS} need an https URL`);
  throw new ValueError(
    `${shownAs.replace(/^URL from /, '')} holds an http URL, and the tls settings of the check need an https URL`,
  );
}

function statusCodes(codes: readonly string[] | undefined): readonly number[] | 'any' | undefined {
  const numbers = codes?.filter((code) => code !== 'any').map((code) => integer('status', code, 100, 599));
  return codes?.includes('any') ? 'any' : numbers;
}

function header(line: string): readonly [string, string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):(.*)$/s.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new UsageError("--header must be 'NAME: VALUE'");
  return [name, value.trim()];
}

/** Values from Secrets often end with a line break that was not meant. */
function headerFrom(env: Environment): (line: string) => readonly [string, string] {
  return (line) => {
    const [, name, variable] = /^([!#$%&'*+.^_`|~\w-]+)=(.+)$/.exec(line) ?? [];
    if (name === undefined || variable === undefined) throw new UsageError('--header-env must be NAME=VAR');
    const value = env[variable];
    if (value === undefined)
      throw new UsageError(`--header-env: environment variable ${variable} is not set`);
    return [name, value.trim()];
  };
}

type TlsValues = { readonly [Name in keyof typeof tls]?: string | boolean | undefined };

function tlsOptions(values: TlsValues): TlsOptions {
  const { 'tls-server-name': serverName, 'ca-file': caFile } = values;
  const { 'client-cert-file': certFile, 'client-key-file': keyFile } = values;
  if ((certFile === undefined) !== (keyFile === undefined))
    throw new UsageError('--client-cert-file and --client-key-file need each other');
  return {
    ...(typeof serverName === 'string' ? { serverName } : {}),
    ...(typeof caFile === 'string' ? { caFile } : {}),
    ...(typeof certFile === 'string' && typeof keyFile === 'string' ? { client: { certFile, keyFile } } : {}),
    insecureSkipVerify: values['insecure-skip-verify'] === true,
  };
}

function duration(
  option: string,
  given: string | undefined,
  min: number,
  max: number,
  otherwise: number,
): number {
  if (given === undefined) return otherwise;
  const value = parseDuration(given);
  if (value === undefined)
    throw new UsageError(`--${option} must be a duration such as 500ms, 2s or 5m: '${given}'`);
  if (value < min || value > max)
    throw new UsageError(
      `--${option} must be between ${formatDuration(min)} and ${formatDuration(max)}: '${given}'`,
    );
  return value;
}

function integer(option: string, given: string, min: number, max: number): number {
  const value = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`--${option} must be a whole number between ${min} and ${max}: '${given}'`);
}

function oneOf<T extends string>(
  option: string,
  given: string | undefined,
  choices: readonly T[],
  otherwise: T,
): T {
  if (given === undefined) return otherwise;
  const choice = choices.find((each) => each === given);
  if (choice === undefined)
    throw new UsageError(`--${option} must be one of ${choices.join(', ')}: '${given}'`);
  return choice;
}
