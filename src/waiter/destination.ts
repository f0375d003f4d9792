import { type HostPort, isDialled, isPort, parseHostPort } from './network/address.ts';
import { UsageError, ValueError } from './wait-problem.ts';

/**
 * Where a check goes, by its arguments and the environment. What the environment holds comes from a Secret or ConfigMap and
 * is nowhere shown: where the wrong key is named, it may be a password.
 */

/** Environment variables, as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A host and a port as options, each by itself or by the variable that holds it, in place of `HOST:PORT`. */
export interface AddressOptions {
  readonly host?: string;
  readonly 'host-env'?: string;
  readonly port?: string;
  readonly 'port-env'?: string;
}

/** What is told of an address in its place. */
export interface Shown {
  readonly shownAs?: string;
}

/** A value, and where it comes from unless the arguments have it. */
interface Found {
  readonly value: string;
  readonly from?: string;
}

/** Reads `HOST:PORT`, or the options in its place. Throws `UsageError` and `ValueError`. */
export function hostPort(
  target: string | undefined,
  options: AddressOptions,
  env: Environment,
): HostPort & Shown {
  const { host, port, 'host-env': hostEnv, 'port-env': portEnv } = options;
  const hasOptions = [host, port, hostEnv, portEnv].some((option) => option !== undefined);
  if (target !== undefined) {
    const address = parseHostPort(target);
    if (hasOptions) throw new UsageError(`unexpected argument '${target}' beside options of host and port`);
    if (address === undefined) throw new UsageError(`not HOST:PORT (IPv6: [HOST]:PORT): '${target}'`);
    return address;
  }
  if (!hasOptions) throw new UsageError('HOST:PORT is missing');
  const foundHost = find('host', host, hostEnv, env);
  const foundPort = find('port', port, portEnv, env);
  if (!isDialled(foundHost.value)) refuse(foundHost, 'host: a name or an IP address, and no port with it');
  if (!isPort(foundPort.value)) refuse(foundPort, 'port: a number from 1 to 65535');
  const shownAs = `host ${shown(foundHost)}, port ${shown(foundPort)}`;
  return { host: foundHost.value, port: Number(foundPort.value), shownAs };
}

/** Reads a URL, or the variable in its place. Throws `UsageError` and `ValueError`. */
export function httpUrl(
  target: string | undefined,
  options: { readonly 'url-env'?: string },
  env: Environment,
): { readonly url: URL } & Shown {
  const variable = options['url-env'];
  if (target === undefined && variable === undefined) throw new UsageError('URL is missing');
  if (target !== undefined && variable !== undefined)
    throw new UsageError(`unexpected argument '${target}' beside --url-env`);
  const found = find('url', target, variable, env);
  const { value } = found;
  const url = /^https?:\/\//i.test(value) && URL.canParse(value) ? new URL(value) : undefined;
  if (url !== undefined) return { url, ...(found.from && { shownAs: `URL ${shown(found)}` }) };
  if (found.from === undefined) throw new UsageError(`not an http or https URL: '${value}'`);
  return refuse(found, 'http or https URL');
}

/** Values in Secrets often end with a line break that was not meant. */
function find(
  option: string,
  given: string | undefined,
  variable: string | undefined,
  env: Environment,
): Found {
  if (given !== undefined && variable !== undefined)
    throw new UsageError(`--${option} and --${option}-env: one of both`);
  if (given !== undefined) return { value: given };
  const [, name, from] = /^([^=]+)(?:=(.+))?$/.exec(variable ?? '') ?? [];
  if (name === undefined) throw new UsageError(`--${option} or --${option}-env VAR[=ORIGIN] is missing`);
  const value = env[name];
  if (value === undefined) throw new UsageError(`--${option}-env: environment variable ${name} is not set`);
  return { value: value.trim(), from: from ?? `environment variable ${name}` };
}

function shown({ value, from }: Found): string {
  return from === undefined ? value : `from ${from}`;
}

function refuse({ value, from }: Found, wanted: string): never {
  if (from === undefined) throw new UsageError(`'${value}' is no ${wanted}`);
  throw new ValueError(`${from} holds no ${wanted}`);
}
