import type { ServerResponse } from 'node:http';
import type { KubeObject } from '../cluster.ts';
import { at, fields, list, text } from './json.ts';
import { badRequest } from './status-error.ts';

export interface LogLine {
  /** RFC 3339, as the container runtime stamps lines. */
  readonly time: string;
  readonly text: string;
}

export interface LoggedContainer {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** The run before the current one. */
  readonly previous: boolean;
}

/** Where the lines come from: the simulated node keeps them. */
export interface LogSource {
  /** What a container has written so far, and whether it has ended; undefined when it never ran. */
  read(
    container: LoggedContainer,
  ): { readonly lines: readonly LogLine[]; readonly ended: boolean } | undefined;
  /** Calls back after each new line and at the end. Returns what ends that. */
  onChange(container: LoggedContainer, listener: () => void): () => void;
}

/** Answers `GET pods/NAME/log`: the lines so far, or with `follow` the later ones too, until the container ends. */
export function streamLog(
  pod: KubeObject,
  query: URLSearchParams,
  source: LogSource,
  response: ServerResponse,
): void {
  const container = containerOf(pod, query);
  const first = source.read(container);
  if (!first) throw notStarted(pod, container);
  response.writeHead(200, { 'content-type': 'text/plain' }).flushHeaders();
  const tail = query.get('tailLines');
  let sent = tail === null ? 0 : Math.max(0, first.lines.length - Number(tail));
  const send = () => {
    const { lines, ended } = source.read(container) ?? { lines: [], ended: true };
    for (const line of lines.slice(sent)) response.write(format(line, query.get('timestamps') === 'true'));
    sent = lines.length;
    if (!ended && query.get('follow') === 'true') return;
    unsubscribe();
    response.end();
  };
  const unsubscribe = source.onChange(container, send);
  response.on('close', unsubscribe);
  send();
}

function format(line: LogLine, timestamps: boolean): string {
  return timestamps ? `${line.time} ${line.text}\n` : `${line.text}\n`;
}

function containerOf({ metadata, spec }: KubeObject, query: URLSearchParams): LoggedContainer {
  const namesIn = (field: string) =>
    list(fields(spec)[field]).map((container) => text(fields(container).name));
  const [apps, init] = [namesIn('containers'), namesIn('initContainers')];
  const container = query.get('container') ?? (apps.length === 1 ? apps[0] : undefined);
  if (container === undefined)
    throw badRequest(
      `a container name must be specified for pod ${metadata.name}, choose one of: [${apps.join(' ')}]${init.length > 0 ? ` or one of the init containers: [${init.join(' ')}]` : ''}`,
    );
  if (![...apps, ...init].includes(container))
    throw badRequest(`container ${container} is not valid for pod ${metadata.name}`);
  return {
    namespace: metadata.namespace ?? '',
    pod: metadata.name,
    container,
    previous: query.get('previous') === 'true',
  };
}

function notStarted({ metadata, status }: KubeObject, { container, previous }: LoggedContainer): Error {
  if (previous)
    return badRequest(`previous terminated container "${container}" in pod "${metadata.name}" not found`);
  const statuses = [...list(fields(status).initContainerStatuses), ...list(fields(status).containerStatuses)];
  const found = statuses.find((one) => fields(one).name === container);
  const reason = text(at(found, 'state', 'waiting', 'reason')) || 'ContainerCreating';
  return badRequest(`container "${container}" in pod "${metadata.name}" is waiting to start: ${reason}`);
}
