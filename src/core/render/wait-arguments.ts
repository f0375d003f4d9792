import { keyWords } from '../../api/key-references.ts';
import type { KeySource } from '../../api/key-source.ts';
import {
  ALL_DEPENDENCIES,
  ANNOTATIONS_FILE,
  type FileSource,
  filePath,
  OPEN_KEY_FLAG,
  openAnnotation,
  VOLUME_MOUNT_PATH,
} from '../../api/names.ts';
import type { RenderedContainer } from '../../api/rendered.ts';
import { evaluatedCheckOf } from '../../api/settled.ts';
import type { Dependency, GateSpec, HttpCheck, TcpCheck, Tls } from '../../api/spec.ts';
import { tlsSources } from '../../api/tls.ts';

type Env = NonNullable<RenderedContainer['env']>;
type TimingDefaults = NonNullable<GateSpec['defaults']>;

/** What a waiting container is started with. */
export interface Command {
  readonly args: string[];
  readonly env: Env;
}

const HEADER_VARIABLE_PREFIX = 'DGATE_HEADER_';
const HOST_VARIABLE = 'DGATE_HOST';
const PORT_VARIABLE = 'DGATE_PORT';
const URL_VARIABLE = 'DGATE_URL';

/**
 * The waiter's command line for a dependency. Only what the spec says is written down, so that the line stays short
 * enough to be read in `kubectl describe pod`; the waiter has the same defaults. Secrets travel as environment variables and
 * certificates as files, never as arguments. Values are joined to their flags with `=`, since one may start with `-`.
 *
 * @param suffix of the variables' names
 */
export function waitArguments(
  dependency: Dependency,
  defaults: TimingDefaults | undefined,
  openKey: string,
  suffix = '',
): Command {
  const evaluated = evaluatedCheckOf(dependency) !== undefined;
  const { args, env } = evaluated ? OPENED : checkArguments(dependency, suffix);
  const timing = { ...defaults, ...dependency };
  return {
    args: [
      'wait',
      ...args.map(literal),
      `${NAME_FLAG}${dependency.name}`,
      ...(evaluated ? [] : attemptArguments(timing)),
      ...overdueArguments(timing),
      `${OPEN_KEY_FLAG}${openKey}`,
      `--annotations-file=${ANNOTATIONS_FILE}`,
    ],
    env,
  };
}

/** Stands between the dependencies of one command line. */
const SEPARATOR = '--';

/**
 * The command line of one container that waits for several dependencies: what opens all of them, then of each the same as in a
 * container of its own. Their variables are told apart by the dependencies' names.
 */
export function waitAllArguments(
  gate: string,
  dependencies: readonly Dependency[],
  defaults: TimingDefaults | undefined,
): Command {
  const all = [
    `${OPEN_KEY_FLAG}${openAnnotation(gate, ALL_DEPENDENCIES)}`,
    `--annotations-file=${ANNOTATIONS_FILE}`,
  ];
  const each = dependencies.map((dependency) => {
    const suffix = `_${dependency.name.toUpperCase().replaceAll('-', '_')}`;
    const { args, env } = waitArguments(dependency, defaults, openAnnotation(gate, dependency.name), suffix);
    return { args: [SEPARATOR, ...args.slice(1)], env };
  });
  return joined({ args: ['wait', ALL_DEPENDENCIES, ...all], env: [] }, ...each);
}

/** The dependencies that a container waits for by such a command line; undefined where it is another one. */
export function readWaitAll(args: readonly string[]): string[] | undefined {
  if (args[0] !== 'wait' || args[1] !== ALL_DEPENDENCIES) return undefined;
  const first = args.indexOf(SEPARATOR);
  const rest = first < 0 ? [] : args.slice(first);
  return rest.flatMap((arg) => (arg.startsWith(NAME_FLAG) ? [arg.slice(NAME_FLAG.length)] : []));
}

const NAME_FLAG = '--name=';

/** What the operator evaluates is opened by it: there is nothing to be tried. */
const OPENED: Command = { args: ['opened'], env: [] };

