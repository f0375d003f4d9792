import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { stdout } from 'node:process';
import { styleText } from 'node:util';
import { type Connection, connect } from '../../kube/client/connection.ts';
import { namespaceOf, type Source } from '../../kube/client/credentials.ts';
import { createRequests } from '../../kube/client/http-requests.ts';
import { systemClock } from '../../kube/clock.ts';
import type { ObjectName } from '../../kube/resource.ts';
import { print } from '../print.ts';
import type { Process } from '../process.ts';
import type { GateAddress } from './gate-address.ts';
import { type Line, layOut } from './layout.ts';
import { picture } from './picture.ts';
import { readWorld } from './read-world.ts';
import { quoted } from './words.ts';

/** The options of `dependency-gate explain`, named as kubectl's. */
export interface ExplainFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** Prints the picture of a gate. @throws Error, of one line, where the gate cannot be read */
export async function runExplain(
  { namespace, name }: GateAddress,
  flags: ExplainFlags,
  env: Process['env'],
): Promise<void> {
  const source = sourceOf(flags, env);
  const target = { namespace: namespace ?? namespaceOf(source), name };
  const connection = connect(source, { clock: systemClock, userAgent: 'dependency-gate-explain' });
  try {
    const lines = await explain(connection, target, flagsOf(flags));
    await print([layOut(lines, (words) => styleText('bold', words, { stream: stdout }))]);
  } finally {
    await connection.close();
  }
}

/** Reads a gate and all around it, and says how it stands. @throws as {@link runExplain} */
export async function explain(
  connection: Connection,
  target: Required<ObjectName>,
  flags = '',
): Promise<Line[]> {
  const requests = createRequests({ connection, clock: systemClock });
  return picture(await readWorld(requests, target, { now: systemClock.now(), flags }));
}

/** As kubectl finds it. */
function sourceOf({ kubeconfig, context }: ExplainFlags, env: Process['env']): Source {
  const named = env.KUBECONFIG?.split(delimiter).filter((path) => path !== '') ?? [];
  const usual = named.length > 0 ? named : [join(env.HOME ?? homedir(), '.kube', 'config')];
  return { kubeconfigPaths: kubeconfig === undefined ? usual : [kubeconfig], context };
}

/** The commands that are proposed lead to the same cluster. */
function flagsOf({ kubeconfig, context }: ExplainFlags): string {
  return [
    ...(context === undefined ? [] : [`--context=${quoted(context)}`]),
    ...(kubeconfig === undefined ? [] : [`--kubeconfig=${quoted(kubeconfig)}`]),
  ].join(' ');
}