function checkArguments(dependency: Dependency, suffix: string): Command {
  const { name, dns, tcp, http, grpc } = dependency;
  if (dns) return { args: ['dns', dns.host, ...flag('--type', dns.type)], env: [] };
  if (tcp) return joined({ args: ['tcp'], env: [] }, addressArguments(tcp, suffix));
  if (http) return httpArguments(http, suffix);
  if (grpc) {
    const args = [...flag('--service', grpc.service), ...(grpc.tls ? ['--tls'] : [])];
    const settings = { args: [...args, ...tlsArguments(grpc.tls)], env: [] };
    return joined({ args: ['grpc'], env: [] }, addressArguments(grpc, suffix), settings);
  }
  throw new TypeError(`dependency ${name} has no check that the waiter makes: validation let it through`);
}

function httpArguments(http: HttpCheck, suffix: string): Command {
  const headers = (http.headers ?? []).map((header, index) => headerArguments(header, `${index}${suffix}`));
  const settings = [...flag('--status', http.status?.join(',')), ...tlsArguments(http.tls)];
  return joined(
    { args: ['http'], env: [] },
    http.url === undefined
      ? fromKey('--url', URL_VARIABLE + suffix, http.urlFrom)
      : { args: [http.url], env: [] },
    { args: flag('--method', http.method), env: [] },
    ...headers,
    { args: settings, env: [] },
  );
}

function joined(...parts: readonly Command[]): Command {
  return { args: parts.flatMap(({ args }) => args), env: parts.flatMap(({ env }) => env) };
}

/** `host:port` where both stand in the spec. */
function addressArguments({ host, hostFrom, port, portFrom }: TcpCheck, suffix: string): Command {
  if (host !== undefined && port !== undefined) return { args: [authority(host, port)], env: [] };
  return joined(
    host === undefined
      ? fromKey('--host', HOST_VARIABLE + suffix, hostFrom)
      : { args: flag('--host', host), env: [] },
    port === undefined
      ? fromKey('--port', PORT_VARIABLE + suffix, portFrom)
      : { args: flag('--port', `${port}`), env: [] },
  );
}

/** A value that the kubelet takes from a Secret or ConfigMap: the waiter is told the variable, and where it comes from. */
function fromKey(option: string, variable: string, source: KeySource | undefined): Command {
  if (source === undefined) throw new TypeError(`there is no ${option}: validation let it through`);
  return {
    args: [`${option}-env=${variable}=${keyWords(source)}`],
    env: [{ name: variable, valueFrom: structuredClone(source) }],
  };
}

function headerArguments(header: NonNullable<HttpCheck['headers']>[number], which: string): Command {
  if (!header.valueFrom) return { args: [`--header=${header.name}: ${header.value ?? ''}`], env: [] };
  const variable = `${HEADER_VARIABLE_PREFIX}${which}`;
  return {
    args: [`--header-env=${header.name}=${variable}`],
    env: [{ name: variable, valueFrom: structuredClone(header.valueFrom) }],
  };
}

function tlsArguments(tls: Tls | undefined): string[] {
  const { ca, client } = tlsSources(tls);
  return [
    ...flag('--tls-server-name', tls?.serverName),
    ...flag('--ca-file', ca && mounted(ca)),
    ...flag('--client-cert-file', client && mounted(client.certificate)),
    ...flag('--client-key-file', client && mounted(client.key)),
    ...(tls?.insecureSkipVerify ? ['--insecure-skip-verify'] : []),
  ];
}

function mounted(source: FileSource): string {
  return `${VOLUME_MOUNT_PATH}/${filePath(source)}`;
}

function attemptArguments(timing: TimingDefaults): string[] {
  return [
    ...flag('--period', seconds(timing.periodSeconds)),
    ...flag('--timeout', seconds(timing.timeoutSeconds)),
    ...flag('--success-threshold', timing.successThreshold?.toString()),
  ];
}

function overdueArguments(timing: TimingDefaults): string[] {
  return [
    ...flag('--overdue-after', seconds(timing.overdueAfterSeconds)),
    ...flag('--on-overdue', timing.onOverdue?.toLowerCase()),
  ];
}

function flag(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`${name}=${value}`];
}

function seconds(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${value}s`;
}

/** `host:port`, with the brackets that an IPv6 address needs (RFC 3986). */
function authority(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * Kubernetes expands `$(NAME)` in arguments and turns `$$` into `$`; what the user wrote is to arrive as written, so a `$`
 * that would begin one of the two is doubled.
 */
function literal(argument: string): string {
  return argument.replaceAll(/\$(?=[$(])/g, '$$$$');
}
